//! A database that was restored from a dump, on the same server or on another one.

use std::collections::BTreeSet;

use super::{Receiver, Seller, approve, endpoint, local, work};
use crate::support::TestApp;

/// What a dump and its restoring do to what is stored of transactions: every row is written anew, and numbers are those of
/// a server that is this far ahead.
async fn restored(app: &TestApp, ahead: i64) {
    app.execute(&format!(
        "UPDATE outbox SET transaction_number = transaction_number + {ahead}"
    ))
    .await;
    let ahead = |column: &str| {
        let part = |number: u8| {
            format!("(split_part({column}::json -> 'Between' ->> 'seen', ':', {number})::bigint + {ahead})")
        };
        format!(
            "jsonb_build_object('Between', jsonb_build_object('seen', {} || ':' || {} || ':', 'until', NULL, 'after', 0))::text",
            part(2),
            part(2)
        )
    };
    app.execute(&format!(
        "UPDATE outbox_mark SET position = {} WHERE name = 'webhooks'",
        ahead("position")
    ))
    .await;
    app.execute(&format!(
        "UPDATE webhook_endpoint SET listens_since = {}",
        ahead("listens_since")
    ))
    .await;
    app.execute("UPDATE outbox_mark SET position = 'another' WHERE name = 'server'")
        .await;
}

#[tokio::test]
async fn what_was_not_told_before_a_dump_is_told_after_it_is_restored() {
    for ahead in [0, 1_000_000] {
        let Some(app) = TestApp::on_postgres().await else {
            return;
        };
        let app = app.with_webhooks(local());
        let (staff, receiver) = (app.admin().await, Receiver::start().await);
        endpoint(&staff, &receiver.url(), &["COMMISSION_ACCRUED", "COMMISSION_APPROVED"]).await;
        let seller = Seller::new(&staff, "ann").await;
        let row = seller.earns(&staff, "1").await;
        work(&app.app).await;
        assert_eq!(receiver.kinds(), ["commission.accrued"]);
        receiver.take();
        // The dump is made before anybody is told of this.
        approve(&staff, &row).await;
        restored(&app, ahead).await;
        let later = seller.earns(&staff, "2").await;
        work(&app.app).await;
        let told = receiver.take();
        let told: BTreeSet<_> = told
            .iter()
            .map(|message| message.body["data"]["commissionId"].as_str().unwrap())
            .collect();
        assert_eq!(told, BTreeSet::from([row.as_str(), &later]), "{ahead} ahead");
        approve(&staff, &seller.earns(&staff, "3").await).await;
        work(&app.app).await;
        assert_eq!(
            receiver.kinds(),
            ["commission.accrued", "commission.approved"],
            "{ahead} ahead"
        );
    }
}
