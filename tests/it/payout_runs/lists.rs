//! Commissions by when they were paid, by event, deal and payout; payouts by run and by when they were settled.

use serde_json::{Value, json};

use super::{Individuals, Office};
use crate::ledger::text;
use crate::support::both_databases;

async fn commissions(office: &Office<'_>, filter: Value) -> Vec<String> {
    let document =
        "query($filter: CommissionFilter) { commissions(first: 100, filter: $filter, orderBy: { direction: ASC }) {
        totalCount totals { count } nodes { id } } }";
    let data = office.staff().data_with(document, json!({ "filter": filter })).await["commissions"].clone();
    let ids: Vec<_> = data["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| text(&row["id"]))
        .collect();
    assert_eq!(data["totalCount"], ids.len());
    let summed: u64 = data["totals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|total| total["count"].as_u64().unwrap())
        .sum();
    assert_eq!(summed, ids.len() as u64);
    ids
}

async fn payouts(office: &Office<'_>, filter: Value) -> Vec<Value> {
    let document = "query($filter: PayoutFilter) { payouts(first: 100, filter: $filter) { totalCount nodes { id } } }";
    let data = office.staff().data_with(document, json!({ "filter": filter })).await["payouts"].clone();
    let ids: Vec<_> = data["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payout| payout["id"].clone())
        .collect();
    assert_eq!(data["totalCount"], ids.len());
    ids
}

#[apply(both_databases)]
async fn commissions_are_found_by_payment_event_deal_and_payout(app: TestApp) {
    let office = Office::new(&app).await;
    let (ann, campaign) = (office.partner("ann").await, office.percent("10").await);
    let one = office.sale("one", &ann, &campaign, "100").await;
    let two = office.sale("two", &ann, &campaign, "200").await;
    let individuals = Individuals::new(&office, json!({})).await;
    let spiff = individuals.row(&office, &ann, "50", Some("Ida")).await;
    office.approve(&[&one]).await;
    let first = office.run_of(json!({})).await["lines"]["nodes"][0]["payout"].clone();
    office.days_later(1);
    office.settle(&first, "PAID").await;
    office.approve(&[&two, &spiff]).await;
    let lines = office.run_of(json!({})).await["lines"]["nodes"].clone();
    let (second, third) = (lines[0]["payout"].clone(), lines[1]["payout"].clone());
    office.days_later(1);
    office.settle(&second, "PAID").await;
    let refund = office.refund("r", "two", Some("100")).await;
    let clawback = text(&refund["commissions"][0]["id"]);
    let event = |id: &'static str| {
        let office = &office;
        async move {
            let document = "query($id: String) { event(externalId: $id) { id } }";
            office.staff().data_with(document, json!({ "id": id })).await["event"]["id"].clone()
        }
    };
    let deals = office.staff().data("{ deals { nodes { id } } }").await;
    let deal = deals["deals"]["nodes"][0]["id"].clone();
    for (filter, expected) in [
        (json!({ "paidFrom": "2026-03-02T12:00:00Z" }), vec![&one, &two]),
        (json!({ "paidFrom": "2026-03-02T12:00:01Z" }), vec![&two]),
        (json!({ "paidTo": "2026-03-03T12:00:00Z" }), vec![&one]),
        (
            json!({ "paidFrom": "2026-03-02T00:00:00Z", "paidTo": "2026-03-03T00:00:00Z", "partnerId": ann }),
            vec![&one],
        ),
        (json!({ "paidTo": "2026-03-02T12:00:00Z" }), vec![]),
        (json!({ "eventId": event("two").await }), vec![&two]),
        (json!({ "eventId": event("r").await }), vec![&clawback]),
        (json!({ "dealId": deal }), vec![&spiff]),
        (json!({ "dealId": deal, "status": ["PAID"] }), vec![]),
        (json!({ "payoutId": first["id"] }), vec![&one]),
        (json!({ "payoutId": second["id"], "kind": ["EVENT"] }), vec![&two]),
        (json!({ "payoutId": third["id"] }), vec![&spiff]),
        (json!({ "payoutId": "pay_00000000000000000000000000" }), vec![]),
    ] {
        assert_eq!(
            commissions(&office, filter.clone()).await,
            expected.into_iter().cloned().collect::<Vec<_>>(),
            "{filter}"
        );
    }
    // What it released is not in it any more.
    office.settle(&third, "FAILED").await;
    assert_eq!(commissions(&office, json!({ "payoutId": third["id"] })).await, [""; 0]);
    for wrong in ["eventId", "dealId", "payoutId"] {
        let document = "query($filter: CommissionFilter) { commissions(filter: $filter) { totalCount } }";
        let answer = office
            .staff()
            .ask_with(document, json!({ "filter": { wrong: ann } }))
            .await;
        assert_eq!(
            answer.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{wrong}"
        );
    }
}

#[apply(both_databases)]
async fn payouts_are_found_by_run_and_settlement(app: TestApp) {
    let office = Office::new(&app).await;
    let (ann, ben) = (office.partner("ann").await, office.partner("ben").await);
    office.approved(&ann, "1").await;
    office.approved(&ben, "2").await;
    let run = office.run_of(json!({})).await;
    let (bens, anns) = (
        run["lines"]["nodes"][0]["payout"]["id"].clone(),
        run["lines"]["nodes"][1]["payout"]["id"].clone(),
    );
    office.days_later(1);
    office.settle(&json!({ "id": anns }), "PAID").await;
    office.approved(&ann, "3").await;
    let other = office.run_of(json!({})).await;
    let next = other["lines"]["nodes"][0]["payout"]["id"].clone();
    office.days_later(1);
    office.settle(&json!({ "id": bens }), "CANCELED").await;
    for (filter, expected) in [
        (json!({ "runId": run["id"], "currency": "EUR" }), vec![&anns, &bens]),
        (json!({ "runId": other["id"] }), vec![&next]),
        (json!({ "runId": run["id"], "status": ["PAID"] }), vec![&anns]),
        (json!({ "settledFrom": "2026-03-02T12:00:00Z" }), vec![&anns, &bens]),
        (json!({ "settledFrom": "2026-03-02T12:00:01Z" }), vec![&bens]),
        (json!({ "settledTo": "2026-03-03T12:00:00Z" }), vec![&anns]),
        (json!({ "settledTo": "2026-03-02T12:00:00Z" }), vec![]),
    ] {
        let mut expected: Vec<_> = expected.into_iter().cloned().collect();
        // Newest first, as the ids say.
        expected.sort_by_key(|id| std::cmp::Reverse(text(id)));
        assert_eq!(payouts(&office, filter.clone()).await, expected, "{filter}");
    }
}
