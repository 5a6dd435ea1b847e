//! What commission rules name: partners, tiers, categories and so on.

use entity::commission_rule_reference::{self, Column as Reference};
use entity::partner;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Select};

use crate::{Connection, StoreError, write};
use auth::Scope;
use domain::deal_rules::CommissionRule;
use domain::id::{self, CommissionRuleId, Id, TenantId};

/// The partners that rules name, as a condition on partners.
pub(crate) fn partners_of(scope: &Scope, rule: Expr) -> Select<partner::Entity> {
    crate::partner::named_by::<commission_rule_reference::Entity>(scope, Reference::PartnerId, Reference::RuleId, rule)
}

pub(super) async fn delete_references(
    transaction: &Connection,
    tenant: TenantId,
    rule: CommissionRuleId,
) -> Result<(), StoreError> {
    write::delete::<commission_rule_reference::Entity>(transaction, tenant, Reference::RuleId.eq(rule.uuid())).await
}

pub(super) async fn insert_references(
    transaction: &Connection,
    tenant: TenantId,
    rule: &CommissionRule,
) -> Result<(), StoreError> {
    let none = || commission_rule_reference::Model {
        tenant_id: tenant.uuid(),
        id: Id::<id::CommissionRuleReference>::new(rule.updated_at).uuid(),
        rule_id: rule.id.uuid(),
        tier_id: None,
        category_id: None,
        partner_id: None,
        stage_id: None,
        field_id: None,
        option_id: None,
    };
    let (stages, fields, options) = rule.plan.references();
    let mut rows = Vec::new();
    macro_rules! refer {
        ($list:expr, $column:ident) => {
            rows.extend($list.iter().map(|id| commission_rule_reference::Model {
                $column: Some(id.uuid()),
                ..none()
            }));
        };
    }
    refer!(rule.filters.tiers, tier_id);
    refer!(rule.filters.categories, category_id);
    refer!(rule.filters.partners, partner_id);
    refer!(stages, stage_id);
    refer!(fields, field_id);
    refer!(options, option_id);
    write::insert_all(transaction, rows).await
}
