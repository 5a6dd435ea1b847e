//! Commission rules of Journeybee: one as it is sent to create it or as its API returns it, a list of them, or a page of
//! its list (`{"data": [...]}`).
//!
//! Stages, custom fields, options, tiers, categories and partners are found by the external ids that they bear here.
//! The documents say neither whether values are amounts or percent, nor their currency: whoever imports does. A rule is
//! known again by its uuid, or else by its label.

use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::ImportError;
use super::json::{Members, chosen, is_null, list, numbered};
use super::references::{ByExternalId, References, external_id, reference, unmapped};
use crate::app::App;
use crate::auth::Caller;
use crate::domain::commission::PaymentTarget;
use crate::domain::deal_rules::{
    CommissionRule, EntryDraft, PartDraft, PeriodDraft, PeriodRatesDraft, RecipientAssignment, ScalingDraft, ValueType,
};
use crate::domain::money::{Currency, parse_decimal};
use crate::domain::partner::PartnerType;
use crate::domain::problem::{Fault, Patch, ProblemCode, Problems};
use crate::domain::text;
use crate::service::ServiceError;
use crate::service::commission_rule::NewCommissionRule;
use crate::service::commission_rule::import::{Outcome, RuleImport, import};

/// What the documents do not say.
#[derive(Clone, Copy, Debug)]
pub struct Unsaid {
    pub value_type: ValueType,
    /// `None`: the deal's.
    pub currency: Option<Currency>,
}

/// Imports the rules of a document, all or none.
pub async fn commission_rules(
    app: &App,
    caller: &Caller,
    document: &str,
    unsaid: Unsaid,
) -> Result<Vec<(CommissionRule, Outcome)>, ImportError> {
    let references = References::load(app, caller).await?;
    let rules = read(document, unsaid, &references)?;
    match import(app, caller, rules).await {
        Ok(imported) => Ok(imported),
        // The API's names of fields are close to the documents'.
        Err(ServiceError::Rejected(problems)) => Err(ImportError::Refused(problems)),
        Err(error) => Err(error.into()),
    }
}

/// The rules of a document, with every reference found.
fn read(document: &str, unsaid: Unsaid, references: &References) -> Result<Vec<RuleImport>, ImportError> {
    // Some editors of another system begin files with a byte order mark.
    let document: &RawValue = serde_json::from_str(document.trim_start_matches('\u{feff}'))?;
    let mut problems = Problems::new();
    let reader = Reader { unsaid, references };
    let mut rules: Vec<RuleImport> = Vec::new();
    for (place, value) in places(document, &mut problems) {
        let rule = problems.within_all(&place, |problems| {
            let rule = reader.rule(place.clone(), value, problems)?;
            if rules.iter().any(|other| other.external_id == rule.external_id) {
                let message = format!("is {:?} like an earlier rule's", rule.external_id);
                problems.add("uuid", ProblemCode::Invalid, message);
            }
            Some(rule)
        });
        rules.extend(rule);
    }
    if problems.is_empty() {
        Ok(rules)
    } else {
        Err(ImportError::Refused(problems.into_vec()))
    }
}

/// Every rule of a document with the way to it.
fn places<'a>(document: &'a RawValue, problems: &mut Problems) -> Vec<(Vec<String>, &'a RawValue)> {
    let rules = if let Some(values) = list(document) {
        numbered(&[], values)
    } else {
        match Members::read(document, &mut Problems::new()) {
            Some(mut members) if members.contains("data") => {
                let values = members.required_list("data", problems).unwrap_or_default();
                members.take("pagination");
                members.refuse_the_rest(problems);
                numbered(&["data"], values)
            }
            // A bare rule; what is wrong with it is noted when it is read.
            _ => vec![(Vec::new(), document)],
        }
    };
    if rules.is_empty() && problems.is_empty() {
        problems.add("", ProblemCode::Required, "it holds no commission rule");
    }
    rules
}

struct Reader<'a> {
    unsaid: Unsaid,
    references: &'a References,
}

