//! Commission rules of Journeybee: one as it is sent to create it or as its API returns it, a list of them, or a page
//! of its list (`{"data": [...]}`).
//!
//! Stages, custom fields, options, tiers, categories and partners are found by their external ids here. The documents
//! hardly say whether values are amounts or percent, and their currency: where they do not, the importer does. A rule
//! is recognised by its uuid, or else by its label, under which it was imported before it had a uuid.

mod parts;
mod values;

use serde_json::value::RawValue;

use super::ImportError;
use super::json::{DocumentItems, Named, ObjectMembers, Places, chosen, is_null, list, numbered, told_before};
use super::references::{ByExternalId, References, reference};
use auth::Caller;
use domain::commission::PaymentTarget;
use domain::deal_rules::{CommissionRule, RecipientAssignment, ValueType};
use domain::money::Currency;
use domain::partner::PartnerType;
use domain::problem::{Fault, Patch, ProblemCode, Problems};
use domain::text;
use service::ServiceError;
use service::app::App;
use service::commission_rule::NewCommissionRule;
use service::commission_rule::import::{Outcome, RuleImport, import};

use values::Currencies;

/// Defaults for what a document does not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportDefaults {
    /// `None`: every part of a rule must say it.
    pub value_type: Option<ValueType>,
    /// `None`: the deal's currency.
    pub currency: Option<Currency>,
}

/// Imports the rules of a document, all or none.
pub async fn commission_rules(
    app: &App,
    caller: &Caller,
    document: &str,
    unsaid: ImportDefaults,
) -> Result<Vec<(CommissionRule, Outcome)>, ImportError> {
    let items = DocumentItems::of(document, "commission rule", places)?;
    let partners = items.named(&["partnership_uuids", "partnerships"]);
    let references = &References::load(app, caller, &partners).await?;
    let reader = RulesReader { unsaid, references };
    let rules = items.read(|place, value, earlier, problems| {
        let rule = reader.rule(place, value, problems)?;
        if let Some((field, name)) = told_before(["uuid", "label"], names_of(&rule), earlier.iter().map(names_of)) {
            let message = format!("is {name:?}, as for an earlier rule");
            problems.add(field, ProblemCode::Invalid, message);
        }
        Some(rule)
    })?;
    match import(app, caller, rules).await {
        Ok(imported) => Ok(imported),
        // Paths stay as they are: the API's names of fields are close to the documents'.
        Err(ServiceError::Rejected(problems)) => Err(ImportError::Refused(problems)),
        Err(error) => Err(error.into()),
    }
}

fn names_of(rule: &RuleImport) -> Named<'_> {
    (rule.uuid.as_deref(), &rule.rule.label)
}

/// The rules of a document that is no list.
fn places<'a>(document: &'a RawValue, problems: &mut Problems) -> Places<'a> {
    match ObjectMembers::read(document, &mut Problems::new()) {
        Some(mut members) if members.contains("data") => {
            let values = members.required_list("data", problems).unwrap_or_default();
            members.take("pagination");
            members.refuse_the_rest(problems);
            numbered(&["data"], values)
        }
        // A single rule; its problems are noted when it is read.
        _ => vec![(Vec::new(), document)],
    }
}

/// Reads the rules one after the other.
struct RulesReader<'a> {
    unsaid: ImportDefaults,
    references: &'a References,
}

impl RulesReader<'_> {
    fn rule(&self, place: Vec<String>, value: &RawValue, problems: &mut Problems) -> Option<RuleImport> {
        let mut members = ObjectMembers::read(value, problems)?;
        let label = members.required_text("label", problems);
        let label = label.and_then(|label| problems.take("label", text::name(&label)));
        let uuid = match members.text("uuid", problems) {
            Patch::Set(uuid) => problems.take("uuid", text::external_id(&uuid)).map(Some),
            Patch::Keep | Patch::Clear => Some(None),
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
        let mut currencies = Currencies::default();
        let entries = calculation.and_then(|calculation| {
            problems.within("calculation", |problems| {
                self.entries(calculation, &mut currencies, problems)
            })
        });
        let currency = currencies.only(problems);
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
        // The other system's times of change are not imported.
        members.take("created_at");
        members.take("updated_at");
        members.refuse_the_rest(problems);
        Some(RuleImport {
            place,
            uuid: uuid?,
            rule: NewCommissionRule {
                label: label?,
                external_id: None,
                partner_type: partner_type?,
                payment_target: target?,
                auto_assign_recipient: assignment?,
                currency: currency?.or(self.unsaid.currency),
                holdback_days: None,
                entries: entries?,
                tier_ids: tiers?,
                category_ids: categories?,
                partner_ids: partners?,
            },
        })
    }
}

fn optional<T>(
    members: &mut ObjectMembers,
    name: &str,
    parse: impl FnOnce(&str) -> Option<T>,
    problems: &mut Problems,
) -> Option<Option<T>> {
    match members.text(name, problems) {
        Patch::Keep | Patch::Clear => Some(None),
        Patch::Set(word) => chosen(name, &word, parse, problems).map(Some),
    }
}

/// The ids of a list of uuids, as in requests, or of objects with a uuid, as in responses.
fn named(
    members: &mut ObjectMembers,
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
                    let mut members = ObjectMembers::read(entry, problems)?;
                    let uuid = members.required("uuid", problems)?;
                    // Its name in the other system is not imported.
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
