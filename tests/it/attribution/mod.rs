//! Who brought a sale: the rule that recording follows, and touches.

mod performance;
mod rule;
mod simulation;
mod touches;
mod visitors;

use domain::id::{CampaignId, LinkId, PartnerId};
use domain::link::{Link, LinkStatus};
use serde_json::{Value, json};
use tributary::domain;
use tributary::domain::Timestamp;

use crate::ledger::{Shop, euros, merged};

const CREDITED: &str = "attribution { via partner { id } campaign { id } coupon { code } link { id } touchedAt model \
    touch { id kind } } decision { reason detail } customer { id partner { id } }";

/// A charge of 100.00 of the customer "c" on 1 March, and whatever else.
fn sale(id: &str, more: Value) -> Value {
    let charge = json!({
        "externalId": id, "kind": "CHARGE", "amount": euros("100"), "customerExternalId": "c",
        "occurredAt": "2026-03-01T12:00:00Z",
    });
    merged(charge, more)
}

/// Records a sale that must be fine, and returns its event.
async fn recorded(shop: &Shop<'_>, input: Value) -> Value {
    let selection = format!("event {{ {CREDITED} }}");
    shop.staff().done("recordEvent", input, &selection).await["event"].clone()
}

/// To whom a sale is credited, and how that is known.
async fn credited(shop: &Shop<'_>, input: Value) -> (Value, Value) {
    let event = recorded(shop, input).await;
    let attribution = &event["attribution"];
    (attribution["partner"]["id"].clone(), attribution["via"].clone())
}

/// Why nobody is credited, with the detail.
async fn nobody(shop: &Shop<'_>, input: Value) -> (String, String) {
    let event = recorded(shop, input).await;
    assert_eq!(event["attribution"], Value::Null, "{event}");
    let text = |field: &str| event["decision"][field].as_str().unwrap_or_default().to_owned();
    (text("reason"), text("detail"))
}

/// A recommendation by a partner.
fn referral(partner: &str, campaign: &str, at: &str) -> Value {
    json!({ "partnerId": partner, "campaignId": campaign, "occurredAt": at })
}

/// Records touches, which must be fine.
async fn touched(shop: &Shop<'_>, touches: Value) -> Vec<Value> {
    let document = "mutation($input: [RecordTouchInput!]!) {
        recordTouches(input: $input) { touch { id kind } duplicate userErrors { code message field } } }";
    let data = shop.staff().data_with(document, json!({ "input": touches })).await;
    let results = data["recordTouches"].as_array().expect("results").clone();
    for result in &results {
        assert_eq!(result["userErrors"], json!([]), "{result}");
    }
    results
}

/// A campaign that pays 10 %, with these settings.
async fn campaign(shop: &Shop<'_>, attribution: Value) -> String {
    let terms = json!([{ "basis": "PERCENT", "value": "10" }]);
    shop.campaign_with(json!({ "terms": terms, "attribution": attribution }))
        .await
}

/// A link, disabled since a moment or not.
async fn link(shop: &Shop<'_>, partner: &str, campaign: &str, key: &str, disabled_at: Option<Timestamp>) -> String {
    let now = shop.app.clock.now();
    let link = Link {
        id: LinkId::new(now),
        partner_id: partner.parse::<PartnerId>().unwrap(),
        campaign_id: campaign.parse::<CampaignId>().unwrap(),
        key: key.to_owned(),
        destination_url: Some("https://shop.example/".to_owned()),
        external_id: None,
        status: match disabled_at {
            Some(_) => LinkStatus::Disabled,
            None => LinkStatus::Active,
        },
        disabled_at,
        created_at: now,
        updated_at: now,
    };
    let origin = std::sync::Arc::new(domain::audit::Origin::command("test"));
    let trail = shop.app.app.trail(shop.tenant.id, origin);
    let transaction = shop.app.store().begin(trail).await.unwrap();
    tributary::store::link::insert(&transaction, shop.tenant.id, &link)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    link.id.to_string()
}
