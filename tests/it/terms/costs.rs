//! What the terms in force cost in SQL statements.

use serde_json::json;

use super::{TERMS, group};
use crate::ledger::Shop;
use crate::support::both_databases;
use crate::tier_ledger::{acts, goal};

#[apply(both_databases)]
async fn terms_cost_a_few_statements_for_any_number_of_partners(app: TestApp) {
    let shop = Shop::new(&app).await;
    group(
        &shop,
        "Everybody",
        true,
        json!([{ "recurring": { "percentage": "10" } }]),
    )
    .await;
    let offer = shop.campaign(json!([{ "basis": "GROUP_RULES" }])).await;
    let tier = json!({
        "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [offer], "goals": goal("CONVERSION", "2"), "payout": acts("INCREASE", "10"),
    });
    shop.make("createTieredCommission", "tieredCommission", tier).await;
    let list =
        format!("{{ partners(first: 50) {{ nodes {{ name termsInForce(campaignId: {offer:?}) {{ {TERMS} }} }} }} }}");
    let mut costs = Vec::new();
    for count in [1, 6] {
        for number in 0..count {
            let partner = shop.partner(&format!("p{count}-{number}")).await;
            shop.sale(&format!("{count}-{number}"), &partner, &offer, "100").await;
        }
        app.reset_statements();
        let data = shop.staff().data(&list).await;
        costs.push(app.statements().len());
        for partner in data["partners"]["nodes"].as_array().expect("partners") {
            assert_eq!(
                partner["termsInForce"]["tiers"][0]["counters"][0]["value"], "1",
                "{partner}"
            );
        }
    }
    // Partners; facts, groups with what they look at, tiers with their counters; the campaign's name.
    assert_eq!(costs, [5, 5], "{:#?}", app.statements());
    // The partner itself: nothing more.
    let ann = shop.partner("ann").await;
    shop.sale("1", &ann, &offer, "100").await;
    let portal = app.partner(&shop.tenant, &ann);
    portal.data("{ viewer { subject } }").await;
    app.reset_statements();
    let data = portal
        .data(&format!(
            "{{ viewer {{ partner {{ termsInForce(campaignId: {offer:?}) {{ {TERMS} }} }} }} }}"
        ))
        .await;
    assert_eq!(data["viewer"]["partner"]["termsInForce"]["source"], "CAMPAIGN");
    // Its row says whether the token is valid, too.
    assert_eq!(app.statements().len(), 5, "{:#?}", app.statements());
    // What is not asked for is not read.
    app.reset_statements();
    portal
        .data(&format!(
            "{{ viewer {{ partner {{ termsInForce(campaignId: {offer:?}) {{ source }} }} }} }}"
        ))
        .await;
    assert_eq!(app.statements().len(), 3, "{:#?}", app.statements());
}
