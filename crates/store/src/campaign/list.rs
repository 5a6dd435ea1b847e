//! Lists of campaigns: all of them, and those that partners belong to.

use std::sync::Arc;

use entity::campaign::Entity;
use entity::campaign_member;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, Select};

use super::filter::{CampaignFilter, filtered};
use super::members::members;
use super::order::CampaignOrder;
use crate::order::Sorted;
use crate::scope::visible;
use crate::view;
use auth::Scope;

/// The campaigns that match the filter.
pub fn list(filter: Arc<CampaignFilter>, sorted: Sorted<CampaignOrder>) -> view::List {
    let kept = (*filter == CampaignFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::CAMPAIGN, kept, select).sorted(sorted)
}

/// The campaigns that partners belong to.
pub fn list_of_partners() -> view::List {
    let select = |_, scope: &Scope, partner| of_partner(scope, partner).into_query();
    view::List::new(&view::CAMPAIGN, Some("partner".to_owned()), select)
}

pub(super) fn of_partner(scope: &Scope, partner: Expr) -> Select<Entity> {
    visible::<Entity>(scope)
        .join(JoinType::InnerJoin, members())
        .filter(Expr::col(campaign_member::Column::PartnerId.as_column_ref()).eq(partner))
}
