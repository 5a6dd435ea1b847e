//! The rows of the database, one file a table: plain structs that say what is stored, and no more. Ids are bare UUIDs,
//! statuses are text; `tributary`'s store turns rows into domain values and back.

pub mod advertiser;
pub mod campaign;
pub mod campaign_member;
pub mod commission;
pub mod commission_rule;
pub mod commission_rule_reference;
pub mod commission_rule_version;
pub mod commission_snapshot;
pub mod commission_transition;
pub mod custom_field;
pub mod custom_field_option;
pub mod customer;
pub mod deal;
pub mod deal_field;
pub mod deal_payment;
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
pub mod payment_stage;
pub mod payout;
pub mod payout_item;
pub mod payout_run;
pub mod tenant;
