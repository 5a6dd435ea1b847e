//! Tiered commissions, and what they refer to.

mod filter;
mod list;
mod read;
mod references;
mod rows;
mod write;

pub use filter::TieredCommissionFilter;
pub use list::{TieredCommissionOrder, list};
pub(super) use read::for_any;
pub use read::{all_in_force, by_ids, counting, find, find_by_external_id, has_paid, imported_as, lock};
pub(super) use references::partners_of;
pub(super) use rows::from_row;
pub use rows::{at_hand, whole};
pub use write::{delete, insert, update};

const TABLE: &str = "tiered_commission";
