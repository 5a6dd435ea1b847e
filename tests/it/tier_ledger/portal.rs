//! What a partner sees of the tiers that are for it.

use serde_json::json;

use super::{Tiers, acts, goal};
use crate::ledger::{euros, merged};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_partner_sees_its_progress_and_adjustments_and_no_revenue(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let goals = json!([{ "metric": "CONVERSION", "goal": "2" }, { "metric": "REVENUE", "goal": "10" }]);
    tiers
        .tier(json!({
            "goals": goals, "retroactivePayout": acts("FLAT_INCREASE", "1"), "revenue": acts("INCREASE", "10"),
            "retroactiveRevenue": merged(acts("EXACT", "9"), json!({ "type": "RPA" })),
        }))
        .await;
    let bea = tiers.shop.partner("bea").await;
    for id in ["a", "b"] {
        tiers.convert(id, json!({ "revenue": euros("7") })).await;
    }
    tiers.convert("other", json!({ "partnerId": bea })).await;
    assert_eq!(tiers.revenue("a").await, ["7.00", "2.00"]);
    let portal = app.partner(&tiers.shop.tenant, &tiers.partner);
    let document = "{ partners { nodes { name tierProgress { tier metric value goal campaign { name } } } }
            commissions(filter: { kind: [TIER_ADJUSTMENT] }) { nodes { amount { amount }
                event { externalId revenue { amount } finalRevenue { amount } revenueAdjustments { totalCount nodes { amount { amount } } } }
                explanation { source outcome detail } } } }";
    let data = portal.data(document).await;
    let progress = json!([{ "tier": "Silver", "metric": "CONVERSION", "value": "2", "goal": "2", "campaign": { "name": "Offer" } }]);
    assert_eq!(
        data["partners"]["nodes"],
        json!([{ "name": "ada", "tierProgress": progress }])
    );
    let rows = data["commissions"]["nodes"].as_array().expect("rows");
    assert_eq!(rows.len(), 2);
    for row in rows {
        let event = &row["event"];
        assert_eq!([&event["revenue"], &event["finalRevenue"]], [&json!(null); 2]);
        assert_eq!(event["revenueAdjustments"], json!({ "totalCount": 0, "nodes": [] }));
        assert!(!row["explanation"].to_string().contains("revenue"), "{row}");
    }
    assert!(!data.to_string().contains("10.00"), "the goal of revenue: {data}");
    let of_other = "query($id: ID!) { partner(id: $id) { tierProgress { tier } } }";
    assert_eq!(
        portal.data_with(of_other, json!({ "id": bea })).await["partner"],
        json!(null)
    );
}

#[apply(both_databases)]
async fn progress_of_a_page_of_partners_costs_a_constant_number_of_statements(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers
        .tier(json!({ "goals": goal("CONVERSION", "2"), "payout": acts("INCREASE", "1") }))
        .await;
    let document = "{ partners(first: 50) { nodes { name tierProgress { tier value campaign { name } } } } }";
    let mut costs = Vec::new();
    for count in [1, 6] {
        for number in 0..count {
            let partner = tiers.shop.partner(&format!("p{count}-{number}")).await;
            tiers
                .convert(&format!("c{count}-{number}"), json!({ "partnerId": partner }))
                .await;
        }
        app.reset_statements();
        tiers.shop.staff().data(document).await;
        costs.push(app.statements().len());
    }
    // Partners; the tenant's zone, memberships, tiers, counters; campaigns.
    assert_eq!(costs, [6, 6]);
}
