//! What staff decides by hand: rows it enters, approves, reverses, and assigns to individuals.

use chrono::Duration;

use super::sales::external_id;
use super::step::TimelineStep;
use super::{DemoContext, IdsByName, currency, on};
use crate::draft::decimal;
use domain::commission::CommissionKind;
use domain::problem::Problem;
use service::ServiceError;
use service::ledger::manual::{NewManualCommission, assign_recipient, create};
use service::ledger::review::{ReviewResults, approve, reverse};
use service::once::answered;
use store::StoreError;

enum ReviewStep {
    /// Name, partner, amount, reason, and the sale whose row it adjusts.
    Enter(&'static str, usize, &'static str, &'static str, Option<&'static str>),
    Approve(ReviewedRow),
    /// Approves before the holdback has passed; with the reason.
    ApproveEarly(ReviewedRow, &'static str),
    Reverse(ReviewedRow, &'static str),
    Assign(ReviewedRow, &'static str),
}

/// The rows that a review step applies to.
#[derive(Clone, Copy)]
enum ReviewedRow {
    /// The row entered under this name.
    Entered(&'static str),
    /// The rows that this sale earned.
    Sale(&'static str),
    /// The latest row that this deal paid to the partner, or to an individual.
    Deal(usize, &'static str),
}

/// Ordered by day.
const REVIEWS: [(i64, ReviewStep); 15] = [
    (80, ReviewStep::Approve(ReviewedRow::Deal(8, "PARTNERSHIP"))),
    (101, ReviewStep::Assign(ReviewedRow::Deal(5, "INDIVIDUAL"), "Mara Vogt")),
    (
        110,
        ReviewStep::Enter("talk", 0, "150.00", "Spoke at our customer day", None),
    ),
    (112, ReviewStep::Approve(ReviewedRow::Entered("talk"))),
    (
        139,
        ReviewStep::Enter("typo", 12, "1500.00", "Bonus for the spring newsletter", None),
    ),
    (
        140,
        ReviewStep::Reverse(ReviewedRow::Entered("typo"), "One zero too many"),
    ),
    (
        140,
        ReviewStep::Enter("newsletter", 12, "150.00", "Bonus for the spring newsletter", None),
    ),
    (141, ReviewStep::Approve(ReviewedRow::Entered("newsletter"))),
    (
        150,
        ReviewStep::ApproveEarly(
            ReviewedRow::Sale("rail-2"),
            "The trip took place; the partner asked for it",
        ),
    ),
    (154, ReviewStep::Approve(ReviewedRow::Sale("booked-early-1"))),
    (
        180,
        ReviewStep::Reverse(ReviewedRow::Sale("pepper-2"), "The partner signed up itself"),
    ),
    (
        191,
        ReviewStep::Enter(
            "tax",
            0,
            "-12.40",
            "Invoice of April showed the wrong tax",
            Some("ferber-logistik-5"),
        ),
    ),
    (192, ReviewStep::Approve(ReviewedRow::Entered("tax"))),
    (
        235,
        ReviewStep::ApproveEarly(ReviewedRow::Sale("ferber-logistik-9"), "Paid in advance, by contract"),
    ),
    (
        237,
        ReviewStep::Enter("case", 0, "75.00", "For the case study with Kranich Optik", None),
    ),
];

pub fn steps() -> impl Iterator<Item = (Duration, TimelineStep)> {
    let at = |place: usize| on(REVIEWS[place].0, 0) + Duration::hours(22);
    (0..REVIEWS.len()).map(move |place| (at(place), TimelineStep::Review(place)))
}

pub async fn make(
    demo: &DemoContext<'_>,
    age: Duration,
    place: usize,
    ids: &mut IdsByName,
) -> Result<(), ServiceError> {
    let (app, caller) = demo.step(age, &format!("demo-review-{}", place + 1));
    let answers = match &REVIEWS[place].1 {
        ReviewStep::Enter(name, partner, amount, reason, adjusts) => {
            let adjusts_id = match adjusts {
                Some(sale) => rows(demo, ReviewedRow::Sale(sale), ids).await?.into_iter().next(),
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
        ReviewStep::Assign(of, recipient) => {
            for row in rows(demo, *of, ids).await? {
                answered(&app, &caller, assign_recipient(&app, &caller, &row, recipient)).await?;
            }
            return Ok(());
        }
        ReviewStep::Approve(of) => approve(&app, &caller, rows(demo, *of, ids).await?, None).await?,
        ReviewStep::ApproveEarly(of, reason) => {
            approve(&app, &caller, rows(demo, *of, ids).await?, Some((*reason).to_owned())).await?
        }
        ReviewStep::Reverse(of, reason) => reverse(&app, &caller, rows(demo, *of, ids).await?, reason).await?,
    };
    all_done(answers)
}

async fn rows(demo: &DemoContext<'_>, of: ReviewedRow, ids: &IdsByName) -> Result<Vec<String>, StoreError> {
    let sale = match of {
        ReviewedRow::Entered(name) => return Ok(vec![ids.of("entered", name)]),
        ReviewedRow::Deal(place, target) => return Ok(vec![ids.of("payment", format!("{place} {target}"))]),
        ReviewedRow::Sale(sale) => sale,
    };
    let (reader, scope) = (demo.app.store.reader(), demo.scope());
    let Some(event) = store::event::find_by_external_id(reader, &scope, &external_id(sale)).await? else {
        return Ok(Vec::new());
    };
    let rows = store::commission::of_event(reader, &scope, event.id).await?;
    let earned = rows.iter().filter(|row| row.kind == CommissionKind::Event);
    Ok(earned.map(|row| row.id.to_string()).collect())
}

fn all_done(answers: ReviewResults) -> Result<(), ServiceError> {
    let problems: Vec<Problem> = answers.into_iter().flat_map(|(_, problems)| problems).collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(ServiceError::Rejected(problems)),
    }
}
