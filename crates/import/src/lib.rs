//! Imports of other products' own JSON, of files with another system's data, and of payment services' reports on
//! payouts. Whatever of a JSON document cannot be mapped is reported, all of it at once, and then nothing is imported;
//! a second import of the same document changes nothing.

pub mod donutwork;
pub mod everflow;
mod file;
pub mod journeybee;
mod json;
pub mod moving_in;
mod references;
pub mod settlements;

pub use file::{LineProblem, LineProblems, MappingFile};

use auth::Denied;
use domain::problem::Problem;
use service::ServiceError;
use store::StoreError;

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("it is not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// A table lacks columns that it must have.
    #[error("{0}")]
    Table(String),
    #[error("{}", lines(.0))]
    Refused(Vec<Problem>),
    #[error(transparent)]
    Denied(Denied),
    #[error(transparent)]
    Store(StoreError),
    /// A part was imported before.
    #[error("{cause}; the {before} imported before this are kept, and importing the file again continues")]
    Stopped { cause: Box<Self>, before: u64 },
}

impl ImportError {
    /// The error of an import that has written so many rows.
    fn after(self, before: u64) -> Self {
        match before {
            0 => self,
            before => Self::Stopped {
                cause: Box::new(self),
                before,
            },
        }
    }
}

impl From<ServiceError> for ImportError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Rejected(problems) => Self::Refused(problems.into_iter().map(in_snake_case).collect()),
            ServiceError::Denied(denied) => Self::Denied(denied),
            ServiceError::Store(error) => Self::Store(error),
            ServiceError::Repeated(_) => unreachable!("imports have no idempotency keys"),
        }
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems
        .iter()
        .map(|problem| format!("  {}", problem.message))
        .collect();
    lines.join("\n")
}

/// Translates the path of a problem: the domain names fields as the API does (`maxMonths`), the documents, and hence
/// their authors, write `max_months`.
fn in_snake_case(problem: Problem) -> Problem {
    let path = problem.path.iter().map(|segment| snake_case(segment)).collect();
    moved(problem, path)
}

/// The problem, moved to the value at `path` of the document.
fn moved(problem: Problem, path: Vec<String>) -> Problem {
    let api_place = problem.path.join(".");
    let message = match problem.message.strip_prefix(&api_place) {
        Some(rest) => format!("{}{rest}", path.join(".")),
        None => problem.message,
    };
    Problem {
        path,
        message,
        ..problem
    }
}

fn snake_case(name: &str) -> String {
    // The documents spell their outermost member like this.
    if name == donutwork::WRAPPER {
        return name.to_owned();
    }
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
