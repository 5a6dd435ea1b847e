//! What a partner sees of deals: its own, where they stand and what they paid; never why others would pay.

use serde_json::json;

use super::{Sales, one_off, percent};
use crate::ledger::merged;
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_partner_sees_its_deals_and_commissions_and_never_the_rules(app: TestApp) {
    let sales = Sales::new(&app).await;
    let scaled = merged(
        percent("41"),
        json!({ "scaling": {
        "customFieldId": sales.field, "tiers": [{ "optionId": sales.options[1], "value": "12" }],
    } }),
    );
    let rule = sales
        .rule_with(json!([one_off(&sales.won, scaled)]), json!({ "label": "secret" }))
        .await;
    let deal = sales
        .deal_with(
            "100",
            merged(sales.bearing(&sales.options[1]), json!({ "name": "Mine" })),
        )
        .await;
    sales.enter(&deal, &sales.won).await;
    let ben = sales.partner("ben").await;
    let other = sales
        .deal_with(
            "100",
            merged(
                sales.bearing(&sales.options[0]),
                json!({ "partnerId": ben, "stageId": sales.open }),
            ),
        )
        .await;
    let portal = app.partner(&sales.tenant, &sales.partner);
    let document =
        "{ deals { totalCount nodes { name stage { label } customFields { customField { label } option { label } }
            forecast { entry } commissions { totalCount nodes { amount { amount } explanation { source detail } } } } }
            paymentStages { label outcome } customFields { label options { label } }
            commissions { nodes { deal { name } } } commissionRules { totalCount } }";
    let data = portal.data(document).await;
    assert_eq!(
        data["deals"],
        json!({ "totalCount": 1, "nodes": [{
        "name": "Mine", "stage": { "label": "Won" }, "forecast": [],
        "customFields": [{ "customField": { "label": "Size" }, "option": { "label": "medium" } }],
        "commissions": { "totalCount": 1, "nodes": [{ "amount": { "amount": "12.00" }, "explanation": [
            { "source": "commission rule", "detail": "the one-off part" }, { "source": "scaling", "detail": "12 %" },
            { "source": "amount", "detail": "12 % of 100.00 EUR" },
            { "source": "rounding", "detail": "12.00 EUR needs no rounding" },
        ] }] },
    }] })
    );
    assert_eq!(data["paymentStages"], json!([{ "label": "Won", "outcome": "WON" }]));
    assert_eq!(
        data["customFields"],
        json!([{ "label": "Size", "options": [{ "label": "medium" }] }])
    );
    assert_eq!(
        data["commissions"],
        json!({ "nodes": [{ "deal": { "name": "Mine" } }] })
    );
    assert_eq!(data["commissionRules"]["totalCount"], 0);
    let document =
        "query($rule: ID!, $deal: ID!, $stage: ID!) { commissionRule(id: $rule) { id } deal(id: $deal) { id }
            node(id: $rule) { id } nodes(ids: [$deal, $stage]) { id } }";
    let ids = json!({ "rule": rule, "deal": other, "stage": sales.open });
    assert_eq!(
        portal.data_with(document, ids).await,
        json!({ "commissionRule": null, "deal": null, "node": null, "nodes": [null, null] })
    );
}

#[apply(both_databases)]
async fn a_partner_writes_no_deals(app: TestApp) {
    let sales = Sales::new(&app).await;
    let deal = sales.deal("100").await;
    let portal = app.partner(&sales.tenant, &sales.partner);
    let before = app.rows().await;
    for (mutation, input) in [
        ("moveDeal", json!({ "id": deal, "stageId": sales.won })),
        ("recordDealRenewal", json!({ "id": deal, "idempotencyKey": "k" })),
        ("updateDeal", json!({ "id": deal, "name": "Mine" })),
    ] {
        assert_eq!(
            portal.try_mutate(mutation, input, "deal { id }").await.codes(),
            ["FORBIDDEN"],
            "{mutation}"
        );
    }
    assert_eq!(app.rows().await, before);
}
