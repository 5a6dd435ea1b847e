//! Commission rules, the versions of them that paid, and what they refer to.

mod filter;
mod list;
mod read;
mod references;
mod rows;
mod write;

pub use filter::CommissionRuleFilter;
pub use list::{CommissionRuleOrder, list};
pub use read::{all_in_force, by_ids, find, find_by_external_id, for_stage, imported_as, lock};
pub(super) use references::partners_of;
pub use rows::{at_hand, whole};
pub use write::{delete, insert, keep_version, update};

const TABLE: &str = "commission_rule";
