//! The demo's payout runs, and how their payouts ended.

use chrono::Duration;

use super::step::TimelineStep;
use super::{DemoContext, IdsByName, on};
use domain::commission::{Payout, PayoutSettlement, PayoutStatus};
use domain::id::PayoutRunId;
use service::ServiceError;
use service::ledger::payout::{NewPayoutRun, create_run, settle, take_back};
use service::once::answered;
use store::page::PageRequest;
use store::payout::PayoutParent;
use store::view;

/// The days of the runs. Each is settled two days later, except for the last one.
const RUNS: [i64; 7] = [65, 95, 125, 155, 185, 215, 238];

/// Payouts that were not paid: the run, the partner, the currency, the outcome and its reference.
const UNPAID: [(usize, usize, &str, PayoutSettlement, &str); 3] = [
    (2, 0, "EUR", PayoutSettlement::Failed, "account closed"),
    (
        4,
        0,
        "EUR",
        PayoutSettlement::Canceled,
        "sent again with the corrected invoice",
    ),
    (5, 4, "EUR", PayoutSettlement::Failed, "name and account differ"),
];

/// A payout whose money came back: its run, how many days after it was paid, and why. The next run pays it again.
const RETURNED: (usize, i64, &str) = (
    4,
    14,
    "the bank has closed the account; new details were given by e-mail",
);

pub fn steps() -> impl Iterator<Item = (Duration, TimelineStep)> {
    let night = |day: i64| on(day, 0) + Duration::hours(23);
    let runs = (0..RUNS.len()).map(move |run| (night(RUNS[run]), TimelineStep::Pay(run)));
    let settled = (0..RUNS.len() - 1).map(move |run| (night(RUNS[run] + 2), TimelineStep::Settlement(run)));
    let (run, days, _) = RETURNED;
    let returned = [(night(RUNS[run] + 2 + days), TimelineStep::Return)];
    runs.chain(settled).chain(returned)
}

/// Pays all partners their approved rows; the last run only those that accrued more than three days before.
pub async fn run(demo: &DemoContext<'_>, age: Duration, place: usize, ids: &mut IdsByName) -> Result<(), ServiceError> {
    let (app, caller) = demo.step(age, &format!("demo-run-{}", place + 1));
    let is_last = place == RUNS.len() - 1;
    let wanted = NewPayoutRun {
        accrued_before: is_last.then(|| app.clock.now() - Duration::days(3)),
        ..NewPayoutRun::default()
    };
    let run = answered(&app, &caller, create_run(&app, &caller, wanted)).await?;
    ids.put("run", place, run.id);
    Ok(())
}

pub async fn settle_run(
    demo: &DemoContext<'_>,
    age: Duration,
    place: usize,
    ids: &IdsByName,
) -> Result<(), ServiceError> {
    for (number, payout) in (1..).zip(payouts(demo, &ids.of("run", place)).await?) {
        let id = payout.id.to_string();
        let (app, caller) = demo.step(age, &id);
        let unpaid = UNPAID.iter().find(|(run, partner, unit, ..)| {
            let partner = ids.of("partner", partner);
            *run == place && payout.partner_id.to_string() == partner && payout.amount.currency().code() == *unit
        });
        let (status, reference) = match unpaid {
            Some((.., status, reference)) => (*status, (*reference).to_owned()),
            None => (PayoutSettlement::Paid, format!("SEPA {}/{number}", place + 1)),
        };
        answered(&app, &caller, settle(&app, &caller, &id, status, Some(reference))).await?;
    }
    Ok(())
}

/// Notes that the money of a payout came back: of the last one that its run has paid to a partner.
pub async fn take_back_one(demo: &DemoContext<'_>, age: Duration, ids: &IdsByName) -> Result<(), ServiceError> {
    let (run, _, reason) = RETURNED;
    let mut of_run = payouts(demo, &ids.of("run", run)).await?;
    // A fill that was interrupted after this step takes it again.
    let was_paid = |payout: &Payout| matches!(payout.status, PayoutStatus::Paid | PayoutStatus::Returned);
    of_run.retain(|payout| payout.recipient.is_none() && was_paid(payout));
    let id = of_run.last().expect("a run that pays partners").id.to_string();
    let (app, caller) = demo.step(age, &format!("{id}-returned"));
    answered(&app, &caller, take_back(&app, &caller, &id, reason)).await?;
    Ok(())
}

/// All payouts of a run (one page holds them), in the order in which their partners joined.
async fn payouts(demo: &DemoContext<'_>, run: &str) -> Result<Vec<Payout>, ServiceError> {
    let run: PayoutRunId = run.parse().expect("the id of a run");
    let request = PageRequest {
        limit: 500,
        backward: false,
        after: None,
        before: None,
    };
    let list = store::payout::list_under(PayoutParent::Run);
    let (store, scope, runs) = (&demo.app.store, demo.scope(), [run.uuid()]);
    let pages = view::whole_pages(store, &scope, &list, &runs, &request, store::payout::whole).await?;
    let mut payouts: Vec<_> = pages.into_values().flat_map(|page| page.items).collect();
    payouts.sort_by_key(|payout| (payout.partner_id, payout.recipient.clone(), payout.amount.currency()));
    Ok(payouts)
}
