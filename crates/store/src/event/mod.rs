//! Events, each with its attribution in force.

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
pub(super) use read::all;
pub use read::{
    by_external_ids, by_ids, customer_stages, customer_stages_now, find_by_external_id, first_events, named_by_ids,
};
pub use refunds::{refunds, refunds_of, set_refunded};
pub use rows::{at_hand, whole};
pub(super) use rows::{from_joined, list as stored_list, to_new_row};
pub use write::{Recredited, add, add_attribution, insert, recredit};

const TABLE: &str = "event";
