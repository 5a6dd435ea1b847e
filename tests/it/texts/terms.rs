//! Which terms paid, and what their components gave.

use serde_json::json;

use super::{STEPS, Texts, charge};
use crate::ledger::{Shop, merged};
use crate::support::both_databases;
use crate::terms::promise;

#[apply(both_databases)]
async fn terms_are_explained_as_reviewed(app: TestApp) {
    let shop = Shop::new(&app).await;
    let rules = json!({ "name": "Everybody", "default": true, "rules": [{ "recurring": { "percentage": "10" } }] });
    shop.make("createPartnerGroup", "partnerGroup", rules).await;
    let ann = shop.partner("ann").await;
    let terms = json!([
        { "basis": "PERCENT", "value": "12.5" },
        { "basis": "FIXED", "value": "200", "trigger": "FIRST", "eventType": "order" },
        { "basis": "PERCENT", "value": "20", "trigger": "SUBSEQUENT", "eventType": "order", "recurringMonths": 12 },
        { "basis": "PERCENT", "value": "1", "recurringMonths": 1 },
        { "basis": "GROUP_RULES" },
    ]);
    let (offer, bare) = (shop.campaign(terms.clone()).await, shop.campaign(json!([])).await);
    let order = json!({ "type": "order" });
    shop.record(merged(charge("1", &ann, Some(&offer), "299.90", "EUR"), order.clone()))
        .await;
    shop.record(merged(charge("2", &ann, Some(&offer), "100", "EUR"), order.clone()))
        .await;
    shop.record(merged(charge("3", &ann, Some(&bare), "100", "EUR"), order.clone()))
        .await;
    promise(&shop, &ann, None, "11", None).await;
    shop.record(merged(charge("4", &ann, Some(&bare), "100", "EUR"), order.clone()))
        .await;
    promise(&shop, &ann, Some(&bare), "12", None).await;
    shop.record(merged(charge("5", &ann, Some(&bare), "100", "EUR"), order))
        .await;
    let mut texts = Texts::default();
    texts.of(&shop, &ann).await;
    texts.section("a simulation of a promise");
    let events = json!([{ "kind": "CHARGE", "amount": { "amount": "100", "currency": "EUR" }, "occurredAt": "2026-03-01T00:00:00Z" }]);
    let promised = json!({ "terms": [{ "basis": "PERCENT", "value": "3" }] });
    let input = json!({ "terms": terms, "snapshot": promised, "events": events });
    let payload = shop
        .staff()
        .done("simulateCampaignTerms", input, &format!("commissions {{ {STEPS} }}"))
        .await;
    for commission in payload["commissions"].as_array().expect("commissions") {
        texts.steps("commission", &commission["explanation"]);
    }
    texts.are_as_reviewed("terms.txt");
}
