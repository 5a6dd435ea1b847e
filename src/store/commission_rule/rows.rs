//! From rows to commission rules and back.

use entity::commission_rule;

use super::TABLE;
use crate::domain::deal_rules::{CommissionRule, Filters};
use crate::domain::id::{CommissionRuleId, TenantId};
use crate::domain::partner::PartnerType;
use crate::domain::text;
use crate::store::{StoreError, row, view};

/// What a row holds whose columns were all read, with names that begin like this.
pub fn whole(row: &view::Row, prefix: &str) -> Result<CommissionRule, StoreError> {
    from_row(view::whole(row, prefix)?)
}

pub(super) fn from_row(row: commission_rule::Model) -> Result<CommissionRule, StoreError> {
    Ok(CommissionRule {
        id: CommissionRuleId::from_uuid(row.id),
        external_id: row.external_id,
        version: row::unsigned(TABLE, "version", row.version)?,
        plan: row::json(TABLE, "plan", row.plan)?,
        filters: Filters {
            partner_type: row::text(TABLE, "partner_type", &row.partner_type, PartnerType::parse)?,
            tiers: row::json(TABLE, "tier_ids", row.tier_ids)?,
            categories: row::json(TABLE, "category_ids", row.category_ids)?,
            partners: row::json(TABLE, "partner_ids", row.partner_ids)?,
        },
        archived_at: row.archived_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, rule: &CommissionRule) -> view::AtHand {
    view::at_hand(to_row(tenant, rule), &[])
}

pub(super) fn to_row(tenant: TenantId, rule: &CommissionRule) -> commission_rule::Model {
    commission_rule::Model {
        tenant_id: tenant.uuid(),
        id: rule.id.uuid(),
        external_id: rule.external_id.clone(),
        version: row::signed(rule.version),
        label_key: text::sort_key(&rule.plan.label),
        partner_type: rule.filters.partner_type.as_str().to_owned(),
        payment_target: rule.plan.payment_target.as_str().to_owned(),
        plan: row::to_json(&rule.plan),
        tier_ids: row::to_json(&rule.filters.tiers),
        category_ids: row::to_json(&rule.filters.categories),
        partner_ids: row::to_json(&rule.filters.partners),
        archived_at: rule.archived_at,
        created_at: rule.created_at,
        updated_at: rule.updated_at,
    }
}
