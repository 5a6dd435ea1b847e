//! Tiered commissions of Everflow: one as it is sent to create it or as its API returns it, or a list of them.
//!
//! Offers, affiliates and advertisers are found by the external ids of campaigns, partners and advertisers here. A tier
//! is recognised by its `network_tiered_commission_id`, or else by its name. The documents write 0 and "" for unset
//! values. They state neither the currency, which the importer may give, nor a crossing policy.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::json::{DocumentItems, Named, ObjectMembers, chosen, external_id, is_null, list, number, told_before};
use super::references::{ByExternalId, TierReferences, reference};
use super::{ImportError, moved};
use auth::Caller;
use domain::money::Currency;
use domain::problem::{Fault, Patch, Problem, ProblemCode, Problems};
use domain::text;
use domain::tiered::{
    Action, CrossingPolicy, Draft, GoalDraft, Metric, ModifierDraft, Period, RetroactiveDraft, RetroactiveType, Status,
    TieredCommission,
};
use service::ServiceError;
use service::app::App;
use service::tiered_commission::import::{Outcome, TierImport, import};

/// The documents' names of the metrics, in the order in which tiers are compared.
const METRICS: [(Metric, &str); 5] = [
    (Metric::Conversion, "conversion"),
    (Metric::Event, "event"),
    (Metric::SaleAmount, "sale_amount"),
    (Metric::Payout, "payout"),
    (Metric::Revenue, "revenue"),
];

/// Members that are ignored: the tenant is given with the import, and times are those of the import.
const IGNORED: [&str; 4] = ["network_id", "relationship", "time_created", "time_saved"];

/// Imports the tiered commissions of a document, all or none. `currency` is that of new ones; `None`: the tenant's.
pub async fn tiered_commissions(
    app: &App,
    caller: &Caller,
    document: &str,
    currency: Option<Currency>,
) -> Result<Vec<(TieredCommission, Outcome)>, ImportError> {
    // A single tiered commission is no list; its problems are noted when it is read.
    let items = DocumentItems::of(document, "tiered commission", |tier, _| vec![(Vec::new(), tier)])?;
    let (partners, campaigns) = (
        items.named(&["network_affiliate_ids"]),
        items.named(&["network_offer_ids"]),
    );
    let references = TierReferences::load(app, caller, &partners, &campaigns).await?;
    let tiers = items.read(|place, value, earlier, problems| {
        let tier = tier(place, value, currency, &references, problems)?;
        let fields = ["network_tiered_commission_id", "name"];
        if let Some((field, name)) = told_before(fields, names_of(&tier), earlier.iter().map(names_of)) {
            let message = format!("is {name:?}, as for an earlier one");
            problems.add(field, ProblemCode::Invalid, message);
        }
        Some(tier)
    })?;
    let metrics: Vec<(Vec<String>, Vec<Metric>)> = tiers
        .iter()
        .map(|tier| {
            let metrics = tier.draft.goals.iter().map(|goal| goal.metric);
            (tier.place.clone(), metrics.collect())
        })
        .collect();
    match import(app, caller, tiers).await {
        Ok(imported) => Ok(imported),
        Err(ServiceError::Rejected(problems)) => {
            let problems = problems.into_iter().map(|problem| in_its_words(problem, &metrics));
            Err(ImportError::Refused(problems.collect()))
        }
        Err(error) => Err(error.into()),
    }
}

fn names_of(tier: &TierImport) -> Named<'_> {
    (tier.id.as_deref(), &tier.draft.name)
}

