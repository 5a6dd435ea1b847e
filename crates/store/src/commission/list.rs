//! Lists of commissions: all of them, and those under a partner, a campaign, an event, a payout and so on.

use std::sync::Arc;

use entity::commission::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, QueryTrait, Select};

use super::filter::{CommissionFilter, ever_in_payout, filtered, made_by_deal};
use super::order::CommissionOrder;
use crate::order::Sorted;
use crate::view;
use auth::Scope;

/// What commissions are listed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommissionParent {
    Partner,
    Campaign,
    Event,
    /// The row that the commissions adjust.
    Adjusted,
    Payout,
    Deal,
}

/// The commissions under a parent of this kind, or all of them. GraphQL reads such lists by [`view::page`].
pub fn list(
    parent: Option<CommissionParent>,
    filter: Arc<CommissionFilter>,
    sorted: Sorted<CommissionOrder>,
) -> view::List {
    let kept = filter.is_common().then(|| format!("{parent:?} {filter:?}"));
    let select = move |_, scope: &Scope, key| match parent {
        Some(parent) => children(scope, parent, &filter, key).into_query(),
        None => filtered(scope, &filter).into_query(),
    };
    view::List::new(&view::COMMISSION, kept, select).sorted(sorted)
}

pub(crate) fn children(
    scope: &Scope,
    parent: CommissionParent,
    filter: &CommissionFilter,
    key: Expr,
) -> Select<Entity> {
    let column = match parent {
        CommissionParent::Partner => Column::PartnerId,
        CommissionParent::Campaign => Column::CampaignId,
        CommissionParent::Event => Column::EventId,
        CommissionParent::Adjusted => Column::AdjustsId,
        CommissionParent::Deal => {
            return filtered(scope, filter).filter(Column::Id.in_subquery(made_by_deal(scope, key)));
        }
        CommissionParent::Payout => {
            return filtered(scope, filter).filter(Column::Id.in_subquery(ever_in_payout(scope, key)));
        }
    };
    filtered(scope, filter).filter(Expr::col(column.as_column_ref()).eq(key))
}
