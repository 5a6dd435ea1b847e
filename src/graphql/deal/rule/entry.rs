//! What a commission rule pays: its entries and their parts.

use async_graphql::{Context, Enum, SimpleObject};

use super::scaling::{PeriodRates, RatePeriod, Scaling};
use crate::graphql::deal::pipeline::{CustomField, CustomFieldOption, PaymentStage};
use crate::graphql::error::ApiError;
use crate::graphql::rows::Linked;
use crate::graphql::scalar::Decimal;
use domain::deal::FieldValue;
use domain::deal_rules;

/// The unit of a part's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "deal_rules::ValueType")]
pub enum RuleValueType {
    /// Amounts, in the rule's currency, or in the deal's if the rule has none.
    Fixed,
    /// Percentages of the deal's value.
    Percentage,
}

/// The parts that an entry has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RuleCalculationType {
    /// A one-off part, which pays once.
    OneOff,
    /// A recurring part, which pays when the deal enters the stage and with each renewal.
    Recurring,
    /// Both.
    Split,
}

/// What is paid when a deal enters a stage.
#[derive(Clone, SimpleObject)]
pub struct CommissionRuleEntry {
    /// The stage.
    pub payment_stage: Linked<PaymentStage>,
    /// The option that the deal must have; null if there is no condition. If a condition becomes true while the deal is
    /// in the stage, the entry pays then.
    pub condition: Option<CustomFieldCondition>,
    /// The parts that it has.
    #[graphql(name = "type")]
    pub calculation_type: RuleCalculationType,
    /// The part that is paid once; null if there is none.
    pub one_off: Option<RulePart>,
    /// The part that is paid when the deal enters the stage and with each renewal after that; null if there is none.
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
        let (condition, one_off, recurring) = futures::try_join!(
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
            payment_stage: Linked::required(entry.stage_id),
            condition,
            calculation_type,
            one_off,
            recurring,
        })
    }
}

/// The option that a deal must have.
#[derive(Clone, SimpleObject)]
pub struct CustomFieldCondition {
    /// The field.
    pub custom_field: CustomField,
    /// The option.
    pub option: CustomFieldOption,
}

impl CustomFieldCondition {
    pub(super) async fn of(ctx: &Context<'_>, condition: FieldValue) -> Result<Self, ApiError> {
        let custom_field = CustomField::linked(ctx, condition.field_id).await?;
        let option = custom_field.option(ctx, condition.option_id)?;
        Ok(Self { custom_field, option })
    }
}

/// What the occurrences of a part pay. The first of these values that exists is used: the period's scaling, the
/// period's value, the part's scaling, the base value; without any, an occurrence pays 0.
#[derive(Clone, SimpleObject)]
pub struct RulePart {
    /// The unit of the values.
    pub value_type: RuleValueType,
    /// The base value: an amount, or a percentage; null if there is none.
    pub value: Option<Decimal>,
    /// Values by the option of the deal; null if there are none.
    pub scaling: Option<Scaling>,
    /// The number of occurrences after which it ends; null: it does not end. A one-off part has one.
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
