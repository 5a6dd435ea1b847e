//! Campaigns, and which partners belong to them.

mod filter;
mod list;
mod members;
mod order;
mod read;
mod rows;
mod write;

pub use filter::CampaignFilter;
pub use list::{list, list_of_partners};
pub use members::{Membership, has_member, join, memberships};
pub use order::CampaignOrder;
pub use read::{by_ids, count_references, find, find_by_external_id, lock};
pub use rows::{at_hand, attribution, whole};
pub(super) use rows::{from_row, to_row, version_row};
pub use write::{delete, insert, keep_version, update};

const TABLE: &str = "campaign";
