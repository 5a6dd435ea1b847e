//! Validates the entries that a caller entered, so that the engine can rely on them. Reports every problem with its
//! path.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::{Part, PartKind, Period, PeriodRates, RuleEntry, Scaling, ScalingTier, ValueType};
use crate::deal::FieldValue;
use crate::id::{self, CustomFieldId, CustomFieldOptionId, PaymentStageId};
use crate::money::{Currency, Percentage, check_stored_amount};
use crate::problem::{Fault, ProblemCode, Problems};

/// Maximum number of entries per rule; the next two limit periods per part and tiers per scaling.
pub const MAX_ENTRIES: usize = 50;
const MAX_PERIODS: usize = 100;
const MAX_TIERS: usize = 500;
/// More occurrences than any deal will have.
const MAX_OCCURRENCES: u32 = 100_000;

/// The parts of the pipeline that rules may refer to.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    pub stages: HashSet<PaymentStageId>,
    pub fields: HashMap<CustomFieldId, HashSet<CustomFieldOptionId>>,
}

/// An entry as entered; its ids are unparsed and may not refer to anything.
#[derive(Clone, Debug)]
pub struct EntryDraft {
    pub stage_id: String,
    pub condition: Option<ConditionDraft>,
    pub one_off: Option<PartDraft>,
    pub recurring: Option<PartDraft>,
}

#[derive(Clone, Debug)]
pub struct ConditionDraft {
    pub field_id: String,
    pub option_id: String,
}

#[derive(Clone, Debug)]
pub struct PartDraft {
    pub value_type: ValueType,
    pub value: Option<Decimal>,
    pub scaling: Option<ScalingDraft>,
    pub number_of_occurrences: Option<i32>,
    pub period_rates: Option<PeriodRatesDraft>,
}

#[derive(Clone, Debug)]
pub struct ScalingDraft {
    pub field_id: String,
    /// Option ids and their values.
    pub tiers: Vec<(String, Decimal)>,
}

#[derive(Clone, Debug)]
pub struct PeriodRatesDraft {
    pub enabled: bool,
    pub periods: Vec<PeriodDraft>,
}

#[derive(Clone, Debug)]
pub struct PeriodDraft {
    pub number: i32,
    pub start: i32,
    pub end: Option<i32>,
    pub value: Option<Decimal>,
    pub scaling: Option<ScalingDraft>,
}

/// The entries of a rule in `currency` (`None`: the deal's), or `None` after recording problems under `entries.N`.
pub fn entries(
    drafts: Vec<EntryDraft>,
    currency: Option<Currency>,
    catalog: &Catalog,
    problems: &mut Problems,
) -> Option<Vec<RuleEntry>> {
    problems.within("entries", |problems| {
        if !(1..=MAX_ENTRIES).contains(&drafts.len()) {
            problems.add("", count_code(&drafts), format!("must have 1 to {MAX_ENTRIES} entries"));
            return None;
        }
        let checks = Checks { currency, catalog };
        let entries: Vec<_> = drafts
            .into_iter()
            .enumerate()
            .map(|(index, draft)| problems.within(index, |problems| checks.entry(draft, problems)))
            .collect();
        entries.into_iter().collect()
    })
}

/// Checks that the fixed values of existing entries would also be valid amounts of `currency`.
pub fn check_currency(entries: &[RuleEntry], currency: Currency) -> Result<(), Fault> {
    for (index, entry) in entries.iter().enumerate() {
        let parts = [&entry.one_off, &entry.recurring].into_iter().flatten();
        for part in parts.filter(|part| part.value_type == ValueType::Fixed) {
            for value in part.values() {
                check_stored_amount(value, Some(currency)).map_err(|Fault(code, message)| {
                    Fault(
                        code,
                        format!("does not fit the rule's values: {value} in entries.{index} {message}"),
                    )
                })?;
            }
        }
    }
    Ok(())
}

impl Part {
    /// All its values, whether or not its periods are enabled.
    fn values(&self) -> impl Iterator<Item = Decimal> {
        let periods = self.period_rates.iter().flat_map(|rates| &rates.periods);
        let scaled = self
            .scalings()
            .flat_map(|scaling| &scaling.tiers)
            .map(|tier| tier.value);
        self.value
            .into_iter()
            .chain(periods.filter_map(|period| period.value))
            .chain(scaled)
    }
}

