//! What touches would credit a sale to, under every model.

use serde_json::{Value, json};

use crate::ledger::{Shop, euros};
use crate::support::both_databases;

const RESULT: &str =
    "attribution { model reason credits { partner touch weightNumerator weightDenominator share { amount } }
    touches { counts refusal } }";

fn touches(partners: &[&str]) -> Value {
    let days = partners.iter().zip(10..);
    let touch = |(partner, day): (&&str, i32)| json!({ "partner": partner, "campaign": "offer", "occurredAt": format!("2026-02-{day}T00:00:00Z") });
    days.map(touch).collect()
}

async fn simulated(shop: &Shop<'_>, attribution: Value, touches: Value, amount: &str) -> Value {
    let input = json!({
        "campaigns": [{ "name": "offer", "attribution": attribution }], "touches": touches,
        "occurredAt": "2026-03-01T00:00:00Z", "amount": euros(amount),
    });
    let made = shop.staff().done("simulateAttribution", input, RESULT).await;
    made["attribution"].clone()
}

fn shares(simulated: &Value) -> Vec<(String, String)> {
    let credits = simulated["credits"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let share = |credit: &Value| (text(&credit["partner"]), text(&credit["share"]["amount"]));
    credits.map(share).collect()
}

#[apply(both_databases)]
async fn all_four_models_divide_a_sale(app: TestApp) {
    let shop = Shop::new(&app).await;
    let before = app.rows().await;
    let own = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter()
            .map(|(partner, share)| ((*partner).to_owned(), (*share).to_owned()))
            .collect()
    };
    let four = touches(&["a", "b", "c", "d"]);
    let position = json!({ "model": "POSITION", "position": { "first": 40, "last": 40 } });
    let made = simulated(&shop, position, four.clone(), "99.99").await;
    assert_eq!(
        shares(&made),
        own(&[("a", "39.99"), ("b", "10.00"), ("c", "10.00"), ("d", "40.00")])
    );
    let linear = simulated(&shop, json!({ "model": "LINEAR" }), touches(&["a", "b", "c"]), "100").await;
    assert_eq!(shares(&linear), own(&[("a", "33.33"), ("b", "33.33"), ("c", "33.34")]));
    let merged = simulated(&shop, json!({ "model": "LINEAR" }), touches(&["a", "b", "a"]), "100").await;
    assert_eq!(shares(&merged), own(&[("b", "33.33"), ("a", "66.67")]));
    assert_eq!(
        (&merged["credits"][1]["touch"], &merged["credits"][1]["weightNumerator"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        shares(&simulated(&shop, json!({}), four.clone(), "1").await),
        own(&[("d", "1.00")])
    );
    let first = simulated(&shop, json!({ "model": "FIRST" }), four, "1").await;
    assert_eq!(shares(&first), own(&[("a", "1.00")]));
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn it_says_which_touches_do_not_count(app: TestApp) {
    let shop = Shop::new(&app).await;
    let at = |more: Value, time: &str| {
        let mut touch = json!({ "partner": "a", "campaign": "offer", "occurredAt": time });
        for (name, value) in more.as_object().unwrap() {
            touch[name] = value.clone();
        }
        touch
    };
    let touches = json!([
        at(json!({ "partnerRevoked": true }), "2026-02-28T00:00:00Z"),
        at(json!({ "linkDisabled": true }), "2026-02-28T00:00:00Z"),
        at(json!({}), "2026-03-01T00:00:01Z"),
        at(json!({}), "2025-12-30T23:59:59Z"),
        at(json!({}), "2025-12-31T00:00:00Z"),
    ]);
    let made = simulated(&shop, json!({}), touches, "1").await;
    let refusals: Vec<_> = made["touches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|touch| touch["refusal"].clone())
        .collect();
    let told = ["PARTNER_REVOKED", "LINK_DISABLED", "LATER", "TOO_OLD"].map(|word| json!(word));
    assert_eq!(refusals, [&told[..], &[Value::Null]].concat());
    assert_eq!(made["credits"][0]["touch"], 4);
    let old = simulated(&shop, json!({}), json!([at(json!({}), "2025-12-30T23:59:59Z")]), "1").await;
    assert_eq!(
        (&old["reason"], &old["model"]),
        (&json!("OUTSIDE_WINDOW"), &Value::Null)
    );
}

#[apply(both_databases)]
async fn a_campaign_takes_only_models_that_credit_one_partner(app: TestApp) {
    let shop = Shop::new(&app).await;
    for model in ["LINEAR", "POSITION"] {
        let position = (model == "POSITION").then(|| json!({ "first": 40, "last": 40 }));
        let input = json!({ "name": "Offer", "attribution": { "model": model, "position": position } });
        let problems = shop.staff().problems("createCampaign", input, "campaign").await;
        assert_eq!(problems, ["INVALID attribution.model"]);
    }
    let settings = "campaign { destinationUrl linkHosts attribution { windowDays model position { first last } couponRule binding } }";
    let made = shop
        .staff()
        .done("createCampaign", json!({ "name": "Offer" }), "campaign { id }")
        .await;
    let id = made["campaign"]["id"].clone();
    let change = json!({ "id": id, "destinationUrl": "https://SHOP.example/a", "linkHosts": ["shop.example"],
        "attribution": { "windowDays": 30, "couponRule": "IS_A_TOUCH", "binding": "EACH_EVENT", "model": "FIRST" } });
    let changed = shop.staff().done("updateCampaign", change, settings).await;
    assert_eq!(
        changed["campaign"],
        json!({ "destinationUrl": "https://shop.example/a", "linkHosts": ["shop.example"],
            "attribution": { "windowDays": 30, "model": "FIRST", "position": null, "couponRule": "IS_A_TOUCH", "binding": "EACH_EVENT" } })
    );
    let back = json!({ "id": id, "attribution": null });
    let changed = shop.staff().done("updateCampaign", back, settings).await;
    assert_eq!(changed["campaign"]["attribution"]["windowDays"], 60);
    // Each change of the settings is a version of the campaign.
    let versions = "SELECT CAST(MAX(version) AS text) FROM campaign_version";
    assert_eq!(app.texts(versions).await, ["3"]);
    let wrong = json!({ "id": id, "destinationUrl": "https://evil.example/", "attribution": { "windowDays": 366 } });
    let problems = shop.staff().problems("updateCampaign", wrong, "campaign").await;
    assert_eq!(problems, ["INVALID attribution.windowDays", "INVALID destinationUrl",]);
    let origins = json!({ "trackingOrigins": ["https://Shop.example", "https://shop.example/"] });
    let tenant = shop
        .staff()
        .done("updateTenant", origins, "tenant { trackingOrigins }")
        .await;
    assert_eq!(tenant["tenant"]["trackingOrigins"], json!(["https://shop.example"]));
}
