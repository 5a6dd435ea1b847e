//! Touches: never changed, but that a click joins its visitor.

mod considered;
mod join;
mod prune;

use std::sync::Arc;

use entity::touch::{self, Column, Entity};
use entity::visitor;
use sea_orm::{ColumnTrait, Condition, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait, Select};

use super::filter::{one_of_ids, one_of_words};
use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{salt, view};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
pub use considered::{EventTouches, considered};
use domain::Timestamp;
use domain::id::{CampaignId, CouponId, CustomerId, LinkId, PartnerId, TenantId, TouchId};
use domain::touch::{Touch, TouchKind};
pub use join::join;
pub use prune::prune;

const TABLE: &str = "touch";

table_functions!(Touch, TouchId: by_ids, by_external_ids, find, at_hand, whole);

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TouchFilter {
    /// Any of these values; an empty list matches nothing, here and below.
    pub kinds: Option<Vec<TouchKind>>,
    pub partners: Option<Vec<PartnerId>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub links: Option<Vec<LinkId>>,
    pub coupons: Option<Vec<CouponId>>,
    /// Recorded for any of these, or of visitors who are any of them.
    pub customers: Option<Vec<CustomerId>>,
    pub visitors: Option<Vec<String>>,
    pub occurred_from: Option<Timestamp>,
    pub occurred_to: Option<Timestamp>,
}

/// The touches that match the filter.
pub fn list(filter: Arc<TouchFilter>) -> view::List {
    let kept = (*filter == TouchFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::TOUCH, kept, select)
}

fn filtered(scope: &Scope, filter: &TouchFilter) -> Select<Entity> {
    let of_customers = filter.customers.as_deref().map(|customers| {
        let ids: Vec<_> = customers.iter().map(|id| id.uuid()).collect();
        let visitors = visible::<visitor::Entity>(scope)
            .select_only()
            .column(visitor::Column::VisitorId)
            .filter(visitor::Column::CustomerId.is_in(ids))
            .filter(visitor::Column::VisitorId.is_not_null());
        Condition::any()
            .add(one_of_ids(Column::CustomerId, Some(customers)).unwrap_or_else(|| Column::Id.is_null()))
            .add(Column::VisitorId.in_subquery(visitors.into_query()))
    });
    let wanted = Condition::all()
        .add_option(one_of_words(Column::Kind, filter.kinds.as_deref(), TouchKind::as_str))
        .add_option(one_of_ids(Column::PartnerId, filter.partners.as_deref()))
        .add_option(one_of_ids(Column::CampaignId, filter.campaigns.as_deref()))
        .add_option(one_of_ids(Column::LinkId, filter.links.as_deref()))
        .add_option(one_of_ids(Column::CouponId, filter.coupons.as_deref()))
        .add_option(of_customers)
        .add_option(
            filter
                .visitors
                .as_ref()
                .map(|visitors| Column::VisitorId.is_in(visitors)),
        )
        .add_option(filter.occurred_from.map(|from| Column::OccurredAt.gte(from)))
        .add_option(filter.occurred_to.map(|to| Column::OccurredAt.lt(to)));
    visible::<Entity>(scope).filter(wanted)
}

/// Writes new touches.
pub fn add<'a>(writes: &mut Writes, tenant: TenantId, touches: impl IntoIterator<Item = &'a Touch>) {
    let rows = touches
        .into_iter()
        .map(|touch| to_row(tenant, touch).into_active_model());
    writes.add(rows, Conflict::Fail);
}

mapped! {
    fn (row: touch::Model, touch: Touch) of TABLE;
    both: id, kind, partner_id, campaign_id, link_id, coupon_id, link_disabled, visitor_id, customer_id, external_id,
        click_id, time_stated, occurred_at, recorded_at;
    written: {
        salt: salt::drawn(),
    }
}
