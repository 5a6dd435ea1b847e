//! What is counted after a move is what a tenant counts in which the events were recorded so in the first place.

use fastrand::Rng;
use serde_json::{Value, json};

use super::{Two, selection};
use crate::ledger::{Shop, merged, refund, text};
use crate::support::{TestApp, both_databases};

/// What a programme pays.
struct Pays {
    rules: Value,
    terms: Value,
}

impl Pays {
    /// With bonuses by lifetime value and volume.
    fn usual() -> Self {
        Self {
            rules: json!([
                { "recurring": { "percentage": "10" } },
                { "partnerLtvUpgrade": { "minLtvTotal": "150", "upgradePercentage": "5" } },
                { "chargeThresholdBonus": { "minChargeTotal": "80", "bonus": "2" } },
            ]),
            terms: json!([
                { "basis": "GROUP_RULES" },
                { "basis": "FIXED", "value": "4", "trigger": "FIRST", "eventType": "signup" },
                { "basis": "FIXED", "value": "1", "trigger": "SUBSEQUENT", "eventType": "signup", "recurringMonths": 2 },
            ]),
        }
    }

    /// Less, and for other things.
    fn earlier() -> Self {
        Self {
            rules: json!([{ "recurring": { "percentage": "7" } }]),
            terms: json!([
                { "basis": "PERCENT", "value": "3" },
                { "basis": "GROUP_RULES", "trigger": "SUBSEQUENT", "eventType": "signup" },
            ]),
        }
    }

    /// A programme of two partners of one group, who are paid so.
    async fn programme<'a>(&self, app: &'a TestApp, slug: &str) -> (Two<'a>, String) {
        let tenant = app.tenant(slug).await;
        let shop = Shop { app, tenant };
        let input = json!({ "name": "G", "rules": self.rules });
        let group = shop.make("createPartnerGroup", "partnerGroup", input).await;
        let (ann, bob) = (
            shop.partner_with("ann", json!({ "groupId": group })).await,
            shop.partner_with("bob", json!({ "groupId": group })).await,
        );
        let campaign = shop
            .campaign_with(json!({ "terms": self.terms, "holdbackDays": 3 }))
            .await;
        let two = Two {
            shop,
            ann,
            bob,
            campaign,
        };
        (two, group)
    }

    /// Pays so from now on.
    async fn change(&self, two: &Two<'_>, group: &str) {
        let staff = two.shop.staff();
        let update = json!({ "id": group, "rules": self.rules });
        staff.done("updatePartnerGroup", update, "partnerGroup { id }").await;
        let update = json!({ "id": two.campaign, "terms": self.terms });
        staff.done("updateCampaign", update, "campaign { id }").await;
    }
}

/// A programme with bonuses by lifetime value and volume, and a tier.
async fn programme<'a>(app: &'a TestApp, slug: &str) -> Two<'a> {
    let (two, _) = Pays::usual().programme(app, slug).await;
    add_tier(&two).await;
    two
}

/// A tier by both of its metrics, which also pays for what came before its goals were reached.
async fn add_tier(two: &Two<'_>) {
    let tier = json!({
        "name": "T", "status": "ACTIVE", "currency": "EUR", "startDate": "2026-01-01", "endDate": "2026-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [two.campaign],
        "goals": [{ "metric": "CONVERSION", "goal": "4" }, { "metric": "SALE_AMOUNT", "goal": "120" }],
        "payout": { "action": "INCREASE", "value": "10" }, "retroactivePayout": { "action": "FLAT_INCREASE", "value": "0.50" },
    });
    two.shop.make("createTieredCommission", "tieredCommission", tier).await;
}

/// What is counted of a partner, and what its next event would earn.
async fn counted(two: &Two<'_>, partner: &str) -> Value {
    let document = "query($id: ID!, $campaign: ID!) { partner(id: $id) { lifetimeValue { amount currency }
        termsInForce(campaignId: $campaign) { qualifiedCustomers }
        tierProgress { tier metric value goal windowStart } } }";
    let data = two
        .shop
        .staff()
        .data_with(document, json!({ "id": partner, "campaign": two.campaign }))
        .await;
    let mut found = data["partner"].clone();
    // What was once counted and has left reads 0; what never was is not there.
    found["lifetimeValue"]
        .as_array_mut()
        .unwrap()
        .retain(|value| value["amount"] != "0.00");
    found
}

