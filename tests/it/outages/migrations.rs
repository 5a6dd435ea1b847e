//! Several processes that bring one database up to date.

use std::time::Duration;

use migration::async_trait::async_trait;
use migration::{MigrationName, MigrationTrait, Migrator, MigratorTrait, SchemaManager};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio::task::JoinHandle;
use tributary::service::ledger::verify::verify;
use tributary::store::{self, StoreError};

use super::{LONG, connect, number, sql};
use crate::ledger::Shop;
use crate::support::{TestApp, both_databases};

/// A later release, which has one more migration.
struct LaterRelease;

impl MigratorTrait for LaterRelease {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = Migrator::migrations();
        migrations.push(Box::new(MadeUp));
        migrations
    }
}

/// Comes to events first and to commission rules last.
struct MadeUp;

impl MigrationName for MadeUp {
    fn name(&self) -> &str {
        "m9001_made_up"
    }
}

#[async_trait]
impl MigrationTrait for MadeUp {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for table in ["event", "commission_rule"] {
            let change = format!("ALTER TABLE {table} ADD COLUMN made_up text NOT NULL DEFAULT 'old'");
            let change = Statement::from_string(connection.get_database_backend(), change);
            connection.execute_raw(change).await?;
        }
        Ok(())
    }
}

/// During an upgrade, replicas that know nothing of the change go on writing.
#[apply(both_databases)]
async fn an_older_replica_writes_on_after_a_migration(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    shop.sale("1", &ann, &campaign, "10").await;
    let later = connect(&app.database_url(), 2, LONG).await;
    assert_eq!(store::migrate_by::<LaterRelease>(&later).await.unwrap(), 1);
    shop.sale("2", &ann, &campaign, "10").await;
    shop.refund("3", "2", None).await;
    assert_eq!(app.texts("SELECT made_up FROM event").await, ["old"; 3]);
    assert_eq!(verify(&app.app, &shop.tenant).await.unwrap(), []);
    assert_eq!(store::migrate_by::<LaterRelease>(&later).await.unwrap(), 0);
}

/// Waits until the database says so much, while a migration waits.
async fn until<T>(app: &TestApp, migrating: &JoinHandle<T>, says: &str, least: i32) {
    let said = async {
        while number(app.store().reader(), says).await.unwrap() < least {
            assert!(!migrating.is_finished(), "it waits");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(LONG, said).await.expect("it waits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_another_ones_migration_may_wait_longer_than_statements_may_take() {
    const STATEMENT: Duration = Duration::from_millis(100);
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let other = app.store().begin_unaudited().await.unwrap();
    let lock = "SELECT pg_advisory_xact_lock(7723180421)";
    other.execute_raw(sql(lock)).await.unwrap();
    let gateway = connect(&app.database_url(), 2, STATEMENT).await;
    let migrating = tokio::spawn(async move { store::migrate(&gateway).await });
    let waited = "SELECT COALESCE(MAX(EXTRACT(EPOCH FROM clock_timestamp() - query_start) * 1000), 0)::int
                  FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'";
    until(&app, &migrating, waited, 500).await;
    other.rollback().await.unwrap();
    assert_eq!(migrating.await.unwrap().expect("it goes on"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_writing_ends_before_a_migration_begins() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let gateway = connect(&app.database_url(), 2, LONG).await;
    let writer = app.store().begin_unaudited().await.unwrap();
    // The migration comes to this table last, and to the other one first.
    let last = "UPDATE commission_rule SET tenant_id = tenant_id WHERE false";
    writer.execute_raw(sql(last)).await.unwrap();
    let migrating = tokio::spawn(async move { store::migrate_by::<LaterRelease>(&gateway).await });
    let waiting = "SELECT count(*)::int FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'relation'";
    until(&app, &migrating, waiting, 1).await;
    let first = writer.execute_raw(sql("UPDATE event SET tenant_id = tenant_id WHERE false"));
    let first = tokio::time::timeout(LONG, first).await.expect("it comes to its end");
    first.expect("it is not broken off");
    writer.commit().await.unwrap();
    assert_eq!(migrating.await.unwrap().expect("it goes on"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_know_other_tables_are_given_up() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let gateway = connect(&app.database_url(), 1, LONG).await;
    let names = || gateway.reader().query_all_raw(sql("SELECT name FROM campaign"));
    names().await.expect("it is prepared");
    let change = "ALTER TABLE campaign ALTER COLUMN name TYPE text COLLATE \"POSIX\"";
    app.store().reader().execute_raw(sql(change)).await.unwrap();
    let error = names().await.expect_err("it was prepared for another type");
    assert!(StoreError::from(error).is_unavailable(), "who asked may come again");
    names().await.expect("another connection asks");
}
