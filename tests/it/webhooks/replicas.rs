//! Several programs on one database: each thing is told once, whoever does it.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::join_all;
use tributary::service::webhook::fan_out::fan_out;
use tributary::service::webhook::send::{DeliveryWorker, due};

use super::{Receiver, Seller, approve, deliveries, endpoint, local, send_due, work};
use crate::support::both_databases;

#[apply(both_databases)]
async fn replicas_tell_everything_once(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, one, other) = (app.admin().await, Receiver::start().await, Receiver::start().await);
    endpoint(&staff, &one.url(), &[]).await;
    endpoint(&staff, &other.url(), &["COMMISSION_ACCRUED", "COMMISSION_APPROVED"]).await;
    // On SQLite it is the same file with another writing connection.
    let second = app.replica().await;
    let seller = Seller::new(&staff, "ann").await;
    for number in 1..=12 {
        let row = seller.earns(&staff, &number.to_string()).await;
        approve(&staff, &row).await;
        if number % 4 == 0 {
            let _ = tokio::join!(fan_out(&app.app), fan_out(&second));
            let _ = tokio::join!(send_due(&app.app), send_due(&second));
        }
    }
    tokio::join!(work(&app.app), work(&second));
    work(&app.app).await;
    for (receiver, expected) in [(one, 25), (other, 24)] {
        let messages = receiver.take();
        let ids: BTreeSet<_> = messages
            .iter()
            .map(|message| message.headers["webhook-id"].clone())
            .collect();
        assert_eq!((messages.len(), ids.len()), (expected, expected));
    }
    assert!(
        deliveries(&staff)
            .await
            .iter()
            .all(|one| one["attempts"].as_array().unwrap().len() == 1)
    );
}

/// It may look again before the worker that it found something for has begun.
#[apply(both_databases)]
async fn a_replica_has_one_worker_for_an_endpoint(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (app.admin().await, Receiver::start().await);
    endpoint(&staff, &receiver.url(), &[]).await;
    let seller = Seller::new(&staff, "ann").await;
    for _ in 0..12 {
        let row = seller.earns(&staff, "1").await;
        approve(&staff, &row).await;
    }
    fan_out(&app.app).await.unwrap();
    let mut workers = Vec::new();
    for _ in 0..3 {
        workers.extend(due(&app.app, &Arc::default()).await.unwrap());
    }
    assert_eq!(workers.len(), 3);
    let sent = join_all(workers.into_iter().map(DeliveryWorker::run)).await;
    let mut sent: Vec<_> = sent.into_iter().map(Result::unwrap).collect();
    sent.sort_unstable();
    assert_eq!(sent, [0, 0, 25]);
    let messages = receiver.take();
    let ids: BTreeSet<_> = messages.iter().map(|message| &message.headers["webhook-id"]).collect();
    assert_eq!((messages.len(), ids.len()), (25, 25));
}

/// A transaction that began before the endpoint was made, or that ends late, is told like any other.
#[apply(both_databases)]
async fn what_is_committed_late_is_told(app: TestApp) {
    let app = app.with_webhooks(local());
    if !app.is_postgres() {
        return;
    }
    let (staff, receiver) = (app.admin().await, Receiver::start().await);
    let seller = Seller::new(&staff, "ann").await;
    let late = app.store().begin_unaudited().await.unwrap();
    let row = "INSERT INTO outbox (tenant_id, type, object_id, at)
                   SELECT tenant_id, 'PARTNER_SUSPENDED', id, created_at FROM partner";
    let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, row);
    sea_orm::ConnectionTrait::execute_raw(&*late, statement).await.unwrap();
    endpoint(&staff, &receiver.url(), &["PARTNER_SUSPENDED", "COMMISSION_ACCRUED"]).await;
    seller.earns(&staff, "1").await;
    work(&app.app).await;
    assert_eq!(receiver.kinds(), ["commission.accrued"]);
    late.commit().await.unwrap();
    work(&app.app).await;
    assert_eq!(receiver.kinds(), ["partner.suspended"]);
}
