//! Why an event earned nothing.

use serde_json::json;

use super::Texts;
use crate::decisions::{decided, every_reason};
use crate::ledger::{Shop, charge, merged, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn reasons_of_zero_are_as_reviewed(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (mut texts, mut met) = (Texts::default(), Vec::new());
    for (reason, event, _) in every_reason(&shop).await {
        let decision = decided(&shop, merged(event, json!({ "externalId": reason }))).await;
        texts.section(reason);
        for component in decision["components"].as_array().expect("components") {
            texts.line(&text(&component["detail"]));
        }
        met.push(reason.to_owned());
    }
    let all = tributary::domain::decision::NoCommissionReason::ALL
        .iter()
        .map(|reason| reason.as_str().to_owned());
    // Not by recording: what is brought in, and what is moved. `ledger::items` reads what conditions say.
    let missing: Vec<_> = all.filter(|reason| !met.contains(reason)).collect();
    let elsewhere = [
        "IMPORTED",
        "ALREADY_PAID",
        "PRODUCT",
        "COUNTRY",
        "VIA",
        "AMOUNT_RANGE",
        "NOT_NEW_CUSTOMER",
        "NOT_RETURNING_CUSTOMER",
    ];
    assert_eq!(missing, elsewhere);
    texts.section("further details of the same reasons");
    let ann = shop.partner("zoe").await;
    let terms = json!([
        { "basis": "PERCENT", "value": "10", "eventType": "paid" },
        { "basis": "PERCENT", "value": "10", "recurringMonths": 1 },
        { "basis": "PERCENT", "value": "10", "recurringMonths": 12 },
        { "basis": "FIXED", "value": "0" },
        { "basis": "FIXED", "value": "3", "currency": "USD" },
        { "basis": "PERCENT", "value": "0.001" },
    ]);
    let campaign = shop.campaign(terms).await;
    for (id, more) in [("none", json!({})), ("other", json!({ "type": "lead" }))] {
        let decision = decided(&shop, merged(charge(id, &ann, &campaign, "3"), more)).await;
        for component in decision["components"].as_array().expect("components") {
            texts.line(&format!(
                "{}: {}",
                text(&component["reason"]),
                text(&component["detail"])
            ));
        }
    }
    let empty = merged(charge("zero", &ann, &campaign, "0"), json!({ "type": "paid" }));
    let decision = decided(&shop, empty).await;
    texts.line(&format!(
        "{}: {}",
        text(&decision["components"][0]["reason"]),
        text(&decision["components"][0]["detail"])
    ));
    texts.are_as_reviewed("zero.txt");
}
