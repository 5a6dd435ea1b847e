//! Partner groups of Donutwork: one as its API returns it, one as it is sent to create it (`{"partnerGroup": ...}`), or
//! a list of them that carry their rules.

use serde_json::value::RawValue;

use super::ImportError;
use super::json::{DocumentItems, ObjectMembers, Places, is_null, numbered};
use auth::Caller;
use domain::group_rules::{self, RuleDraft, RuleDraftKind};
use domain::partner_group::PartnerGroup;
use domain::problem::{Fault, Patch, ProblemCode, Problems};
use domain::text;
use service::app::App;
use service::partner_group::import::{GroupImport, Outcome, import};

/// The member that a group to be created is wrapped in.
pub(super) const WRAPPER: &str = "partnerGroup";

/// The member that wraps the response to a change, which has no more of the group than its id.
const ANSWER: &str = "group";

/// Imports the groups of a document, all or none.
pub async fn partner_groups(
    app: &App,
    caller: &Caller,
    document: &str,
) -> Result<Vec<(PartnerGroup, Outcome)>, ImportError> {
    let groups = read(document)?;
    Ok(import(app, caller, groups).await?)
}

/// The groups of a document, checked as far as is possible without the database.
fn read(document: &str) -> Result<Vec<GroupImport>, ImportError> {
    DocumentItems::of(document, "partner group", places)?.read(|place, value, earlier: &[GroupImport], problems| {
        let group = group(place, value, problems)?;
        if earlier.iter().any(|other| other.external_id == group.external_id) {
            let message = format!("is {:?}, as for an earlier group", group.external_id);
            problems.add("external_id", ProblemCode::Invalid, message);
        }
        if group.is_default == Some(true) && earlier.iter().any(|other| other.is_default == Some(true)) {
            problems.add("default", ProblemCode::Invalid, "is true for an earlier group already");
        }
        Some(group)
    })
}

/// The groups of a document that is no list.
fn places<'a>(document: &'a RawValue, problems: &mut Problems) -> Places<'a> {
    // A bare group is read like all others, which notes its problems.
    let is_wrapper = |members: &ObjectMembers| {
        ["partnerGroupSimulation", WRAPPER, ANSWER, "elements"]
            .iter()
            .any(|name| members.contains(name))
    };
    if !ObjectMembers::read(document, &mut Problems::new()).is_some_and(|members| is_wrapper(&members)) {
        return vec![(Vec::new(), document)];
    }
    let Some(mut members) = ObjectMembers::read(document, problems) else {
        return Vec::new();
    };
    if members.contains("partnerGroupSimulation") {
        let message = "is a simulation, which stores nothing: send it to the mutation simulatePartnerGroup. \
                           An import takes a partner group";
        problems.add("partnerGroupSimulation", ProblemCode::Invalid, message);
        return Vec::new();
    }
    if members.contains(ANSWER) {
        let message = "is the response to an update, which has only an id: import the group as retrieved";
        problems.add(ANSWER, ProblemCode::Invalid, message);
        return Vec::new();
    }
    if let Some(group) = members.take(WRAPPER) {
        members.refuse_the_rest(problems);
        vec![(vec![WRAPPER.to_owned()], group)]
    } else {
        let values = members.required_list("elements", problems).unwrap_or_default();
        for of_the_page in ["entities", "count", "per_page", "pages"] {
            members.take(of_the_page);
        }
        members.refuse_the_rest(problems);
        numbered(&["elements"], values)
    }
}

fn group(place: Vec<String>, value: &RawValue, problems: &mut Problems) -> Option<GroupImport> {
    let mut members = ObjectMembers::read(value, problems)?;
    let name = members.required_text("name", problems);
    let name = name.and_then(|name| problems.take("name", text::name(&name)));
    let names = external_id(&mut members, problems);
    let description = match members.text("description", problems) {
        Patch::Set(text) => problems
            .take("description", text::description(&text))
            .map_or(Patch::Keep, Patch::Set),
        patch => patch,
    };
    let tags = match members.take("tags") {
        None => Patch::Keep,
        Some(value) if is_null(value) => Patch::Clear,
        Some(value) => {
            let tags = problems
                .take("tags", tags(value))
                .and_then(|tags| text::tags(tags, problems));
            tags.map_or(Patch::Keep, Patch::Set)
        }
    };
    let is_default = match members.flag("default", problems) {
        Patch::Keep | Patch::Clear => None,
        Patch::Set(is_default) => Some(is_default),
    };
    let rules = match members.contains("rules") {
        true => members.required_list("rules", problems),
        false => {
            let message = "must be given: the list of all groups does not have them; a single retrieved group does";
            problems.take("rules", Err(Fault(ProblemCode::Required, message.to_owned())))
        }
    };
    let rules = rules.and_then(|values| problems.within("rules", |problems| rules_of(values, problems)));
    // The other system's times of change are not imported.
    members.take("created_at");
    members.take("updated_at");
    members.refuse_the_rest(problems);
    let (external_id, formerly) = names?;
    Some(GroupImport {
        place,
        external_id,
        formerly,
        name: name?,
        rules: rules?,
        description,
        tags,
        is_default,
    })
}