/// Events that are recorded after the move, and whether they are Bob's: of the customer that was moved, of the others, and of
/// a new one.
fn probes(random: &mut Rng) -> Vec<(bool, Value)> {
    let mut probes = Vec::new();
    for customer in ["cust", "other", "bobs", "new"] {
        for (kind, amount) in [
            ("CONVERSION", "1"),
            ("CHARGE", "60"),
            ("CHARGE", "90.01"),
            ("CONVERSION", "1"),
        ] {
            let probe = json!({
                "kind": kind, "type": "signup", "amount": { "amount": amount, "currency": "EUR" },
                "customerExternalId": customer, "occurredAt": "2026-02-28T00:00:00Z",
            });
            probes.push((random.bool(), probe));
        }
    }
    random.shuffle(&mut probes);
    probes
}

/// What an event earns that is recorded now: its rows, and why others are none.
async fn later(two: &Two<'_>, partner: &str, number: usize, probe: &Value) -> Value {
    let named = json!({ "externalId": format!("later {number}"), "partnerId": partner, "campaignId": two.campaign });
    let input = merged(probe.clone(), named);
    let document = "mutation($input: RecordEventInput!) { recordEvent(input: $input) { userErrors { message }
        commissions { kind status amount { amount currency } holdbackDays }
        event { decision { earned reason components { term reason amount { amount } } } } } }";
    let data = two.shop.staff().data_with(document, json!({ "input": input })).await;
    data["recordEvent"].clone()
}

struct Made {
    events: Vec<(Value, bool)>,
}

/// Events of a customer that will be moved and of another one, with refunds; made the same for the same seed.
fn made(random: &mut Rng) -> Made {
    let mut events: Vec<(Value, bool)> = Vec::new();
    for number in 0..random.usize(5..11) {
        let is_moved = random.u8(..3) > 0;
        let charge = random.u8(..4) > 0;
        let amount = format!("{}.{:02}", random.u8(5..95), random.u8(..100));
        let mut event = json!({
            "externalId": format!("e{number}"), "kind": if charge { "CHARGE" } else { "CONVERSION" },
            "amount": { "amount": amount, "currency": "EUR" },
            "occurredAt": format!("2026-02-{:02}T10:00:00Z", random.u8(1..28)),
            "customerExternalId": if is_moved { "cust" } else { "other" },
        });
        if random.bool() {
            event["type"] = json!("signup");
        }
        events.push((event, is_moved));
        if random.u8(..3) == 0 {
            let amount = random
                .bool()
                .then(|| format!("{}.{:02}", random.u8(1..5), random.u8(..100)));
            let back = refund(&format!("r{number}"), &format!("e{number}"), amount.as_deref());
            events.push((back, is_moved));
        }
    }
    Made { events }
}

impl Made {
    /// Records them: what will be moved for one partner, the rest for the first.
    async fn record(&self, two: &Two<'_>, moved_to: &str) {
        for (event, is_moved) in &self.events {
            let mut event = event.clone();
            if event.get("originalExternalId").is_none() {
                let partner = if *is_moved { moved_to } else { &two.ann };
                event = merged(event, json!({ "partnerId": partner, "campaignId": two.campaign }));
            }
            two.shop.record(event).await;
        }
    }
}

/// Bob has something of his own.
async fn record_own(two: &Two<'_>) {
    let own = json!({
        "externalId": "own", "kind": "CHARGE", "amount": { "amount": "33", "currency": "EUR" }, "partnerId": two.bob,
        "campaignId": two.campaign, "customerExternalId": "bobs", "occurredAt": "2026-02-03T00:00:00Z",
    });
    two.shop.record(own).await;
}

/// The id of the customer that is moved.
async fn moved_customer(two: &Two<'_>) -> Value {
    let document = "{ customers(filter: { search: \"cust\" }) { nodes { id } } }";
    two.shop.staff().data(document).await["customers"]["nodes"][0]["id"].clone()
}

