//! Refetching anything by its id alone, as Relay does.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Object};
use futures::future::join_all;

use super::context::request;
use super::error::{ApiError, Nullable, nullable};
use super::rows::{Any, AnyList, TypeDescription};
use crate::domain::id::{self, Kind};
use crate::graphql::backtest::{BACKTEST, Backtest};
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::deal::pipeline::{CUSTOM_FIELD, CustomField, PAYMENT_STAGE, PaymentStage};
use crate::graphql::deal::rule::{COMMISSION_RULE, CommissionRule};
use crate::graphql::deal::{DEAL, Deal};
use crate::graphql::label::{ADVERTISER, Advertiser, PARTNER_CATEGORY, PARTNER_TIER, PartnerCategory, PartnerTier};
use crate::graphql::ledger::commission::{COMMISSION, Commission};
use crate::graphql::ledger::customer::{CUSTOMER, Customer};
use crate::graphql::ledger::event::{ATTRIBUTION, Attribution, EVENT, Event};
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::partner_group::{PARTNER_GROUP, PartnerGroup};
use crate::graphql::partnership_request::{PARTNERSHIP_REQUEST, PartnershipRequest};
use crate::graphql::payout::run::{PAYOUT_RUN, PayoutRun};
use crate::graphql::payout::{PAYOUT, Payout};
use crate::graphql::tenant::Tenant;
use crate::graphql::tenant::api_key::{API_KEY, ApiKey};
use crate::graphql::tenant::audit::{AUDIT_ENTRY, AuditEntry};
use crate::graphql::terms::{COMMISSION_SNAPSHOT, CommissionSnapshot};
use crate::graphql::tiered::{TIERED_COMMISSION, TieredCommission};
use crate::graphql::webhook::{WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT, WebhookDelivery, WebhookEndpoint};

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
    Backtest(Backtest),
    PaymentStage(PaymentStage),
    CustomField(CustomField),
    Deal(Deal),
    CommissionRule(CommissionRule),
    TieredCommission(TieredCommission),
    ApiKey(ApiKey),
    WebhookEndpoint(WebhookEndpoint),
    WebhookDelivery(WebhookDelivery),
    AuditEntry(AuditEntry),
}

/// The types whose objects are rows, by what their ids begin with.
pub const TYPES: [(&str, &TypeDescription); 24] = [
    (id::Partner::PREFIX, &PARTNER),
    (id::PartnerGroup::PREFIX, &PARTNER_GROUP),
    (id::PartnerTier::PREFIX, &PARTNER_TIER),
    (id::PartnerCategory::PREFIX, &PARTNER_CATEGORY),
    (id::Advertiser::PREFIX, &ADVERTISER),
    (id::Campaign::PREFIX, &CAMPAIGN),
    (id::Snapshot::PREFIX, &COMMISSION_SNAPSHOT),
    (id::PartnershipRequest::PREFIX, &PARTNERSHIP_REQUEST),
    (id::Event::PREFIX, &EVENT),
    (id::Customer::PREFIX, &CUSTOMER),
    (id::Attribution::PREFIX, &ATTRIBUTION),
    (id::Commission::PREFIX, &COMMISSION),
    (id::Payout::PREFIX, &PAYOUT),
    (id::PayoutRun::PREFIX, &PAYOUT_RUN),
    (id::Backtest::PREFIX, &BACKTEST),
    (id::PaymentStage::PREFIX, &PAYMENT_STAGE),
    (id::CustomField::PREFIX, &CUSTOM_FIELD),
    (id::Deal::PREFIX, &DEAL),
    (id::CommissionRule::PREFIX, &COMMISSION_RULE),
    (id::TieredCommission::PREFIX, &TIERED_COMMISSION),
    (id::ApiKey::PREFIX, &API_KEY),
    (id::WebhookEndpoint::PREFIX, &WEBHOOK_ENDPOINT),
    (id::WebhookDelivery::PREFIX, &WEBHOOK_DELIVERY),
    (id::AuditEntry::PREFIX, &AUDIT_ENTRY),
];

/// Whatever `id` names, if the caller may see such things.
async fn find(ctx: &Context<'_>, text: &str) -> Result<Option<Any<Node>>, ApiError> {
    let (prefix, uuid) =
        id::parse_any(text).ok_or_else(|| ApiError::bad_user_input(format!("{text:?} is not an id")))?;
    let request = request(ctx);
    if prefix == id::Tenant::PREFIX {
        let scope = request.caller.scope();
        if scope.tenant().uuid() != uuid {
            return Ok(None);
        }
        let tenant = Arc::clone(request.tenant().await?);
        return Ok(Some(Any::Object(Node::Tenant(Arc::unwrap_or_clone(tenant).into()))));
    }
    let Some((_, to)) = TYPES.iter().find(|(known, _)| *known == prefix) else {
        return Ok(None);
    };
    request.caller.read(to.resource)?;
    Ok(Some(Any::Row(to, uuid)))
}

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Whatever the id names; null if there is no such thing, or none that the caller may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id of anything.")] id: ID) -> Nullable<Any<Node>> {
        nullable(find(ctx, &id)).await
    }

    /// Whatever each id names, in their order; null in the place of what does not exist.
    // How many they are the document guard has looked at.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids of anything, at most 100 unless the gateway is set up for more.")] ids: Vec<ID>,
    ) -> AnyList<Node> {
        AnyList(join_all(ids.iter().map(|id| nullable(find(ctx, id)))).await)
    }
}
