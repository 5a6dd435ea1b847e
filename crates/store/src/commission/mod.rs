//! Commissions, the history of their status and the outbox. Every writer holds the lock of the partner concerned.

mod entered;
mod explanation;
mod filter;
mod list;
mod order;
mod read;
mod rows;
mod transitions;
mod write;

pub use entered::{contents_by_external_id, insert_entered};
pub use explanation::{explanation, explanations_of};
pub use filter::CommissionFilter;
pub(super) use filter::{filtered, has_status, paid_at, was_paid};
pub(super) use list::children;
pub use list::{CommissionParent, list};
pub use order::CommissionOrder;
pub use read::{accrued, adjusting, by_ids, kinds_of_events, of_event, of_events};
pub use rows::{at_hand, whole};
pub(super) use rows::{from_row, to_explained_row};
pub use transitions::{announce, insert_transitions, transitions};
pub(super) use transitions::{to_change_row, to_transition_row};
pub use write::{insert, set_recipient, set_state};

const TABLE: &str = "commission";
