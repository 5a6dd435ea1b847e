//! Payloads of mutations of webhooks.

use async_graphql::{Context, Object, SimpleObject};

use super::delivery::WebhookDelivery;
use super::endpoint::WebhookEndpoint;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::rows::Projected;
use crate::graphql::user_error::{UserError, answer, payload, projected, shown_once};
use auth::Resource;
use service::ServiceError;
use service::webhook::endpoint;

payload! {
    /// The result of changing a webhook endpoint.
    WebhookEndpointPayload {
        /// The endpoint as it is now; null if nothing was changed.
        webhook_endpoint: WebhookEndpoint, Webhooks
    }
}

payload! {
    /// The result of sending a test message.
    WebhookDeliveryPayload {
        /// The delivery, which is sent soon; null if there are user errors.
        webhook_delivery: WebhookDelivery, Webhooks
    }
}

/// The result of creating a webhook endpoint or rotating its secret.
pub struct CreateWebhookEndpointPayload {
    webhook_endpoint: Option<WebhookEndpoint>,
    secret: Option<String>,
    user_errors: Vec<UserError>,
}

impl CreateWebhookEndpointPayload {
    pub(super) fn of(done: Result<endpoint::Shown, ServiceError>) -> Result<Self, ApiError> {
        let (done, mut user_errors) = answer(done)?;
        let (webhook_endpoint, secret) = done.map(|done| (done.endpoint.into(), done.secret)).unzip();
        let secret = shown_once(secret, "the secret", &mut user_errors);
        Ok(Self {
            webhook_endpoint,
            secret: secret.map(|secret| secret.shown()),
            user_errors,
        })
    }
}

/// The result of creating a webhook endpoint or rotating its secret.
#[Object]
impl CreateWebhookEndpointPayload {
    /// The endpoint as it is now; null if there are user errors.
    async fn webhook_endpoint(&self, ctx: &Context<'_>) -> Nullable<Projected<WebhookEndpoint>> {
        projected(ctx, Resource::Webhooks, self.webhook_endpoint.as_ref())
    }

    /// The secret with which its messages are signed: `whsec_` and 32 bytes in base64. It cannot be read again; null if
    /// there are user errors, or if the call repeats an idempotency key.
    async fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    /// Problems with the input; empty if the mutation succeeded.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// The result of sending deliveries again.
#[derive(SimpleObject)]
pub struct RedeliverWebhookPayload {
    /// The number of deliveries that are sent again; null if there are user errors.
    pub count: Option<i32>,
    /// Problems with the input; empty if the mutation succeeded.
    pub user_errors: Vec<UserError>,
}
