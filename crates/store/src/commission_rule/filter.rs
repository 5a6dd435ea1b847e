//! The filter of commission rule lists.

use entity::commission_rule::{Column, Entity};
use sea_orm::{ColumnTrait, QueryFilter, Select};

use crate::filter::contains;
use crate::scope::visible;
use auth::Scope;
use domain::commission::PaymentTarget;
use domain::partner::PartnerType;

/// What to list; archived rules never are, and all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CommissionRuleFilter {
    pub partner_type: Option<PartnerType>,
    pub payment_target: Option<PaymentTarget>,
    /// Part of the label, case-insensitive.
    pub search: Option<String>,
    /// Any of these values; an empty list matches nothing.
    pub partner_types: Option<Vec<PartnerType>>,
}

pub(super) fn in_force(scope: &Scope) -> Select<Entity> {
    visible::<Entity>(scope).filter(Column::ArchivedAt.is_null())
}

pub(super) fn filtered(scope: &Scope, filter: &CommissionRuleFilter) -> Select<Entity> {
    let mut select = in_force(scope);
    if let Some(partner_type) = filter.partner_type {
        select = select.filter(Column::PartnerType.eq(partner_type.as_str()));
    }
    if let Some(target) = filter.payment_target {
        select = select.filter(Column::PaymentTarget.eq(target.as_str()));
    }
    if let Some(search) = &filter.search {
        select = select.filter(Column::LabelKey.like(contains(search)));
    }
    if let Some(types) = &filter.partner_types {
        select = select.filter(Column::PartnerType.is_in(types.iter().map(|kind| kind.as_str())));
    }
    select
}
