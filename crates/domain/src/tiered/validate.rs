//! Validates a tiered commission as entered, so that the engine can rely on it. Reports every problem with its path.

use rust_decimal::Decimal;

use super::{
    Action, Audience, Draft, Goal, GoalDraft, Modifier, ModifierDraft, Retroactive, RetroactiveDraft, RetroactiveType,
    Side, Tier,
};
use crate::id::{Id, Kind};
use crate::money::{Currency, MAX_MINOR, check_stored_amount};
use crate::problem::{Fault, ProblemCode, Problems};
use crate::{text, time};

/// Maximum number of partners, of campaigns, and of advertisers that one tiered commission lists.
pub const MAX_LISTED: usize = 5000;

/// The highest percentage: ten thousand times the base. Keeps every product within a 128-bit integer.
const MAX_PERCENT: i64 = 1_000_000;

/// A tiered commission in which every value is in range. Whether its partners, campaigns and advertisers exist is left
/// to the caller to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedTier {
    pub tier: Tier,
    pub notes: Option<String>,
    pub audience: Audience,
}

/// The tiered commission, or `None` after recording all problems. `base_currency` is the tenant's.
pub fn checked(draft: Draft, base_currency: Currency, problems: &mut Problems) -> Option<CheckedTier> {
    let tier = tier(&draft, base_currency, problems);
    let notes = problems.optional("notes", draft.notes.as_deref(), text::description);
    let audience = audience(&draft, problems);
    Some(CheckedTier {
        tier: tier?,
        notes: notes?.filter(|notes| !notes.is_empty()),
        audience: audience?,
    })
}

/// What it counts and does, or `None` after recording problems. A simulation needs nothing else, since its conversions
/// are of one partner on one campaign, to which every tier is assumed to apply.
pub fn tier(draft: &Draft, base_currency: Currency, problems: &mut Problems) -> Option<Tier> {
    let currency = draft.currency.unwrap_or(base_currency);
    let name = problems.take("name", text::name(&draft.name));
    let start_date = problems.take("startDate", time::day(draft.start_date));
    let end_date = problems.take("endDate", time::day(draft.end_date));
    if draft.start_date > draft.end_date {
        problems.add("endDate", ProblemCode::Invalid, "must not be before the start date");
    }
    let event_type = problems.optional("eventType", draft.event_type.as_deref(), text::event_type);
    let goals = problems.within("goals", |problems| goals(&draft.goals, currency, problems));
    let payout = modifier("payout", draft.payout, currency, problems);
    let revenue = modifier("revenue", draft.revenue, currency, problems);
    let retroactive_payout = retroactive(Side::Payout, draft.retroactive_payout, currency, problems);
    let retroactive_revenue = retroactive(Side::Revenue, draft.retroactive_revenue, currency, problems);
    let tier = Tier {
        name: name?,
        status: draft.status,
        start_date: start_date?,
        end_date: end_date?,
        period: draft.period,
        crossing_policy: draft.crossing_policy,
        currency,
        event_type: event_type?,
        goals: goals?,
        payout: payout?,
        revenue: revenue?,
        retroactive_payout: retroactive_payout?,
        retroactive_revenue: retroactive_revenue?,
    };
    (tier.start_date <= tier.end_date).then_some(tier)
}

fn goals(drafts: &[GoalDraft], currency: Currency, problems: &mut Problems) -> Option<Vec<Goal>> {
    let mut goals = Vec::with_capacity(drafts.len());
    let mut all_good = true;
    for (index, draft) in drafts.iter().enumerate() {
        problems.within(index, |problems| {
            if drafts[..index].iter().any(|earlier| earlier.metric == draft.metric) {
                let message = format!("is taken: another goal is for {} too", draft.metric.as_str());
                problems.add("metric", ProblemCode::Invalid, message);
                all_good = false;
            }
            match goal(draft, currency, problems) {
                Some(goal) => goals.push(goal),
                None => all_good = false,
            }
        });
    }
    if drafts.is_empty() {
        problems.add(
            "",
            ProblemCode::Required,
            "must have at least one entry with a goal above 0",
        );
        return None;
    }
    if drafts.iter().all(|draft| draft.goal.is_zero()) {
        problems.add("", ProblemCode::Invalid, "must have at least one goal above 0");
        return None;
    }
    all_good.then_some(goals)
}

fn goal(draft: &GoalDraft, currency: Currency, problems: &mut Problems) -> Option<Goal> {
    let threshold = |value: Decimal| {
        if value < Decimal::ZERO {
            return Err(Fault::invalid(format!("must not be negative, but is {value}")));
        }
        if !draft.metric.is_count() {
            return check_stored_amount(value, Some(currency));
        }
        if !value.fract().is_zero() {
            return Err(Fault::invalid(format!(
                "must be a whole number, since {} are counted",
                draft.metric.as_str()
            )));
        }
        if value > Decimal::from(MAX_MINOR) {
            return Err(Fault::invalid("is too large: at most 10^15 are counted"));
        }
        Ok(value.normalize())
    };
    let goal = problems.take("goal", threshold(draft.goal));
    let max = problems.optional("max", draft.max, threshold);
    if draft.max.is_some_and(|max| max <= draft.goal) {
        let message = format!("must be above the goal, {}", draft.goal);
        problems.add("max", ProblemCode::Invalid, message);
        return None;
    }
    let (goal, max) = (goal?, max?);
    Some(Goal {
        metric: draft.metric,
        goal,
        max,
    })
}

