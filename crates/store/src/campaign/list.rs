//! Lists of campaigns: all of them, and those that partners belong to.

use std::collections::HashMap;
use std::sync::Arc;

use entity::campaign::Entity;
use entity::campaign_member;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::filter::{CampaignFilter, filtered};
use super::members::members;
use super::order::{CampaignOrder, sort};
use super::rows::from_row;
use crate::order::Sorted;
use crate::page::{Page, PageRequest};
use crate::scope::visible;
use crate::{Connection, StoreError, many, view};
use auth::Scope;
use domain::campaign::Campaign;

/// The campaigns that match the filter.
pub fn list(filter: Arc<CampaignFilter>, sorted: Sorted<CampaignOrder>) -> view::List {
    let kept = (*filter == CampaignFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::CAMPAIGN, kept, sorted.into(), select)
}

/// The campaigns that partners belong to.
pub fn list_of_partners() -> view::List {
    let select = |_, scope: &Scope, partner| of_partner(scope, partner).into_query();
    view::List::new(&view::CAMPAIGN, Some("partner".to_owned()), sort().into(), select)
}

/// A page of the campaigns of each partner.
pub async fn pages_of_partners(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Campaign>>, StoreError> {
    many::pages(
        database,
        partners,
        sort(),
        request,
        |partner| of_partner(scope, partner),
        from_row,
    )
    .await
}

pub async fn counts_of_partners(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, partners, |partner| of_partner(scope, partner)).await
}

pub(super) fn of_partner(scope: &Scope, partner: Expr) -> Select<Entity> {
    visible::<Entity>(scope)
        .join(JoinType::InnerJoin, members())
        .filter(Expr::col(campaign_member::Column::PartnerId.as_column_ref()).eq(partner))
}
