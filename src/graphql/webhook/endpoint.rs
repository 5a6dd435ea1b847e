//! Webhook endpoints: the URLs to which a tenant's events are delivered.

use async_graphql::{ComplexObject, Context, Enum, ID, Object};

use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::rows::{Projected, declare, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use auth::Resource;
use domain::id::{self, WebhookEndpointId};
use domain::webhook;
use store::view;
use store::view::WebhookEndpointColumn as Column;
use store::webhook::endpoint;

/// The events for which webhooks are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "webhook::WebhookEventType")]
pub enum WebhookEventType {
    /// A commission accrued: `commission.accrued`.
    CommissionAccrued,
    /// A commission was approved for payment: `commission.approved`.
    CommissionApproved,
    /// A commission was paid by its payout: `commission.paid`.
    CommissionPaid,
    /// A commission was reversed and is no longer owed: `commission.reversed`.
    CommissionReversed,
    /// A run created a payout: `payout.created`.
    PayoutCreated,
    /// A payout was paid, failed or was canceled: `payout.settled`.
    PayoutSettled,
    /// The money of a paid payout came back: `payout.returned`.
    PayoutReturned,
    /// A partner reached the goals of a tiered commission in a window: `tier.achieved`.
    TierAchieved,
    /// A partner was created: `partner.created`.
    PartnerCreated,
    /// An invited or suspended partner was activated: `partner.activated`.
    PartnerActivated,
    /// A partner was suspended: `partner.suspended`.
    PartnerSuspended,
    /// A partner was revoked: `partner.revoked`.
    PartnerRevoked,
    /// A revoked partner was reinstated: `partner.reinstated`.
    PartnerReinstated,
    /// A partner got a coupon: `coupon.created`.
    CouponCreated,
    /// A partner got a link: `link.created`.
    LinkCreated,
    /// A customer was reassigned: `customer.reassigned`.
    CustomerReassigned,
    /// Somebody requested to promote a campaign: `partnership_request.created`.
    PartnershipRequestCreated,
    /// A request was approved or rejected: `partnership_request.decided`.
    PartnershipRequestDecided,
}

row! {
    /// Where a tenant wants to hear of what happens.
    pub struct WebhookEndpoint(webhook::WebhookEndpoint): WEBHOOK_ENDPOINT, endpoint;
}

declare! {
    /// A URL to which a tenant's events are sent. Not visible to partners. A deleted endpoint can be read as long as
    /// there are deliveries to it.
    pub static WEBHOOK_ENDPOINT: WebhookEndpoint = TypeDescription {
        resource: Resource::Webhooks,
        identity: &[],
        is_named: false,
        table: &view::WEBHOOK_ENDPOINT,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::WebhookEndpoint>);
    /// The URL to which messages are sent.
    "url": String = value(Column::Url, view::text);
    /// Its purpose; null if none was given.
    "description": Option<String> = value(Column::Description, view::text);
    /// The event types that it receives; empty: all.
    "eventTypes": Vec<WebhookEventType> = value(Column::EventTypes, view::document);
    /// The version of the format of its messages, a date.
    "apiVersion": String = value(Column::ApiVersion, view::text);
    /// Whether messages are sent to it. While it is not active, deliveries are kept for 30 days; they are sent when it
    /// is activated.
    "active": bool = value(Column::Active, view::truth);
    /// Why the gateway disabled it: it responded with 410, or no delivery succeeded for five days. Null if it did not.
    "disabledReason": Option<String> = value(Column::DisabledReason, view::text);
    /// When its secret was last rotated; messages are also signed with the previous secret for 24 hours. Null: never.
    "secretRotatedAt": Option<DateTime> = value(Column::SecretRotatedAt, view::moment);
    /// When it was created; it receives what happened since then.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was last changed, by a caller or by the gateway.
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

    /// All webhook endpoints that are not deleted, oldest first; a tenant has at most 20.
    async fn webhook_endpoints(&self, ctx: &Context<'_>) -> Result<Vec<WebhookEndpoint>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Webhooks)?;
        let all = endpoint::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(WebhookEndpoint::from).collect())
    }
}