fn modifier(
    field: &str,
    draft: Option<ModifierDraft>,
    currency: Currency,
    problems: &mut Problems,
) -> Option<Option<Modifier>> {
    let Some(ModifierDraft { action, value }) = draft else {
        return Some(None);
    };
    problems.within(field, |problems| {
        let value = problems.take("value", checked_value(action, None, value, currency));
        if action == Action::Exact {
            problems.add("action", ProblemCode::Invalid, "EXACT is only retroactive");
            return None;
        }
        value.map(|value| Some(Modifier { action, value }))
    })
}

fn retroactive(
    side: Side,
    draft: Option<RetroactiveDraft>,
    currency: Currency,
    problems: &mut Problems,
) -> Option<Option<Retroactive>> {
    let Some(RetroactiveDraft { action, value, kind }) = draft else {
        return Some(None);
    };
    let (field, own) = match side {
        Side::Payout => ("retroactivePayout", "CPA or CPS"),
        Side::Revenue => ("retroactiveRevenue", "RPA or RPS"),
    };
    problems.within(field, |problems| {
        let value = problems.take("value", checked_value(action, kind, value, currency));
        if let Some(kind) = kind.filter(|kind| kind.side() != side) {
            let message = format!("must be {own} here, not {}", kind.as_str());
            problems.add("type", ProblemCode::Invalid, message);
            return None;
        }
        value.map(|value| Some(Retroactive { action, value, kind }))
    })
}

/// Checks that the value is above 0, and a valid percentage or amount of the currency, depending on the action.
fn checked_value(
    action: Action,
    kind: Option<RetroactiveType>,
    value: Decimal,
    currency: Currency,
) -> Result<Decimal, Fault> {
    if value <= Decimal::ZERO {
        return Err(Fault::invalid(format!("must be above 0, not {value}")));
    }
    let is_percent = match action {
        Action::Increase | Action::Decrease => true,
        Action::FlatIncrease | Action::FlatDecrease => false,
        Action::Exact => kind.is_some_and(RetroactiveType::is_of_sale),
    };
    if !is_percent {
        return check_stored_amount(value, Some(currency));
    }
    if value > Decimal::from(MAX_PERCENT) {
        return Err(Fault::invalid(format!(
            "must be at most {MAX_PERCENT} percent, not {value}"
        )));
    }
    if action == Action::Exact && kind == Some(RetroactiveType::Cps) && value > Decimal::ONE_HUNDRED {
        return Err(Fault::invalid(format!(
            "must be at most 100 percent of the sale amount, not {value}"
        )));
    }
    let value = value.normalize();
    if value.scale() > 6 {
        return Err(Fault::invalid("has too many decimals: a percentage has at most 6"));
    }
    Ok(value)
}

fn audience(draft: &Draft, problems: &mut Problems) -> Option<Audience> {
    let partner_ids = ids("partnerIds", &draft.partner_ids, problems);
    let campaign_ids = ids("campaignIds", &draft.campaign_ids, problems);
    let advertiser_ids = ids("advertiserIds", &draft.advertiser_ids, problems);
    let mut fits = true;
    let mut unfit = |field: &str, code: ProblemCode, message: &str| {
        problems.add(field, code, message);
        fits = false;
    };
    if !draft.apply_to_all_partners && draft.partner_ids.is_empty() {
        let message = "must name at least one partner, unless it applies to all";
        unfit("partnerIds", ProblemCode::Required, message);
    }
    if draft.campaign_ids.is_empty() && draft.advertiser_ids.is_empty() {
        let message = "must name at least one campaign, unless there are advertisers";
        unfit("campaignIds", ProblemCode::Required, message);
    }
    let campaigns = campaign_ids.as_ref().map_or(draft.campaign_ids.len(), Vec::len);
    if draft.event_type.is_some() && (campaigns != 1 || !draft.advertiser_ids.is_empty()) {
        let message = "is only for exactly one campaign and no advertiser, who means all its campaigns";
        unfit("eventType", ProblemCode::Invalid, message);
    }
    let audience = Audience {
        apply_to_all_partners: draft.apply_to_all_partners,
        partner_ids: partner_ids?,
        campaign_ids: campaign_ids?,
        advertiser_ids: advertiser_ids?,
    };
    fits.then_some(audience)
}

/// The ids in the order given, without duplicates.
fn ids<K: Kind>(field: &str, texts: &[String], problems: &mut Problems) -> Option<Vec<Id<K>>> {
    if !problems.at_most(field, texts.len(), MAX_LISTED, "") {
        return None;
    }
    problems.within(field, |problems| {
        let mut seen = std::collections::HashSet::new();
        let mut ids = Vec::with_capacity(texts.len());
        let mut all_good = true;
        for (index, text) in texts.iter().enumerate() {
            match problems.id::<K>(&index.to_string(), text) {
                Some(id) if seen.insert(id) => ids.push(id),
                Some(_) => {}
                None => all_good = false,
            }
        }
        all_good.then_some(ids)
    })
}
