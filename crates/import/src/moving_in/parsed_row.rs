//! Rows as they were parsed, and what became of them.

use super::cells::Cells;
use super::resolve::RowNames;
use crate::ImportError;
use domain::problem::Problem;
use service::ServiceError;
use service::imported::Outcome;
use service::moving_in::MovingInResult;

/// A row that was parsed: the item, or its problems.
pub struct ParsedRow<T> {
    names: RowNames,
    read: Result<T, Vec<Problem>>,
}

impl ParsedRow<()> {
    /// The item's name in the file: its external id, or else the id that the other system gave it.
    pub fn name(cells: &mut Cells<'_>) -> String {
        match cells.text("externalId").or_else(|| cells.text("id")) {
            Some(name) => name,
            None => cells.required("externalId"),
        }
    }

    pub fn done<T>(cells: Cells<'_>, names: RowNames, item: T) -> ParsedRow<T> {
        Self::perhaps(cells, names, Some(item))
    }

    /// `item` is `None` only where a problem was noted.
    pub fn perhaps<T>(cells: Cells<'_>, names: RowNames, item: Option<T>) -> ParsedRow<T> {
        let read = match item {
            Some(item) if cells.problems.is_empty() => Ok(item),
            _ => Err(cells.problems.into_vec()),
        };
        ParsedRow { names, read }
    }
}

/// The outcome of each row of a batch, with the names in the row.
pub struct BatchResults(pub Vec<(RowNames, MovingInResult)>);

impl BatchResults {
    /// Imports the rows that could be read.
    pub async fn run<T>(
        rows: Vec<ParsedRow<T>>,
        bring_in: impl AsyncFnOnce(Vec<T>) -> Result<Vec<MovingInResult>, ServiceError>,
    ) -> Result<Self, ImportError> {
        let (mut items, mut answers) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for row in rows {
            let answer = match row.read {
                Ok(item) => {
                    items.push(item);
                    None
                }
                Err(problems) => Some(Err(problems)),
            };
            answers.push((row.names, answer));
        }
        let done = match items.is_empty() {
            true => Vec::new(),
            false => bring_in(items).await?,
        };
        let mut done = done.into_iter();
        let answers = answers.into_iter().map(|(names, answer)| {
            let answer = answer.or_else(|| done.next());
            (names, answer.unwrap_or(Ok(Outcome::Unchanged)))
        });
        Ok(Self(answers.collect()))
    }
}
