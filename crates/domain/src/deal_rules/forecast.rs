//! What rules would pay: for a hypothetical deal on a given path through the pipeline, and for a real deal on its
//! remaining stages.

use super::CommissionRule;
use super::deal_view::DealView;
use super::due::{Due, PaymentHistory, on_entry, on_renewal};
use super::select::{Payee, governing};
use crate::deal::{PaymentStage, StageOutcome};
use crate::id::PaymentStageId;
use crate::money::AmountTooLarge;

/// Number of recurring occurrences in a forecast after the one paid on entering a stage, or after the last paid one.
pub const FURTHER_OCCURRENCES: usize = 12;

/// What `rule` would pay, if it were the only one, for a deal that goes through `path` and is then renewed. Losing the
/// deal cancels all its payments, since none of them is approved yet.
pub fn simulate(
    rule: &CommissionRule,
    deal: &DealView<'_>,
    path: &[(PaymentStageId, StageOutcome)],
    renewals: u32,
) -> Result<Vec<Due>, AmountTooLarge> {
    let mut schedule: Vec<Due> = Vec::new();
    let mut history = PaymentHistory::default();
    if rule.plan.currency.is_some_and(|only| only != deal.currency) {
        return Ok(schedule);
    }
    let mut standing = None;
    for (stage, outcome) in path {
        if standing.replace(*stage) == Some(*stage) {
            continue;
        }
        if outcome.is_lost() {
            history.payments.iter_mut().for_each(|payment| payment.voided = true);
            schedule.clear();
        }
        let due = on_entry(*stage, &[rule], deal, &history)?;
        history.enter(&due, &[rule]);
        schedule.extend(due);
    }
    for _ in 0..renewals {
        let due = on_renewal(deal, &history)?;
        if due.is_empty() {
            break;
        }
        history.enter(&due, &[rule]);
        schedule.extend(due);
    }
    Ok(schedule)
}

/// What the rules would pay if the deal went through all later stages except lost ones, and were then renewed. `stages`
/// are all stages, in order. A lost deal has no forecast.
pub fn forecast(
    rules: &[CommissionRule],
    partner: &Payee,
    deal: &DealView<'_>,
    stages: &[PaymentStage],
    standing: Option<PaymentStageId>,
    mut history: PaymentHistory,
) -> Result<Vec<Due>, AmountTooLarge> {
    let place = standing.and_then(|id| stages.iter().position(|stage| stage.id == id));
    if place.is_some_and(|place| stages[place].outcome.is_lost()) {
        return Ok(Vec::new());
    }
    let mut payments = Vec::new();
    let ahead = stages.iter().skip(place.map_or(0, |place| place + 1));
    for stage in ahead.filter(|stage| !stage.outcome.is_lost()) {
        let rules = governing(rules, partner, deal.currency, stage.id);
        let due = on_entry(stage.id, &rules, deal, &history)?;
        history.enter(&due, &rules);
        payments.extend(due);
    }
    for _ in 0..FURTHER_OCCURRENCES {
        let due = on_renewal(deal, &history)?;
        history.enter(&due, &[]);
        payments.extend(due);
    }
    Ok(payments)
}
