//! A field that fails takes its siblings along (GraphQL specification 6.4.4), at whatever they are doing; fields elsewhere
//! in the document are not concerned.

use axum::http::StatusCode;
use serde_json::json;

use crate::ledger::{Shop, text};
use crate::support::both_databases;

/// Which field reads for all that wait is chance.
const TRIES: usize = 40;

#[apply(both_databases)]
async fn who_waits_for_a_read_gets_it_though_its_reader_is_dropped(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let row = shop.sale("sale", &partner, &campaign, "100").await;
    shop.approve(&[&row]).await;
    let payout = text(&shop.run(json!({})).await[0]["id"]);
    let staff = shop.staff();
    let event = staff.data("{ event(externalId: \"sale\") { id } }").await["event"]["id"].clone();

    let document = "query($payout: ID!, $event: ID!) {
            payout(id: $payout) { commissions { totalCount } partner { commissions(before: \"wrong\") { totalCount } } }
            event(id: $event) { commissions { totalCount } } }";
    for _ in 0..TRIES {
        let answer = staff
            .ask_with(document, json!({ "payout": payout, "event": event }))
            .await;
        assert_eq!(
            (answer.status, answer.codes()),
            (StatusCode::OK, vec!["BAD_USER_INPUT"]),
            "{}",
            answer.body
        );
        let expected = json!({ "payout": null, "event": { "commissions": { "totalCount": 1 } } });
        assert_eq!(answer.body["data"], expected);
    }
}

#[apply(both_databases)]
async fn what_a_mutation_did_is_answered_though_a_field_fails(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let mut rows = Vec::new();
    for index in 0..5 {
        rows.push(shop.sale(&format!("sale {index}"), &partner, &campaign, "100").await);
    }
    let document = "mutation($ids: [ID!]!) { approveCommissions(input: { ids: $ids }) { id userErrors { code }
            commission { event { commissions { totalCount } } adjustments { totalCount }
                partner { commissions(before: \"wrong\") { totalCount } } } } }";
    for _ in 0..TRIES {
        let answer = shop.staff().ask_with(document, json!({ "ids": rows })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(
            answer.codes().iter().all(|code| *code == "BAD_USER_INPUT"),
            "{}",
            answer.body
        );
        let results = answer.body["data"]["approveCommissions"]
            .as_array()
            .expect("results")
            .iter();
        let results: Vec<_> = results
            .map(|result| (text(&result["id"]), result["commission"].is_null()))
            .collect();
        assert_eq!(results, rows.iter().map(|row| (row.clone(), true)).collect::<Vec<_>>());
    }
}
