//! Values that depend on a deal's option or on the occurrence.

use async_graphql::{Context, SimpleObject};

use crate::graphql::deal::pipeline::{CustomField, CustomFieldOption};
use crate::graphql::error::ApiError;
use crate::graphql::scalar::Decimal;
use domain::deal_rules;

/// Values by the option that a deal bears.
#[derive(Clone, SimpleObject)]
pub struct Scaling {
    /// The field whose option decides.
    pub custom_field: CustomField,
    /// The values of its options. An option without one falls back to the next nearer value.
    pub tiers: Vec<ScalingTier>,
}

/// The value of an option.
#[derive(Clone, SimpleObject)]
pub struct ScalingTier {
    /// The option.
    pub option: CustomFieldOption,
    /// An amount, or percent.
    pub value: Decimal,
}

impl Scaling {
    pub(super) async fn of(ctx: &Context<'_>, scaling: Option<&deal_rules::Scaling>) -> Result<Option<Self>, ApiError> {
        let Some(scaling) = scaling else { return Ok(None) };
        let custom_field = CustomField::linked(ctx, scaling.field_id).await?;
        let tiers = scaling.tiers.iter().map(|tier| {
            Ok(ScalingTier {
                option: custom_field.option(ctx, tier.option_id)?,
                value: Decimal(tier.value),
            })
        });
        let tiers = tiers.collect::<Result<_, ApiError>>()?;
        Ok(Some(Self { custom_field, tiers }))
    }
}

/// Values by occurrence.
#[derive(Clone, SimpleObject)]
pub struct PeriodRates {
    /// False: they are kept and do not count.
    pub enabled: bool,
    /// The periods, which do not overlap. Occurrences in a gap have no value of a period.
    pub periods: Vec<RatePeriod>,
}

/// The values of a range of occurrences.
#[derive(Clone, SimpleObject)]
pub struct RatePeriod {
    /// Its number.
    pub period_number: u32,
    /// The first occurrence, from 1.
    pub start_occurrence: u32,
    /// The last occurrence, included; null: it has no end.
    pub end_occurrence: Option<u32>,
    /// An amount, or percent; null if it has none.
    pub value: Option<Decimal>,
    /// Values by the deal's option; null if there are none.
    pub scaling: Option<Scaling>,
}

impl RatePeriod {
    pub(super) async fn of(ctx: &Context<'_>, period: &deal_rules::Period) -> Result<Self, ApiError> {
        Ok(Self {
            period_number: period.number,
            start_occurrence: period.start,
            end_occurrence: period.end,
            value: period.value.map(Decimal),
            scaling: Scaling::of(ctx, period.scaling.as_ref()).await?,
        })
    }
}
