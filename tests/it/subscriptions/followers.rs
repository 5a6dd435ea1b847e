//! Following the outbox, whatever order transactions commit in.

use sea_orm::{ConnectionTrait, Statement};
use tributary::domain::id::CommissionId;
use tributary::store::Transaction;

use super::{replica, until_listening};
use crate::ledger::Shop;
use crate::support::{TestApp, both_databases};

/// Appends a change of the row to the outbox, as a change of the ledger does: it has written something before.
async fn append(transaction: &Transaction, row: &str) {
    let id: CommissionId = row.parse().unwrap();
    let run = async |sql: &str| {
        let statement = Statement::from_sql_and_values(transaction.get_database_backend(), sql, [id.uuid().into()]);
        transaction.execute_raw(statement).await.expect("sound SQL");
    };
    run("UPDATE commission SET recipient = recipient WHERE id = $1").await;
    run("INSERT INTO outbox (tenant_id, commission_id, status, at) SELECT tenant_id, id, status, accrued_at FROM commission WHERE id = $1").await;
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

async fn heard(listener: &mut tributary::store::outbox::Listener) -> Vec<String> {
    let batch = listener.next().await.expect("it keeps up");
    batch.iter().map(|change| change.commission.to_string()).collect()
}

both_databases! {
    async fn nobody_reads_where_nobody_listens(app: TestApp) {
        let rows = rows(&app).await;
        let reads = |app: &TestApp| app.statements().iter().filter(|sql| sql.contains("FROM outbox")).count();
        app.reset_statements();
        let shop = Shop { app: &app, tenant: tributary::store::tenant::find_by_name(app.store().reader(), "acme").await.unwrap().unwrap() };
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
        let mut third = app.app.changes.listen().await.unwrap();
        shop.reverse(&[&rows[0]]).await;
        assert_eq!(heard(&mut third).await, [rows[0].clone()]);
    }

    async fn what_wakes_nobody_is_found_all_the_same(app: TestApp) {
        let rows = rows(&app).await;
        let mut listener = app.app.changes.listen().await.unwrap();
        // As bulk writes do, or a program that is killed before it can tell.
        let transaction = app.store().begin().await.unwrap();
        append(&transaction, &rows[0]).await;
        transaction.commit().await.unwrap();
        assert_eq!(heard(&mut listener).await, [rows[0].clone()]);
    }
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
    let earliest = app.store().begin().await.unwrap();
    append(&earliest, &rows[0]).await;
    let between = app.store().begin().await.unwrap();
    append(&between, &rows[1]).await;
    between.commit().await.unwrap();
    let mut listener = other.changes.listen().await.unwrap();
    earliest.commit().await.unwrap();
    assert_eq!(heard(&mut listener).await, [rows[0].clone()]);

    let first = app.store().begin().await.unwrap();
    append(&first, &rows[0]).await;
    let undone = app.store().begin().await.unwrap();
    append(&undone, &rows[1]).await;
    let last = app.store().begin().await.unwrap();
    append(&last, &rows[2]).await;
    last.commit().await.unwrap();
    assert_eq!(heard(&mut listener).await, [rows[2].clone()]);
    undone.rollback().await.unwrap();
    first.commit().await.unwrap();
    assert_eq!(heard(&mut listener).await, [rows[0].clone()]);
    let after = app.store().begin().await.unwrap();
    append(&after, &rows[1]).await;
    after.commit().await.unwrap();
    // Not the others once more.
    assert_eq!(heard(&mut listener).await, [rows[1].clone()]);
}
