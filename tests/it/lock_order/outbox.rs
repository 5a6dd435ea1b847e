//! The outbox is read in the order in which transactions waited for each other.

use sea_orm::ConnectionTrait;
use tributary::store::Transaction;
use tributary::store::outbox::OutboxPosition;

use super::sql;
use crate::ledger::Shop;
use crate::support::TestApp;

/// More than two pages.
const OTHERS: usize = 1_100;

/// Appends that something happened to this many objects, or to one that is given.
async fn append(transaction: &Transaction, tenant: &str, object: &str, count: usize) {
    let insert = format!(
        "INSERT INTO outbox (tenant_id, at, type, object_id)
         SELECT '{tenant}', now(), 'PARTNER_ACTIVATED', {object} FROM generate_series(1, {count})"
    );
    transaction.execute_raw(sql(insert)).await.expect("sound SQL");
}

#[tokio::test]
async fn what_happens_to_an_object_is_in_order_however_many_pages_there_are() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    let tenant = shop.tenant.id.uuid().to_string();
    let mut position = OutboxPosition::at_end(app.store().reader()).await.unwrap();
    // The first to take a number waits for a lock of the second.
    let waits = app.store().begin_unaudited().await.unwrap();
    waits
        .execute_raw(sql("SELECT pg_current_xact_id()".to_owned()))
        .await
        .unwrap();
    let object = "'00000000-0000-7000-8000-000000000001'";
    let goes_ahead = app.store().begin_unaudited().await.unwrap();
    append(&goes_ahead, &tenant, object, 1).await;
    goes_ahead.commit().await.unwrap();
    append(&waits, &tenant, object, 1).await;
    append(&waits, &tenant, "gen_random_uuid()", OTHERS).await;
    // What is still under way belongs to a later stretch, whatever its ids.
    let late = app.store().begin_unaudited().await.unwrap();
    append(&late, &tenant, object, 1).await;
    waits.commit().await.unwrap();
    let (mut read, mut pages) = (Vec::new(), 0);
    loop {
        let page = position.entries(app.store().reader()).await.unwrap();
        read.extend(page.rows.iter().map(|row| row.id));
        pages += 1;
        // It begins in the middle of a stretch where it was stopped there.
        position = OutboxPosition::parse(&position.text()).expect("a position");
        if page.is_whole {
            break;
        }
    }
    assert_eq!((read.len(), pages), (OTHERS + 2, 3));
    assert!(read.is_sorted(), "{read:?}");
    assert_eq!(position.next_at(app.store().reader()).await.unwrap(), None);
    late.commit().await.unwrap();
    assert!(position.next_at(app.store().reader()).await.unwrap().is_some());
    let page = position.entries(app.store().reader()).await.unwrap();
    assert_eq!(page.rows.len(), 1);
}
