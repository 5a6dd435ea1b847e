//! Moving in: what another system knew is brought in, some hundred things in one transaction. Each stands alone: those with
//! problems are answered, the others written. What is there already with the same content changes nothing; with other
//! content it is a CONFLICT, so that a file may be brought in again, whole or from where it was cut off.

mod commissions;
mod customers;
mod events;
mod partners;

use crate::ServiceError;
use crate::app::App;
use crate::imported::Outcome;
use auth::Writer;
pub use commissions::{NewOpening, bring_in as commissions};
pub use customers::{NewCustomer, bring_in as customers};
use domain::problem::{Problem, ProblemCode, Problems};
pub use events::bring_in as events;
pub use partners::{ImportedPartner, bring_in as partners};
use store::{self, StoreError, Transaction};

/// The most things of one call.
pub const MOST: usize = 500;

/// What became of one thing: new or as it was, or what to mend.
pub type MovingInResult = Result<Outcome, Vec<Problem>>;

/// Whether what is found out is also done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Write,
    /// Everything is undone again; what others wrote meanwhile is seen as by a write.
    Check,
    /// The same for events that are to be recorded and earn.
    CheckToEarn,
}

/// How an attempt ended without an answer.
enum ImportAttemptError {
    /// Another writer wrote the same meanwhile: look again.
    Raced,
    Store(StoreError),
}

impl From<StoreError> for ImportAttemptError {
    fn from(error: StoreError) -> Self {
        match store::taken_field(&error) {
            Some(_) => Self::Raced,
            None => Self::Store(error),
        }
    }
}

/// Does it in a transaction, again where another writer was faster.
async fn attempts(
    app: &App,
    writer: &Writer,
    mode: Mode,
    attempt: impl AsyncFn(&Transaction) -> Result<Vec<MovingInResult>, ImportAttemptError>,
) -> Result<Vec<MovingInResult>, ServiceError> {
    const ATTEMPTS: usize = 5;
    let mut tried = 1;
    loop {
        let transaction = app.begin(writer).await?;
        match attempt(&transaction).await {
            Ok(answers) => {
                match mode {
                    Mode::Write => {
                        let new = |answer: &&MovingInResult| matches!(answer, Ok(Outcome::Created | Outcome::Updated));
                        transaction.counted(answers.iter().filter(new).count() as u64);
                        transaction.commit().await?;
                    }
                    Mode::Check | Mode::CheckToEarn => transaction.rollback().await?,
                }
                return Ok(answers);
            }
            Err(ImportAttemptError::Raced) if tried < ATTEMPTS => {}
            Err(ImportAttemptError::Raced) => {
                transaction.rollback().await?;
                let mut problems = Problems::new();
                problems.add("", ProblemCode::Conflict, "is being written by others: try again");
                return Err(problems.into());
            }
            Err(ImportAttemptError::Store(error)) if tried < ATTEMPTS && store::is_passing(&error) => {}
            Err(ImportAttemptError::Store(error)) => return Err(error.into()),
        }
        transaction.rollback().await?;
        tried += 1;
    }
}

/// What is there already stays, if it is what was said: each field, and whether it is the same.
fn unchanged(thing: &str, said: &[(&str, bool)]) -> MovingInResult {
    match said.iter().find(|(_, is_same)| !is_same) {
        None => Ok(Outcome::Unchanged),
        Some((field, _)) => Err(conflict(
            field,
            &format!("is another one of the {thing} that is there already"),
        )),
    }
}

/// Of things that are there already: with other content.
fn conflict(field: &str, message: &str) -> Vec<Problem> {
    let mut problems = Problems::new();
    problems.add(field, ProblemCode::Conflict, message);
    problems.into_vec()
}
