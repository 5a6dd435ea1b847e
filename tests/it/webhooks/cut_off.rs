//! Work that is cut off anywhere: nothing is lost, and the order of an object stands.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{How, Message, Receiver, Seller, approve, deliveries, endpoint, local, moved, work};
use crate::support::both_databases;

/// What was told of which commission; of each in the order of what happened, but for repetitions.
pub fn in_order(messages: &[Message]) -> BTreeSet<(String, String)> {
    let mut last: BTreeMap<&str, i64> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for message in messages {
        let data = &message.body["data"];
        let (row, sequence) = (
            data["commissionId"].as_str().unwrap(),
            data["sequence"].as_i64().unwrap(),
        );
        let before = last.insert(row, sequence);
        assert!(before.is_none_or(|before| before <= sequence), "{message:?}");
        told.insert((row.to_owned(), message.kind().to_owned()));
    }
    told
}

#[apply(both_databases)]
async fn what_is_cut_off_goes_on_elsewhere_in_order(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (app.admin().await, Receiver::start().await);
    endpoint(&staff, &receiver.url(), &["COMMISSION_ACCRUED", "COMMISSION_APPROVED"]).await;
    let seller = Seller::new(&staff, "ann").await;
    let (mut messages, mut rows) = (Vec::new(), Vec::new());
    for round in 0..20 {
        for _ in 0..3 {
            rows.push(seller.earns(&staff, "1").await);
        }
        approve(&staff, &rows[rows.len() - 1 - fastrand::usize(..3)]).await;
        let replica = app.replica().await;
        let enough = fastrand::usize(..6);
        if round % 3 == 0 {
            receiver.answer([How::Status(500), How::Reset]);
        }
        let working = tokio::spawn(async move { work(&replica).await });
        while !working.is_finished() && receiver.count() < enough {
            tokio::task::yield_now().await;
        }
        working.abort();
        let _ = working.await;
        messages.extend(receiver.take());
        // Its lease is over, and what failed is due.
        app.clock.advance(Duration::from_secs(20));
    }
    for _ in 0..3 {
        moved(&app, Duration::from_secs(600)).await;
    }
    messages.extend(receiver.take());
    let told = in_order(&messages);
    let accrued = told.iter().filter(|(_, kind)| kind == "commission.accrued").count();
    assert_eq!((accrued, told.len()), (60, 80));
    assert!(deliveries(&staff).await.iter().all(|one| one["status"] == "DELIVERED"));
}
