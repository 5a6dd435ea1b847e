//! Inserts that nobody waits for one by one: those of a transaction cost one trip to the database. PostgreSQL takes them
//! in one statement, as common table expressions, and checks references at its end. SQLite, which is as far away as
//! another thread, takes their texts one behind the other, and runs them in their order.

use sea_orm::sea_query::{CommonTableExpression, InsertStatement, OnConflict, WithClause};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, Iterable, QueryTrait, Statement};

use super::{StoreError, Transaction};

/// PostgreSQL binds at most 65,535 values in a statement.
const MOST_VALUES: usize = 60_000;

/// The most rows of an insert on PostgreSQL.
const MOST_ROWS: usize = 1_000;

/// The rows that one insert has on SQLite: few numbers, so that its text is met again and stays prepared.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// Inserts to be run together. No two of their rows may be the same row of a table.
#[derive(Default)]
pub struct Writes {
    tables: Vec<Table>,
    /// Whether one of them appends to the outbox.
    appends: bool,
}

/// Rows of a table, to be cut into inserts; told how many are left, `size` says how many the next one has.
type Table = Box<dyn FnOnce(&dyn Fn(usize) -> usize) -> Vec<Insert> + Send>;

struct Insert {
    statement: InsertStatement,
    rows: usize,
    values: usize,
}

impl Writes {
    /// Those that `add` adds.
    pub fn of(add: impl FnOnce(&mut Self)) -> Self {
        let mut writes = Self::default();
        add(&mut writes);
        writes
    }

    /// Adds rows, which refer only to each other and to what is added or written before.
    pub(super) fn add<A: ActiveModelTrait + Send + 'static>(
        &mut self,
        rows: impl IntoIterator<Item = A>,
        conflict: Option<&OnConflict>,
    ) {
        let (rows, conflict): (Vec<_>, _) = (rows.into_iter().collect(), conflict.cloned());
        let columns = <A::Entity as EntityTrait>::Column::iter().count();
        self.tables.push(Box::new(move |size| {
            let (mut rows, mut inserts) = (rows.into_iter(), Vec::new());
            while rows.len() > 0 {
                let size = size(rows.len());
                let mut insert = A::Entity::insert_many(rows.by_ref().take(size));
                if let Some(conflict) = &conflict {
                    insert = insert.on_conflict(conflict.clone());
                }
                inserts.push(Insert {
                    statement: insert.into_query(),
                    rows: size,
                    values: size * columns,
                });
            }
            inserts
        }));
    }

    /// Says that one of them appends to the outbox.
    pub(super) fn note_append(&mut self) {
        self.appends = true;
    }

    /// These, and those behind them.
    pub fn then(mut self, later: Self) -> Self {
        self.tables.extend(later.tables);
        self.appends |= later.appends;
        self
    }

    pub async fn run(self, transaction: &Transaction) -> Result<(), StoreError> {
        match transaction.get_database_backend() {
            DbBackend::Postgres => run_at_once(transaction, cut(self.tables, |left| left.min(MOST_ROWS))).await?,
            _ => {
                let size = |left| SIZES.into_iter().find(|size| *size <= left).unwrap_or(1);
                run_in_a_row(transaction, &cut(self.tables, size)).await?;
            }
        }
        if self.appends {
            transaction.note_append();
        }
        Ok(())
    }
}

fn cut(tables: Vec<Table>, size: impl Fn(usize) -> usize) -> Vec<Insert> {
    tables.into_iter().flat_map(|table| table(&size)).collect()
}

/// PostgreSQL: as many as one statement can bind.
async fn run_at_once(transaction: &Transaction, inserts: Vec<Insert>) -> Result<(), StoreError> {
    let (mut with, mut number, mut sum) = (WithClause::new(), 0, 0);
    let mut inserts = inserts.into_iter().peekable();
    while let Some(Insert { statement, values, .. }) = inserts.next() {
        sum += values;
        if inserts.peek().is_some_and(|next| sum + next.values <= MOST_VALUES) {
            let mut expression = CommonTableExpression::new();
            expression.query(statement).table_name(format!("insert_{number}"));
            with.cte(expression);
            number += 1;
        } else if number == 0 {
            transaction.execute(&statement).await?;
            sum = 0;
        } else {
            let with = std::mem::replace(&mut with, WithClause::new());
            transaction.execute(&statement.with(with)).await?;
            (number, sum) = (0, 0);
        }
    }
    Ok(())
}

/// SQLite: neighbours of one row each in one text, whose number is small; any other alone, as one of few texts.
async fn run_in_a_row(transaction: &Transaction, inserts: &[Insert]) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    for neighbours in inserts.chunk_by(|one, next| one.rows == 1 && next.rows == 1) {
        let (mut texts, mut values) = (Vec::new(), Vec::new());
        for insert in neighbours {
            let statement = backend.build(&insert.statement);
            texts.push(statement.sql);
            values.extend(statement.values.into_iter().flat_map(|values| values.0));
        }
        let statement = Statement::from_sql_and_values(backend, texts.join("; "), values);
        transaction.execute_raw(statement).await?;
    }
    Ok(())
}
