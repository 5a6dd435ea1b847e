//! Commission rules by their ids and names, and those that apply to a stage.

use entity::commission_rule::{Column, Entity};
use entity::commission_rule_reference::{self, Column as Reference};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait};

use super::filter::in_force;
use super::rows::from_row;
use crate::scope::visible;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError, load};
use auth::Scope;
use domain::deal_rules::CommissionRule;
use domain::id::{CommissionRuleId, PaymentStageId};
use domain::partner::PartnerType;
use domain::text;

// Locking also makes deals wait that the rule pays for the first time.
table_functions!(CommissionRule, CommissionRuleId: find, by_ids, lock);

/// The rule in force with this external id.
pub async fn find_by_external_id(
    database: &Connection,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<CommissionRule>, StoreError> {
    let select = in_force(scope).filter(Column::ExternalId.eq(external_id));
    load::one(database, select, from_row).await
}

/// The rules in force with this label and an external id, in no particular order.
pub async fn imported_as(database: &Connection, scope: &Scope, label: &str) -> Result<Vec<CommissionRule>, StoreError> {
    let select = in_force(scope)
        .filter(Column::ExternalId.is_not_null())
        .filter(Column::LabelKey.eq(text::sort_key(label)));
    let mut rules = load::all(database, select, from_row).await?;
    // The sort key ignores case.
    rules.retain(|rule| rule.plan.label == label);
    Ok(rules)
}

/// The rules in force for partners of a type that have an entry for the stage.
pub async fn for_stage(
    database: &Connection,
    scope: &Scope,
    partner_type: PartnerType,
    stage: PaymentStageId,
) -> Result<Vec<CommissionRule>, StoreError> {
    let with_entry = visible::<commission_rule_reference::Entity>(scope)
        .filter(Reference::StageId.eq(stage.uuid()))
        .select_only()
        .column(Reference::RuleId);
    let select = in_force(scope)
        .filter(Column::PartnerType.eq(partner_type.as_str()))
        .filter(Column::Id.in_subquery(with_entry.into_query()));
    load::all(database, select, from_row).await
}

/// All rules in force.
pub async fn all_in_force(database: &Connection, scope: &Scope) -> Result<Vec<CommissionRule>, StoreError> {
    load::all(database, in_force(scope), from_row).await
}
