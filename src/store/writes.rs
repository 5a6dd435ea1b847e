//! Inserts that nobody waits for one by one. PostgreSQL takes those of a transaction in one statement, as common table
//! expressions, so that they cost one round trip; it checks references at the statement's end. SQLite, which is no trip
//! away, takes them one after the other, in their order.

use sea_orm::sea_query::{CommonTableExpression, InsertStatement, WithClause};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Iterable, QueryTrait};

use super::{StoreError, Transaction};

/// PostgreSQL binds at most 65,535 values in a statement.
const MOST_VALUES: usize = 60_000;

/// Inserts to be run together. No two of them may write the same row.
#[derive(Default)]
pub struct Writes {
    inserts: Vec<(InsertStatement, usize)>,
    /// Whether one of them appends to the outbox.
    appends: bool,
}

impl Writes {
    /// Those that `add` adds.
    pub fn of(add: impl FnOnce(&mut Self)) -> Self {
        let mut writes = Self::default();
        add(&mut writes);
        writes
    }

    /// Adds an insert of `rows` rows; of none, it is left out.
    pub(super) fn add<E: EntityTrait>(
        &mut self,
        rows: usize,
        insert: impl QueryTrait<QueryStatement = InsertStatement>,
    ) {
        if rows > 0 {
            let values = rows * E::Column::iter().count();
            self.inserts.push((insert.into_query(), values));
        }
    }

    /// Says that one of them appends to the outbox.
    pub(super) fn note_append(&mut self) {
        self.appends = true;
    }

    pub async fn run(self, transaction: &Transaction) -> Result<(), StoreError> {
        let most = match transaction.get_database_backend() {
            DbBackend::Postgres => MOST_VALUES,
            _ => 0,
        };
        let (mut together, mut sum) = (Vec::new(), 0);
        for (insert, values) in self.inserts {
            if sum + values > most {
                run_together(transaction, std::mem::take(&mut together)).await?;
                sum = 0;
            }
            together.push(insert);
            sum += values;
        }
        run_together(transaction, together).await?;
        if self.appends {
            transaction.note_append();
        }
        Ok(())
    }
}

async fn run_together(transaction: &Transaction, mut inserts: Vec<InsertStatement>) -> Result<(), StoreError> {
    let Some(last) = inserts.pop() else {
        return Ok(());
    };
    if inserts.is_empty() {
        transaction.execute(&last).await?;
        return Ok(());
    }
    let mut with = WithClause::new();
    for (number, insert) in inserts.into_iter().enumerate() {
        let mut expression = CommonTableExpression::new();
        with.cte(
            expression
                .query(insert)
                .table_name(format!("insert_{number}"))
                .to_owned(),
        );
    }
    transaction.execute(&last.with(with)).await?;
    Ok(())
}
