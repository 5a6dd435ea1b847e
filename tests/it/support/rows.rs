//! What the database holds, past the program: to see that nothing changed, and to change what the program would not.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Database, Statement};

use super::TestApp;

/// Runs a statement on a connection of its own to the database with this URL.
pub async fn execute(url: &str, sql: &str) {
    let database = Database::connect(url).await.expect("a second connection");
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let executed = database.execute_raw(statement).await;
    executed.unwrap_or_else(|error| panic!("{sql}: {error}"));
    database.close().await.expect("it closes");
}

impl TestApp {
    /// Every row of every table as text, sorted.
    pub async fn rows(&self) -> BTreeMap<String, Vec<String>> {
        self.rows_without(&[]).await
    }

    /// The same without these columns.
    pub async fn rows_without(&self, left_out: &[&str]) -> BTreeMap<String, Vec<String>> {
        let tables = match self.is_postgres() {
            true => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
            false => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        };
        let mut rows = BTreeMap::new();
        for table in self.texts(tables).await {
            let select = match self.is_postgres() {
                true if left_out.is_empty() => format!("SELECT row_to_json(t)::text FROM {table} AS t ORDER BY 1"),
                true => {
                    let left_out = left_out.join(",");
                    format!("SELECT (to_jsonb(t) - '{{{left_out}}}'::text[])::text FROM {table} AS t ORDER BY 1")
                }
                false => {
                    let columns = self
                        .texts(&format!("SELECT name FROM pragma_table_info('{table}')"))
                        .await;
                    let columns = columns.iter().filter(|column| !left_out.contains(&column.as_str()));
                    let quoted: Vec<_> = columns.map(|column| format!("quote({column})")).collect();
                    format!("SELECT {} FROM {table} ORDER BY 1", quoted.join(" || ', ' || "))
                }
            };
            rows.insert(table, self.texts(&select).await);
        }
        assert!(rows.contains_key("partner"), "{rows:?}");
        rows
    }

    /// The same without the audit log, which is told of imports and exports that change nothing else.
    pub async fn rows_but_log(&self) -> BTreeMap<String, Vec<String>> {
        let mut rows = self.rows().await;
        rows.retain(|table, _| !table.starts_with("audit_"));
        rows
    }

    /// Runs a statement on a connection of its own, past the program.
    pub async fn execute(&self, sql: &str) {
        execute(&self.database_url(), sql).await;
    }

    /// The first column of each row.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let reader = self.store().reader();
        let statement = Statement::from_string(reader.get_database_backend(), sql);
        let rows = reader
            .query_all_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        rows.iter()
            .map(|row| row.try_get_by_index(0).expect("a text"))
            .collect()
    }
}
