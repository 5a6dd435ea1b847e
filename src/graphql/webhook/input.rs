//! Inputs that change webhook endpoints and send messages.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};

use super::endpoint::WebhookEventType;
use crate::graphql::scalar::DateTime;

/// A new webhook endpoint.
#[derive(InputObject)]
pub struct CreateWebhookEndpointInput {
    /// Where messages are posted to: an https address of the public internet, at most 2,048 characters.
    pub url: String,
    /// What it is for, at most 5,000 characters.
    pub description: Option<String>,
    /// What it hears of; without, or empty: everything. The caller needs the read scope of each.
    pub event_types: Option<Vec<WebhookEventType>>,
    /// The same key with the same input gives the endpoint that was made first, without its secret.
    pub idempotency_key: Option<String>,
}

/// What to change of a webhook endpoint. What is left out stays.
#[derive(InputObject)]
pub struct UpdateWebhookEndpointInput {
    /// Which endpoint.
    pub id: ID,
    /// Where messages are posted to.
    pub url: MaybeUndefined<String>,
    /// What it is for; null clears it.
    pub description: MaybeUndefined<String>,
    /// What it hears of; null or empty: everything. The caller needs the read scope of each, and of those before.
    pub event_types: MaybeUndefined<Vec<WebhookEventType>>,
    /// False: nothing is sent, and what happens is kept for 30 days. True: all that was kept is sent, oldest first.
    pub active: MaybeUndefined<bool>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which endpoint gets another secret.
#[derive(InputObject)]
pub struct RotateWebhookSecretInput {
    /// The endpoint.
    pub id: ID,
    /// The same key with the same input gives the answer of the first call, without the secret, and does nothing.
    pub idempotency_key: Option<String>,
}

/// What to send for a test.
#[derive(InputObject)]
pub struct SendTestWebhookInput {
    /// Where to.
    pub endpoint_id: ID,
    /// As what, whether the endpoint hears of it or not. Its data says `test: true`, and names nothing that exists.
    #[graphql(name = "type", default_with = "WebhookEventType::CommissionAccrued")]
    pub event_type: WebhookEventType,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// What to send again.
#[derive(InputObject)]
pub struct RedeliverWebhookInput {
    /// Which deliveries.
    pub what: RedeliverWhatInput,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which deliveries to send again.
#[derive(OneofObject)]
pub enum RedeliverWhatInput {
    /// This one, which is DELIVERED or FAILED.
    DeliveryId(ID),
    /// All of an endpoint since a moment.
    Since(RedeliverSinceInput),
}

/// All deliveries of an endpoint since a moment that are DELIVERED or FAILED: at most 10,000.
#[derive(InputObject)]
pub struct RedeliverSinceInput {
    /// The endpoint.
    pub endpoint_id: ID,
    /// Those that were made at or after this moment.
    pub since: DateTime,
}
