//! The amount of one occurrence of a part.

use rust_decimal::Decimal;

use super::deal_view::DealView;
use super::{Part, Period, Scaling, ValueType};
use crate::deal::FieldValue;
use crate::explain::{Outcome, Step, rounding};
use crate::money::{AmountTooLarge, Currency, Money, Percentage, written};

/// The amount of one occurrence in `currency`; appends the steps of the computation.
pub(super) fn amount(
    part: &Part,
    occurrence: u32,
    deal: &DealView<'_>,
    currency: Currency,
    steps: &mut Vec<Step>,
) -> Result<Money, AmountTooLarge> {
    let Some(value) = nearest(part, occurrence, deal.fields, currency, steps) else {
        steps.push(Step {
            source: "value".to_owned(),
            outcome: Outcome::NotReached,
            detail: format!("no value is set for occurrence {occurrence}: it pays nothing"),
            threshold: None,
            amount: Some(Decimal::ZERO),
        });
        return Money::from_minor(0, currency);
    };
    let (exact, detail) = match part.value_type {
        ValueType::Fixed => (value, format!("{}, fixed", written(value, currency))),
        ValueType::Percentage => {
            let percentage = Percentage::new(value).expect("checked when the rule was made");
            let detail = format!("{percentage} % of {}", written(deal.value, deal.currency));
            (percentage.of(deal.value.normalize()), detail)
        }
    };
    let rounded = Money::round(exact, currency)?;
    steps.push(Step {
        source: "amount".to_owned(),
        outcome: Outcome::Applied,
        detail,
        threshold: None,
        amount: Some(exact.normalize()),
    });
    steps.push(rounding(exact, rounded));
    Ok(rounded)
}

/// The period's scaling match, else the period's value, else the scaling match, else the base value. Every value
/// defined for the occurrence gets a step.
fn nearest(
    part: &Part,
    occurrence: u32,
    fields: &[FieldValue],
    currency: Currency,
    steps: &mut Vec<Step>,
) -> Option<Decimal> {
    let shown = |value: Decimal| match part.value_type {
        ValueType::Fixed => written(value, currency),
        ValueType::Percentage => format!("{} %", value.normalize()),
    };
    let mut chosen = None;
    let mut consider = |source: String, found: Result<Decimal, String>, threshold: Option<String>| {
        let (outcome, detail) = match (&found, chosen) {
            (Err(reason), _) => (Outcome::NotReached, reason.clone()),
            (Ok(value), None) => (Outcome::Applied, shown(*value)),
            (Ok(value), Some(_)) => (Outcome::Replaced, shown(*value)),
        };
        chosen = chosen.or(found.ok());
        steps.push(Step {
            source,
            outcome,
            detail,
            threshold,
            amount: None,
        });
    };
    let period = part
        .period_rates
        .as_ref()
        .filter(|rates| rates.enabled)
        .and_then(|rates| rates.periods.iter().find(|period| period.covers(occurrence)));
    if let Some(period) = period {
        let source = format!("period {}", period.number);
        if let Some(scaling) = &period.scaling {
            consider(
                format!("{source} scaling"),
                matched(scaling, fields),
                Some(BY_OPTION.to_owned()),
            );
        }
        if let Some(value) = period.value {
            consider(source, Ok(value), Some(period.range()));
        }
    }
    if let Some(scaling) = &part.scaling {
        consider(
            "scaling".to_owned(),
            matched(scaling, fields),
            Some(BY_OPTION.to_owned()),
        );
    }
    if let Some(value) = part.value {
        consider("base value".to_owned(), Ok(value), None);
    }
    chosen
}

impl Period {
    pub(super) fn covers(&self, occurrence: u32) -> bool {
        self.start <= occurrence && self.end.is_none_or(|end| occurrence <= end)
    }

    fn range(&self) -> String {
        match self.end {
            Some(end) => format!("occurrences {} to {end}", self.start),
            None => format!("occurrences from {} on", self.start),
        }
    }
}

fn matched(scaling: &Scaling, fields: &[FieldValue]) -> Result<Decimal, String> {
    let Some(value) = fields.iter().find(|value| value.field_id == scaling.field_id) else {
        return Err("the deal has no option of that field".to_owned());
    };
    let tier = scaling.tiers.iter().find(|tier| tier.option_id == value.option_id);
    tier.map(|tier| tier.value)
        .ok_or_else(|| "no value is set for the deal's option".to_owned())
}

/// How a value of a scaling is selected.
const BY_OPTION: &str = "by the deal's option of a custom field";
