//! Webhook endpoints: the URLs to which a tenant's events are delivered.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, Object};
use uuid::Uuid;

use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, existing, nullable};
use crate::graphql::rows::{Projected, RowObject, TypeDescription, declare, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::shares;
use auth::Resource;
use domain::id::{self, TenantId, WebhookEndpointId};
use domain::webhook;
use store::view;
use store::view::WebhookEndpointColumn as Column;
use store::webhook::endpoint;

/// What webhooks tell of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "webhook::WebhookEventType")]
pub enum WebhookEventType {
    /// A commission was written: `commission.accrued`.
    CommissionAccrued,
    /// A commission may be paid: `commission.approved`.
    CommissionApproved,
    /// A commission's payout is paid: `commission.paid`.
    CommissionPaid,
    /// A commission is owed no more: `commission.reversed`.
    CommissionReversed,
    /// A run made a payout: `payout.created`.
    PayoutCreated,
    /// A payout is paid, has failed or was canceled: `payout.settled`.
    PayoutSettled,
    /// A partner reached the goals of a tiered commission in a window: `tier.achieved`.
    TierAchieved,
    /// A partner was created: `partner.created`.
    PartnerCreated,
    /// A partner that was invited or suspended is active: `partner.activated`.
    PartnerActivated,
    /// A partner was suspended: `partner.suspended`.
    PartnerSuspended,
    /// A partnership was ended: `partner.revoked`.
    PartnerRevoked,
    /// A revoked partner is back: `partner.reinstated`.
    PartnerReinstated,
    /// A customer was bound to another partner: `customer.reassigned`.
    CustomerReassigned,
    /// Somebody asks to promote a campaign: `partnership_request.created`.
    PartnershipRequestCreated,
    /// A request was approved or rejected: `partnership_request.decided`.
    PartnershipRequestDecided,
}

/// Where a tenant wants to hear of what happens.
#[derive(Clone)]
pub struct WebhookEndpoint(Arc<webhook::WebhookEndpoint>);

shares!(WebhookEndpoint, webhook::WebhookEndpoint);

impl WebhookEndpoint {
    /// The endpoint that a delivery references, deleted or not.
    pub async fn named(ctx: &Context<'_>, id: WebhookEndpointId) -> Result<Self, ApiError> {
        let found = request(ctx).loaders().webhook_endpoint.load(id.uuid()).await?;
        existing(found.map(Self), "webhook_delivery", "endpoint_id", id)
    }
}

impl RowObject for WebhookEndpoint {
    const TYPE: &'static TypeDescription = &WEBHOOK_ENDPOINT;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        endpoint::at_hand(tenant, &self.0)
    }
}

declare! {
    /// Where a tenant wants to hear of what happens. Partners see none. One that was deleted can be read as long as
    /// deliveries name it.
    pub static WEBHOOK_ENDPOINT: WebhookEndpoint = TypeDescription {
        resource: Resource::Webhooks,
        identity: &[],
        is_named: false,
        table: &view::WEBHOOK_ENDPOINT,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::WebhookEndpoint>);
    /// Where messages are posted to.
    "url": String = value(Column::Url, view::text);
    /// What it is for; null if nobody said.
    "description": Option<String> = value(Column::Description, view::text);
    /// What it hears of; empty: everything.
    "eventTypes": Vec<WebhookEventType> = value(Column::EventTypes, view::document);
    /// The form of the messages that it gets, a date.
    "apiVersion": String = value(Column::ApiVersion, view::text);
    /// Whether anything is sent to it. While nothing is, what happens is kept for 30 days, and sent when it is activated.
    "active": bool = value(Column::Active, view::truth);
    /// Why the gateway has switched it off: it answered 410, or nothing succeeded for five days. Null: it has not.
    "disabledReason": Option<String> = value(Column::DisabledReason, view::text);
    /// When it last got another secret; the one before signs as well for 24 hours. Null: never.
    "secretRotatedAt": Option<DateTime> = value(Column::SecretRotatedAt, view::moment);
    /// When it was made: it hears of what happened since.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was last changed, by anybody or by the gateway.
    "updatedAt": DateTime = value(Column::UpdatedAt, view::moment);
}

#[ComplexObject]
impl WebhookEndpoint {}

#[derive(Default)]
pub struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// One webhook endpoint; null if there is none.
    async fn webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Projected<WebhookEndpoint>> {
        nullable(async { Projected::row(ctx, id.parse::<WebhookEndpointId>()?.uuid()) }).await
    }

    /// All webhook endpoints that were not deleted, oldest first; a tenant has at most 20.
    async fn webhook_endpoints(&self, ctx: &Context<'_>) -> Result<Vec<WebhookEndpoint>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Webhooks)?;
        let all = endpoint::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(WebhookEndpoint::from).collect())
    }
}
