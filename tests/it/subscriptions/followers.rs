//! Following the outbox, whatever order transactions commit in.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tributary::domain::id::CommissionId;
use tributary::store::outbox::Listener;
use tributary::store::{Store, Transaction};

use super::{replica, until_listening};
use crate::ledger::Shop;
use crate::support::{TestApp, both_databases};

async fn run(transaction: &Transaction, sql: &str, row: &str) {
    let id: CommissionId = row.parse().unwrap();
    let statement = Statement::from_sql_and_values(transaction.get_database_backend(), sql, [id.uuid().into()]);
    transaction.execute_raw(statement).await.expect("sound SQL");
}

/// Writes something of the row, whereby the transaction takes its number.
async fn touch(transaction: &Transaction, row: &str) {
    run(
        transaction,
        "UPDATE commission SET recipient = recipient WHERE id = $1",
        row,
    )
    .await;
}

/// Appends a change of the row to the outbox, as a change of the ledger does: it has written something before.
async fn append(transaction: &Transaction, row: &str) {
    touch(transaction, row).await;
    run(transaction, "INSERT INTO outbox (tenant_id, object_id, type, at) SELECT tenant_id, id, 'COMMISSION_' || status, accrued_at FROM commission WHERE id = $1", row).await;
}

/// Three rows, which no two transactions below touch both.
async fn rows(app: &TestApp) -> [String; 3] {
    let shop = Shop::new(app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    [
        shop.sale("1", &ann, &campaign, "1").await,
        shop.sale("2", &ann, &campaign, "1").await,
        shop.sale("3", &ann, &campaign, "1").await,
    ]
}

async fn heard(listener: &mut Listener) -> Vec<String> {
    let batch = listener.next().await.expect("it keeps up");
    batch
        .changes
        .iter()
        .map(|change| change.commission.to_string())
        .collect()
}

#[apply(both_databases)]
async fn nobody_reads_where_nobody_listens(app: TestApp) {
    let rows = rows(&app).await;
    let reads = |app: &TestApp| {
        app.statements()
            .iter()
            .filter(|sql| sql.contains("FROM outbox"))
            .count()
    };
    app.reset_statements();
    let shop = Shop {
        app: &app,
        tenant: tributary::store::tenant::find_by_name(app.store().reader(), "acme")
            .await
            .unwrap()
            .unwrap(),
    };
    shop.approve(&[&rows[0]]).await;
    assert_eq!(reads(&app), 0);
    let mut listener = app.app.changes.listen().await.unwrap();
    shop.approve(&[&rows[1]]).await;
    // What happened before is past.
    assert_eq!(heard(&mut listener).await, [rows[1].clone()]);
    assert!(reads(&app) > 0);
    let mut second = app.app.changes.listen().await.unwrap();
    drop(listener);
    shop.approve(&[&rows[2]]).await;
    assert_eq!(heard(&mut second).await, [rows[2].clone()]);
    drop(second);
    until_listening(&app.app, 0).await;
    // And it begins anew.
    while app.app.changes.lag().is_some() {
        tokio::task::yield_now().await;
    }
    let mut third = app.app.changes.listen().await.unwrap();
    shop.reverse(&[&rows[0]]).await;
    assert_eq!(heard(&mut third).await, [rows[0].clone()]);
    assert!(app.app.changes.lag().is_some());
}

#[apply(both_databases)]
async fn what_wakes_nobody_is_found_all_the_same(app: TestApp) {
    let rows = rows(&app).await;
    let mut listener = app.app.changes.listen().await.unwrap();
    // As bulk writes do, or a program that is killed before it can tell.
    let transaction = app.store().begin_unaudited().await.unwrap();
    append(&transaction, &rows[0]).await;
    transaction.commit().await.unwrap();
    assert_eq!(heard(&mut listener).await, [rows[0].clone()]);
}

/// SQLite has one writer at a time.
#[tokio::test]
async fn transactions_that_commit_in_another_order_are_each_heard_of_once() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let rows = rows(&app).await;
    let other = replica(&app).await;
    // One has its ids before anybody listens.
    let earliest = app.store().begin_unaudited().await.unwrap();
    append(&earliest, &rows[0]).await;
    let between = app.store().begin_unaudited().await.unwrap();
    append(&between, &rows[1]).await;
    between.commit().await.unwrap();
    let mut listener = other.changes.listen().await.unwrap();
    earliest.commit().await.unwrap();
    assert_eq!(heard(&mut listener).await, [rows[0].clone()]);

    let first = app.store().begin_unaudited().await.unwrap();
    append(&first, &rows[0]).await;
    let undone = app.store().begin_unaudited().await.unwrap();
    append(&undone, &rows[1]).await;
    let last = app.store().begin_unaudited().await.unwrap();
    append(&last, &rows[2]).await;
    last.commit().await.unwrap();
    assert_eq!(heard(&mut listener).await, [rows[2].clone()]);
    undone.rollback().await.unwrap();
    first.commit().await.unwrap();
    assert_eq!(heard(&mut listener).await, [rows[0].clone()]);
    let after = app.store().begin_unaudited().await.unwrap();
    append(&after, &rows[1]).await;
    after.commit().await.unwrap();
    // Not the others once more.
    assert_eq!(heard(&mut listener).await, [rows[1].clone()]);
}

