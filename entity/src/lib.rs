//! The rows of the database, one file a table: plain structs that say what is stored, and no more. Ids are bare UUIDs,
//! statuses are text; `tributary`'s store turns rows into domain values and back.

pub mod advertiser;
pub mod campaign;
pub mod campaign_member;
pub mod commission;
pub mod commission_snapshot;
pub mod commission_transition;
pub mod customer;
pub mod event;
pub mod idempotency;
pub mod outbox;
pub mod partner;
pub mod partner_balance;
pub mod partner_category;
pub mod partner_category_member;
pub mod partner_customer;
pub mod partner_group;
pub mod partner_lifetime_value;
pub mod partner_standing;
pub mod partner_tier;
pub mod partner_transition;
pub mod partnership_request;
pub mod payout;
pub mod payout_item;
pub mod payout_run;
pub mod tenant;
