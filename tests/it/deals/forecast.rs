//! What a deal would still pay.

use serde_json::{Value, json};

use super::{Sales, fixed, one_off, percent};
use crate::ledger::{merged, text};
use crate::support::both_databases;

async fn payments(sales: &Sales<'_>, deal: &str) -> Vec<Value> {
    let document =
        "query($id: ID!) { deal(id: $id) { forecast { commissionRule { id label } paymentStage { label } paymentTarget
        entry part occurrence amount { amount currency } recipient explanation { detail } } } }";
    let data = sales.staff().data_with(document, json!({ "id": deal })).await;
    data["deal"]["forecast"].as_array().expect("a forecast").clone()
}

/// Each as "stage part occurrence amount".
async fn forecast(sales: &Sales<'_>, deal: &str) -> Vec<String> {
    let payments = payments(sales, deal).await;
    let short = payments.iter().map(|payment| {
        let (stage, part) = (text(&payment["paymentStage"]["label"]), text(&payment["part"]));
        format!(
            "{stage} {part} {} {}",
            payment["occurrence"],
            text(&payment["amount"]["amount"])
        )
    });
    short.collect()
}

fn occurrences(stage: &str, from: u32, to: u32, amount: &str) -> Vec<String> {
    (from..=to)
        .map(|occurrence| format!("{stage} RECURRING {occurrence} {amount}"))
        .collect()
}

#[apply(both_databases)]
async fn a_forecast_goes_through_the_stages_ahead_and_twelve_renewals(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule(json!([
            one_off(&sales.open, percent("1")),
            one_off(&sales.qualified, percent("2")),
            merged(one_off(&sales.won, percent("5")), json!({ "recurring": percent("3") })),
            one_off(&sales.lost, percent("99")),
        ]))
        .await;
    let deal = sales.deal("1000").await;
    let before = app.rows().await;
    let ahead = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .chain(occurrences("Won", 1, 13, "30.00"))
            .collect::<Vec<_>>()
    };
    let won = "Won ONE_OFF 1 50.00";
    assert_eq!(
        forecast(&sales, &deal).await,
        ahead(&["Open ONE_OFF 1 10.00", "Qualified ONE_OFF 1 20.00", won])
    );
    assert_eq!(app.rows().await, before);
    sales.enter(&deal, &sales.open).await;
    assert_eq!(
        forecast(&sales, &deal).await,
        ahead(&["Qualified ONE_OFF 1 20.00", won])
    );
    sales.enter(&deal, &sales.won).await;
    assert_eq!(forecast(&sales, &deal).await, occurrences("Won", 2, 13, "30.00"));
    sales.renew(&deal).await;
    assert_eq!(forecast(&sales, &deal).await, occurrences("Won", 3, 14, "30.00"));
    // Back again: what was paid is not due again.
    sales.enter(&deal, &sales.open).await;
    assert_eq!(
        forecast(&sales, &deal).await,
        [
            vec!["Qualified ONE_OFF 1 20.00".to_owned()],
            occurrences("Won", 3, 14, "30.00")
        ]
        .concat()
    );
    sales.enter(&deal, &sales.lost).await;
    assert_eq!(forecast(&sales, &deal).await, [""; 0]);
}

#[apply(both_databases)]
async fn a_forecast_is_by_the_rules_that_govern_each_stage(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule_with(json!([one_off(&sales.won, fixed("1"))]), json!({ "label": "Type" }))
        .await;
    let category = sales
        .make("createPartnerCategory", "partnerCategory", json!({ "label": "Agency" }))
        .await;
    sales
        .staff()
        .done(
            "updatePartner",
            json!({ "id": sales.partner, "categoryIds": [category] }),
            "partner { id }",
        )
        .await;
    sales
        .rule_with(
            json!([one_off(&sales.won, fixed("2"))]),
            json!({ "label": "Category", "categoryIds": [category] }),
        )
        .await;
    let spiff = json!({ "label": "Spiff", "paymentTarget": "INDIVIDUAL", "autoAssignRecipient": "DEAL_OWNER" });
    sales
        .rule_with(json!([one_off(&sales.qualified, fixed("3"))]), spiff)
        .await;
    let deal = sales
        .deal_with("1000", json!({ "owner": "Olga", "stageId": sales.open }))
        .await;
    let told: Vec<_> = payments(&sales, &deal)
        .await
        .iter()
        .map(|payment| {
            json!([
                payment["commissionRule"]["label"],
                payment["paymentTarget"],
                payment["amount"],
                payment["recipient"],
                payment["entry"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["Spiff", "INDIVIDUAL", { "amount": "3.00", "currency": "EUR" }, "Olga", 0]),
            json!(["Category", "PARTNERSHIP", { "amount": "2.00", "currency": "EUR" }, null, 0]),
        ]
    );
}