fn count_code<T>(list: &[T]) -> ProblemCode {
    if list.is_empty() {
        ProblemCode::Required
    } else {
        ProblemCode::Invalid
    }
}

struct Checks<'a> {
    currency: Option<Currency>,
    catalog: &'a Catalog,
}

impl Checks<'_> {
    fn entry(&self, draft: EntryDraft, problems: &mut Problems) -> Option<RuleEntry> {
        let stage = problems.id::<id::PaymentStage>("paymentStageId", &draft.stage_id);
        let stage = stage.and_then(|stage| {
            problems.found(
                "paymentStageId",
                Some(stage).filter(|stage| self.catalog.stages.contains(stage)),
            )
        });
        let condition = match draft.condition {
            None => Some(None),
            Some(condition) => problems.within("condition", |problems| {
                let field = self.field(&condition.field_id, problems);
                let option = field.and_then(|field| self.option(field, &condition.option_id, "optionId", problems));
                Some(Some(FieldValue {
                    field_id: field?,
                    option_id: option?,
                }))
            }),
        };
        if draft.one_off.is_none() && draft.recurring.is_none() {
            problems.add("", ProblemCode::Required, "must have oneOff, recurring, or both");
            return None;
        }
        let one_off = self.part("oneOff", PartKind::OneOff, draft.one_off, problems);
        let recurring = self.part("recurring", PartKind::Recurring, draft.recurring, problems);
        Some(RuleEntry {
            stage_id: stage?,
            condition: condition?,
            one_off: one_off?,
            recurring: recurring?,
        })
    }

    fn part(
        &self,
        name: &str,
        kind: PartKind,
        draft: Option<PartDraft>,
        problems: &mut Problems,
    ) -> Option<Option<Part>> {
        let Some(draft) = draft else { return Some(None) };
        problems.within(name, |problems| {
            let value_type = draft.value_type;
            let lacks_values = !draft.may_pay();
            if lacks_values {
                let message = "must be given, or a scaling, or enabled period rates with values";
                problems.add("value", ProblemCode::Required, message);
            }
            let value = problems.optional("value", draft.value, |value| self.value(value, value_type));
            let scaling = self.scaling(draft.scaling, value_type, problems);
            let occurrences = problems.optional("numberOfOccurrences", draft.number_of_occurrences, |count| {
                match (kind, occurrence(count)) {
                    (PartKind::OneOff, Ok(2..)) => Err(Fault::invalid("must be null or 1: a one-off part pays once")),
                    (_, count) => count,
                }
            });
            let rates = match draft.period_rates {
                None => Some(None),
                Some(rates) => problems
                    .within("periodRates", |problems| self.rates(rates, value_type, problems))
                    .map(Some),
            };
            Some(Some(Part {
                value_type,
                value: value?,
                scaling: scaling?,
                number_of_occurrences: occurrences?,
                period_rates: rates?,
            }))
            .filter(|_| !lacks_values)
        })
    }

    fn rates(&self, draft: PeriodRatesDraft, value_type: ValueType, problems: &mut Problems) -> Option<PeriodRates> {
        problems.within("periods", |problems| {
            if !problems.at_most("", draft.periods.len(), MAX_PERIODS, "periods") {
                return None;
            }
            let count = draft.periods.len();
            let mut periods: Vec<(usize, Period)> = Vec::with_capacity(count);
            for (index, draft) in draft.periods.into_iter().enumerate() {
                let period = problems.within(index, |problems| {
                    let period = self.period(draft, value_type, problems)?;
                    if let Some((other, _)) = periods.iter().find(|(_, other)| other.number == period.number) {
                        let message = format!("is the number of period {other} of the list, too");
                        problems.add("periodNumber", ProblemCode::Invalid, message);
                    }
                    if let Some((other, _)) = periods.iter().find(|(_, other)| overlap(other, &period)) {
                        let message = format!("overlaps with the occurrences of period {other} of the list");
                        problems.add("startOccurrence", ProblemCode::Invalid, message);
                    }
                    Some(period)
                });
                periods.extend(period.map(|period| (index, period)));
            }
            let periods: Vec<_> = periods.into_iter().map(|(_, period)| period).collect();
            (periods.len() == count).then_some(PeriodRates {
                enabled: draft.enabled,
                periods,
            })
        })
    }

    fn period(&self, draft: PeriodDraft, value_type: ValueType, problems: &mut Problems) -> Option<Period> {
        let number = problems.take("periodNumber", occurrence(draft.number));
        let start = problems.take("startOccurrence", occurrence(draft.start));
        let end = problems.optional("endOccurrence", draft.end, |end| match (occurrence(end), start) {
            (Ok(end), Some(start)) if end < start => Err(Fault::invalid(format!("is before the start, {start}"))),
            (end, _) => end,
        });
        let value = problems.optional("value", draft.value, |value| self.value(value, value_type));
        let scaling = self.scaling(draft.scaling, value_type, problems);
        Some(Period {
            number: number?,
            start: start?,
            end: end?,
            value: value?,
            scaling: scaling?,
        })
    }

    fn scaling(
        &self,
        draft: Option<ScalingDraft>,
        value_type: ValueType,
        problems: &mut Problems,
    ) -> Option<Option<Scaling>> {
        let Some(draft) = draft else { return Some(None) };
        problems.within("scaling", |problems| {
            let field = self.field(&draft.field_id, problems);
            if !(1..=MAX_TIERS).contains(&draft.tiers.len()) {
                let message = format!("must have 1 to {MAX_TIERS} entries");
                problems.add("tiers", count_code(&draft.tiers), message);
                return None;
            }
            let mut seen = HashSet::new();
            let mut tiers = Vec::with_capacity(draft.tiers.len());
            for (index, (option, value)) in draft.tiers.into_iter().enumerate() {
                let tier = problems.within_all(&["tiers".to_owned(), index.to_string()], |problems| {
                    let value = problems.take("value", self.value(value, value_type));
                    let option = field.and_then(|field| self.option(field, &option, "optionId", problems))?;
                    if !seen.insert(option) {
                        problems.add("optionId", ProblemCode::Invalid, "has a value in this list already");
                        return None;
                    }
                    Some(ScalingTier {
                        option_id: option,
                        value: value?,
                    })
                });
                tiers.push(tier);
            }
            let tiers: Option<Vec<_>> = tiers.into_iter().collect();
            Some(Some(Scaling {
                field_id: field?,
                tiers: tiers?,
            }))
        })
    }

    fn value(&self, value: Decimal, value_type: ValueType) -> Result<Decimal, Fault> {
        match value_type {
            ValueType::Percentage => Percentage::new(value).map(Percentage::value),
            ValueType::Fixed if value < Decimal::ZERO => Err(Fault::invalid("must not be negative")),
            ValueType::Fixed => check_stored_amount(value, self.currency),
        }
    }

    fn field(&self, text: &str, problems: &mut Problems) -> Option<CustomFieldId> {
        let field = problems.id::<id::CustomField>("customFieldId", text)?;
        problems.found(
            "customFieldId",
            Some(field).filter(|field| self.catalog.fields.contains_key(field)),
        )
    }

    fn option(
        &self,
        field: CustomFieldId,
        text: &str,
        name: &str,
        problems: &mut Problems,
    ) -> Option<CustomFieldOptionId> {
        let option = problems.id::<id::CustomFieldOption>(name, text)?;
        let known = self
            .catalog
            .fields
            .get(&field)
            .is_some_and(|options| options.contains(&option));
        problems.found(name, Some(option).filter(|_| known))
    }
}

impl PartDraft {
    /// Whether any of its values could ever apply.
    fn may_pay(&self) -> bool {
        let periods = self
            .period_rates
            .iter()
            .filter(|rates| rates.enabled)
            .flat_map(|rates| &rates.periods);
        let in_periods = || {
            periods
                .clone()
                .any(|period| period.value.is_some() || period.scaling.is_some())
        };
        self.value.is_some() || self.scaling.is_some() || in_periods()
    }
}

fn overlap(one: &Period, other: &Period) -> bool {
    one.covers(other.start) || other.covers(one.start)
}

fn occurrence(count: i32) -> Result<u32, Fault> {
    u32::try_from(count)
        .ok()
        .filter(|count| (1..=MAX_OCCURRENCES).contains(count))
        .ok_or_else(|| Fault::invalid(format!("must be from 1 to {MAX_OCCURRENCES}")))
}
