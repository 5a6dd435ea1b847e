//! The rows of the database, one file a table: plain structs that say what is stored, and no more. Ids are bare UUIDs,
//! statuses are text; `tributary`'s store turns rows into domain values and back.

pub mod advertiser;
pub mod campaign;
pub mod campaign_member;
pub mod commission_snapshot;
pub mod partner;
pub mod partner_category;
pub mod partner_category_member;
pub mod partner_group;
pub mod partner_tier;
pub mod partner_transition;
pub mod partnership_request;
pub mod tenant;
