//! Refetching anything by its id alone, as Relay does.

use async_graphql::{Context, ID, Interface, Object};
use futures::future::join_all;

use super::api_key::ApiKey;
use super::campaign::Campaign;
use super::commission::Commission;
use super::commission_rule::CommissionRule;
use super::context::request;
use super::deal::Deal;
use super::error::{ApiError, Nullable, nullable};
use super::event::{Attribution, Customer, Event};
use super::label::{Advertiser, PartnerCategory, PartnerTier};
use super::partner::Partner;
use super::partner_group::PartnerGroup;
use super::partnership_request::PartnershipRequest;
use super::payout::{Payout, PayoutRun};
use super::pipeline::{CustomField, PaymentStage};
use super::snapshot::CommissionSnapshot;
use super::tenant::Tenant;
use super::tiered_commission::TieredCommission;
use crate::auth::Resource;
use crate::domain::id::{self, Id, Kind};
use crate::store;

/// Anything that has an id of its own.
#[derive(Clone, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its id, unique across all kinds of things."))]
pub enum Node {
    Tenant(Tenant),
    Partner(Partner),
    PartnerGroup(PartnerGroup),
    PartnerTier(PartnerTier),
    PartnerCategory(PartnerCategory),
    Advertiser(Advertiser),
    Campaign(Campaign),
    CommissionSnapshot(CommissionSnapshot),
    PartnershipRequest(PartnershipRequest),
    Event(Event),
    Customer(Customer),
    Attribution(Attribution),
    Commission(Commission),
    Payout(Payout),
    PayoutRun(PayoutRun),
    PaymentStage(PaymentStage),
    CustomField(CustomField),
    Deal(Deal),
    CommissionRule(CommissionRule),
    TieredCommission(TieredCommission),
    ApiKey(ApiKey),
}

/// Loads whatever `id` names, if the caller may see it; each kind is read by the loader that links to it, too.
async fn load(ctx: &Context<'_>, text: &str) -> Result<Option<Node>, ApiError> {
    let (prefix, uuid) =
        id::parse_any(text).ok_or_else(|| ApiError::bad_user_input(format!("{text:?} is not an id")))?;
    let request = request(ctx);
    let loaders = request.loaders();
    Ok(match prefix {
        id::Tenant::PREFIX => {
            let scope = request.caller.scope();
            if scope.tenant().uuid() != uuid {
                return Ok(None);
            }
            Some(Node::Tenant(
                store::tenant::get(request.store().reader(), &scope).await?.into(),
            ))
        }
        id::Partner::PREFIX => Partner::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::PartnerGroup::PREFIX => {
            request.caller.read(Resource::PartnerGroups)?;
            PartnerGroup::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from)
        }
        id::Campaign::PREFIX => {
            request.caller.read(Resource::Campaigns)?;
            Campaign::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from)
        }
        id::Snapshot::PREFIX => CommissionSnapshot::load(ctx, Id::from_uuid(uuid))
            .await?
            .map(Node::from),
        id::PartnershipRequest::PREFIX => PartnershipRequest::load(ctx, Id::from_uuid(uuid))
            .await?
            .map(Node::from),
        id::Event::PREFIX => Event::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::Customer::PREFIX => Customer::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::Attribution::PREFIX => Attribution::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::Commission::PREFIX => Commission::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::Payout::PREFIX => Payout::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::PayoutRun::PREFIX => PayoutRun::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::PaymentStage::PREFIX => PaymentStage::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::CustomField::PREFIX => CustomField::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::Deal::PREFIX => Deal::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::CommissionRule::PREFIX => CommissionRule::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::TieredCommission::PREFIX => TieredCommission::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::ApiKey::PREFIX => ApiKey::load(ctx, Id::from_uuid(uuid)).await?.map(Node::from),
        id::PartnerTier::PREFIX => {
            request.caller.read(Resource::Partners)?;
            loaders
                .partner_tier
                .load(uuid)
                .await?
                .map(|tier| PartnerTier::from(tier).into())
        }
        id::PartnerCategory::PREFIX => {
            request.caller.read(Resource::Partners)?;
            loaders
                .partner_category
                .load(uuid)
                .await?
                .map(|category| PartnerCategory::from(category).into())
        }
        id::Advertiser::PREFIX => {
            request.caller.read(Resource::Campaigns)?;
            loaders
                .advertiser
                .load(uuid)
                .await?
                .map(|advertiser| Advertiser::from(advertiser).into())
        }
        _ => None,
    })
}

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Whatever the id names; null if there is no such thing, or none that the caller may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id of anything.")] id: ID) -> Nullable<Node> {
        nullable(load(ctx, &id)).await
    }

    /// Whatever each id names, in their order; null in the place of what does not exist.
    // How many they are the document guard has looked at.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids of anything, at most 100 unless the gateway is set up for more.")] ids: Vec<ID>,
    ) -> Vec<Nullable<Node>> {
        join_all(ids.iter().map(|id| nullable(load(ctx, id)))).await
    }
}
