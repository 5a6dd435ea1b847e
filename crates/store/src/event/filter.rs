//! The filter of event lists.

use entity::attribution::Column as Credited;
use entity::event::{Column, Entity};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Select};

use crate::attribution::credited;
use crate::event_decision::events_decided;
use crate::filter::{one_of_ids, one_of_words};
use crate::scope::visible;
use auth::Scope;
use domain::Timestamp;
use domain::decision::NoCommissionReason;
use domain::event::EventKind;
use domain::id::{CampaignId, CustomerId, PartnerId};

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EventFilter {
    /// Any of these values; an empty list matches nothing.
    pub kinds: Option<Vec<EventKind>>,
    pub event_type: Option<String>,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
    pub customer: Option<CustomerId>,
    pub occurred_from: Option<Timestamp>,
    pub occurred_to: Option<Timestamp>,
    pub recorded_from: Option<Timestamp>,
    pub recorded_to: Option<Timestamp>,
    /// Whether rows were written for it; events without a decision match neither.
    pub earned: Option<bool>,
    /// Any of these as the reason of its decision; an empty list matches nothing.
    pub reasons: Option<Vec<NoCommissionReason>>,
    /// Any of these values; an empty list matches nothing.
    pub types: Option<Vec<String>>,
    pub partners: Option<Vec<PartnerId>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub customers: Option<Vec<CustomerId>>,
    pub external_ids: Option<Vec<String>>,
}

impl EventFilter {
    /// Whether events are found by what they are credited to.
    pub(super) fn is_by_credit(&self, scope: &Scope) -> bool {
        scope.partner().is_some()
            || self.partner.is_some()
            || self.campaign.is_some()
            || self.partners.is_some()
            || self.campaigns.is_some()
    }
}

pub(super) fn filtered(scope: &Scope, filter: &EventFilter) -> Select<Entity> {
    let wanted = Condition::all()
        .add_option(one_of_words(Column::Kind, filter.kinds.as_deref(), EventKind::as_str))
        .add_option(filter.event_type.as_ref().map(|event_type| Column::Type.eq(event_type)))
        .add_option(filter.partner.map(|partner| Credited::PartnerId.eq(partner.uuid())))
        .add_option(filter.campaign.map(|campaign| Credited::CampaignId.eq(campaign.uuid())))
        .add_option(filter.customer.map(|customer| Column::CustomerId.eq(customer.uuid())))
        .add_option(filter.occurred_from.map(|from| Column::OccurredAt.gte(from)))
        .add_option(filter.occurred_to.map(|to| Column::OccurredAt.lt(to)))
        .add_option(filter.recorded_from.map(|from| Column::RecordedAt.gte(from)))
        .add_option(filter.recorded_to.map(|to| Column::RecordedAt.lt(to)))
        .add_option(filter.types.as_ref().map(|types| Column::Type.is_in(types)))
        .add_option(one_of_ids(Credited::PartnerId, filter.partners.as_deref()))
        .add_option(one_of_ids(Credited::CampaignId, filter.campaigns.as_deref()))
        .add_option(one_of_ids(Column::CustomerId, filter.customers.as_deref()))
        .add_option(filter.external_ids.as_ref().map(|ids| Column::ExternalId.is_in(ids)));
    let wanted = match (filter.earned, filter.reasons.as_deref()) {
        (None, None) => wanted,
        (earned, reasons) => wanted.add(Column::Id.in_subquery(events_decided(scope, earned, reasons))),
    };
    match filter.is_by_credit(scope) {
        true => credited(scope).filter(wanted),
        false => visible::<Entity>(scope).filter(wanted),
    }
}
