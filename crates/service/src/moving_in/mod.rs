//! Moving in: importing the records of another system, a few hundred in one transaction. Each record is handled by
//! itself: those with problems are reported, the others written. A record that exists with the same content changes
//! nothing; with other content it is a CONFLICT. A file may thus be imported again, as a whole or from where the import
//! was interrupted.

mod commissions;
mod coupons;
mod customers;
mod events;
mod links;
mod partners;
mod touches;

use crate::ServiceError;
use crate::app::App;
use crate::imported::Outcome;
use crate::once::repeated;
use auth::Writer;
pub use commissions::{NewOpening, bring_in as commissions};
pub use coupons::{ImportedCoupon, bring_in as coupons};
pub use customers::{NewCustomer, bring_in as customers};
use domain::problem::{Problem, ProblemCode, Problems};
pub use events::bring_in as events;
pub use links::{ImportedLink, bring_in as links};
pub use partners::{ImportedPartner, bring_in as partners};
use store::{StoreError, Transaction};
pub use touches::{ImportedTouch, bring_in as touches};

/// Maximum number of records of one call.
pub const MAX_RECORDS: usize = 500;

/// The result for one record: what importing it did, or its problems.
pub type MovingInResult = Result<Outcome, Vec<Problem>>;

/// Whether the import is written, or only checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Write,
    /// Everything is rolled back; concurrent writes are seen as with `Write`.
    Check,
    /// Like `Check`, for events that are to be recorded and earn.
    CheckToEarn,
}

/// Runs an attempt in a transaction, and again if another writer was faster.
async fn attempts(
    app: &App,
    writer: &Writer,
    mode: Mode,
    attempt: impl AsyncFn(&Transaction) -> Result<Vec<MovingInResult>, StoreError>,
) -> Result<Vec<MovingInResult>, ServiceError> {
    let attempt = &attempt;
    repeated(|| async move {
        let transaction = app.begin(writer).await?;
        let answers = attempt(&transaction)
            .await
            .map_err(|error| match store::taken_field(&error) {
                Some(_) => StoreError::Raced,
                None => error,
            })?;
        match mode {
            Mode::Write => {
                let new = |answer: &&MovingInResult| matches!(answer, Ok(Outcome::Created | Outcome::Updated));
                transaction.counted(answers.iter().filter(new).count() as u64);
                transaction.commit().await?;
            }
            Mode::Check | Mode::CheckToEarn => transaction.rollback().await?,
        }
        Ok(answers)
    })
    .await
}

/// The result for a record that exists already: unchanged if each field in `said` is the same.
fn unchanged(thing: &str, said: &[(&str, bool)]) -> MovingInResult {
    match said.iter().find(|(_, is_same)| !is_same) {
        None => Ok(Outcome::Unchanged),
        Some((field, _)) => Err(conflict(field, &format!("differs from the existing {thing}"))),
    }
}

/// The problem of a record that exists already with other content.
fn conflict(field: &str, message: &str) -> Vec<Problem> {
    Problems::one(field, ProblemCode::Conflict, message).into_vec()
}
