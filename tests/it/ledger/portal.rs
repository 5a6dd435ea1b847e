//! What a token that is bound to a partner sees of the ledger.

use serde_json::{Value, json};

use super::{Shop, charge, euros, merged, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_partner_sees_its_own_rows_without_the_rules_behind_them(app: TestApp) {
    let shop = Shop::new(&app).await;
    let group = json!({ "name": "Gold", "default": true, "rules": [
        { "recurring": { "percentage": "10", "description": "secret" } },
        { "partnerLtvUpgrade": { "minLtvTotal": "4242", "upgradePercentage": "5" } },
        { "chargeThresholdBonus": { "minChargeTotal": "77", "bonus": "3" } },
    ] });
    shop.make("createPartnerGroup", "partnerGroup", group).await;
    let (ann, ben, campaign) = (
        shop.partner("ann").await,
        shop.partner("ben").await,
        shop.campaign(json!([])).await,
    );
    let event = |id: &str, partner: &str| {
        merged(
            charge(id, partner, &campaign, "100"),
            json!({
                "customerExternalId": "secret customer", "revenue": euros("55"), "metadata": { "secret": 1 },
            }),
        )
    };
    let own = text(&shop.record(event("1", &ann)).await["commissions"][0]["id"]);
    let other = text(&shop.record(event("2", &ben)).await["commissions"][0]["id"]);
    shop.approve(&[&own, &other]).await;
    shop.pay().await;
    let portal = app.partner(&shop.tenant, &ann);
    let data = portal
        .data(
            "{ commissions { totalCount totals { count amount } nodes { id payout { amount { amount } }
            partner { id } event { externalId revenue { amount } customer { id } metadata }
            explanation { source outcome detail amount } transitions { from to actor reason } } } }",
        )
        .await;
    let list = &data["commissions"];
    assert_eq!(
        (&list["totalCount"], &list["totals"]),
        (&json!(1), &json!([{ "count": 1, "amount": "13.00" }]))
    );
    let row = &list["nodes"][0];
    assert_eq!(
        (&row["id"], &row["payout"]["amount"]["amount"]),
        (&json!(own), &json!("13.00"))
    );
    assert_eq!(
        row["event"],
        json!({ "externalId": "1", "revenue": null, "customer": null, "metadata": null })
    );
    for step in row["explanation"].as_array().unwrap() {
        assert_eq!(step["outcome"], "APPLIED");
        let told = step.to_string();
        assert!(
            !told.contains("4242") && !told.contains("77") && !told.contains("secret"),
            "{told}"
        );
    }
    for transition in row["transitions"].as_array().unwrap() {
        assert_eq!(
            (&transition["actor"], &transition["reason"]),
            (&json!("staff"), &Value::Null)
        );
    }
    let document = "query($id: ID!) { commission(id: $id) { id } node(id: $id) { id } }";
    let data = portal.data_with(document, json!({ "id": other })).await;
    assert_eq!(data, json!({ "commission": null, "node": null }));
    let data = portal
        .data(
            "{ events { nodes { externalId } totalCount } payouts { totalCount } viewer { partner {
            balances { paid } lifetimeValue { amount } } } }",
        )
        .await;
    assert_eq!(
        data["events"],
        json!({ "nodes": [{ "externalId": "1" }], "totalCount": 1 })
    );
    assert_eq!(data["payouts"]["totalCount"], 1);
    assert_eq!(data["viewer"]["partner"]["balances"], json!([{ "paid": "13.00" }]));
}

#[apply(both_databases)]
async fn a_partner_sees_no_customers_and_writes_nothing(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let event = merged(
        charge("1", &ann, &campaign, "100"),
        json!({ "customerExternalId": "c" }),
    );
    let recorded = shop.record(event.clone()).await;
    let row = recorded["commissions"][0]["id"].clone();
    let portal = app.partner(&shop.tenant, &ann);
    for document in ["{ customers { totalCount } }", "{ customer(externalId: \"c\") { id } }"] {
        let answer = portal.ask(document).await;
        let shown = answer.body["data"]["customers"]["totalCount"].as_u64().unwrap_or(0);
        assert!(
            shown == 0 && answer.body["data"]["customer"].is_null(),
            "{}",
            answer.body
        );
    }
    let node = portal
        .ask_with(
            "query($id: ID!) { node(id: $id) { id } }",
            json!({ "id": recorded["event"]["customer"]["id"] }),
        )
        .await;
    assert!(node.body["data"]["node"].is_null());
    let before = app.rows().await;
    for (field, input) in [
        ("recordEvent", charge("2", &ann, &campaign, "1")),
        ("approveCommissions", json!({ "ids": [row] })),
        ("reverseCommissions", json!({ "ids": [row], "reason": "x" })),
        (
            "createManualCommission",
            json!({ "partnerId": ann, "amount": euros("1"), "reason": "x" }),
        ),
        ("createPayoutRun", json!({})),
        (
            "returnPayout",
            json!({ "id": "pay_00000000000000000000000000", "reason": "x" }),
        ),
        (
            "settlePayout",
            json!({ "id": "pay_00000000000000000000000000", "status": "PAID" }),
        ),
    ] {
        let selection = if field.ends_with("Commissions") { "id" } else { "" };
        assert_eq!(
            portal.try_mutate(field, input, selection).await.codes(),
            ["FORBIDDEN"],
            "{field}"
        );
    }
    assert_eq!(app.rows().await, before);
}
