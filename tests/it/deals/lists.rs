//! Lists of deals and of rules, and their filters.

use serde_json::{Value, json};

use super::{Sales, fixed, one_off};
use crate::ledger::text;
use crate::support::both_databases;

/// The names of what a filter finds, oldest first; the count must agree.
async fn found(sales: &Sales<'_>, list: &str, kind: &str, name: &str, filter: Value) -> Vec<String> {
    let document =
        format!("query($filter: {kind}) {{ {list}(first: 500, filter: $filter) {{ totalCount nodes {{ {name} }} }} }}");
    let data = sales.staff().data_with(&document, json!({ "filter": filter })).await[list].clone();
    let mut names: Vec<_> = data["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|node| text(&node[name]))
        .collect();
    assert_eq!(data["totalCount"], names.len());
    names.reverse();
    names
}

async fn deals(sales: &Sales<'_>, filter: Value) -> Vec<String> {
    found(sales, "deals", "DealFilter", "name", filter).await
}

async fn rules(sales: &Sales<'_>, filter: Value) -> Vec<String> {
    found(sales, "commissionRules", "CommissionRuleFilter", "label", filter).await
}

#[apply(both_databases)]
async fn deals_are_found_by_name_partner_stage_and_outcome(app: TestApp) {
    let sales = Sales::new(&app).await;
    let ben = sales.partner("ben").await;
    for (name, external_id, partner, stage) in [
        ("Ärger & Sons", json!("CRM-1"), &sales.partner, json!(sales.open)),
        ("100% sure", json!("CRM-2"), &sales.partner, json!(sales.won)),
        ("Lost cause", Value::Null, &ben, json!(sales.lost)),
        ("Nowhere", Value::Null, &ben, Value::Null),
    ] {
        sales
            .deal_with(
                "1",
                json!({ "name": name, "externalId": external_id, "partnerId": partner, "stageId": stage }),
            )
            .await;
    }
    let all = ["Ärger & Sons", "100% sure", "Lost cause", "Nowhere"];
    for (filter, expected) in [
        (json!({}), &all[..]),
        (json!({ "search": "ärger" }), &all[..1]),
        (json!({ "search": "crm-" }), &all[..2]),
        (json!({ "search": "%" }), &all[1..2]),
        (json!({ "search": "nothing" }), &[]),
        (json!({ "partnerId": ben }), &all[2..]),
        (json!({ "stageId": sales.won }), &all[1..2]),
        (json!({ "outcome": ["OPEN"] }), &all[..1]),
        (json!({ "outcome": ["OPEN", "WON"] }), &all[..2]),
        (json!({ "outcome": ["LOST"], "partnerId": ben }), &all[2..3]),
        (json!({ "outcome": ["LOST"], "partnerId": sales.partner }), &[]),
        (json!({ "outcome": [] }), &[]),
    ] {
        assert_eq!(deals(&sales, filter.clone()).await, expected, "{filter}");
    }
    let data = sales.staff().data_with(
        "query($id: ID!) { partner(id: $id) { deals { totalCount nodes { name partner { name } } } } deal(externalId: \"CRM-1\") { name } }",
        json!({ "id": ben }),
    ).await;
    let of_ben = |name: &str| json!({ "name": name, "partner": { "name": "ben" } });
    assert_eq!(
        data["partner"]["deals"],
        json!({ "totalCount": 2, "nodes": [of_ben("Nowhere"), of_ben("Lost cause")] })
    );
    assert_eq!(data["deal"]["name"], "Ärger & Sons");
    for filter in [
        json!({ "search": "x".repeat(201) }),
        json!({ "search": "\u{0}" }),
        json!({ "partnerId": sales.won }),
        json!({ "stageId": "x" }),
    ] {
        let document = "query($filter: DealFilter) { deals(filter: $filter) { totalCount } }";
        let answer = sales.staff().ask_with(document, json!({ "filter": filter })).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{filter}");
    }
}

#[apply(both_databases)]
async fn rules_are_found_by_type_target_and_label(app: TestApp) {
    let sales = Sales::new(&app).await;
    let entries = || json!([one_off(&sales.won, fixed("1"))]);
    for (label, partner_type, target) in [
        ("Ärger", "AFFILIATE", "PARTNERSHIP"),
        ("Spiff_1", "AFFILIATE", "INDIVIDUAL"),
        ("Resale", "RESELLER", "PARTNERSHIP"),
    ] {
        sales
            .rule_with(
                entries(),
                json!({ "label": label, "partnerType": partner_type, "paymentTarget": target }),
            )
            .await;
    }
    let gone = sales.rule_with(entries(), json!({ "label": "Gone" })).await;
    let deal = sales.deal("1").await;
    sales.enter(&deal, &sales.won).await;
    // It has paid, so it is archived; the one before it would pay from now on.
    sales.delete_rule(&gone).await;
    let all = ["Ärger", "Spiff_1", "Resale"];
    for (filter, expected) in [
        (json!({}), &all[..]),
        (json!({ "partnerType": "AFFILIATE" }), &all[..2]),
        (json!({ "paymentTarget": "INDIVIDUAL" }), &all[1..2]),
        (json!({ "partnerType": "RESELLER", "paymentTarget": "INDIVIDUAL" }), &[]),
        (json!({ "search": "ÄRG" }), &all[..1]),
        (json!({ "search": "_" }), &all[1..2]),
        (json!({ "search": "gone" }), &[]),
    ] {
        assert_eq!(rules(&sales, filter.clone()).await, expected, "{filter}");
    }
    let document = "query($filter: CommissionRuleFilter) { commissionRules(filter: $filter) { totalCount } }";
    for search in ["x".repeat(201), "\u{0}".to_owned()] {
        let answer = sales
            .staff()
            .ask_with(document, json!({ "filter": { "search": search } }))
            .await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    }
}
