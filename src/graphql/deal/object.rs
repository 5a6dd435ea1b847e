//! Deals as output types.

use async_graphql::{ComplexObject, Context, SimpleObject};

use super::description::DEAL;
use super::simulated_payment::SimulatedPayment;
use crate::graphql::context::request;
use crate::graphql::deal::pipeline::{CustomField, CustomFieldOption};
use crate::graphql::error::ApiError;
use crate::graphql::shared::row;
use domain::deal;

row! {
    /// A deal: business that a partner brought.
    pub struct Deal(deal::Deal): DEAL, store::deal;
    computed: store::deal::whole;
}

#[ComplexObject]
impl Deal {
    /// The options set on the deal, at most one per custom field.
    async fn custom_fields(&self, ctx: &Context<'_>) -> Result<Vec<CustomFieldValue>, ApiError> {
        let values = self.0.fields.iter().map(async |value| {
            let custom_field = CustomField::linked(ctx, value.field_id).await?;
            let option = custom_field.option(ctx, value.option_id)?;
            Ok::<_, ApiError>(CustomFieldValue { custom_field, option })
        });
        futures::future::try_join_all(values).await
    }

    /// What the rules would pay if the deal went through the stages after its own, except lost ones, and were then
    /// renewed: at most 12 further occurrences per recurring part. Empty for a lost deal, and for a partner's token.
    async fn forecast(&self, ctx: &Context<'_>) -> Result<Vec<SimulatedPayment>, ApiError> {
        let request = request(ctx);
        let forecast = request.loaders().forecast_of_deal.load(self.0.id.uuid()).await?;
        match forecast.as_deref() {
            None => Ok(Vec::new()),
            Some(Ok(payments)) => Ok(payments
                .iter()
                .cloned()
                .map(|due| SimulatedPayment::of(due, true))
                .collect()),
            Some(Err(error)) => Err(ApiError::bad_user_input(format!(
                "the deal would pay too much: {error}"
            ))),
        }
    }
}

/// An option set on a deal.
#[derive(Clone, SimpleObject)]
pub struct CustomFieldValue {
    /// The field.
    pub custom_field: CustomField,
    /// The option.
    pub option: CustomFieldOption,
}
