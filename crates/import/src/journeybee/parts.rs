//! What a rule pays: its entries, their parts, and values that depend on an option or on the occurrence.

use serde_json::value::RawValue;

use super::RulesReader;
use super::values::{Currencies, ValueSigns};
use crate::json::{ObjectMembers, external_id, is_null};
use crate::references::{reference, unmapped};
use domain::deal_rules::{EntryDraft, PartDraft, PeriodDraft, PeriodRatesDraft, ScalingDraft};
use domain::problem::{Fault, Patch, ProblemCode, Problems};

/// The members of a part; in a split calculation they may be present as nulls only.
const PART: [&str; 4] = ["value", "scalingConfig", "number_of_occurrences", "periodRates"];

impl RulesReader<'_> {
    pub(super) fn entries(
        &self,
        value: &RawValue,
        currencies: &mut Currencies,
        problems: &mut Problems,
    ) -> Option<Vec<EntryDraft>> {
        let mut members = ObjectMembers::read(value, problems)?;
        let entries = members.required_list("entries", problems);
        members.refuse_the_rest(problems);
        problems.within("entries", |problems| {
            let entries = entries?.into_iter().enumerate();
            let entries = entries
                .map(|(index, value)| problems.within(index, |problems| self.entry(value, currencies, problems)));
            entries.collect::<Vec<_>>().into_iter().collect()
        })
    }

    fn entry(&self, value: &RawValue, currencies: &mut Currencies, problems: &mut Problems) -> Option<EntryDraft> {
        let mut members = ObjectMembers::read(value, problems)?;
        let stage = members.required("payment_stage_id", problems);
        let stage = stage.and_then(|value| reference("payment_stage_id", value, &self.references.stages, problems));
        let calculation = members.required("calculation", problems);
        members.refuse_the_rest(problems);
        let parts = calculation.and_then(|calculation| {
            problems.within("calculation", |problems| self.parts(calculation, currencies, problems))
        });
        let (one_off, recurring) = parts?;
        Some(EntryDraft {
            stage_id: stage?,
            condition: None,
            one_off,
            recurring,
        })
    }

    /// The one-off part and the recurring part: the calculation itself is one of them, or splits into both.
    fn parts(
        &self,
        value: &RawValue,
        currencies: &mut Currencies,
        problems: &mut Problems,
    ) -> Option<(Option<PartDraft>, Option<PartDraft>)> {
        let mut members = ObjectMembers::read(value, problems)?;
        let kind = members.required_text("type", problems)?;
        match kind.as_str() {
            "oneOff" | "recurring" => {
                members.take_nulls(&["split"]);
                let part = Some(self.part(members, currencies, problems)?);
                Some(match kind.as_str() {
                    "oneOff" => (part, None),
                    _ => (None, part),
                })
            }
            "split" => {
                let split = members.required("split", problems);
                members.take_nulls(&PART);
                members.refuse_the_rest(problems);
                problems.within("split", |problems| {
                    let mut members = ObjectMembers::read(split?, problems)?;
                    let mut part = |name: &str, problems: &mut Problems| {
                        let value = members.required(name, problems)?;
                        problems.within(name, |problems| {
                            let members = ObjectMembers::read(value, problems)?;
                            self.part(members, currencies, problems)
                        })
                    };
                    let (one_off, recurring) = (part("oneOff", problems), part("recurring", problems));
                    members.refuse_the_rest(problems);
                    Some((Some(one_off?), Some(recurring?)))
                })
            }
            unknown => {
                let message = format!("is {unknown:?}: it must be oneOff, recurring or split");
                problems.add("type", ProblemCode::Invalid, message);
                None
            }
        }
    }

    fn part(
        &self,
        mut members: ObjectMembers,
        currencies: &mut Currencies,
        problems: &mut Problems,
    ) -> Option<PartDraft> {
        let mut said = ValueSigns::default();
        let value = said.value(&mut members, problems);
        let scaling = self.scaling(&mut members, &mut said, problems);
        let occurrences = members.optional_whole_number("number_of_occurrences", problems);
        let rates = match members.take("periodRates").filter(|value| !is_null(value)) {
            None => Some(None),
            Some(value) => problems.within("periodRates", |problems| self.rates(value, &mut said, problems)),
        };
        members.refuse_the_rest(problems);
        let (value, scaling, occurrences, rates) = (value?, scaling?, occurrences?, rates?);
        currencies.add(&said);
        Some(PartDraft {
            value_type: said.value_type(self.unsaid.value_type, problems)?,
            value,
            scaling,
            number_of_occurrences: occurrences,
            period_rates: rates,
        })
    }

    /// Disabled and empty rates count as none, since responses represent none like that.
    fn rates(
        &self,
        value: &RawValue,
        said: &mut ValueSigns,
        problems: &mut Problems,
    ) -> Option<Option<PeriodRatesDraft>> {
        let mut members = ObjectMembers::read(value, problems)?;
        let enabled = match members.flag("enabled", problems) {
            Patch::Set(enabled) => Some(enabled),
            Patch::Keep | Patch::Clear => problems.take("enabled", Err(Fault::required())),
        };
        let periods = members.required_list("periods", problems);
        members.refuse_the_rest(problems);
        let periods = problems.within("periods", |problems| {
            let periods = periods?.into_iter().enumerate();
            let periods =
                periods.map(|(index, value)| problems.within(index, |problems| self.period(value, said, problems)));
            periods.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>()
        });
        let (enabled, periods) = (enabled?, periods?);
        let is_none = !enabled && periods.is_empty();
        Some((!is_none).then_some(PeriodRatesDraft { enabled, periods }))
    }

    fn period(&self, value: &RawValue, said: &mut ValueSigns, problems: &mut Problems) -> Option<PeriodDraft> {
        let mut members = ObjectMembers::read(value, problems)?;
        let number = members.whole_number("periodNumber", problems);
        let start = members.whole_number("startOccurrence", problems);
        let end = members.optional_whole_number("endOccurrence", problems);
        let value = said.value(&mut members, problems);
        let scaling = self.scaling(&mut members, said, problems);
        members.refuse_the_rest(problems);
        Some(PeriodDraft {
            number: number?,
            start: start?,
            end: end?,
            value: value?,
            scaling: scaling?,
        })
    }

    fn scaling(
        &self,
        members: &mut ObjectMembers,
        said: &mut ValueSigns,
        problems: &mut Problems,
    ) -> Option<Option<ScalingDraft>> {
        let Some(value) = members.take("scalingConfig").filter(|value| !is_null(value)) else {
            return Some(None);
        };
        problems.within("scalingConfig", |problems| {
            let mut members = ObjectMembers::read(value, problems)?;
            let field = members.required("customFieldId", problems);
            let field = field.and_then(|value| {
                let external_id = external_id("customFieldId", value, problems)?;
                let field = self.references.fields.get(&external_id);
                problems.take(
                    "customFieldId",
                    field.ok_or_else(|| unmapped("custom field", &external_id)),
                )
            });
            let tiers = members.required_list("tiers", problems);
            members.refuse_the_rest(problems);
            let tiers = problems.within("tiers", |problems| {
                let tiers = tiers?.into_iter().enumerate().map(|(index, value)| {
                    problems.within(index, |problems| {
                        let mut members = ObjectMembers::read(value, problems)?;
                        let option = members.required("optionId", problems);
                        let option = option.and_then(|value| {
                            let external_id = external_id("optionId", value, problems)?;
                            let option = field?.options.get(&external_id).cloned();
                            problems.take("optionId", option.ok_or_else(|| unmapped("option", &external_id)))
                        });
                        let value = said.value(&mut members, problems);
                        members.refuse_the_rest(problems);
                        let value = value?.ok_or_else(Fault::required);
                        Some((option?, problems.take("value", value)?))
                    })
                });
                tiers.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>()
            });
            Some(Some(ScalingDraft {
                field_id: field?.id.clone(),
                tiers: tiers?,
            }))
        })
    }
}
