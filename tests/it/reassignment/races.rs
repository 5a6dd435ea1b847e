//! Moves beside events, refunds, payouts and other moves, on two gateways.

use futures::future::join_all;
use serde_json::{Value, json};
use tributary::service::ledger::verify::verify;

use super::Two;
use crate::ledger::{charge, merged, refund};
use crate::support::{TestApp, both_databases};

async fn here_and_there(app: &TestApp, two: &Two<'_>, mutations: Vec<(&'static str, Value)>) -> Vec<Value> {
    let there = app.replica_router().await;
    let staff = two.shop.staff();
    let tasks = mutations.into_iter().enumerate().map(|(number, (field, input))| {
        let client = if number % 2 == 0 {
            staff.clone()
        } else {
            staff.at(there.clone())
        };
        tokio::spawn(async move { client.mutate(field, input, "__typename").await })
    });
    let answers = join_all(tasks.collect::<Vec<_>>()).await;
    answers
        .into_iter()
        .map(|answer| answer.expect("no task panics"))
        .collect()
}

#[apply(both_databases)]
async fn moves_beside_everything_else_leave_a_sound_ledger(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }, { "basis": "FIXED", "value": "1", "trigger": "FIRST", "eventType": "t" }])).await;
    for number in 0..12 {
        two.shop
            .record(merged(two.charge(&format!("s{number}"), "10"), json!({ "type": "t" })))
            .await;
    }
    for round in 0..4 {
        let rows = two.shop.rows(&two.ann).await;
        let rows = rows.into_iter().chain(two.shop.rows(&two.bob).await);
        let accrued: Vec<_> = rows
            .filter(|row| row["status"] == "ACCRUED")
            .map(|row| row["id"].clone())
            .take(4)
            .collect();
        let to_bob = two.to_bob().await;
        let to_ann = merged(to_bob.clone(), json!({ "partnerId": two.ann }));
        let mut all = vec![
            ("reassignCustomer", to_bob),
            (
                "reassignCustomer",
                merged(to_ann, json!({ "clawBackPaid": round % 2 == 0 })),
            ),
            (
                "recordEvent",
                refund(&format!("r{round}"), &format!("s{round}"), Some("3")),
            ),
            (
                "recordEvent",
                refund(&format!("w{round}"), &format!("s{}", 11 - round), None),
            ),
            (
                "recordEvent",
                merged(
                    two.charge(&format!("n{round}"), "10"),
                    json!({ "partnerId": null, "campaignId": null }),
                ),
            ),
            (
                "recordEvent",
                charge(&format!("o{round}"), &two.bob, &two.campaign, "10"),
            ),
            ("createPayoutRun", json!({})),
        ];
        if !accrued.is_empty() {
            all.push((
                "approveCommissions",
                json!({ "ids": accrued, "overrideHoldbackReason": "x" }),
            ));
        }
        here_and_there(&app, &two, all).await;
        let findings = verify(&app.app, &two.shop.tenant).await.expect("no fault");
        assert_eq!(findings, [], "round {round}");
        for status in ["PENDING"] {
            let document = "query($status: PayoutStatus!) { payouts(filter: { status: [$status] }) { nodes { id } } }";
            let open = two.shop.staff().data_with(document, json!({ "status": status })).await;
            for payout in open["payouts"]["nodes"].as_array().unwrap() {
                two.shop
                    .settle(payout, if round % 2 == 0 { "PAID" } else { "CANCELED" })
                    .await;
            }
        }
    }
    let findings = verify(&app.app, &two.shop.tenant).await.expect("no fault");
    assert_eq!(findings, []);
}