fn tier(
    place: Vec<String>,
    value: &RawValue,
    currency: Option<Currency>,
    references: &TierReferences,
    problems: &mut Problems,
) -> Option<TierImport> {
    let mut members = ObjectMembers::read(value, problems)?;
    let name = members.required_text("name", problems);
    let name = name.and_then(|name| problems.take("name", text::name(&name)));
    let id = match members.take("network_tiered_commission_id").filter(|id| !is_null(id)) {
        Some(id) => external_id("network_tiered_commission_id", id, problems).map(Some),
        None => Some(None),
    };
    let notes = match members.text("notes", problems) {
        Patch::Keep | Patch::Clear => None,
        Patch::Set(notes) => Some(notes),
    };
    let status = members.required_text("status", problems);
    let status = status.and_then(|word| chosen("status", &word, Status::parse, problems));
    let (start_date, end_date) = (
        date(&mut members, "start_date", problems),
        date(&mut members, "end_date", problems),
    );
    let period = members.required_text("period", problems);
    let period = period.and_then(|word| chosen("period", &word, Period::parse, problems));
    no_single_payout(&mut members, problems);
    let for_all = flag(&mut members, "is_apply_all_affiliates", problems);
    let partners = named(&mut members, "network_affiliate_ids", &references.partners, problems);
    let campaigns = named(&mut members, "network_offer_ids", &references.campaigns, problems);
    let advertisers = named(
        &mut members,
        "network_advertiser_ids",
        &references.advertisers,
        problems,
    );
    let goals = goals(&mut members, problems);
    let payout = modifier(&mut members, "payout", problems);
    let revenue = modifier(&mut members, "revenue", problems);
    let retroactive_payout = retroactive(&mut members, "retroactive_payout", problems);
    let retroactive_revenue = retroactive(&mut members, "retroactive_revenue", problems);
    for ignored in IGNORED {
        members.take(ignored);
    }
    members.refuse_the_rest(problems);
    Some(TierImport {
        place,
        id: id?,
        draft: Draft {
            name: name?,
            notes,
            status: status?,
            start_date: start_date?,
            end_date: end_date?,
            period: period?,
            crossing_policy: CrossingPolicy::default(),
            currency,
            apply_to_all_partners: for_all,
            partner_ids: partners?,
            campaign_ids: campaigns?,
            advertiser_ids: advertisers?,
            event_type: None,
            goals: goals?,
            payout: payout?,
            revenue: revenue?,
            retroactive_payout: retroactive_payout?,
            retroactive_revenue: retroactive_revenue?,
        },
    })
}

/// Refuses one of an offer's several payouts, which is an event type here; its number alone does not say which.
fn no_single_payout(members: &mut ObjectMembers, problems: &mut Problems) {
    const NAME: &str = "network_offer_payout_revenue_id";
    let Some(value) = members.take(NAME).filter(|value| !is_null(value)) else {
        return;
    };
    if number(value) != Ok(Decimal::ZERO) {
        let message = format!(
            "is {}, one payout of an offer: its number does not say which event type that is here",
            value.get()
        );
        problems.add(NAME, ProblemCode::Invalid, message);
    }
}

/// The metrics that are set, in a fixed order.
fn goals(members: &mut ObjectMembers, problems: &mut Problems) -> Option<Vec<GoalDraft>> {
    let mut goals = Vec::new();
    let mut all_good = true;
    for (metric, name) in METRICS {
        let goal = amount(members, &format!("{name}_goal"), problems);
        let max = amount(members, &format!("{name}_max"), problems);
        let (Some(goal), Some(max)) = (goal, max) else {
            all_good = false;
            continue;
        };
        if !goal.is_zero() || !max.is_zero() {
            let max = Some(max).filter(|max| !max.is_zero());
            goals.push(GoalDraft { metric, goal, max });
        }
    }
    if all_good && goals.iter().all(|goal| goal.goal.is_zero()) {
        let names = METRICS.map(|(_, name)| format!("{name}_goal")).join(", ");
        let message = format!("at least one of {names} must be above 0");
        problems.add("", ProblemCode::Required, message);
        all_good = false;
    }
    all_good.then_some(goals)
}

/// An enabled modifier; the contents of a disabled one are ignored.
fn modifier(members: &mut ObjectMembers, side: &str, problems: &mut Problems) -> Option<Option<ModifierDraft>> {
    let (action, value) = (members.take(&name_of(side, "action")), &name_of(side, "value"));
    if !flag(members, &format!("is_{side}_enabled"), problems) {
        members.take(value);
        return Some(None);
    }
    let action = self::action(side, action, problems);
    let value = members.number(value, problems);
    if action == Some(Action::Exact) {
        let message = "is \"exact\", which is only for retroactive ones";
        problems.add(&name_of(side, "action"), ProblemCode::Invalid, message);
        return None;
    }
    Some(Some(ModifierDraft {
        action: action?,
        value: value?,
    }))
}

/// An enabled retroactive modifier. The documents have the value of an exact percentage of the sale in a separate
/// member.
fn retroactive(members: &mut ObjectMembers, side: &str, problems: &mut Problems) -> Option<Option<RetroactiveDraft>> {
    let [action, kind, value, percentage] =
        ["action", "type", "value", "percentage"].map(|what| members.take(&name_of(side, what)));
    if !flag(members, &format!("is_{side}_enabled"), problems) {
        return Some(None);
    }
    let action = self::action(side, action, problems);
    let kind = match kind.filter(|kind| !is_unset(kind)) {
        None => Some(None),
        Some(kind) => word(&name_of(side, "type"), kind, RetroactiveType::parse, problems).map(Some),
    };
    let of_sale =
        action == Some(Action::Exact) && matches!(kind, Some(Some(RetroactiveType::Cps | RetroactiveType::Rps)));
    let (what, value) = if of_sale {
        ("percentage", percentage)
    } else {
        ("value", value)
    };
    let value = value.filter(|value| !is_null(value)).ok_or_else(Fault::required);
    let value = problems.take(&name_of(side, what), value.and_then(number));
    Some(Some(RetroactiveDraft {
        action: action?,
        value: value?,
        kind: kind?,
    }))
}