/// The group's identity from now on: its external id, or else the id that the other system gave it. A group with an
/// external id may have been imported under that other id, before it had an external one.
fn external_id(members: &mut ObjectMembers, problems: &mut Problems) -> Option<(String, Option<String>)> {
    let named = |patch: Patch<String>| match patch {
        Patch::Set(text) => Some(text).filter(|text| !text.trim().is_empty()),
        Patch::Keep | Patch::Clear => None,
    };
    let id = named(members.text("id", problems));
    let external_id = named(members.text("external_id", problems));
    let formerly = external_id.as_ref().and(id.clone());
    let missing = "must be given (or an id): otherwise a later import could not find this group again";
    let external_id = external_id
        .or(id)
        .ok_or_else(|| Fault(ProblemCode::Required, missing.to_owned()));
    let external_id = problems.take("external_id", external_id.and_then(|text| text::external_id(&text)))?;
    Some((external_id, formerly))
}

/// Tags as a comma-separated text, or as a list.
fn tags(value: &RawValue) -> Result<Vec<String>, Fault> {
    if let Ok(list) = serde_json::from_str::<Vec<String>>(value.get()) {
        return Ok(list);
    }
    let text: String = serde_json::from_str(value.get())
        .map_err(|_| Fault::invalid("must be a text with commas, or a list of texts"))?;
    let tags = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
    Ok(tags.map(str::to_owned).collect())
}

/// The rules, or `None` after noting every problem of each of them.
fn rules_of(values: Vec<&RawValue>, problems: &mut Problems) -> Option<Vec<RuleDraft>> {
    let count = values.len();
    let mut drafts = Vec::with_capacity(count);
    let mut places = Vec::with_capacity(count);
    let mut unread_recurring = false;
    for (index, value) in values.into_iter().enumerate() {
        let (kind, draft) = problems.within(index, |problems| rule(value, problems));
        unread_recurring |= draft.is_none() && kind.as_deref() == Some("recurring");
        if let Some(draft) = draft {
            drafts.push(draft);
            places.push(index);
        }
    }
    let mut found = Problems::new();
    group_rules::rule_set(drafts.clone(), None, &mut found);
    for problem in found.into_vec().into_iter().map(super::in_snake_case) {
        // Reported by position among the rules that could be read; mapped back to the position in the document.
        let Some((position, rest)) = problem.path.split_first() else {
            if !unread_recurring {
                problems.add("", problem.code, problem.message);
            }
            continue;
        };
        let place = position.parse().ok().and_then(|position: usize| places.get(position));
        let place = place.expect("rule_set starts the path of a rule's problem with its position");
        let message = problem
            .message
            .strip_prefix(&problem.path.join("."))
            .unwrap_or(&problem.message);
        problems.within(place, |problems| {
            problems.add(&rest.join("."), problem.code, message.trim())
        });
    }
    (drafts.len() == count && problems.is_empty()).then_some(drafts)
}

/// The rule's type if it is known, and the rule if all of it could be read.
fn rule(value: &RawValue, problems: &mut Problems) -> (Option<String>, Option<RuleDraft>) {
    let Some(mut members) = ObjectMembers::read(value, problems) else {
        return (None, None);
    };
    let Some(kind) = members.required_text("type", problems) else {
        return (None, None);
    };
    let description = match members.text("description", problems) {
        Patch::Set(text) => Some(text),
        Patch::Keep | Patch::Clear => None,
    };
    let parameters = match kind.as_str() {
        "new_customer_time_tier" => members
            .whole_number("max_months", problems)
            .zip(members.number("percentage", problems))
            .map(|(max_months, percentage)| RuleDraftKind::NewCustomerTimeTier { max_months, percentage }),
        "recurring" => members
            .number("percentage", problems)
            .map(|percentage| RuleDraftKind::Recurring { percentage }),
        "partner_ltv_upgrade" => members
            .number("min_ltv_total", problems)
            .zip(members.number("upgrade_percentage", problems))
            .map(|(min_ltv_total, upgrade_percentage)| RuleDraftKind::PartnerLtvUpgrade {
                min_ltv_total,
                upgrade_percentage,
            }),
        "charge_threshold_bonus" => members
            .number("min_charge_total", problems)
            .zip(members.number("bonus", problems))
            .map(|(min_charge_total, bonus)| RuleDraftKind::ChargeThresholdBonus {
                min_charge_total,
                bonus,
            }),
        "customer_volume_gate" => {
            members
                .whole_number("min_qualified_customers", problems)
                .map(|min_qualified_customers| RuleDraftKind::CustomerVolumeGate {
                    min_qualified_customers,
                })
        }
        unknown => {
            problems.add(
                "type",
                ProblemCode::Invalid,
                format!("is {unknown:?}, which Tributary does not know"),
            );
            return (Some(kind), None);
        }
    };
    members.refuse_the_rest(problems);
    let draft = parameters.map(|kind| RuleDraft { description, kind });
    (Some(kind), draft)
}
