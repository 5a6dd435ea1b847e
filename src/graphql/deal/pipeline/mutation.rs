//! Creating, changing and deleting stages and custom fields.

use async_graphql::{Context, Object};

use super::custom_field::CustomField;
use super::input::{CreateCustomFieldInput, CreatePaymentStageInput, UpdateCustomFieldInput, UpdatePaymentStageInput};
use super::stage::PaymentStage;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::{DeleteInput, each};
use crate::graphql::user_error::{DeletePayload, payload};
use service::custom_field;
use service::stage;

payload! {
    /// The result of creating or changing a payment stage.
    PaymentStagePayload {
        /// The stage as it is now; null if nothing was changed.
        payment_stage: PaymentStage, Deals
    }
}

payload! {
    /// The result of creating or changing a custom field.
    CustomFieldPayload {
        /// The field as it is now; null if nothing was changed.
        custom_field: CustomField, Deals
    }
}

#[derive(Default)]
pub struct PipelineMutation;

#[Object]
impl PipelineMutation {
    /// Creates a payment stage. Needs `deals:write`.
    async fn create_payment_stage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new stage.")] input: CreatePaymentStageInput,
    ) -> Nullable<PaymentStagePayload> {
        let request = mutation(ctx).await;
        Some(PaymentStagePayload::of(&request, stage::create(&request.app, &request.caller, input.into())).await)
    }

    /// Changes a payment stage. Needs `deals:write`.
    async fn update_payment_stage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdatePaymentStageInput,
    ) -> Nullable<PaymentStagePayload> {
        let request = mutation(ctx).await;
        Some(PaymentStagePayload::of(&request, stage::update(&request.app, &request.caller, input.into())).await)
    }

    /// Deletes a payment stage that nothing refers to, else IN_USE. Needs `deals:write`.
    async fn delete_payment_stage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The stage.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = stage::delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }

    /// Creates a custom field. Needs `deals:write`.
    async fn create_custom_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new field.")] input: CreateCustomFieldInput,
    ) -> Nullable<CustomFieldPayload> {
        let request = mutation(ctx).await;
        let (options, external_id) = (each(input.options), input.external_id);
        let field = custom_field::create(&request.app, &request.caller, &input.label, options, external_id);
        Some(CustomFieldPayload::of(&request, field).await)
    }

    /// Changes a custom field. Needs `deals:write`.
    async fn update_custom_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateCustomFieldInput,
    ) -> Nullable<CustomFieldPayload> {
        let request = mutation(ctx).await;
        Some(
            CustomFieldPayload::of(
                &request,
                custom_field::update(&request.app, &request.caller, input.into()),
            )
            .await,
        )
    }

    /// Deletes a custom field that nothing refers to, and its options, else IN_USE. Needs `deals:write`.
    async fn delete_custom_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The field.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = custom_field::delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted))
    }
}
