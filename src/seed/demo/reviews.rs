//! What staff decides by hand: rows it enters, approves, reverses, and assigns to individuals.

use chrono::Duration;

use super::sales::external_id;
use super::story::Step;
use super::{Ids, Stage, currency, on};
use crate::domain::commission::CommissionKind;
use crate::domain::problem::Problem;
use crate::seed::draft::decimal;
use crate::service::ServiceError;
use crate::service::ledger::manual::{NewManualCommission, assign_recipient, create};
use crate::service::ledger::review::{Answers, approve, reverse};
use crate::service::once::answered;
use crate::store::{self, StoreError};

enum Review {
    /// Name, partner, amount, reason, and the sale whose row it adjusts.
    Enter(&'static str, usize, &'static str, &'static str, Option<&'static str>),
    Approve(Of),
    /// Before its holdback has passed, and why.
    ApproveEarly(Of, &'static str),
    Reverse(Of, &'static str),
    Assign(Of, &'static str),
}

/// Which rows.
#[derive(Clone, Copy)]
enum Of {
    /// That was entered under this name.
    Entered(&'static str),
    /// That this sale earned.
    Sale(&'static str),
    /// The last that this deal paid to the partner, or to an individual.
    Deal(usize, &'static str),
}

/// In the order of the days.
const REVIEWS: [(i64, Review); 15] = [
    (80, Review::Approve(Of::Deal(8, "PARTNERSHIP"))),
    (101, Review::Assign(Of::Deal(5, "INDIVIDUAL"), "Mara Vogt")),
    (
        110,
        Review::Enter("talk", 0, "150.00", "Spoke at our customer day", None),
    ),
    (112, Review::Approve(Of::Entered("talk"))),
    (
        139,
        Review::Enter("typo", 12, "1500.00", "Bonus for the spring newsletter", None),
    ),
    (140, Review::Reverse(Of::Entered("typo"), "One zero too many")),
    (
        140,
        Review::Enter("newsletter", 12, "150.00", "Bonus for the spring newsletter", None),
    ),
    (141, Review::Approve(Of::Entered("newsletter"))),
    (
        150,
        Review::ApproveEarly(Of::Sale("rail-2"), "The trip took place; the partner asked for it"),
    ),
    (154, Review::Approve(Of::Sale("booked-early-1"))),
    (
        180,
        Review::Reverse(Of::Sale("pepper-2"), "The partner signed up itself"),
    ),
    (
        191,
        Review::Enter(
            "tax",
            0,
            "-12.40",
            "Invoice of April showed the wrong tax",
            Some("ferber-logistik-5"),
        ),
    ),
    (192, Review::Approve(Of::Entered("tax"))),
    (
        235,
        Review::ApproveEarly(Of::Sale("ferber-logistik-9"), "Paid in advance, by contract"),
    ),
    (
        237,
        Review::Enter("case", 0, "75.00", "For the case study with Kranich Optik", None),
    ),
];

pub fn steps() -> impl Iterator<Item = (Duration, Step)> {
    let at = |place: usize| on(REVIEWS[place].0, 0) + Duration::hours(22);
    (0..REVIEWS.len()).map(move |place| (at(place), Step::Review(place)))
}

pub async fn make(stage: &Stage<'_>, age: Duration, place: usize, ids: &mut Ids) -> Result<(), ServiceError> {
    let (app, caller) = stage.step(age, &format!("demo-review-{}", place + 1));
    let answers = match &REVIEWS[place].1 {
        Review::Enter(name, partner, amount, reason, adjusts) => {
            let adjusts_id = match adjusts {
                Some(sale) => rows(stage, Of::Sale(sale), ids).await?.into_iter().next(),
                None => None,
            };
            let row = NewManualCommission {
                note: None,
                campaign_id: None,
                partner_id: ids.of("partner", partner),
                amount: (decimal(amount), currency("EUR")),
                reason: (*reason).to_owned(),
                adjusts_id,
            };
            let row = answered(&app, &caller, create(&app, &caller, row)).await?;
            ids.put("entered", name, row.id);
            return Ok(());
        }
        Review::Assign(of, recipient) => {
            for row in rows(stage, *of, ids).await? {
                answered(&app, &caller, assign_recipient(&app, &caller, &row, recipient)).await?;
            }
            return Ok(());
        }
        Review::Approve(of) => approve(&app, &caller, rows(stage, *of, ids).await?, None).await?,
        Review::ApproveEarly(of, reason) => {
            approve(&app, &caller, rows(stage, *of, ids).await?, Some((*reason).to_owned())).await?
        }
        Review::Reverse(of, reason) => reverse(&app, &caller, rows(stage, *of, ids).await?, reason).await?,
    };
    all_done(answers)
}

async fn rows(stage: &Stage<'_>, of: Of, ids: &Ids) -> Result<Vec<String>, StoreError> {
    let sale = match of {
        Of::Entered(name) => return Ok(vec![ids.of("entered", name)]),
        Of::Deal(place, target) => return Ok(vec![ids.of("payment", format!("{place} {target}"))]),
        Of::Sale(sale) => sale,
    };
    let (reader, scope) = (stage.app.store.reader(), stage.scope());
    let Some(event) = store::event::find_by_external_id(reader, &scope, &external_id(sale)).await? else {
        return Ok(Vec::new());
    };
    let rows = store::commission::of_event(reader, &scope, event.id).await?;
    let earned = rows.iter().filter(|row| row.kind == CommissionKind::Event);
    Ok(earned.map(|row| row.id.to_string()).collect())
}

fn all_done(answers: Answers) -> Result<(), ServiceError> {
    let problems: Vec<Problem> = answers.into_iter().flat_map(|(_, problems)| problems).collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(ServiceError::Rejected(problems)),
    }
}
