//! Tiers are read back as they were written, changed in part, archived once they have paid.

use serde_json::{Value, json};

use super::Network;
use crate::ledger::merged;
use crate::support::both_databases;

const MODIFIERS: &str = "payout { action value } revenue { action value } retroactivePayout { action value type }
    retroactiveRevenue { action value type }";

async fn read(network: &Network<'_>, id: &str) -> Value {
    let document = format!(
        "query($id: ID!) {{ tieredCommission(id: $id) {{
           name externalId notes status startDate endDate period crossingPolicy currency applyToAllPartners
           campaigns {{ id }} advertisers {{ id }} eventType goals {{ metric goal max }} {MODIFIERS}
           version archivedAt partners {{ totalCount nodes {{ id }} }} }} }}"
    );
    network.shop.staff().data_with(&document, json!({ "id": id })).await["tieredCommission"].clone()
}

/// A tier with every field that one can have at once.
fn everything(network: &Network<'_>) -> Value {
    let goal = |metric: &str, goal: &str, max: Option<&str>| json!({ "metric": metric, "goal": goal, "max": max });
    json!({
        "name": " Silver ", "externalId": "42", "notes": "Monthly\npayment", "status": "INACTIVE", "startDate": "2026-02-28",
        "endDate": "2028-02-29", "period": "QUARTERLY", "crossingPolicy": "CROSSING_CONVERSION", "currency": "USD",
        "applyToAllPartners": false, "partnerIds": [network.ann, network.ben, network.ann],
        "campaignIds": [network.hats, network.shoes, network.hats], "advertiserIds": [network.brand],
        "goals": [
            goal("REVENUE", "121.5", Some("1000")), goal("CONVERSION", "10", None), goal("EVENT", "0", Some("7")),
            goal("SALE_AMOUNT", "0.01", Some("9999999999999.99")), goal("PAYOUT", "0", None),
        ],
        "payout": { "action": "INCREASE", "value": "33.333333" }, "revenue": { "action": "FLAT_DECREASE", "value": "6.25" },
        "retroactivePayout": { "action": "EXACT", "value": "12.5", "type": "CPS" },
        "retroactiveRevenue": { "action": "FLAT_INCREASE", "value": "5", "type": "RPA" },
    })
}

#[apply(both_databases)]
async fn a_tier_comes_back_whole(app: TestApp) {
    let network = Network::new(&app).await;
    let input = everything(&network);
    let id = network.create(input.clone()).await;
    let expected = merged(
        input,
        json!({
            "name": "Silver", "campaigns": [{ "id": network.hats }, { "id": network.shoes }], "advertisers": [{ "id": network.brand }],
            "eventType": null, "version": 1, "archivedAt": null,
            "partners": { "totalCount": 2, "nodes": [{ "id": network.ben }, { "id": network.ann }] },
        }),
    );
    let found = read(&network, &id).await;
    for (field, value) in found.as_object().unwrap() {
        assert_eq!(*value, expected[field], "{field}");
    }
    assert_eq!(found.as_object().unwrap().len(), 21);
    let node = network
        .shop
        .staff()
        .data_with(
            "query($id: ID!) { node(id: $id) { __typename ... on TieredCommission { name } } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(
        node["node"],
        json!({ "__typename": "TieredCommission", "name": "Silver" })
    );
}

#[apply(both_databases)]
async fn what_is_left_out_has_its_default(app: TestApp) {
    let network = Network::new(&app).await;
    let goals = json!([{ "metric": "PAYOUT", "goal": "100" }, { "metric": "CONVERSION" }]);
    let id = network.create(json!({ "goals": goals, "eventType": " sale " })).await;
    assert_eq!(
        read(&network, &id).await,
        json!({
            "name": "Tier", "externalId": null, "notes": null, "status": "ACTIVE", "startDate": "2026-01-01", "endDate": "2026-12-31",
            "period": "MONTHLY", "crossingPolicy": "NEXT_CONVERSION", "currency": "EUR", "applyToAllPartners": true,
            "campaigns": [{ "id": network.shoes }], "advertisers": [], "eventType": "sale",
            "goals": [{ "metric": "PAYOUT", "goal": "100", "max": null }, { "metric": "CONVERSION", "goal": "0", "max": null }],
            "payout": null, "revenue": null, "retroactivePayout": null, "retroactiveRevenue": null,
            "version": 1, "archivedAt": null, "partners": { "totalCount": 0, "nodes": [] },
        })
    );
}

