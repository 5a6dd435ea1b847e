//! Inserts that nobody waits for one by one: those of a transaction cost one trip to the database. PostgreSQL takes them
//! in one statement, as common table expressions, and checks references at its end. SQLite, which is as far away as
//! another thread, takes their texts one behind the other, and runs them in their order.

use sea_orm::sea_query::{CommonTableExpression, InsertStatement, WithClause};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Iterable, QueryTrait, Statement};

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
        let (mut together, mut sum) = (Vec::new(), 0);
        for (insert, values) in self.inserts {
            if sum + values > MOST_VALUES {
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
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Sqlite {
        inserts.push(last);
        transaction.execute_raw(in_a_row(backend, &inserts)).await?;
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

/// One text of many statements, each with its values where the one before ends.
fn in_a_row(backend: DbBackend, inserts: &[InsertStatement]) -> Statement {
    let (mut texts, mut values) = (Vec::new(), Vec::new());
    for insert in inserts {
        let statement = backend.build(insert);
        texts.push(statement.sql);
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
    }
    Statement::from_sql_and_values(backend, texts.join("; "), values)
}
