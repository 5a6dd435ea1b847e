//! Mutations of webhook endpoints and deliveries.

use async_graphql::{Context, Object};

use super::input::{
    CreateWebhookEndpointInput, RedeliverWebhookInput, RotateWebhookSecretInput, SendTestWebhookInput,
    UpdateWebhookEndpointInput,
};
use super::payload::{
    CreateWebhookEndpointPayload, RedeliverWebhookPayload, WebhookDeliveryPayload, WebhookEndpointPayload,
};
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::DeleteInput;
use crate::graphql::user_error::{DeletePayload, answer};
use service::webhook::delivery::{redeliver, test};
use service::webhook::endpoint;

#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Creates a webhook endpoint and returns its secret, this once. Needs `webhooks:write`, and the read scopes of the
    /// event types that it receives.
    async fn create_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new endpoint.")] input: CreateWebhookEndpointInput,
    ) -> Nullable<CreateWebhookEndpointPayload> {
        let request = mutation(ctx).await;
        let created = request
            .answered(endpoint::create(&request.app, &request.caller, input.into()))
            .await;
        Some(CreateWebhookEndpointPayload::of(created))
    }

    /// Changes, activates or deactivates a webhook endpoint. Needs `webhooks:write`, and the read scopes of the event
    /// types that it receives.
    async fn update_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateWebhookEndpointInput,
    ) -> Nullable<WebhookEndpointPayload> {
        let request = mutation(ctx).await;
        let changed = endpoint::update(&request.app, &request.caller, input.into());
        Some(WebhookEndpointPayload::of(&request, changed).await)
    }

    /// Rotates the secret of a webhook endpoint and returns the new one, this once; messages are also signed with the
    /// previous one for 24 hours. Needs `webhooks:write`, and the read scopes of the event types that it receives.
    async fn rotate_webhook_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] input: RotateWebhookSecretInput,
    ) -> Nullable<CreateWebhookEndpointPayload> {
        let request = mutation(ctx).await;
        let rotated = request
            .answered(endpoint::rotate(&request.app, &request.caller, &input.id))
            .await;
        Some(CreateWebhookEndpointPayload::of(rotated))
    }

    /// Deletes a webhook endpoint: nothing more is sent to it, and its pending deliveries become CANCELED. Needs
    /// `webhooks:write`.
    async fn delete_webhook_endpoint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The endpoint.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = endpoint::delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }

    /// Sends a test message to a webhook endpoint. Needs `webhooks:write`.
    async fn send_test_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The test message and its endpoint.")] input: SendTestWebhookInput,
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

    /// Sends deliveries that are DELIVERED or FAILED again, with the same ids and bodies, out of order. Needs
    /// `webhooks:write`, and the read scopes of their subjects.
    async fn redeliver_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The deliveries.")] input: RedeliverWebhookInput,
    ) -> Nullable<RedeliverWebhookPayload> {
        let request = mutation(ctx).await;
        let redelivered = redeliver(&request.app, &request.caller, input.what.into());
        let redelivered = request.answered(redelivered).await;
        Some(
            answer(redelivered).map(|(redelivered, user_errors)| RedeliverWebhookPayload {
                count: redelivered.map(|done| i32::try_from(done.0).unwrap_or(i32::MAX)),
                user_errors,
            }),
        )
    }
}
