//! The rows of the database, one file per table: plain structs that define what is stored, and nothing else. Ids are
//! bare UUIDs, statuses are text; `tributary`'s store turns rows into domain values and back.

/// What SeaORM wants of every entity besides its columns. The store joins tables itself.
macro_rules! no_relations {
    () => {
        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}
    };
}

mod labelled;

pub mod advertiser;
pub mod api_key;
pub mod attribution;
pub mod attribution_ended;
pub mod audit_entry;
pub mod audit_object;
pub mod backtest;
pub mod backtest_event;
pub mod backtest_partner;
pub mod backtest_sum;
pub mod campaign;
pub mod campaign_member;
pub mod campaign_version;
pub mod commission;
pub mod commission_assignment;
pub mod commission_entered;
pub mod commission_rule;
pub mod commission_rule_reference;
pub mod commission_rule_version;
pub mod commission_snapshot;
pub mod commission_state;
pub mod commission_transition;
pub mod commission_written;
pub mod coupon;
pub mod custom_field;
pub mod custom_field_option;
pub mod customer;
pub mod customer_binding;
pub mod customer_imported;
pub mod deal;
pub mod deal_field;
pub mod deal_payment;
pub mod default_group_version;
pub mod deleted_partner;
pub mod erasure;
pub mod event;
pub mod event_credited;
pub mod event_decision;
pub mod event_move;
pub mod event_refunded;
pub mod idempotency;
pub mod link;
pub mod link_day;
pub mod outbox;
pub mod outbox_mark;
pub mod partner;
pub mod partner_balance;
pub mod partner_category;
pub mod partner_category_member;
pub mod partner_customer;
pub mod partner_group;
pub mod partner_group_version;
pub mod partner_history;
pub mod partner_lifetime_value;
pub mod partner_standing;
pub mod partner_tier;
pub mod partner_transition;
pub mod partnership_request;
pub mod payment_stage;
pub mod payout;
pub mod payout_item;
pub mod payout_return;
pub mod payout_run;
pub mod payout_run_line;
pub mod payout_settlement;
pub mod reassigned_row;
pub mod reassignment;
pub mod tenant;
pub mod tier_counter;
pub mod tier_result;
pub mod tiered_commission;
pub mod tiered_commission_reference;
pub mod tiered_commission_version;
pub mod touch;
pub mod visitor;
pub mod webhook_delivery;
pub mod webhook_endpoint;
