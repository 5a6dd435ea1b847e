//! What happened in the programme's life, in the order of time.

use chrono::Duration;
use futures::future::BoxFuture;

use super::sales::Sale;
use super::{
    DAYS, Ids, Stage, campaigns, classes, deals, leaks, on, partners, payouts, pipeline, requests, returns, reviews,
    sales, tiers,
};
use crate::service::ServiceError;
use crate::service::ledger::review::approve_matured_of;

/// How often what has matured is approved, in days. The real job does it within seconds.
const MATURING: usize = 5;

/// One thing that happened. Numbers are places in the tables of the modules that do it.
pub enum Step {
    /// Groups, tiers, categories and advertisers.
    Classify,
    /// Stages, custom fields and commission rules.
    Lay,
    Campaign(usize),
    /// A campaign becomes what it is now.
    Turn(usize),
    /// The standard group becomes that of all partners without one.
    Settle,
    Tier(usize),
    Partner(usize),
    Amend(usize),
    Lead(usize),
    Ask(usize),
    Answer(usize),
    /// What the shops report of a day.
    Record(Vec<Sale>),
    Deal(usize),
    /// A deal's next stage or renewal.
    Move(usize, usize),
    Mature,
    Review(usize),
    Pay(usize),
    Settlement(usize),
}

type Dated = (Duration, Step);

fn steps() -> Vec<Dated> {
    let mut steps = vec![
        (on(0, 0), Step::Classify),
        (on(1, 0), Step::Lay),
        (on(20, 0), Step::Settle),
    ];
    steps.extend(campaigns::steps());
    steps.extend(tiers::steps());
    steps.extend(partners::steps());
    steps.extend(requests::steps());
    steps.extend(deals::steps());
    steps.extend(reviews::steps());
    steps.extend(payouts::steps());
    let days = sales::by_day(sales::regular().chain(leaks::all()).chain(returns::all()));
    let reported = |(day, sales)| (on(day, 0) + sales::REPORTED, Step::Record(sales));
    steps.extend(days.into_iter().map(reported));
    let evenings = (0..DAYS).step_by(MATURING).map(|day| on(day, 0) + Duration::hours(21));
    steps.extend(evenings.chain([now()]).map(|age| (age, Step::Mature)));
    // The last request ends the fill.
    steps.push((now(), requests::last()));
    steps.sort_by_key(|(age, _)| *age);
    steps
}

/// The last steps are taken a little before the first start.
fn now() -> Duration {
    Duration::days(DAYS) - Duration::minutes(10)
}

pub async fn tell(stage: &Stage<'_>) -> Result<(), ServiceError> {
    let mut ids = Ids::default();
    for (age, step) in steps() {
        take(stage, age, step, &mut ids).await?;
    }
    Ok(())
}

fn take<'a>(
    stage: &'a Stage<'_>,
    age: Duration,
    step: Step,
    ids: &'a mut Ids,
) -> BoxFuture<'a, Result<(), ServiceError>> {
    match step {
        Step::Classify => boxed(move || classes::make(stage, age, ids)),
        Step::Lay => boxed(move || pipeline::lay(stage, age, ids)),
        Step::Campaign(place) => boxed(move || campaigns::make(stage, age, place, ids)),
        Step::Turn(place) => boxed(move || campaigns::turn(stage, age, place, ids)),
        Step::Settle => boxed(move || classes::settle(stage, age, ids)),
        Step::Tier(place) => boxed(move || tiers::make(stage, age, place, ids)),
        Step::Partner(place) => boxed(move || partners::make(stage, age, place, ids)),
        Step::Amend(place) => boxed(move || partners::renegotiate(stage, age, place, ids)),
        Step::Lead(place) => boxed(move || partners::lead(stage, age, place, ids)),
        Step::Ask(place) => boxed(move || requests::ask(stage, age, place, ids)),
        Step::Answer(place) => boxed(move || requests::answer(stage, age, place, ids)),
        Step::Record(sales) => boxed(move || sales::record(stage, age, sales, ids)),
        Step::Deal(place) => boxed(move || deals::make(stage, age, place, ids)),
        Step::Move(place, turn) => boxed(move || deals::go_on(stage, age, place, turn, ids)),
        Step::Mature => boxed(move || mature(stage, age)),
        Step::Review(place) => boxed(move || reviews::make(stage, age, place, ids)),
        Step::Pay(place) => boxed(move || payouts::run(stage, age, place, ids)),
        Step::Settlement(place) => boxed(move || payouts::settle_run(stage, age, place, ids)),
    }
}

async fn mature(stage: &Stage<'_>, age: Duration) -> Result<(), ServiceError> {
    while approve_matured_of(&stage.at(age), stage.tenant.id).await? > 0 {}
    Ok(())
}

/// Makes a step where it is kept: whoever holds all kinds of them side by side takes a megabyte of stack.
fn boxed<'a, F>(make: impl FnOnce() -> F) -> BoxFuture<'a, Result<(), ServiceError>>
where
    F: Future<Output = Result<(), ServiceError>> + Send + 'a,
{
    Box::pin(make())
}
