//! Times that stand for none: the zeros of programs and spreadsheets are refused wherever they would be recorded or
//! computed with.

use serde_json::json;

use crate::support::both_databases;
use crate::support::programme::Programme;

const ZEROS: [&str; 5] = [
    "0001-01-01T00:00:00Z",
    "1899-12-30T00:00:00Z",
    "1969-12-31T23:59:59.999999Z",
    "1970-01-01T00:00:00Z",
    "1989-12-31T23:59:59.999999Z",
];

#[apply(both_databases)]
async fn zeros_are_no_times(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    let amount = json!({ "amount": "10", "currency": "USD" });
    let event = json!({
        "externalId": "new", "kind": "CHARGE", "partnerId": p.a, "customerExternalId": "new", "amount": amount,
    });
    let tier = json!({
        "name": "New", "status": "ACTIVE", "startDate": "2026-01-01", "endDate": "2026-12-31", "period": "MONTHLY", "campaignIds": [p.campaign],
        "applyToAllPartners": true, "goals": [{ "metric": "CONVERSION", "goal": "10" }],
    });
    let terms = json!([{ "basis": "PERCENT", "value": "10" }]);
    let proposal = json!({ "campaignTerms": { "campaignId": p.campaign, "terms": terms } });
    for zero in ZEROS {
        let (at, day) = (json!(zero), json!(zero[..10]));
        let with = |mut input: serde_json::Value, field: &str, value: &serde_json::Value| {
            input[field] = value.clone();
            input
        };
        let simulated = json!([{ "kind": "CHARGE", "amount": amount, "occurredAt": at }]);
        let sound = json!([{ "occurredAt": "2026-02-01T00:00:00Z", "basePayout": "4" }]);
        let conversions = json!([{ "occurredAt": at, "basePayout": "4" }]);
        for (mutation, input, selected, path) in [
            (
                "recordEvent",
                with(event.clone(), "occurredAt", &at),
                "event { id }",
                "occurredAt",
            ),
            (
                "recordEvent",
                with(event.clone(), "customerAcquiredAt", &at),
                "event { id }",
                "customerAcquiredAt",
            ),
            (
                "createCampaign",
                json!({ "name": "C", "startsAt": at }),
                "campaign { id }",
                "startsAt",
            ),
            (
                "updateCampaign",
                json!({ "id": p.campaign, "startsAt": at }),
                "campaign { id }",
                "startsAt",
            ),
            (
                "createTieredCommission",
                with(tier.clone(), "startDate", &day),
                "tieredCommission { id }",
                "startDate",
            ),
            (
                "simulateTieredCommission",
                json!({ "tiers": [with(tier.clone(), "startDate", &day)], "conversions": sound }),
                "conversions { payout { amount } }",
                "tiers.0.startDate",
            ),
            (
                "simulateTieredCommission",
                json!({ "tieredCommissionIds": [p.tiered], "conversions": conversions }),
                "conversions { payout { amount } }",
                "conversions.0.occurredAt",
            ),
            (
                "simulateCampaignTerms",
                json!({ "terms": terms, "events": simulated }),
                "commissions { event }",
                "events.0.occurredAt",
            ),
            (
                "createBacktest",
                json!({ "from": at, "to": "2026-02-01T00:00:00Z", "proposal": proposal }),
                "backtest { id }",
                "from",
            ),
            (
                "reassignCustomer",
                json!({ "customerId": p.customer, "partnerId": p.b, "from": at, "reason": "r" }),
                "customer { id }",
                "from",
            ),
        ] {
            let found = p.staff.problems(mutation, input, selected).await;
            assert_eq!(found, [format!("INVALID {path}")], "{mutation} at {zero}");
        }
    }
    assert_eq!(app.rows().await, before);
    // To ask for what is there since the year 1 is fine.
    let all = p
        .staff
        .data("{ events(filter: { occurredFrom: \"0001-01-01T00:00:00Z\" }) { totalCount } }")
        .await;
    assert_ne!(all["events"]["totalCount"], 0);
}
