//! Events, with the attribution that is part of their row.

mod filter;
mod list;
mod lock;
mod movable;
mod order;
mod read;
mod refunds;
mod rows;
mod write;

pub use filter::EventFilter;
pub use list::{list, list_of_customers};
pub use lock::{lock, lock_all};
pub use movable::Movable;
pub use order::EventOrder;
pub use read::{by_attributions, by_external_ids, by_ids, find_by_external_id, first_occurred_at};
pub use refunds::{refunds, refunds_of, set_refunded};
pub use rows::{at_hand, whole};
pub(super) use rows::{from_row, to_row};
pub use write::{add, insert, set_attribution};

const TABLE: &str = "event";
