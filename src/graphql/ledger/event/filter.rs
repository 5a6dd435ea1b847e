//! The filter of lists of events.

use async_graphql::{ID, InputObject};

use super::decision::NoCommissionReason;
use super::object::EventKind;
use crate::graphql::error::ApiError;
use crate::graphql::input::each;
use crate::graphql::lookup::{id, ids, search, search_texts};
use crate::graphql::scalar::DateTime;
use store::event::EventFilter as StoreFilter;

/// A filter for events; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct EventFilter {
    /// Of one of these kinds.
    pub kind: Option<Vec<EventKind>>,
    /// Of exactly this type.
    #[graphql(name = "type")]
    pub event_type: Option<String>,
    /// Credited to this partner.
    pub partner_id: Option<ID>,
    /// Credited to this campaign.
    pub campaign_id: Option<ID>,
    /// Of this customer.
    pub customer_id: Option<ID>,
    /// That happened at this moment or later.
    pub occurred_from: Option<DateTime>,
    /// That happened before this moment.
    pub occurred_to: Option<DateTime>,
    /// Recorded at this moment or later.
    pub recorded_from: Option<DateTime>,
    /// Recorded before this moment.
    pub recorded_to: Option<DateTime>,
    /// Whether commissions were written with it. Events without a decision match neither true nor false.
    pub earned: Option<bool>,
    /// That earned nothing for one of these reasons.
    pub reason: Option<Vec<NoCommissionReason>>,
    /// Of one of these types, compared exactly.
    pub types: Option<Vec<String>>,
    /// Credited to one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Credited to one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// Of one of these customers. Not allowed with a partner's token.
    pub customer_ids: Option<Vec<ID>>,
    /// With exactly one of these external ids.
    pub external_ids: Option<Vec<String>>,
}

impl EventFilter {
    pub fn read(self) -> Result<StoreFilter, ApiError> {
        Ok(StoreFilter {
            kinds: self.kind.map(each),
            event_type: search("filter.type", self.event_type)?,
            partner: id("filter.partnerId", self.partner_id)?,
            campaign: id("filter.campaignId", self.campaign_id)?,
            customer: id("filter.customerId", self.customer_id)?,
            occurred_from: self.occurred_from.map(Into::into),
            occurred_to: self.occurred_to.map(Into::into),
            recorded_from: self.recorded_from.map(Into::into),
            recorded_to: self.recorded_to.map(Into::into),
            earned: self.earned,
            reasons: self.reason.map(each),
            types: search_texts("filter.types", self.types)?,
            partners: ids("filter.partnerIds", self.partner_ids)?,
            campaigns: ids("filter.campaignIds", self.campaign_ids)?,
            customers: ids("filter.customerIds", self.customer_ids)?,
            external_ids: search_texts("filter.externalIds", self.external_ids)?,
        })
    }
}