fn action(side: &str, value: Option<&RawValue>, problems: &mut Problems) -> Option<Action> {
    let name = name_of(side, "action");
    let value = value.filter(|value| !is_unset(value)).ok_or_else(Fault::required);
    let value = problems.take(&name, value)?;
    word(&name, value, Action::parse, problems)
}

fn word<T>(name: &str, value: &RawValue, parse: impl FnOnce(&str) -> Option<T>, problems: &mut Problems) -> Option<T> {
    let text = serde_json::from_str::<String>(value.get()).map_err(|_| Fault::invalid("must be a text"));
    let text = problems.take(name, text)?;
    chosen(name, &text, parse, problems)
}

fn name_of(side: &str, what: &str) -> String {
    format!("{side}_{what}")
}

fn is_unset(value: &RawValue) -> bool {
    is_null(value) || value.get() == "\"\""
}

/// Absent and null are false.
fn flag(members: &mut ObjectMembers, name: &str, problems: &mut Problems) -> bool {
    matches!(members.flag(name, problems), Patch::Set(true))
}

/// Absent and null are 0.
fn amount(members: &mut ObjectMembers, name: &str, problems: &mut Problems) -> Option<Decimal> {
    match members.take(name).filter(|value| !is_null(value)) {
        None => Some(Decimal::ZERO),
        Some(value) => problems.take(name, number(value)),
    }
}

fn date(members: &mut ObjectMembers, name: &str, problems: &mut Problems) -> Option<NaiveDate> {
    let text = members.required_text(name, problems)?;
    let date = text.parse::<NaiveDate>().ok().filter(|date| date.to_string() == text);
    problems.take(
        name,
        date.ok_or_else(|| Fault::invalid("must be a day such as \"2026-04-24\"")),
    )
}

/// The ids of a list that may be absent or null.
fn named(
    members: &mut ObjectMembers,
    name: &str,
    known: &ByExternalId,
    problems: &mut Problems,
) -> Option<Vec<String>> {
    let Some(value) = members.take(name).filter(|value| !is_null(value)) else {
        return Some(Vec::new());
    };
    let entries = problems.take(name, list(value).ok_or_else(|| Fault::invalid("must be a list")))?;
    problems.within(name, |problems| {
        let ids = entries.into_iter().enumerate();
        let ids = ids.map(|(index, entry)| reference(&index.to_string(), entry, known, problems));
        ids.collect::<Vec<_>>().into_iter().collect()
    })
}

/// Translates the paths of problems: the domain names fields as the API does, the documents have names of their own.
fn in_its_words(problem: Problem, metrics: &[(Vec<String>, Vec<Metric>)]) -> Problem {
    let of_place = metrics.iter().find(|(place, _)| problem.path.starts_with(place));
    let (place, metrics) = of_place.map_or((&[][..], &[][..]), |(place, metrics)| (place, metrics));
    let field: Vec<&str> = problem.path[place.len()..].iter().map(String::as_str).collect();
    let own = match field[..] {
        ["startDate"] => vec!["start_date".to_owned()],
        ["endDate"] => vec!["end_date".to_owned()],
        ["externalId"] => vec!["network_tiered_commission_id".to_owned()],
        ["partnerIds", ref rest @ ..] => below("network_affiliate_ids", rest),
        ["campaignIds", ref rest @ ..] => below("network_offer_ids", rest),
        ["advertiserIds", ref rest @ ..] => below("network_advertiser_ids", rest),
        ["goals", index, what] => {
            let metric = index.parse().ok().and_then(|index: usize| metrics.get(index));
            let name = METRICS.iter().find(|(known, _)| Some(known) == metric);
            vec![name.map_or_else(|| what.to_owned(), |(_, name)| name_of(name, what))]
        }
        [side @ ("payout" | "revenue"), what] => vec![name_of(side, what)],
        ["retroactivePayout", what] => vec![name_of("retroactive_payout", what)],
        ["retroactiveRevenue", what] => vec![name_of("retroactive_revenue", what)],
        _ => below("", &field),
    };
    let path = place.iter().cloned().chain(own).collect();
    moved(problem, path)
}

fn below(name: &str, rest: &[&str]) -> Vec<String> {
    let name = Some(name).filter(|name| !name.is_empty());
    name.into_iter()
        .chain(rest.iter().copied())
        .map(str::to_owned)
        .collect()
}
