//! Deals as output types.

use async_graphql::{ComplexObject, Context, SimpleObject};
use paged::paged;

use super::description::DEAL;
use super::simulated_payment::SimulatedPayment;
use crate::graphql::context::request;
use crate::graphql::deal::pipeline::{CustomField, CustomFieldOption, PaymentStage};
use crate::graphql::error::{ApiError, Nullable, existing, nullable};
use crate::graphql::identity;
use crate::graphql::ledger::commission::{CommissionConnection, commissions_of};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::Partner;
use crate::graphql::shared::row;
use domain::deal;
use domain::id::DealId;
use store::commission::CommissionParent;

row! {
    /// A deal: business that a partner brought.
    pub struct Deal(deal::Deal): DEAL, store::deal;
    load: Deals, deal, DealId;
    computed: store::deal::whole;
}

#[paged]
#[ComplexObject]
impl Deal {
    /// The partner that brought it.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner_id).await?;
        existing(partner, "deal", "partner_id", self.0.partner_id)
    }

    /// Its stage; null if it has not entered the pipeline.
    async fn stage(&self, ctx: &Context<'_>) -> Nullable<PaymentStage> {
        nullable(async {
            match self.0.stage_id {
                Some(id) => PaymentStage::linked(ctx, id).await.map(Some),
                None => Ok(None),
            }
        })
        .await
    }

    /// The options set on the deal, at most one per custom field.
    async fn custom_fields(&self, ctx: &Context<'_>) -> Result<Vec<CustomFieldValue>, ApiError> {
        let values = self.0.fields.iter().map(async |value| {
            let custom_field = CustomField::linked(ctx, value.field_id).await?;
            let option = custom_field.option(ctx, value.option_id)?;
            Ok::<_, ApiError>(CustomFieldValue { custom_field, option })
        });
        futures::future::try_join_all(values).await
    }

    /// Its commissions, newest first.
    async fn commissions(&self, ctx: &Context<'_>, page: PageArguments) -> Result<CommissionConnection, ApiError> {
        commissions_of(ctx, CommissionParent::Deal, self.0.id.uuid(), &page, None, None)
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
