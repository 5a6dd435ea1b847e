//! Payloads of mutations of webhooks.

use async_graphql::{Context, Object};

use super::delivery::WebhookDelivery;
use super::endpoint::WebhookEndpoint;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::rows::Projected;
use crate::graphql::user_error::{UserError, answer, payload, projected, shown_once};
use auth::Resource;
use service::ServiceError;
use service::webhook::endpoint;

payload! {
    /// What changing a webhook endpoint did.
    WebhookEndpointPayload {
        /// The endpoint as it is now; null if nothing was changed.
        webhook_endpoint: WebhookEndpoint, Webhooks
    }
}

payload! {
    /// What sending a test did.
    WebhookDeliveryPayload {
        /// The delivery, which is sent soon; null if there is something to mend.
        webhook_delivery: WebhookDelivery, Webhooks
    }
}

/// What making a webhook endpoint, or giving it another secret, did.
pub struct CreateWebhookEndpointPayload {
    webhook_endpoint: Option<WebhookEndpoint>,
    secret: Option<String>,
    user_errors: Vec<UserError>,
}

impl CreateWebhookEndpointPayload {
    pub(super) fn of(done: Result<endpoint::Shown, ServiceError>) -> Result<Self, ApiError> {
        let (done, mut user_errors) = answer(done)?;
        let (webhook_endpoint, secret) = done.map(|done| (done.endpoint.into(), done.secret)).unzip();
        if matches!(secret, Some(None)) {
            user_errors.push(shown_once("the secret"));
        }
        Ok(Self {
            webhook_endpoint,
            secret: secret.flatten().map(|secret| secret.shown()),
            user_errors,
        })
    }
}

/// What making a webhook endpoint, or giving it another secret, did.
#[Object]
impl CreateWebhookEndpointPayload {
    /// The endpoint as it is now; null if there is something to mend.
    async fn webhook_endpoint(&self, ctx: &Context<'_>) -> Nullable<Projected<WebhookEndpoint>> {
        projected(ctx, Resource::Webhooks, self.webhook_endpoint.as_ref())
    }

    /// What its messages are signed with, `whsec_` and 32 bytes in base64, which cannot be read again; null if there is
    /// something to mend, or if the call is repeated by its idempotency key.
    async fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    /// What to mend; empty: it is done.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// What sending again did.
pub struct RedeliverWebhookPayload {
    pub(super) count: Option<i32>,
    pub(super) user_errors: Vec<UserError>,
}

/// What sending again did.
#[Object]
impl RedeliverWebhookPayload {
    /// How many deliveries are sent again; null if there is something to mend.
    async fn count(&self) -> Option<i32> {
        self.count
    }

    /// What to mend; empty: it is done.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}
