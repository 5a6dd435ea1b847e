//! What a commission rule pays: its entries and their parts.

use async_graphql::{Context, Enum, SimpleObject};

use super::scaling::{PeriodRates, RatePeriod, Scaling};
use crate::graphql::deal::pipeline::{CustomField, CustomFieldOption, PaymentStage};
use crate::graphql::error::ApiError;
use crate::graphql::scalar::Decimal;
use domain::deal::FieldValue;
use domain::deal_rules;

/// What a part's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "deal_rules::ValueType")]
pub enum RuleValueType {
    /// Amounts, in the rule's currency, or in the deal's where the rule has none.
    Fixed,
    /// Percent of the deal's value.
    Percentage,
}

/// Which parts an entry has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RuleCalculationType {
    /// It pays once.
    OneOff,
    /// It pays when the stage is entered and with each renewal.
    Recurring,
    /// Both.
    Split,
}

/// What is paid when a deal enters a stage.
#[derive(Clone, SimpleObject)]
pub struct CommissionRuleEntry {
    /// The stage.
    pub payment_stage: PaymentStage,
    /// What the deal must bear; null: nothing. A condition that becomes true later pays then, while the deal stands in
    /// the stage.
    pub condition: Option<CustomFieldCondition>,
    /// Which parts it has.
    #[graphql(name = "type")]
    pub calculation_type: RuleCalculationType,
    /// What is paid once; null: nothing.
    pub one_off: Option<RulePart>,
    /// What is paid when the stage is entered and with each renewal after that; null: nothing.
    pub recurring: Option<RulePart>,
}

impl CommissionRuleEntry {
    pub(super) async fn of(ctx: &Context<'_>, entry: &deal_rules::RuleEntry) -> Result<Self, ApiError> {
        let condition = async {
            match entry.condition {
                Some(condition) => CustomFieldCondition::of(ctx, condition).await.map(Some),
                None => Ok(None),
            }
        };
        let (payment_stage, condition, one_off, recurring) = futures::try_join!(
            PaymentStage::linked(ctx, entry.stage_id),
            condition,
            RulePart::of(ctx, entry.one_off.as_ref()),
            RulePart::of(ctx, entry.recurring.as_ref()),
        )?;
        let calculation_type = match (&one_off, &recurring) {
            (Some(_), None) => RuleCalculationType::OneOff,
            (None, _) => RuleCalculationType::Recurring,
            (Some(_), Some(_)) => RuleCalculationType::Split,
        };
        Ok(Self {
            payment_stage,
            condition,
            calculation_type,
            one_off,
            recurring,
        })
    }
}

/// An option that a deal must bear.
#[derive(Clone, SimpleObject)]
pub struct CustomFieldCondition {
    /// The field.
    pub custom_field: CustomField,
    /// Which of its options.
    pub option: CustomFieldOption,
}

impl CustomFieldCondition {
    pub(super) async fn of(ctx: &Context<'_>, condition: FieldValue) -> Result<Self, ApiError> {
        let custom_field = CustomField::linked(ctx, condition.field_id).await?;
        let option = custom_field.option(ctx, condition.option_id)?;
        Ok(Self { custom_field, option })
    }
}

/// How much the occurrences of a part pay. The nearest value counts: that of the period's scaling, the period's, that of
/// the scaling, the base value; with none of them an occurrence pays 0.
#[derive(Clone, SimpleObject)]
pub struct RulePart {
    /// What the values are.
    pub value_type: RuleValueType,
    /// The base value: an amount, or percent; null if there is none.
    pub value: Option<Decimal>,
    /// Values by the deal's option; null if there are none.
    pub scaling: Option<Scaling>,
    /// After how many occurrences it ends; null: never. A one-off part has one.
    pub number_of_occurrences: Option<u32>,
    /// Values by occurrence; null if there are none.
    pub period_rates: Option<PeriodRates>,
}

impl RulePart {
    pub(super) async fn of(ctx: &Context<'_>, part: Option<&deal_rules::Part>) -> Result<Option<Self>, ApiError> {
        let Some(part) = part else { return Ok(None) };
        let rates = async {
            let Some(rates) = &part.period_rates else {
                return Ok(None);
            };
            let periods = rates.periods.iter().map(|period| RatePeriod::of(ctx, period));
            let periods = futures::future::try_join_all(periods).await?;
            Ok::<_, ApiError>(Some(PeriodRates {
                enabled: rates.enabled,
                periods,
            }))
        };
        let (scaling, period_rates) = futures::try_join!(Scaling::of(ctx, part.scaling.as_ref()), rates)?;
        Ok(Some(Self {
            value_type: part.value_type.into(),
            value: part.value.map(Decimal),
            scaling,
            number_of_occurrences: part.number_of_occurrences,
            period_rates,
        }))
    }
}
