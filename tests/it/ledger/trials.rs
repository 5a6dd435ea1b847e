//! Free trials: events that bring no money are no first sale, and start no months that are paid.

use serde_json::{Value, json};

use super::{Shop, amounts, charge, merged};
use crate::support::both_databases;

/// A sale of the customer, so many days ago.
fn sale(shop: &Shop<'_>, id: &str, (partner, campaign): (&str, &str), amount: &str, days: i64) -> Value {
    let at = shop.app.clock.now() - chrono::TimeDelta::days(days);
    let more = json!({ "type": "invoice", "customerExternalId": "cust", "occurredAt": at.to_rfc3339() });
    merged(charge(id, partner, campaign, amount), more)
}

#[apply(both_databases)]
async fn a_free_trial_is_not_the_first_sale(app: TestApp) {
    let shop = Shop::new(&app).await;
    let cases: [(&str, Value, [&[&str]; 3]); 5] = [
        (
            "percent first",
            json!({ "basis": "PERCENT", "value": "20", "trigger": "FIRST" }),
            [&[], &["20.00"], &[]],
        ),
        (
            "fixed first",
            json!({ "basis": "FIXED", "value": "50", "trigger": "FIRST" }),
            [&[], &["50.00"], &[]],
        ),
        (
            "percent later",
            json!({ "basis": "PERCENT", "value": "20", "trigger": "SUBSEQUENT" }),
            [&[], &[], &["20.00"]],
        ),
        (
            "fixed later",
            json!({ "basis": "FIXED", "value": "50", "trigger": "SUBSEQUENT" }),
            [&[], &[], &["50.00"]],
        ),
        (
            "months",
            json!({ "basis": "PERCENT", "value": "20", "recurringMonths": 1 }),
            [&[], &["20.00"], &["20.00"]],
        ),
    ];
    for (name, term, expected) in cases {
        let term = merged(term, json!({ "eventType": "invoice" }));
        // One by one, and as a list.
        for is_list in [false, true] {
            let partner = shop
                .partner(&format!("{} {is_list}", name.replace(' ', "-")).replace(' ', "-"))
                .await;
            let campaign = shop.campaign(json!([term])).await;
            let to = (partner.as_str(), campaign.as_str());
            let events = [("0", 45), ("100", 2), ("100", 1)]
                .iter()
                .enumerate()
                .map(|(number, (amount, days))| {
                    let id = format!("{name} {is_list} {number}");
                    merged(
                        sale(&shop, &id, to, amount, *days),
                        json!({ "customerExternalId": format!("{name} {is_list}") }),
                    )
                });
            let events: Vec<_> = events.collect();
            let earned: Vec<_> = match is_list {
                true => {
                    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { commissions { amount { amount } } } }";
                    let data = shop.staff().data_with(document, json!({ "input": events })).await;
                    data["recordEvents"]
                        .as_array()
                        .expect("answers")
                        .iter()
                        .map(|answer| amounts(&answer["commissions"]))
                        .collect()
                }
                false => {
                    let mut earned = Vec::new();
                    for event in events {
                        earned.push(shop.earned(event).await);
                    }
                    earned
                }
            };
            assert_eq!(earned, expected.map(|amounts| amounts.to_vec()), "{name} {is_list}");
        }
    }
}

#[apply(both_databases)]
async fn a_lead_is_the_first_event_for_fixed_amounts_only(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (
        shop.partner("ann").await,
        shop.campaign(json!([
            { "basis": "FIXED", "value": "5", "trigger": "FIRST", "eventType": "invoice" },
            { "basis": "PERCENT", "value": "10", "trigger": "FIRST", "eventType": "invoice" },
        ]))
        .await,
    );
    let lead = merged(
        sale(&shop, "lead", (&ann, &campaign), "0", 3),
        json!({ "kind": "CONVERSION" }),
    );
    assert_eq!(shop.earned(lead).await, ["5.00"]);
    assert_eq!(
        shop.earned(sale(&shop, "trial", (&ann, &campaign), "0", 2)).await,
        [""; 0]
    );
    assert_eq!(
        shop.earned(sale(&shop, "sale", (&ann, &campaign), "100", 1)).await,
        ["10.00"]
    );
    assert_eq!(
        shop.earned(sale(&shop, "renewal", (&ann, &campaign), "100", 0)).await,
        [""; 0]
    );
    let reasons = shop
        .staff()
        .data("{ event(externalId: \"trial\") { decision { reason components { reason detail } } } }")
        .await;
    assert_eq!(
        reasons["event"]["decision"],
        json!({ "reason": "NOT_FIRST", "components": [
        { "reason": "NOT_FIRST", "detail": "an event of type \"invoice\" of this customer was recorded before" },
        { "reason": "NOT_FIRST", "detail": "a charge of 0.00 EUR does not count as a first event" },
    ] })
    );
}

#[apply(both_databases)]
async fn a_simulated_snapshot_is_that_of_its_campaign(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let input = |campaign: Value| {
        json!({
            "terms": [{ "basis": "PERCENT", "value": "10" }],
            "snapshot": { "campaignId": campaign, "terms": [{ "basis": "PERCENT", "value": "30" }] },
            "events": [{ "kind": "CHARGE", "amount": { "amount": "100", "currency": "EUR" }, "occurredAt": "2026-03-01T10:00:00Z" }],
        })
    };
    for (campaign, source) in [
        (json!(null), "terms promised for all campaigns"),
        (json!(campaign), "terms promised for the campaign"),
    ] {
        let selection = "commissions { amount { amount } explanation { source } }";
        let payload = shop
            .staff()
            .done("simulateCampaignTerms", input(campaign), selection)
            .await;
        assert_eq!(payload["commissions"][0]["amount"]["amount"], "30.00");
        assert_eq!(payload["commissions"][0]["explanation"][0]["source"], source);
    }
    let unknown = campaign[..campaign.len() - 4].to_owned() + "0000";
    for wrong in [partner.as_str(), "x", &unknown] {
        let problems = shop
            .staff()
            .problems("simulateCampaignTerms", input(json!(wrong)), "commissions { term }")
            .await;
        assert_eq!(problems.len(), 1, "{wrong}: {problems:?}");
        assert!(problems[0].ends_with(" snapshot.campaignId"), "{wrong}: {problems:?}");
    }
}
