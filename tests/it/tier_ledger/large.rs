//! Windows with many conversions, and tenants with many tiers.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Tiers, acts, goal};
use crate::support::both_databases;

/// What two seconds must suffice for. An unoptimised program is some ten times slower.
const BEFORE: usize = if cfg!(debug_assertions) { 1_000 } else { 10_000 };

#[apply(both_databases)]
async fn recording_costs_the_same_however_much_is_counted_and_however_many_tiers_there_are(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let cost = async |id: &str| {
        app.reset_statements();
        tiers.convert(id, json!({})).await;
        app.statements().len()
    };
    tiers.convert("joined", json!({})).await;
    let without = cost("without").await;
    tiers
        .tier(json!({ "goals": goal("CONVERSION", "1000"), "payout": acts("INCREASE", "1") }))
        .await;
    tiers.convert("counted-for-the-first-time", json!({})).await;
    let few = cost("few").await;
    // The tiers and their counters are read; these are written with everything else.
    assert_eq!(few, without + 2, "{:?}", app.statements());
    tiers.conversions(1, 40).await;
    let other = tiers.shop.campaign(json!([{ "basis": "FIXED", "value": "1" }])).await;
    for number in 0..100 {
        tiers.tier(json!({ "name": format!("T{number}"), "campaignIds": [other], "goals": goal("CONVERSION", "1"), "payout": acts("INCREASE", "1") })).await;
    }
    assert_eq!(cost("many").await, few);
}

#[apply(both_databases)]
async fn a_crossing_with_thousands_of_conversions_behind_it_takes_less_than_two_seconds(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let document = "mutation($inputs: [RecordEventInput!]!) { recordEvents(input: $inputs) { commissions { id } userErrors { message } } }";
    for chunk in 0..BEFORE / 500 {
        let inputs: Vec<_> = (0..500)
            .map(|number| tiers.conversion(&format!("{chunk}-{number}")))
            .collect();
        tiers
            .shop
            .staff()
            .data_with(document, json!({ "inputs": inputs }))
            .await;
    }
    tiers.tier(json!({ "goals": goal("CONVERSION", &(BEFORE + 2).to_string()), "retroactivePayout": acts("FLAT_INCREASE", "1") })).await;
    // Counts the window, so that what is measured below is the crossing alone.
    assert_eq!(tiers.convert("last-before", json!({})).await.1, 0);
    let began = Instant::now();
    let (earned, adjusted) = tiers.convert("crossing", json!({})).await;
    let took = began.elapsed();
    assert_eq!((earned, adjusted), (vec!["4.00".to_owned()], BEFORE as i64 + 2));
    assert_eq!(tiers.accrued().await, format!("{}.00", 5 * (BEFORE + 2)));
    assert!(took < Duration::from_secs(2), "took {took:?}");
}
