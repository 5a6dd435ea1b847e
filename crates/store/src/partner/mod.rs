//! Partners, their categories and the history of their status.

mod filter;
mod list;
mod lock;
mod order;
mod read;
mod rows;
mod sign_in;
mod transitions;
mod write;

pub use filter::PartnerFilter;
pub(super) use list::named_by;
pub use list::{list, list_of_campaigns, list_of_groups, list_of_rules, list_of_tiers};
pub use lock::{CreditedPartner, LockedPartner, lock, lock_all, lock_credited};
pub use order::PartnerOrder;
pub use read::{by_ids, find, find_by_email, find_by_external_id, named};
pub(super) use rows::to_row;
pub use rows::{at_hand, whole};
pub use sign_in::{SignInCells, SignInState, sign_in};
pub(super) use transitions::to_transition_row;
pub use transitions::{insert_transition, transitions, transitions_of};
pub use write::{advance, insert, replace_categories, update};

const TABLE: &str = "partner";
