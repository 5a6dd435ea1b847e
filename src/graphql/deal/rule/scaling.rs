//! Values that depend on a deal's option or on the occurrence.

use async_graphql::{Context, SimpleObject};

use crate::graphql::deal::pipeline::{CustomField, CustomFieldOption};
use crate::graphql::error::ApiError;
use crate::graphql::scalar::Decimal;
use domain::deal_rules;

/// Values by the option of the deal.
#[derive(Clone, SimpleObject)]
pub struct Scaling {
    /// The custom field whose option decides.
    pub custom_field: CustomField,
    /// The values of the options. For an option without a value, the next value in the order of precedence is used.
    pub tiers: Vec<ScalingTier>,
}

/// The value of an option.
#[derive(Clone, SimpleObject)]
pub struct ScalingTier {
    /// The option.
    pub option: CustomFieldOption,
    /// An amount, or a percentage.
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
    /// Whether the periods are used; if false, they are stored and ignored.
    pub enabled: bool,
    /// The periods, which do not overlap. Occurrences outside all periods use the scaling or the base value.
    pub periods: Vec<RatePeriod>,
}

/// The values of a range of occurrences.
#[derive(Clone, SimpleObject)]
pub struct RatePeriod {
    /// Its number.
    pub period_number: u32,
    /// The first occurrence, from 1.
    pub start_occurrence: u32,
    /// The last occurrence, inclusive; null: the period has no end.
    pub end_occurrence: Option<u32>,
    /// An amount, or a percentage; null if there is none.
    pub value: Option<Decimal>,
    /// Values by the option of the deal; null if there are none.
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