#[apply(both_databases)]
async fn a_change_keeps_what_is_absent_clears_what_is_null_and_replaces_the_rest(app: TestApp) {
    let network = Network::new(&app).await;
    let id = network.create(everything(&network)).await;
    let before = read(&network, &id).await;
    let update = async |changes: Value| {
        let input = merged(json!({ "id": id }), changes);
        network
            .shop
            .staff()
            .done("updateTieredCommission", input, "tieredCommission { id }")
            .await;
        read(&network, &id).await
    };
    // Nothing changes, so that its counters stay good.
    assert_eq!(update(json!({})).await, before);
    assert_eq!(
        update(json!({ "name": "Silver", "status": "INACTIVE", "partnerIds": [network.ann, network.ben] })).await,
        before
    );
    let cleared = json!({ "externalId": null, "notes": null, "payout": null, "revenue": null, "retroactivePayout": null, "retroactiveRevenue": null });
    let after = merged(merged(before, cleared.clone()), json!({ "version": 2 }));
    assert_eq!(update(cleared).await, after);
    let after = merged(
        after,
        json!({
            "version": 3, "advertisers": [], "campaigns": [{ "id": network.shoes }], "applyToAllPartners": true,
            "partners": { "totalCount": 0, "nodes": [] }, "eventType": "sale",
        }),
    );
    let changes = json!({ "advertiserIds": null, "campaignIds": [network.shoes], "applyToAllPartners": true, "partnerIds": [], "eventType": "sale" });
    assert_eq!(update(changes).await, after);
    let replaced = json!({
        "name": "Gold", "status": "ACTIVE", "startDate": "2026-03-01", "endDate": "2026-03-01", "period": "GLOBAL",
        "crossingPolicy": "NEXT_CONVERSION", "goals": [{ "metric": "EVENT", "goal": "3", "max": "4" }],
        "payout": { "action": "DECREASE", "value": "200" }, "eventType": null, "externalId": "43",
    });
    assert_eq!(
        update(replaced.clone()).await,
        merged(merged(after, replaced), json!({ "version": 4 }))
    );
}

#[apply(both_databases)]
async fn a_kept_value_that_a_change_does_not_fit_is_named(app: TestApp) {
    let network = Network::new(&app).await;
    let id = network.create(json!({ "eventType": "sale" })).await;
    let problems = async |changes: Value| {
        let input = merged(json!({ "id": id }), changes);
        network
            .shop
            .staff()
            .problems("updateTieredCommission", input, "tieredCommission")
            .await
    };
    assert_eq!(
        problems(json!({ "startDate": "2027-01-01" })).await,
        ["INVALID endDate"]
    );
    assert_eq!(
        problems(json!({ "applyToAllPartners": false })).await,
        ["REQUIRED partnerIds"]
    );
    assert_eq!(
        problems(json!({ "campaignIds": [network.shoes, network.hats] })).await,
        ["INVALID eventType"]
    );
    assert_eq!(
        problems(json!({ "campaignIds": [] })).await,
        ["INVALID eventType", "REQUIRED campaignIds"]
    );
}

#[apply(both_databases)]
async fn a_tier_that_has_paid_is_archived_and_another_one_is_gone(app: TestApp) {
    let network = Network::new(&app).await;
    let staff = network.shop.staff();
    let modifier = json!({ "action": "FLAT_INCREASE", "value": "1" });
    let goals = json!([{ "metric": "CONVERSION", "goal": "1" }]);
    let unused = network.create(json!({ "externalId": "unused" })).await;
    let used = network
        .create(json!({
            "externalId": "used", "goals": goals, "payout": modifier, "crossingPolicy": "CROSSING_CONVERSION",
        }))
        .await;
    let money = json!({ "amount": "10", "currency": "EUR" });
    let event = json!({ "externalId": "1", "kind": "CHARGE", "amount": money, "customerExternalId": "c", "partnerId": network.ann, "campaignId": network.shoes });
    let recorded = network.shop.record(event).await;
    assert_eq!(recorded["commissions"][0]["amount"]["amount"], "5.00", "{recorded}");
    for id in [&unused, &used, &used] {
        assert_eq!(
            staff
                .done("deleteTieredCommission", json!({ "id": id }), "deletedId")
                .await["deletedId"],
            **id
        );
    }
    assert_eq!(read(&network, &unused).await, Value::Null);
    let archived = read(&network, &used).await;
    assert_eq!(archived["archivedAt"], "2026-03-01T12:00:00Z");
    let change = json!({ "id": used, "name": "New" });
    assert_eq!(
        staff
            .problems("updateTieredCommission", change, "tieredCommission")
            .await,
        ["CONFLICT id"]
    );
    assert_eq!(
        staff
            .problems("deleteTieredCommission", json!({ "id": unused }), "deletedId")
            .await,
        ["NOT_FOUND id"]
    );
    assert_eq!(
        staff.data("{ tieredCommissions { totalCount nodes { id } } }").await["tieredCommissions"],
        json!({ "totalCount": 0, "nodes": [] })
    );
    // Its external id is free, and what it names stays.
    network.create(json!({ "externalId": "used" })).await;
    assert_eq!(
        staff
            .problems("deleteCampaign", json!({ "id": network.shoes }), "deletedId")
            .await,
        ["IN_USE id"]
    );
}

#[apply(both_databases)]
async fn days_that_are_none_are_refused(app: TestApp) {
    let network = Network::new(&app).await;
    for day in [
        "2026-02-29",
        "2026-2-01",
        "+2026-02-01",
        "2026-02-01T00:00:00Z",
        "",
        "0000-01-01",
        "10000-01-01",
    ] {
        let input = network.tier(json!({ "startDate": day }));
        let answer = network
            .shop
            .staff()
            .try_mutate("createTieredCommission", input, "tieredCommission { id }")
            .await;
        assert_eq!(answer.codes().len(), 1, "{day:?}: {}", answer.body);
        assert!(answer.body["data"].is_null(), "{day:?}: {}", answer.body);
    }
}
