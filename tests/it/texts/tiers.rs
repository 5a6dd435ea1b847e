//! What tiered commissions did.

use serde_json::json;

use super::{STEPS, Texts};
use crate::ledger::{euros, merged};
use crate::support::both_databases;
use crate::tier_ledger::{Tiers, acts, goal};

#[apply(both_databases)]
async fn tiers_are_explained_as_reviewed(app: TestApp) {
    let terms = json!([
        { "basis": "PERCENT", "value": "10" }, { "basis": "FIXED", "value": "4", "eventType": "both" },
        { "basis": "PERCENT", "value": "10", "eventType": "both" },
    ]);
    let tiers = Tiers::paying(&app, terms).await;
    let exact = |kind: &str| merged(acts("EXACT", "12"), json!({ "type": kind }));
    let percent = json!({ "name": "Percent", "goals": goal("CONVERSION", "1"), "payout": acts("INCREASE", "33.3"), "period": "DAILY" });
    tiers.tier(percent).await;
    let more = json!({
        "name": "More", "eventType": "both", "period": "DAILY",
        "goals": [{ "metric": "CONVERSION", "goal": "2" }, { "metric": "SALE_AMOUNT", "goal": "20", "max": "90" }],
        "payout": acts("FLAT_DECREASE", "5"), "retroactivePayout": exact("CPS"),
    });
    tiers.tier(more).await;
    tiers.tier(json!({ "name": "Dollars", "currency": "USD", "goals": goal("CONVERSION", "9"), "payout": acts("FLAT_INCREASE", "5") })).await;
    tiers
        .tier(
            json!({ "name": "Revenue", "goals": goal("REVENUE", "5"), "revenue": acts("INCREASE", "1"),
        "retroactivePayout": exact("CPA") }),
        )
        .await;
    let both = json!({ "type": "both" });
    for number in 0..4 {
        let more = merged(both.clone(), json!({ "amount": euros("24.99"), "revenue": euros("2") }));
        tiers.convert(&format!("b{number}"), more).await;
    }
    tiers.convert("nothing", json!({ "amount": euros("0") })).await;
    for (day, action, value) in [
        (1, "FLAT_INCREASE", "5"),
        (2, "DECREASE", "120"),
        (3, "FLAT_DECREASE", "99"),
    ] {
        tiers.shop.days_later(1);
        let day_of = format!("2026-03-{:02}", day + 1);
        tiers.tier(json!({ "name": format!("Of day {day}"), "goals": goal("CONVERSION", "1"),
            "crossingPolicy": "CROSSING_CONVERSION", "startDate": day_of, "endDate": day_of, "payout": acts(action, value) })).await;
        tiers
            .convert(&format!("d{day}"), json!({ "amount": euros("10"), "type": "both" }))
            .await;
    }
    let mut texts = Texts::default();
    texts.of(&tiers.shop, &tiers.partner).await;
    texts.section("a simulation");
    let conversion = |amount: &str| json!({ "occurredAt": "2026-05-01T00:00:00Z", "saleAmount": "19.999", "basePayout": amount, "baseRevenue": "1" });
    let draft = merged(
        tiers.draft(),
        json!({
            "name": "Tried out", "goals": goal("CONVERSION", "2"), "payout": acts("INCREASE", "10"), "revenue": acts("FLAT_INCREASE", "1"),
            "retroactivePayout": exact("CPS"), "retroactiveRevenue": merged(acts("EXACT", "9"), json!({ "type": "RPS" })),
        }),
    );
    let input = json!({ "tiers": [draft], "conversions": [conversion("3.333"), conversion("3"), conversion("0"), conversion("4")] });
    let payload = tiers
        .shop
        .staff()
        .done("simulateTieredCommission", input, &format!("conversions {{ {STEPS} }}"))
        .await;
    for conversion in payload["conversions"].as_array().expect("conversions") {
        texts.steps("conversion", &conversion["explanation"]);
    }
    texts.are_as_reviewed("tiers.txt");
}
