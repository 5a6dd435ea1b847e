//! The events of the programme's life, in the order of time.

use chrono::Duration;
use futures::future::BoxFuture;

use super::step::TimelineStep;
use super::{
    DAYS, DemoContext, IdsByName, campaigns, coupons, deals, groups_and_labels, links, on, partners, payouts, pipeline,
    refunds, requests, reviews, sales, tiers, unpaid_sales,
};
use service::ServiceError;
use service::ledger::review::approve_matured_of;

/// Days between approvals of matured rows. The real job approves them within seconds.
const MATURING: usize = 5;

type Dated = (Duration, TimelineStep);

fn steps() -> Vec<Dated> {
    let mut steps = vec![
        (on(0, 0), TimelineStep::Classify),
        (on(1, 0), TimelineStep::Lay),
        (on(20, 0), TimelineStep::Settle),
    ];
    steps.extend(campaigns::steps());
    steps.extend(tiers::steps());
    steps.extend(partners::steps());
    let coupons = coupons::made().enumerate();
    steps.extend(coupons.map(|(place, age)| (age, TimelineStep::Coupon(place))));
    let links = links::made().enumerate();
    steps.extend(links.map(|(place, age)| (age, TimelineStep::Link(place))));
    steps.extend(links::weeks().map(|(age, day)| (age, TimelineStep::Touches(day))));
    steps.extend(requests::steps());
    steps.extend(deals::steps());
    steps.extend(reviews::steps());
    steps.extend(payouts::steps());
    let days = sales::by_day(sales::regular().chain(unpaid_sales::all()).chain(refunds::all()));
    let reported = |(day, sales)| (on(day, 0) + sales::REPORTED, TimelineStep::Record(sales));
    steps.extend(days.into_iter().map(reported));
    let evenings = (0..DAYS).step_by(MATURING).map(|day| on(day, 0) + Duration::hours(21));
    steps.extend(evenings.chain([now()]).map(|age| (age, TimelineStep::Mature)));
    // The last request ends the fill.
    steps.push((now(), requests::last()));
    steps.sort_by_key(|(age, _)| *age);
    steps
}

/// The last steps take place shortly before the first start.
fn now() -> Duration {
    Duration::days(DAYS) - Duration::minutes(10)
}

pub async fn tell(demo: &DemoContext<'_>) -> Result<(), ServiceError> {
    let mut ids = IdsByName::default();
    for (age, step) in steps() {
        take(demo, age, step, &mut ids).await?;
    }
    Ok(())
}

fn take<'a>(
    demo: &'a DemoContext<'_>,
    age: Duration,
    step: TimelineStep,
    ids: &'a mut IdsByName,
) -> BoxFuture<'a, Result<(), ServiceError>> {
    match step {
        TimelineStep::Classify => boxed(move || groups_and_labels::make(demo, age, ids)),
        TimelineStep::Lay => boxed(move || pipeline::lay(demo, age, ids)),
        TimelineStep::Campaign(place) => boxed(move || campaigns::make(demo, age, place, ids)),
        TimelineStep::Turn(place) => boxed(move || campaigns::turn(demo, age, place, ids)),
        TimelineStep::Settle => boxed(move || groups_and_labels::settle(demo, age, ids)),
        TimelineStep::Tier(place) => boxed(move || tiers::make(demo, age, place, ids)),
        TimelineStep::Partner(place) => boxed(move || partners::make(demo, age, place, ids)),
        TimelineStep::Coupon(place) => boxed(move || coupons::make(demo, age, place, ids)),
        TimelineStep::Link(place) => boxed(move || links::make(demo, age, place, ids)),
        TimelineStep::Touches(day) => boxed(move || links::report(demo, age, day, ids)),
        TimelineStep::Amend(place) => boxed(move || partners::renegotiate(demo, age, place, ids)),
        TimelineStep::Lead(place) => boxed(move || partners::lead(demo, age, place, ids)),
        TimelineStep::Ask(place) => boxed(move || requests::ask(demo, age, place, ids)),
        TimelineStep::Answer(place) => boxed(move || requests::answer(demo, age, place, ids)),
        TimelineStep::Record(sales) => boxed(move || sales::record(demo, age, sales, ids)),
        TimelineStep::Deal(place) => boxed(move || deals::make(demo, age, place, ids)),
        TimelineStep::Move(place, turn) => boxed(move || deals::go_on(demo, age, place, turn, ids)),
        TimelineStep::Mature => boxed(move || mature(demo, age)),
        TimelineStep::Review(place) => boxed(move || reviews::make(demo, age, place, ids)),
        TimelineStep::Pay(place) => boxed(move || payouts::run(demo, age, place, ids)),
        TimelineStep::Settlement(place) => boxed(move || payouts::settle_run(demo, age, place, ids)),
        TimelineStep::Return => boxed(move || payouts::take_back_one(demo, age, ids)),
    }
}

async fn mature(demo: &DemoContext<'_>, age: Duration) -> Result<(), ServiceError> {
    while approve_matured_of(&demo.at(age), demo.tenant.id).await? > 0 {}
    Ok(())
}

/// Creates a step's future on the heap: one future that holds all kinds side by side takes a megabyte of stack.
fn boxed<'a, F>(make: impl FnOnce() -> F) -> BoxFuture<'a, Result<(), ServiceError>>
where
    F: Future<Output = Result<(), ServiceError>> + Send + 'a,
{
    Box::pin(make())
}
