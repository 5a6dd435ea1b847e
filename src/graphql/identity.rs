//! Identity travels with the row: a caller who may read a row may read the id, the name and the external id of the
//! partner, campaign, group, event and attribution that the row references. Their other fields need the read scope of
//! their own resource.

use async_graphql::Context;

use super::context::request;
use super::error::ApiError;
use crate::graphql::campaign::Campaign;
use crate::graphql::ledger::event::{Attribution, Event};
use crate::graphql::partner::Partner;
use crate::graphql::partner_group::PartnerGroup;
use auth::{Caller, Denied, Permission, Resource};
use domain::id::{AttributionId, CampaignId, EventId, PartnerGroupId, PartnerId};

/// The resources whose rows reference partners.
const NAME_PARTNERS: [Resource; 5] = [
    Resource::Partners,
    Resource::Commissions,
    Resource::Payouts,
    Resource::Deals,
    Resource::Events,
];

/// Fields beyond the identity of an object need the read scope of its resource.
pub fn require_read(ctx: &Context<'_>, resource: Resource) -> Result<(), ApiError> {
    request(ctx).caller.read_linked(resource)?;
    Ok(())
}

/// The partner that a row references; the caller may read the row.
pub async fn partner(ctx: &Context<'_>, id: PartnerId) -> Result<Option<Partner>, ApiError> {
    Ok(request(ctx).loaders().partner.load(id.uuid()).await?.map(Partner::from))
}

/// The campaign that a row references; the caller may read the row. A partner also sees campaigns that it does not
/// belong to, since its promised terms may reference them.
pub async fn campaign(ctx: &Context<'_>, id: CampaignId) -> Result<Option<Campaign>, ApiError> {
    let request = request(ctx);
    let (loaders, id) = (request.loaders(), id.uuid());
    let found = match request.is_partner() {
        true => loaders.referenced_campaign.load(id).await?,
        false => loaders.campaign.load(id).await?,
    };
    Ok(found.map(Campaign::from))
}

/// The group that a row references; the caller may read the row.
pub async fn partner_group(ctx: &Context<'_>, id: PartnerGroupId) -> Result<Option<PartnerGroup>, ApiError> {
    let found = request(ctx).loaders().partner_group.load(id.uuid()).await?;
    Ok(found.map(PartnerGroup::from))
}

/// The event that a row references; the caller may read the row. A partner also sees events that were moved away from
/// it, since its rows keep referencing them.
pub async fn event(ctx: &Context<'_>, id: EventId) -> Result<Option<Event>, ApiError> {
    let found = request(ctx).loaders().referenced_event.load(id.uuid()).await?;
    Ok(found.map(Event::from))
}

/// The attribution that a row references; the caller may read the row.
pub async fn attribution(ctx: &Context<'_>, id: AttributionId) -> Result<Option<Attribution>, ApiError> {
    let found = request(ctx).loaders().attribution.load(id.uuid()).await?;
    Ok(found.map(Attribution::from))
}

/// Checks that the caller may read some resource whose rows reference partners, which permits reading a partner by id.
pub fn may_name_partners(caller: &Caller) -> Result<(), Denied> {
    let reads = |resource: &Resource| caller.permissions().allow(Permission::Read(*resource));
    match NAME_PARTNERS.iter().any(reads) {
        true => Ok(()),
        false => Err(Denied::Lacks(Permission::Read(Resource::Partners))),
    }
}
