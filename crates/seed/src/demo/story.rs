//! The events of the programme's life, in the order of time.

use chrono::Duration;
use futures::future::BoxFuture;

use super::sales::SaleRow;
use super::{
    DAYS, DemoContext, IdsByName, campaigns, classes, deals, leaks, on, partners, payouts, pipeline, requests, returns,
    reviews, sales, tiers,
};
use service::ServiceError;
use service::ledger::review::approve_matured_of;

/// Days between approvals of matured rows. The real job approves them within seconds.
const MATURING: usize = 5;

/// One step of the history. Numbers are indexes into the tables of the module that performs the step.
pub enum StoryStep {
    /// Groups, tiers, categories and advertisers.
    Classify,
    /// Stages, custom fields and commission rules.
    Lay,
    Campaign(usize),
    /// Pauses or ends a campaign.
    Turn(usize),
    /// Makes the standard group the default for partners without one.
    Settle,
    Tier(usize),
    Partner(usize),
    Amend(usize),
    Lead(usize),
    Ask(usize),
    Answer(usize),
    /// The sales that the shops report for one day.
    Record(Vec<SaleRow>),
    Deal(usize),
    /// A deal's next stage or renewal.
    Move(usize, usize),
    Mature,
    Review(usize),
    Pay(usize),
    Settlement(usize),
}

type Dated = (Duration, StoryStep);

fn steps() -> Vec<Dated> {
    let mut steps = vec![
        (on(0, 0), StoryStep::Classify),
        (on(1, 0), StoryStep::Lay),
        (on(20, 0), StoryStep::Settle),
    ];
    steps.extend(campaigns::steps());
    steps.extend(tiers::steps());
    steps.extend(partners::steps());
    steps.extend(requests::steps());
    steps.extend(deals::steps());
    steps.extend(reviews::steps());
    steps.extend(payouts::steps());
    let days = sales::by_day(sales::regular().chain(leaks::all()).chain(returns::all()));
    let reported = |(day, sales)| (on(day, 0) + sales::REPORTED, StoryStep::Record(sales));
    steps.extend(days.into_iter().map(reported));
    let evenings = (0..DAYS).step_by(MATURING).map(|day| on(day, 0) + Duration::hours(21));
    steps.extend(evenings.chain([now()]).map(|age| (age, StoryStep::Mature)));
    // The last request ends the fill.
    steps.push((now(), requests::last()));
    steps.sort_by_key(|(age, _)| *age);
    steps
}

/// The last steps take place shortly before the first start.
fn now() -> Duration {
    Duration::days(DAYS) - Duration::minutes(10)
}

pub async fn tell(stage: &DemoContext<'_>) -> Result<(), ServiceError> {
    let mut ids = IdsByName::default();
    for (age, step) in steps() {
        take(stage, age, step, &mut ids).await?;
    }
    Ok(())
}

fn take<'a>(
    stage: &'a DemoContext<'_>,
    age: Duration,
    step: StoryStep,
    ids: &'a mut IdsByName,
) -> BoxFuture<'a, Result<(), ServiceError>> {
    match step {
        StoryStep::Classify => boxed(move || classes::make(stage, age, ids)),
        StoryStep::Lay => boxed(move || pipeline::lay(stage, age, ids)),
        StoryStep::Campaign(place) => boxed(move || campaigns::make(stage, age, place, ids)),
        StoryStep::Turn(place) => boxed(move || campaigns::turn(stage, age, place, ids)),
        StoryStep::Settle => boxed(move || classes::settle(stage, age, ids)),
        StoryStep::Tier(place) => boxed(move || tiers::make(stage, age, place, ids)),
        StoryStep::Partner(place) => boxed(move || partners::make(stage, age, place, ids)),
        StoryStep::Amend(place) => boxed(move || partners::renegotiate(stage, age, place, ids)),
        StoryStep::Lead(place) => boxed(move || partners::lead(stage, age, place, ids)),
        StoryStep::Ask(place) => boxed(move || requests::ask(stage, age, place, ids)),
        StoryStep::Answer(place) => boxed(move || requests::answer(stage, age, place, ids)),
        StoryStep::Record(sales) => boxed(move || sales::record(stage, age, sales, ids)),
        StoryStep::Deal(place) => boxed(move || deals::make(stage, age, place, ids)),
        StoryStep::Move(place, turn) => boxed(move || deals::go_on(stage, age, place, turn, ids)),
        StoryStep::Mature => boxed(move || mature(stage, age)),
        StoryStep::Review(place) => boxed(move || reviews::make(stage, age, place, ids)),
        StoryStep::Pay(place) => boxed(move || payouts::run(stage, age, place, ids)),
        StoryStep::Settlement(place) => boxed(move || payouts::settle_run(stage, age, place, ids)),
    }
}

async fn mature(stage: &DemoContext<'_>, age: Duration) -> Result<(), ServiceError> {
    while approve_matured_of(&stage.at(age), stage.tenant.id).await? > 0 {}
    Ok(())
}

/// Creates a step's future on the heap: one future that holds all kinds side by side takes a megabyte of stack.
fn boxed<'a, F>(make: impl FnOnce() -> F) -> BoxFuture<'a, Result<(), ServiceError>>
where
    F: Future<Output = Result<(), ServiceError>> + Send + 'a,
{
    Box::pin(make())
}
