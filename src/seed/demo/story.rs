//! What happened in the programme's life, in the order of time.

use chrono::Duration;

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
        // Boxed, since one that does any of these steps is large.
        Box::pin(take(stage, age, step, &mut ids)).await?;
    }
    Ok(())
}

async fn take(stage: &Stage<'_>, age: Duration, step: Step, ids: &mut Ids) -> Result<(), ServiceError> {
    match step {
        Step::Classify => classes::make(stage, age, ids).await,
        Step::Lay => pipeline::lay(stage, age, ids).await,
        Step::Campaign(place) => campaigns::make(stage, age, place, ids).await,
        Step::Turn(place) => campaigns::turn(stage, age, place, ids).await,
        Step::Settle => classes::settle(stage, age, ids).await,
        Step::Tier(place) => tiers::make(stage, age, place, ids).await,
        Step::Partner(place) => partners::make(stage, age, place, ids).await,
        Step::Amend(place) => partners::renegotiate(stage, age, place, ids).await,
        Step::Lead(place) => partners::lead(stage, age, place, ids).await,
        Step::Ask(place) => requests::ask(stage, age, place, ids).await,
        Step::Answer(place) => requests::answer(stage, age, place, ids).await,
        Step::Record(sales) => sales::record(stage, age, sales, ids).await,
        Step::Deal(place) => deals::make(stage, age, place, ids).await,
        Step::Move(place, turn) => deals::go_on(stage, age, place, turn, ids).await,
        Step::Mature => {
            while approve_matured_of(&stage.at(age), stage.tenant.id).await? > 0 {}
            Ok(())
        }
        Step::Review(place) => reviews::make(stage, age, place, ids).await,
        Step::Pay(place) => payouts::run(stage, age, place, ids).await,
        Step::Settlement(place) => payouts::settle_run(stage, age, place, ids).await,
    }
}
