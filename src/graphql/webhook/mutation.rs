//! What can be done with webhooks.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, OneofObject};

use super::delivery::WebhookDelivery;
use super::endpoint::{WebhookEndpoint, WebhookEventType};
use crate::auth::Resource;
use crate::graphql::context::mutation;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::input::{DeleteInput, id_text, patch, plain};
use crate::graphql::rows::Shown;
use crate::graphql::scalar::DateTime;
use crate::graphql::user_error::{DeletePayload, UserError, answer, payload, shown, shown_once};
use crate::service::ServiceError;
use crate::service::webhook::delivery::{Redelivery, redeliver, test};
use crate::service::webhook::endpoint::{self, EndpointChange, NewEndpoint};

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
    fn of(done: Result<endpoint::Shown, ServiceError>) -> Result<Self, ApiError> {
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
    async fn webhook_endpoint(&self, ctx: &Context<'_>) -> Nullable<Shown<WebhookEndpoint>> {
        shown(ctx, Resource::Webhooks, self.webhook_endpoint.as_ref())
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
    count: Option<i32>,
    user_errors: Vec<UserError>,
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

#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Makes a webhook endpoint, and shows its secret this once. Needs `webhooks:write`, and the read scope of what it
    /// hears of.
    async fn create_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new endpoint.")] input: CreateWebhookEndpointInput,
    ) -> Nullable<CreateWebhookEndpointPayload> {
        let request = mutation(ctx).await;
        let new = NewEndpoint {
            url: input.url,
            description: input.description,
            event_types: types(input.event_types.unwrap_or_default()),
        };
        let created = request
            .answered(endpoint::create(&request.app, &request.caller, new))
            .await;
        Some(CreateWebhookEndpointPayload::of(created))
    }

    /// Changes a webhook endpoint, or switches it off or on. Needs `webhooks:write`, and the read scope of what it hears
    /// of.
    async fn update_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateWebhookEndpointInput,
    ) -> Nullable<WebhookEndpointPayload> {
        let request = mutation(ctx).await;
        let change = EndpointChange {
            id: id_text(input.id),
            url: plain(input.url),
            description: plain(input.description),
            event_types: patch(input.event_types, types),
            active: plain(input.active),
        };
        let changed = endpoint::update(&request.app, &request.caller, change);
        Some(WebhookEndpointPayload::of(&request, changed).await)
    }

    /// Gives a webhook endpoint another secret, and shows it this once; the one before signs as well for 24 hours. Needs
    /// `webhooks:write`, and the read scope of what it hears of.
    async fn rotate_webhook_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: RotateWebhookSecretInput,
    ) -> Nullable<CreateWebhookEndpointPayload> {
        let request = mutation(ctx).await;
        let rotated = request
            .answered(endpoint::rotate(&request.app, &request.caller, &input.id))
            .await;
        Some(CreateWebhookEndpointPayload::of(rotated))
    }

    /// Deletes a webhook endpoint: it is sent nothing more, and what waited is CANCELED. Needs `webhooks:write`.
    async fn delete_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = endpoint::delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }

    /// Sends a message about nothing to a webhook endpoint. Needs `webhooks:write`.
    async fn send_test_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to send where.")] input: SendTestWebhookInput,
    ) -> Nullable<WebhookDeliveryPayload> {
        let request = mutation(ctx).await;
        let sent = test(
            &request.app,
            &request.caller,
            &input.endpoint_id,
            input.event_type.into(),
        );
        Some(WebhookDeliveryPayload::of(&request, sent).await)
    }

    /// Sends deliveries again that have come to their end, whatever came of them: with the same ids and bodies, out of
    /// order. Needs `webhooks:write`, and the read scope of what they are about.
    async fn redeliver_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which deliveries.")] input: RedeliverWebhookInput,
    ) -> Nullable<RedeliverWebhookPayload> {
        let request = mutation(ctx).await;
        let what = match input.what {
            RedeliverWhatInput::DeliveryId(id) => Redelivery::One(id_text(id)),
            RedeliverWhatInput::Since(since) => Redelivery::Since {
                endpoint: id_text(since.endpoint_id),
                since: since.since.0,
            },
        };
        let redelivered = request.answered(redeliver(&request.app, &request.caller, what)).await;
        Some(
            answer(redelivered).map(|(redelivered, user_errors)| RedeliverWebhookPayload {
                count: redelivered.map(|done| i32::try_from(done.0).unwrap_or(i32::MAX)),
                user_errors,
            }),
        )
    }
}

fn types(types: Vec<WebhookEventType>) -> Vec<crate::domain::webhook::WebhookEventType> {
    types.into_iter().map(Into::into).collect()
}
