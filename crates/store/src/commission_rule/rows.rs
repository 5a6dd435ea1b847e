//! From rows to commission rules and back.

use entity::commission_rule;

use super::TABLE;
use crate::mapped::mapped;
use crate::row;
use crate::table_functions::table_functions;
use domain::deal_rules::{CommissionRule, Filters};
use domain::partner::PartnerType;
use domain::text;
table_functions!(CommissionRule: whole, at_hand);

mapped! {
    pub(super) fn (row: commission_rule::Model, rule: CommissionRule) of TABLE;
    both: id, external_id, version, plan, archived_at, created_at, updated_at;
    read: {
        filters: Filters { partner_type: row::text(TABLE, "partner_type", &row.partner_type, PartnerType::parse)?, tiers: row::json(TABLE, "tier_ids", row.tier_ids)?, categories: row::json(TABLE, "category_ids", row.category_ids)?, partners: row::json(TABLE, "partner_ids", row.partner_ids)?, },
    }
    written: {
        label_key: text::sort_key(&rule.plan.label),
        partner_type: rule.filters.partner_type.as_str().to_owned(),
        payment_target: rule.plan.payment_target.as_str().to_owned(),
        tier_ids: row::to_json(&rule.filters.tiers),
        category_ids: row::to_json(&rule.filters.categories),
        partner_ids: row::to_json(&rule.filters.partners),
    }
}
