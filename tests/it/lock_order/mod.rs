//! What is decided by what is in force, and who waits for whom. On PostgreSQL, transactions are held at a known point by
//! a lock of the test's; on SQLite one writes at a time.

mod in_force;
mod month;
mod outbox;
mod runs;
mod zones;

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;
use tributary::app::App;
use tributary::store::Transaction;

use crate::ledger_races::two_gateways;
use crate::support::{Client, TestApp};

/// A mutation: its name, its input and what to read of it.
pub type Mutation<'a> = (&'a str, Value, &'a str);

/// A lock of the test's on a table, behind which its writers wait.
pub struct Held {
    gateway: Arc<App>,
    transaction: Transaction,
}

impl Held {
    /// Lets nothing be written to the table. Every transaction writes its entry of the audit log last, so that those who
    /// wait for the table `audit_entry` have taken their times and have not committed.
    pub async fn table(app: &TestApp, table: &str) -> Self {
        let [gateway, _] = two_gateways(app).await;
        let transaction = gateway.store.begin_unaudited().await.unwrap();
        let lock = format!("LOCK TABLE {table} IN SHARE MODE");
        transaction.execute_raw(sql(lock)).await.unwrap();
        Self { gateway, transaction }
    }

    /// Waits until this many transactions wait for locks.
    pub async fn until_waiting(&self, wanted: i64) {
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let wait = async {
            loop {
                let found = self.gateway.store.reader().query_one_raw(sql(waiting.to_owned()));
                let found: i64 = found.await.unwrap().unwrap().try_get_by_index(0).unwrap();
                if found >= wanted {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        waited.unwrap_or_else(|_| panic!("{wanted} transactions wait"));
    }

    pub async fn release(self) {
        self.transaction.rollback().await.unwrap();
    }
}

fn sql(text: String) -> Statement {
    Statement::from_string(DbBackend::Postgres, text)
}

/// The answers to both, where the second begins a second after the first has taken its time, and before that commits.
pub async fn overlapping(app: &TestApp, staff: &Client, first: Mutation<'_>, second: Mutation<'_>) -> [Value; 2] {
    let held = Held::table(app, "audit_entry").await;
    let first = begun(staff, first);
    held.until_waiting(1).await;
    app.clock.advance(Duration::from_secs(1));
    let second = begun(staff, second);
    held.until_waiting(2).await;
    held.release().await;
    [first.await.expect("no panic"), second.await.expect("no panic")]
}

/// A mutation in a task of its own.
pub fn begun(staff: &Client, (field, input, selection): Mutation<'_>) -> tokio::task::JoinHandle<Value> {
    let (staff, field, selection) = (staff.clone(), field.to_owned(), selection.to_owned());
    tokio::spawn(async move { staff.done(&field, input, &selection).await })
}