/// What Bob's events came to, whenever that was: each row with its event, kind, amount and holdback, and whether it was
/// reversed.
async fn earned(two: &Two<'_>) -> Vec<String> {
    let rows = two.shop.rows(&two.bob).await.into_iter().map(|row| {
        let [kind, amount] = [&row["kind"], &row["amount"]["amount"]].map(text);
        // What is taken back of an adjustment names no event.
        let event = row["event"]["externalId"].as_str().unwrap_or("none");
        format!(
            "{event} {kind} {amount} {} {}",
            row["holdbackDays"],
            row["status"] == "REVERSED"
        )
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows
}

/// Moved events earn what the engine gives with the terms of today, in the order of recording and with their refunds: as in
/// a tenant in which these terms paid from the start.
#[apply(both_databases)]
async fn moved_events_earn_what_todays_terms_give(app: TestApp) {
    for seed in 100..112 {
        let mut random = Rng::with_seed(seed);
        let made = made(&mut random);
        if !made.events.iter().any(|(_, is_moved)| *is_moved) {
            continue;
        }
        let (moving, group) = Pays::earlier().programme(&app, &format!("moving-{seed}")).await;
        let (fresh, _) = Pays::usual().programme(&app, &format!("fresh-{seed}")).await;
        let is_tiered = random.bool();
        if is_tiered {
            add_tier(&moving).await;
            add_tier(&fresh).await;
        }
        made.record(&moving, &moving.ann).await;
        made.record(&fresh, &fresh.bob).await;
        Pays::usual().change(&moving, &group).await;
        let moved = moving
            .reassign(merged(
                moving.to_bob().await,
                json!({ "customerId": moved_customer(&moving).await }),
            ))
            .await;
        assert_eq!(moved["remaining"], 0);
        let expected = earned(&fresh).await;
        assert!(
            expected.iter().any(|row| row.contains(" EVENT ")),
            "seed {seed}: {expected:?}"
        );
        assert_eq!(
            earned(&moving).await,
            expected,
            "seed {seed}, tiered {is_tiered}: {:#?}",
            made.events
        );
        moving.assert_sound().await;
    }
}

#[apply(both_databases)]
async fn counters_equal_those_of_a_tenant_that_recorded_it_so(app: TestApp) {
    for seed in 0..10 {
        let mut random = Rng::with_seed(seed);
        let made = made(&mut random);
        if !made.events.iter().any(|(_, is_moved)| *is_moved) {
            continue;
        }
        let moving = programme(&app, &format!("moving-{seed}")).await;
        let fresh = programme(&app, &format!("fresh-{seed}")).await;
        for two in [&moving, &fresh] {
            record_own(two).await;
        }
        made.record(&moving, &moving.ann).await;
        made.record(&fresh, &fresh.bob).await;
        let paid = random.bool();
        if paid {
            let rows = moving.shop.rows(&moving.ann).await;
            let ids: Vec<_> = rows
                .iter()
                .filter(|row| row["status"] == "ACCRUED" && row["kind"] == "EVENT")
                .filter_map(|row| row["id"].as_str())
                .collect();
            if !ids.is_empty() {
                moving.shop.approve(&ids[..ids.len().div_ceil(2)]).await;
                moving.shop.pay().await;
            }
        }
        let others = |rows: Vec<Value>| {
            rows.into_iter()
                .filter(|row| {
                    let name = row["event"]["externalId"].as_str().unwrap_or_default();
                    made.events
                        .iter()
                        .any(|(event, is_moved)| !is_moved && event["externalId"] == name)
                })
                .collect::<Vec<_>>()
        };
        let (anns, bobs) = (
            others(moving.shop.rows(&moving.ann).await),
            moving.shop.rows(&moving.bob).await,
        );
        let input = json!({
            "customerId": moved_customer(&moving).await, "partnerId": moving.bob, "campaignId": moving.campaign,
            "from": "2000-01-01T00:00:00Z", "reason": "x", "clawBackPaid": random.bool(),
        });
        moving.shop.staff().done("reassignCustomer", input, &selection()).await;
        moving.assert_sound().await;
        for (moved, recorded) in [(&moving.ann, &fresh.ann), (&moving.bob, &fresh.bob)] {
            assert_eq!(
                counted(&moving, moved).await,
                counted(&fresh, recorded).await,
                "seed {seed}"
            );
        }
        // What is not moved stays to the letter.
        assert_eq!(others(moving.shop.rows(&moving.ann).await), anns, "seed {seed}");
        assert_eq!(moving.shop.rows(&moving.bob).await[..bobs.len()], bobs, "seed {seed}");
        // What is recorded from now on earns the same, to the cent, in whatever order, and for the same reasons.
        for (number, (to_bob, probe)) in probes(&mut random).into_iter().enumerate() {
            let here = if to_bob { &moving.bob } else { &moving.ann };
            let there = if to_bob { &fresh.bob } else { &fresh.ann };
            let earned = later(&moving, here, number, &probe).await;
            let expected = later(&fresh, there, number, &probe).await;
            assert_eq!(earned, expected, "seed {seed}: {to_bob} {probe}");
        }
        for (moved, recorded) in [(&moving.ann, &fresh.ann), (&moving.bob, &fresh.bob)] {
            assert_eq!(
                counted(&moving, moved).await,
                counted(&fresh, recorded).await,
                "seed {seed}"
            );
        }
        moving.assert_sound().await;
    }
}
