//! Lists of partners: all of them, and those of groups, campaigns, commission rules and tiered commissions.

use std::collections::HashMap;
use std::sync::Arc;

use entity::campaign_member;
use entity::partner::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, QueryFilter, QueryTrait, Select};
use uuid::Uuid;

use super::filter::{PartnerFilter, filtered};
use super::order::PartnerOrder;
use super::rows::from_row;
use crate::order::Sorted;
use crate::page::{Page, PageRequest, Sort};
use crate::scope::{Scoped, visible};
use crate::{Connection, StoreError, commission_rule, many, tiered_commission, view};
use auth::Scope;
use domain::partner::Partner;

/// The partners that match the filter.
pub fn list(filter: Arc<PartnerFilter>, sorted: Sorted<PartnerOrder>) -> view::List {
    let kept = (*filter == PartnerFilter::default()).then(String::new);
    let select = move |backend, scope: &Scope, _| filtered(backend, scope, &filter).into_query();
    view::List::new(&view::PARTNER, kept, sorted.into(), select)
}

/// The partners of groups, newest first.
pub fn list_of_groups() -> view::List {
    let (kept, order) = (Some("group".to_owned()), Sort::newest_first(Column::Id).into());
    view::List::new(&view::PARTNER, kept, order, |_, scope, group| {
        of_group(scope, group).into_query()
    })
}

/// The partners of campaigns, newest first.
pub fn list_of_campaigns() -> view::List {
    let (kept, order) = (Some("campaign".to_owned()), Sort::newest_first(Column::Id).into());
    view::List::new(&view::PARTNER, kept, order, |_, scope, campaign| {
        of_campaign(scope, campaign).into_query()
    })
}

/// A page of the partners of each group, newest first.
pub async fn pages_of_groups(
    database: &Connection,
    scope: &Scope,
    groups: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
    pages_of(database, groups, request, |key| of_group(scope, key)).await
}

pub async fn counts_of_groups(
    database: &Connection,
    scope: &Scope,
    groups: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, groups, |key| of_group(scope, key)).await
}

/// A page of the partners of each campaign, newest first.
pub async fn pages_of_campaigns(
    database: &Connection,
    scope: &Scope,
    campaigns: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
    pages_of(database, campaigns, request, |key| of_campaign(scope, key)).await
}

pub async fn counts_of_campaigns(
    database: &Connection,
    scope: &Scope,
    campaigns: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, campaigns, |key| of_campaign(scope, key)).await
}

/// A page of the partners that each commission rule names, newest first.
pub async fn pages_of_rules(
    database: &Connection,
    scope: &Scope,
    rules: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
    pages_of(database, rules, request, |key| commission_rule::partners_of(scope, key)).await
}

pub async fn counts_of_rules(
    database: &Connection,
    scope: &Scope,
    rules: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, rules, |key| commission_rule::partners_of(scope, key)).await
}

/// A page of the partners that each tiered commission names, newest first.
pub async fn pages_of_tiers(
    database: &Connection,
    scope: &Scope,
    tiers: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
    pages_of(database, tiers, request, |key| {
        tiered_commission::partners_of(scope, key)
    })
    .await
}

pub async fn counts_of_tiers(
    database: &Connection,
    scope: &Scope,
    tiers: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, tiers, |key| tiered_commission::partners_of(scope, key)).await
}

async fn pages_of(
    database: &Connection,
    keys: &[Uuid],
    request: &PageRequest,
    of_key: impl Fn(Expr) -> Select<Entity>,
) -> Result<HashMap<Uuid, Page<Partner>>, StoreError> {
    let sort = Sort::newest_first(Column::Id);
    many::pages(database, keys, sort, request, of_key, from_row).await
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
