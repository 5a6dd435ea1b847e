//! Statements with named values: `{tenant}`, `{subject}`, `{name}` and others.

use sea_orm::{QueryResult, Value};

use crate::{Connection, StoreError, raw};

/// Values by their names.
#[derive(Clone, Default)]
pub(super) struct Values(Vec<(&'static str, Value)>);

impl Values {
    pub fn with(&self, name: &'static str, value: impl Into<Value>) -> Self {
        let mut values = self.0.clone();
        values.push((name, value.into()));
        Self(values)
    }

    /// The statement with numbers in the place of the names that it contains, and the values in that order.
    fn bind(&self, sql: &str) -> (String, Vec<Value>) {
        let (mut sql, mut bound) = (sql.to_owned(), Vec::new());
        for (name, value) in &self.0 {
            let name = format!("{{{name}}}");
            if sql.contains(&name) {
                bound.push(value.clone());
                sql = sql.replace(&name, &format!("${}", bound.len()));
            }
        }
        (sql, bound)
    }

    pub async fn rows(&self, database: &Connection, sql: &str) -> Result<Vec<QueryResult>, StoreError> {
        let (sql, values) = self.bind(sql);
        raw::rows(database, &sql, values).await
    }

    pub async fn execute(&self, database: &Connection, sql: &str) -> Result<u64, StoreError> {
        let (sql, values) = self.bind(sql);
        raw::execute(database, &sql, values).await
    }
}
