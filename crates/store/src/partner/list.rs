//! Lists of partners: all of them, and those of groups, campaigns, commission rules and tiered commissions.

use std::sync::Arc;

use entity::campaign_member;
use entity::partner::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, QueryFilter, QueryTrait, Select};

use super::filter::{PartnerFilter, filtered};
use super::order::PartnerOrder;
use crate::order::Sorted;
use crate::scope::{Scoped, visible};
use crate::{commission_rule, tiered_commission, view};
use auth::Scope;

/// The partners that match the filter.
pub fn list(filter: Arc<PartnerFilter>, sorted: Sorted<PartnerOrder>) -> view::List {
    let kept = (*filter == PartnerFilter::default()).then(String::new);
    let select = move |backend, scope: &Scope, _| filtered(backend, scope, &filter).into_query();
    view::List::new(&view::PARTNER, kept, select).sorted(sorted)
}

/// The partners of groups, newest first.
pub fn list_of_groups() -> view::List {
    list_under("group", of_group)
}

/// The partners of campaigns, newest first.
pub fn list_of_campaigns() -> view::List {
    list_under("campaign", of_campaign)
}

/// The partners that commission rules name, newest first.
pub fn list_of_rules() -> view::List {
    list_under("commission_rule", commission_rule::partners_of)
}

/// The partners that tiered commissions name, newest first.
pub fn list_of_tiers() -> view::List {
    list_under("tiered_commission", tiered_commission::partners_of)
}

/// The partners under parents of this kind, newest first.
fn list_under(parent: &str, children: fn(&Scope, Expr) -> Select<Entity>) -> view::List {
    let select = move |_, scope: &Scope, key| children(scope, key).into_query();
    view::List::new(&view::PARTNER, Some(parent.to_owned()), select)
}

/// The partners that one owner's references name: those of the rows of `R` whose `owner` is `id`.
pub(crate) fn named_by<R: Scoped>(scope: &Scope, partner: R::Column, owner: R::Column, id: Expr) -> Select<Entity> {
    let named = Query::select()
        .column(partner)
        .from(R::default())
        .and_where(R::tenant_column().eq(scope.tenant().uuid()))
        .and_where(Expr::col(owner.as_column_ref()).eq(id))
        .and_where(partner.is_not_null())
        .take();
    visible::<Entity>(scope).filter(Column::Id.in_subquery(named))
}

fn of_group(scope: &Scope, group: Expr) -> Select<Entity> {
    visible::<Entity>(scope).filter(Expr::col(Column::GroupId.as_column_ref()).eq(group))
}

fn of_campaign(scope: &Scope, campaign: Expr) -> Select<Entity> {
    let members = Query::select()
        .column(campaign_member::Column::PartnerId)
        .from(campaign_member::Entity)
        .and_where(campaign_member::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(Expr::col(campaign_member::Column::CampaignId.as_column_ref()).eq(campaign))
        .take();
    visible::<Entity>(scope).filter(Column::Id.in_subquery(members))
}
