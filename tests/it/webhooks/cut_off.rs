//! Work that is cut off anywhere: nothing is lost, and the order of an object stands.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use super::{How, Message, Receiver, Seller, approve, deliveries, endpoint, local, moved, work};
use crate::support::both_databases;
use crate::support::program::{Program, Reply, Wire};

/// What was told of which commission; of each in the order of what happened, but for repetitions.
fn in_order(messages: &[Message]) -> BTreeSet<(String, String)> {
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

/// Asks a program that may be killed meanwhile, while the receiver goes on.
async fn asked(program: &Program, document: &str, variables: Value) -> Option<Value> {
    let (address, request) = (program.address, program.asking(document, &variables));
    let asking = move || {
        let mut wire = Wire::open(address)?;
        wire.write(&request);
        wire.read()
    };
    let reply: Option<Reply> = tokio::task::spawn_blocking(asking).await.unwrap();
    reply.map(|reply| reply.json()["data"].clone())
}

both_databases! {
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
    /// SIGKILL, wherever it is; the system's clock runs.
    async fn killed_programs_lose_nothing(app: TestApp) {
        const SETTINGS: &str = "[webhooks]\nallowed_networks = [\"127.0.0.0/8\"]\nanswer_seconds = 1\n";
        const SELL: &str = "mutation($input: CreateManualCommissionInput!) { createManualCommission(input: $input) { commission { id } } }";
        const APPROVE: &str = "mutation($id: ID!) { approveCommissions(input: { ids: [$id] }) { userErrors { message } } }";
        const PENDING: &str = "{ webhookDeliveries(status: [PENDING]) { totalCount } }";
        // The programs look at the system's clock: what they write is later than what is here.
        let (staff, receiver) = (app.admin().await, Receiver::start().await);
        let seller = Seller::new(&staff, "ann").await;
        let (mut made, mut approved) = (BTreeSet::new(), BTreeSet::new());
        let mut messages = Vec::new();
        for round in 0..8 {
            let program = Program::start(&app, SETTINGS);
            if round == 0 {
                let create = "mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { secret } }";
                let input = json!({ "url": receiver.url(), "eventTypes": ["COMMISSION_ACCRUED", "COMMISSION_APPROVED"] });
                asked(&program, create, json!({ "input": input })).await.expect("an endpoint");
            }
            if round % 2 == 1 {
                receiver.answer([How::Status(500), How::Reset]);
            }
            for _ in 0..fastrand::usize(4..15) {
                let input = json!({ "partnerId": seller.id, "amount": { "amount": "1", "currency": "EUR" }, "reason": "r" });
                let data = asked(&program, SELL, json!({ "input": input })).await.expect("it lives");
                let id = data["createManualCommission"]["commission"]["id"].as_str().expect("a row").to_owned();
                if fastrand::bool() {
                    asked(&program, APPROVE, json!({ "id": id })).await.expect("it lives");
                    approved.insert(id.clone());
                }
                made.insert(id);
            }
            // It is killed.
            drop(program);
            messages.extend(receiver.take());
        }
        let program = Program::start(&app, SETTINGS);
        let draining = async {
            loop {
                let data = asked(&program, PENDING, json!({})).await.expect("it lives");
                messages.extend(receiver.take());
                let is_told = in_order(&messages).len() >= made.len() + approved.len();
                if is_told && data["webhookDeliveries"]["totalCount"] == 0 {
                    break;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(300), draining).await.expect("everything is told");
        let expected = made.into_iter().map(|id| (id, "commission.accrued".to_owned()));
        let expected = expected.chain(approved.into_iter().map(|id| (id, "commission.approved".to_owned())));
        assert_eq!(in_order(&messages), expected.collect());
    }
}