/// The first of two to take a number commits first, and what it wrote is read while the other is under way: its id is
/// above the other's, and its number below.
#[tokio::test]
async fn a_transaction_with_a_later_number_and_an_earlier_id_is_heard() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let rows = rows(&app).await;
    let other = replica(&app).await;
    let mut listener = other.changes.listen().await.unwrap();
    for _ in 0..20 {
        let early = app.store().begin_unaudited().await.unwrap();
        touch(&early, &rows[0]).await;
        let late = app.store().begin_unaudited().await.unwrap();
        append(&late, &rows[1]).await;
        append(&early, &rows[0]).await;
        early.commit().await.unwrap();
        assert_eq!(heard(&mut listener).await, [rows[0].clone()]);
        late.commit().await.unwrap();
        assert_eq!(heard(&mut listener).await, [rows[1].clone()]);
    }
}

/// What a dump of another server brought names transactions that this server has yet to begin.
#[tokio::test]
async fn what_was_restored_is_no_change() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let rows = rows(&app).await;
    let mut listener = app.app.changes.listen().await.unwrap();
    for ahead in [-1, 0, 1, 2, 3, 1_000_000] {
        let transaction = app.store().begin_unaudited().await.unwrap();
        let restore = format!("INSERT INTO outbox (tenant_id, object_id, type, at, transaction_number)
            SELECT tenant_id, id, 'COMMISSION_' || status, accrued_at, pg_current_xact_id()::text::bigint + {ahead} FROM commission WHERE id = $1");
        run(&transaction, &restore, &rows[0]).await;
        transaction.commit().await.unwrap();
    }
    // The one whose number is right, and what was written afterwards.
    assert_eq!(heard(&mut listener).await, [rows[0].clone()]);
    for _ in 0..3 {
        let transaction = app.store().begin_unaudited().await.unwrap();
        append(&transaction, &rows[1]).await;
        transaction.commit().await.unwrap();
        assert_eq!(heard(&mut listener).await, [rows[1].clone()]);
    }
}

/// How many commits the test below makes.
const COMMITS: usize = 4_000;
const WRITERS: usize = 16;

/// Adds copies of a row, so that each commit has one of its own.
async fn copies(app: &TestApp, row: &str) -> Vec<String> {
    let id: CommissionId = row.parse().unwrap();
    let sql = format!(
        "INSERT INTO commission SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid()))).*
         FROM commission c, generate_series(1, {COMMITS}) WHERE c.id = $1 RETURNING id"
    );
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [id.uuid().into()]);
    let made = app.store().reader().query_all_raw(statement).await.expect("sound SQL");
    let ids = made
        .iter()
        .map(|row| CommissionId::from_uuid(row.try_get("", "id").unwrap()).to_string());
    ids.collect()
}

/// Commits a change of one row after the other, with others between all of its steps.
async fn write(store: Store, rows: Arc<Vec<String>>, next: Arc<AtomicUsize>) {
    while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
        let transaction = store.begin_unaudited().await.unwrap();
        touch(&transaction, row).await;
        append(&transaction, row).await;
        match fastrand::u8(..) {
            // Whoever tries again takes another id.
            0..16 => {
                transaction.rollback().await.unwrap();
                let again = store.begin_unaudited().await.unwrap();
                append(&again, row).await;
                again.commit().await.unwrap();
            }
            _ => transaction.commit().await.unwrap(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_writers_commit_is_heard_once_by_everybody() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let [row, ..] = rows(&app).await;
    let rows = Arc::new(copies(&app, &row).await);
    let other = replica(&app).await;
    let mut listeners = [
        app.app.changes.listen().await.unwrap(),
        other.changes.listen().await.unwrap(),
    ];
    let next = Arc::new(AtomicUsize::new(0));
    let stores = [app.store(), &other.store];
    let writers =
        (0..WRITERS).map(|number| tokio::spawn(write(stores[number % 2].clone(), rows.clone(), next.clone())));
    let writers: Vec<_> = writers.collect();
    let hear = async |listener: &mut Listener| {
        let (mut told, mut count) = (HashMap::new(), 0);
        while count < COMMITS {
            let batch = listener.next().await.expect("it keeps up");
            count += batch.changes.len();
            for change in &batch.changes {
                *told.entry(change.commission.to_string()).or_insert(0) += 1;
            }
        }
        let wrong: Vec<_> = rows.iter().filter(|row| told.get(*row) != Some(&1)).collect();
        assert_eq!((told.len(), wrong), (COMMITS, vec![]));
    };
    let [first, second] = &mut listeners;
    let hearing = async { tokio::join!(hear(first), hear(second)) };
    let timeout = std::time::Duration::from_secs(600);
    tokio::time::timeout(timeout, hearing).await.expect("all are heard");
    for writer in writers {
        writer.await.unwrap();
    }
}
