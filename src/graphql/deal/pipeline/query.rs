//! Queries about the pipeline.

use async_graphql::{Context, Object};

use super::custom_field::CustomField;
use super::stage::PaymentStage;
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use auth::Resource;

#[derive(Default)]
pub struct PipelineQuery;

#[Object]
impl PipelineQuery {
    /// All payment stages, by position.
    async fn payment_stages(&self, ctx: &Context<'_>) -> Result<Vec<PaymentStage>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Deals)?;
        let all = store::stage::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(PaymentStage::from).collect())
    }

    /// All custom fields, oldest first.
    async fn custom_fields(&self, ctx: &Context<'_>) -> Result<Vec<CustomField>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Deals)?;
        let all = store::custom_field::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(CustomField::from).collect())
    }
}
