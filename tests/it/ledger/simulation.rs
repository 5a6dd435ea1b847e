//! Simulating terms says what recording would do.

use serde_json::{Value, json};

use super::{Shop, amounts, euros, merged, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn simulated_terms_pay_what_recorded_events_earn(app: TestApp) {
    let shop = Shop::new(&app).await;
    let rules = json!([
        { "newCustomerTimeTier": { "maxMonths": 1, "percentage": "50" } }, { "recurring": { "percentage": "10" } },
        { "partnerLtvUpgrade": { "minLtvTotal": "100", "upgradePercentage": "5" } },
        { "customerVolumeGate": { "minQualifiedCustomers": 1 } },
    ]);
    shop.make(
        "createPartnerGroup",
        "partnerGroup",
        json!({ "name": "g", "default": true, "rules": rules }),
    )
    .await;
    let term = |basis: &str, value: Option<&str>, trigger: &str, kind: Option<&str>, months: Option<i32>| {
        json!({
            "basis": basis, "value": value, "trigger": trigger, "eventType": kind, "recurringMonths": months,
        })
    };
    let terms = json!([
        term("FIXED", Some("200"), "FIRST", Some("created"), None),
        term("PERCENT", Some("20"), "EVERY", Some("paid"), None),
        term("PERCENT", Some("50"), "FIRST", Some("paid"), None),
        term("PERCENT", Some("20"), "SUBSEQUENT", Some("paid"), None),
        term("PERCENT", Some("12.345678"), "EVERY", None, Some(1)),
        term("GROUP_RULES", None, "EVERY", None, None),
    ]);
    let event = |kind: Option<&str>, amount: Option<&str>, day: &str, customer: Option<&str>| {
        json!({
            "kind": if amount.is_some() { "CHARGE" } else { "CONVERSION" }, "type": kind,
            "amount": amount.map(euros), "occurredAt": format!("2026-{day}T10:00:00Z"), "customer": customer,
        })
    };
    let events = [
        event(Some("created"), None, "01-01", Some("a")),
        event(Some("paid"), Some("49"), "01-02", Some("a")),
        event(Some("paid"), Some("49"), "02-02", Some("a")),
        event(Some("paid"), Some("0"), "02-02", Some("b")),
        event(None, Some("99.99"), "02-03", None),
        event(Some("paid"), Some("33.33"), "02-04", Some("b")),
        event(Some("created"), Some("10"), "02-05", Some("b")),
    ];
    let before = app.rows().await;
    let simulated = shop.staff().done(
        "simulateCampaignTerms", json!({ "terms": terms, "holdbackDays": 7, "events": events }),
        "commissions { event term amount { amount } holdbackDays matureAt explanation { source outcome detail amount } }",
    ).await["commissions"].clone();
    assert_eq!(app.rows().await, before);
    let campaign = shop.campaign_with(json!({ "terms": terms, "holdbackDays": 7 })).await;
    let partner = shop.partner("ann").await;
    let (mut simulated, mut rows) = (simulated.as_array().unwrap().clone(), 0);
    assert_eq!(simulated[0]["matureAt"], "2026-01-08T10:00:00Z");
    for (index, event) in events.iter().enumerate() {
        let mut input = merged(
            event.clone(),
            json!({
                "externalId": index.to_string(), "customerExternalId": event["customer"], "partnerId": partner,
                "campaignId": campaign,
            }),
        );
        input.as_object_mut().unwrap().remove("customer");
        let recorded = shop.record(input).await["commissions"].clone();
        let count = simulated.iter().filter(|row| row["event"] == index).count();
        let expected: Value = simulated.drain(..count).collect();
        assert_eq!(amounts(&recorded), amounts(&expected), "event {index}");
        for (row, expected) in recorded.as_array().unwrap().iter().zip(expected.as_array().unwrap()) {
            assert_eq!(row["explanation"], expected["explanation"], "event {index}");
            assert_eq!(text(&row["kind"]), "EVENT");
            rows += 1;
        }
    }
    assert!(rows > 12, "{rows}");
    shop.assert_sound(&partner).await;
}
