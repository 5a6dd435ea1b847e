//! What reading and writing the ledger costs in SQL statements.

use serde_json::{Value, json};

use super::{Shop, charge, merged};
use crate::support::both_databases;

/// 20 partners of 3 groups, each with 12 commissions in 3 campaigns.
async fn filled(shop: &Shop<'_>) {
    let mut groups = Vec::new();
    for number in 0..3 {
        let rules = json!([{ "recurring": { "percentage": "10" } }]);
        let group = json!({ "name": format!("g{number}"), "rules": rules });
        groups.push(shop.make("createPartnerGroup", "partnerGroup", group).await);
    }
    let campaigns = [
        shop.percent("1").await,
        shop.percent("2").await,
        shop.percent("3").await,
    ];
    let mut events = Vec::new();
    for number in 0..20 {
        let partner = shop
            .partner_with(&format!("p{number}"), json!({ "groupId": groups[number % 3] }))
            .await;
        for sale in 0..12 {
            events.push(charge(
                &format!("{number}-{sale}"),
                &partner,
                &campaigns[sale % 3],
                "100",
            ));
        }
    }
    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { userErrors { code } } }";
    shop.staff().data_with(document, json!({ "input": events })).await;
}

#[apply(both_databases)]
async fn lists_cost_a_few_statements(app: TestApp) {
    let shop = Shop::new(&app).await;
    filled(&shop).await;
    let staff = shop.staff();
    for (most, document) in [
        (
            4,
            "{ commissions(first: 50) { nodes { amount { amount } partner { name group { name } } campaign { name } } } }",
        ),
        (
            3,
            "{ partners(first: 20) { nodes { name commissions(first: 10) { nodes { amount { amount } campaign { name } } } } } }",
        ),
        (
            3,
            "{ partners(first: 20) { nodes { balances { currency payable } lifetimeValue { amount } } } }",
        ),
        (
            3,
            "{ partners(first: 20) { nodes { commissions { totalCount totals { amount } } } } }",
        ),
        (
            3,
            "{ commissions(first: 50) { nodes { event { externalId } transitions { to } } } }",
        ),
    ] {
        app.reset_statements();
        staff.data(document).await;
        let statements = app.statements();
        assert!(statements.len() <= most, "{document}: {statements:#?}");
    }
}

#[apply(both_databases)]
async fn recording_costs_the_same_whatever_the_history(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (
        shop.partner("ann").await,
        shop.campaign(json!([{ "basis": "GROUP_RULES" }])).await,
    );
    let rules = json!([{ "recurring": { "percentage": "10" } }]);
    shop.make(
        "createPartnerGroup",
        "partnerGroup",
        json!({ "name": "g", "default": true, "rules": rules }),
    )
    .await;
    let mut costs = Vec::new();
    for number in 0..40 {
        let event = merged(
            charge(&number.to_string(), &partner, &campaign, "10"),
            json!({ "customerExternalId": "c" }),
        );
        let staff = shop.staff();
        let document = "mutation($input: RecordEventInput!) { recordEvent(input: $input) { userErrors { code } commissions { id } } }";
        app.reset_statements();
        let data = staff.data_with(document, json!({ "input": event })).await;
        assert_ne!(data["recordEvent"]["commissions"], json!([]) as Value);
        costs.push(app.statements().len());
    }
    assert!(costs[2..].iter().all(|cost| *cost == costs[2]), "{costs:?}");
    assert!(costs[2] <= 20, "{costs:?}: {:#?}", app.statements());
}
