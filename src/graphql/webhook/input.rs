//! Inputs that change webhook endpoints and send messages.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};

use super::endpoint::WebhookEventType;
use crate::graphql::input::{each, patch, patch_each};
use crate::graphql::scalar::DateTime;
use service::webhook::delivery::Redelivery;
use service::webhook::endpoint::{EndpointChange, NewEndpoint};

/// A new webhook endpoint.
#[derive(InputObject)]
pub struct CreateWebhookEndpointInput {
    /// The URL to which messages are sent: a public https address, at most 2,048 characters.
    pub url: String,
    /// Its purpose, at most 5,000 characters.
    pub description: Option<String>,
    /// The event types that it receives; absent or empty: all. The caller needs the read scope of each.
    pub event_types: Option<Vec<WebhookEventType>>,
    /// A repeated call with the same key and input returns the endpoint that the first call created, without its
    /// secret.
    pub idempotency_key: Option<String>,
}

/// Changes to a webhook endpoint. Absent fields stay as they are.
#[derive(InputObject)]
pub struct UpdateWebhookEndpointInput {
    /// The endpoint.
    pub id: ID,
    /// The URL to which messages are sent.
    pub url: MaybeUndefined<String>,
    /// Its purpose; null clears.
    pub description: MaybeUndefined<String>,
    /// The event types that it receives; null or empty: all. The caller needs the read scope of each, before and after
    /// the change.
    pub event_types: MaybeUndefined<Vec<WebhookEventType>>,
    /// False: no messages are sent, and deliveries are kept for 30 days. True: all deliveries that were kept are sent,
    /// oldest first.
    pub active: MaybeUndefined<bool>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The endpoint whose secret is rotated.
#[derive(InputObject)]
pub struct RotateWebhookSecretInput {
    /// The endpoint.
    pub id: ID,
    /// A repeated call with the same key and input changes nothing and returns the first call's result, without the
    /// secret.
    pub idempotency_key: Option<String>,
}

/// A test message to send.
#[derive(InputObject)]
pub struct SendTestWebhookInput {
    /// The endpoint.
    pub endpoint_id: ID,
    /// The type of the message, which need not be one that the endpoint receives. Its data has `test: true`, and refers
    /// to nothing that exists.
    #[graphql(name = "type", default_with = "WebhookEventType::CommissionAccrued")]
    pub event_type: WebhookEventType,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The deliveries to send again.
#[derive(InputObject)]
pub struct RedeliverWebhookInput {
    /// The deliveries.
    pub what: RedeliverWhatInput,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The deliveries to send again; exactly one of the two is given.
#[derive(OneofObject)]
pub enum RedeliverWhatInput {
    /// This delivery; it must be DELIVERED or FAILED.
    DeliveryId(ID),
    /// All deliveries to an endpoint since a moment.
    Since(RedeliverSinceInput),
}

/// All deliveries to an endpoint since a moment that are DELIVERED or FAILED; at most 10,000.
#[derive(InputObject)]
pub struct RedeliverSinceInput {
    /// The endpoint.
    pub endpoint_id: ID,
    /// Deliveries that were created at this moment or later.
    pub since: DateTime,
}

impl From<CreateWebhookEndpointInput> for NewEndpoint {
    fn from(input: CreateWebhookEndpointInput) -> Self {
        Self {
            url: input.url,
            description: input.description,
            event_types: each(input.event_types.unwrap_or_default()),
        }
    }
}

impl From<UpdateWebhookEndpointInput> for EndpointChange {
    fn from(input: UpdateWebhookEndpointInput) -> Self {
        Self {
            id: input.id.into(),
            url: patch(input.url),
            description: patch(input.description),
            event_types: patch_each(input.event_types),
            active: patch(input.active),
        }
    }
}

impl From<RedeliverWhatInput> for Redelivery {
    fn from(input: RedeliverWhatInput) -> Self {
        match input {
            RedeliverWhatInput::DeliveryId(id) => Self::One(id.into()),
            RedeliverWhatInput::Since(since) => Self::Since {
                endpoint: since.endpoint_id.into(),
                since: since.since.0,
            },
        }
    }
}