impl Reader<'_> {
    fn rule(&self, place: Vec<String>, value: &RawValue, problems: &mut Problems) -> Option<RuleImport> {
        let mut members = Members::read(value, problems)?;
        let label = members.required_text("label", problems);
        let label = label.and_then(|label| problems.take("label", text::name(&label)));
        let uuid = match members.text("uuid", problems) {
            Patch::Set(uuid) => problems.take("uuid", text::external_id(&uuid)),
            Patch::Keep | Patch::Clear => label.clone(),
        };
        let partner_type = members.required_text("partner_type", problems);
        let partner_type = partner_type.and_then(|text| chosen("partner_type", &text, PartnerType::parse, problems));
        let target = optional(&mut members, "payment_target", PaymentTarget::parse, problems);
        let assignment = optional(
            &mut members,
            "auto_assign_recipient",
            RecipientAssignment::parse,
            problems,
        );
        let calculation = members.required("calculation", problems);
        let entries = calculation
            .and_then(|calculation| problems.within("calculation", |problems| self.entries(calculation, problems)));
        let references = self.references;
        let tiers = named(&mut members, "tier_uuids", "tiers", &references.tiers, problems);
        let categories = named(
            &mut members,
            "category_uuids",
            "categories",
            &references.categories,
            problems,
        );
        let partners = named(
            &mut members,
            "partnership_uuids",
            "partnerships",
            &references.partners,
            problems,
        );
        // When the other system touched it changes nothing here.
        members.take("created_at");
        members.take("updated_at");
        members.refuse_the_rest(problems);
        Some(RuleImport {
            place,
            external_id: uuid?,
            rule: NewCommissionRule {
                label: label?,
                external_id: None,
                partner_type: partner_type?,
                payment_target: target?,
                auto_assign_recipient: assignment?,
                currency: self.unsaid.currency,
                holdback_days: None,
                entries: entries?,
                tier_ids: tiers?,
                category_ids: categories?,
                partner_ids: partners?,
            },
        })
    }

    fn entries(&self, value: &RawValue, problems: &mut Problems) -> Option<Vec<EntryDraft>> {
        let mut members = Members::read(value, problems)?;
        let entries = members.required_list("entries", problems);
        members.refuse_the_rest(problems);
        problems.within("entries", |problems| {
            let entries = entries?.into_iter().enumerate();
            let entries = entries.map(|(index, value)| problems.within(index, |problems| self.entry(value, problems)));
            entries.collect::<Vec<_>>().into_iter().collect()
        })
    }

    fn entry(&self, value: &RawValue, problems: &mut Problems) -> Option<EntryDraft> {
        let mut members = Members::read(value, problems)?;
        let stage = members.required("payment_stage_id", problems);
        let stage = stage.and_then(|value| reference("payment_stage_id", value, &self.references.stages, problems));
        let calculation = members.required("calculation", problems);
        members.refuse_the_rest(problems);
        let parts = calculation
            .and_then(|calculation| problems.within("calculation", |problems| self.parts(calculation, problems)));
        let (one_off, recurring) = parts?;
        Some(EntryDraft {
            stage_id: stage?,
            condition: None,
            one_off,
            recurring,
        })
    }

    /// The one-off part and the recurring part: the calculation itself is one of them, or splits into both.
    fn parts(&self, value: &RawValue, problems: &mut Problems) -> Option<(Option<PartDraft>, Option<PartDraft>)> {
        let mut members = Members::read(value, problems)?;
        let kind = members.required_text("type", problems)?;
        match kind.as_str() {
            "oneOff" => Some((Some(self.part(members, problems)?), None)),
            "recurring" => Some((None, Some(self.part(members, problems)?))),
            "split" => {
                let split = members.required("split", problems);
                members.refuse_the_rest(problems);
                problems.within("split", |problems| {
                    let mut members = Members::read(split?, problems)?;
                    let mut part = |name: &str, problems: &mut Problems| {
                        let value = members.required(name, problems)?;
                        problems.within(name, |problems| {
                            let members = Members::read(value, problems)?;
                            self.part(members, problems)
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

    fn part(&self, mut members: Members, problems: &mut Problems) -> Option<PartDraft> {
        let value = value(&mut members, problems);
        let scaling = self.scaling(&mut members, problems);
        let occurrences = members.optional_whole_number("number_of_occurrences", problems);
        let rates = match members.take("periodRates").filter(|value| !is_null(value)) {
            None => Some(None),
            Some(value) => problems
                .within("periodRates", |problems| self.rates(value, problems))
                .map(Some),
        };
        members.refuse_the_rest(problems);
        Some(PartDraft {
            value_type: self.unsaid.value_type,
            value: value?,
            scaling: scaling?,
            number_of_occurrences: occurrences?,
            period_rates: rates?,
        })
    }

    fn rates(&self, value: &RawValue, problems: &mut Problems) -> Option<PeriodRatesDraft> {
        let mut members = Members::read(value, problems)?;
        let enabled = match members.flag("enabled", problems) {
            Patch::Set(enabled) => Some(enabled),
            Patch::Keep | Patch::Clear => problems.take("enabled", Err(Fault::required())),
        };
        let periods = members.required_list("periods", problems);
        members.refuse_the_rest(problems);
        let periods = problems.within("periods", |problems| {
            let periods = periods?.into_iter().enumerate();
            let periods = periods.map(|(index, value)| problems.within(index, |problems| self.period(value, problems)));
            periods.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>()
        });
        Some(PeriodRatesDraft {
            enabled: enabled?,
            periods: periods?,
        })
    }

    fn period(&self, value: &RawValue, problems: &mut Problems) -> Option<PeriodDraft> {
        let mut members = Members::read(value, problems)?;
        let number = members.whole_number("periodNumber", problems);
        let start = members.whole_number("startOccurrence", problems);
        let end = members.optional_whole_number("endOccurrence", problems);
        let value = self::value(&mut members, problems);
        let scaling = self.scaling(&mut members, problems);
        members.refuse_the_rest(problems);
        Some(PeriodDraft {
            number: number?,
            start: start?,
            end: end?,
            value: value?,
            scaling: scaling?,
        })
    }

    fn scaling(&self, members: &mut Members, problems: &mut Problems) -> Option<Option<ScalingDraft>> {
        let Some(value) = members.take("scalingConfig").filter(|value| !is_null(value)) else {
            return Some(None);
        };
        problems.within("scalingConfig", |problems| {
            let mut members = Members::read(value, problems)?;
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
                        let mut members = Members::read(value, problems)?;
                        let option = members.required("optionId", problems);
                        let option = option.and_then(|value| {
                            let external_id = external_id("optionId", value, problems)?;
                            let option = field?.options.get(&external_id).cloned();
                            problems.take("optionId", option.ok_or_else(|| unmapped("option", &external_id)))
                        });
                        let value = self::value(&mut members, problems);
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

/// A value as a number or as a text that is one; absent, null and the empty text are none.
fn value(members: &mut Members, problems: &mut Problems) -> Option<Option<Decimal>> {
    let Some(value) = members.take("value").filter(|value| !is_null(value)) else {
        return Some(None);
    };
    let number = match serde_json::from_str::<String>(value.get()) {
        Ok(text) if text.trim().is_empty() => return Some(None),
        Ok(text) => parse_decimal(text.trim()),
        Err(_) => super::json::number(value),
    };
    problems.take("value", number).map(Some)
}

fn optional<T>(
    members: &mut Members,
    name: &str,
    parse: impl FnOnce(&str) -> Option<T>,
    problems: &mut Problems,
) -> Option<Option<T>> {
    match members.text(name, problems) {
        Patch::Keep | Patch::Clear => Some(None),
        Patch::Set(word) => chosen(name, &word, parse, problems).map(Some),
    }
}

/// The ids of a list of uuids, as it is sent, or of objects with a uuid, as it is returned.
fn named(
    members: &mut Members,
    sent: &str,
    returned: &str,
    known: &ByExternalId,
    problems: &mut Problems,
) -> Option<Vec<String>> {
    let mut ids = Some(Vec::new());
    for name in [sent, returned] {
        let Some(value) = members.take(name).filter(|value| !is_null(value)) else {
            continue;
        };
        let entries = problems.take(name, list(value).ok_or_else(|| Fault::invalid("must be a list")));
        let found = problems.within(name, |problems| {
            let entries = entries?.into_iter().enumerate().map(|(index, entry)| {
                if name == sent {
                    return reference(&index.to_string(), entry, known, problems);
                }
                problems.within(index, |problems| {
                    let mut members = Members::read(entry, problems)?;
                    let uuid = members.required("uuid", problems)?;
                    // What it is called there changes nothing here.
                    members.take("label");
                    members.take("name");
                    members.refuse_the_rest(problems);
                    reference("uuid", uuid, known, problems)
                })
            });
            entries.collect::<Vec<_>>().into_iter().collect::<Option<Vec<_>>>()
        });
        ids = ids.zip(found).map(|(mut ids, found)| {
            ids.extend(found);
            ids
        });
    }
    ids
}
