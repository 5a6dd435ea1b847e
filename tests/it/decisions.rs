//! Why events earned what they earned: decisions are kept with every charge and conversion.

use serde_json::{Value, json};

use crate::ledger::{Shop, charge, euros, merged, text};
use crate::support::both_databases;

const DECISION: &str = "decision { earned reason components { term reason amount { amount currency } detail } }";

/// The decision of an event, as its recording answers it.
pub async fn decided(shop: &Shop<'_>, event: Value) -> Value {
    let payload = shop
        .staff()
        .done("recordEvent", event, &format!("event {{ {DECISION} }}"))
        .await;
    payload["event"]["decision"].clone()
}

/// Its reason, or `EARNED`, and the details of its components.
fn short(decision: &Value) -> (String, Vec<String>) {
    let reason = decision["reason"].as_str().unwrap_or("EARNED").to_owned();
    assert_eq!(decision["earned"], json!(reason == "EARNED"), "{decision}");
    let components = decision["components"].as_array().expect("components");
    (
        reason,
        components.iter().map(|component| text(&component["detail"])).collect(),
    )
}

/// A programme in which every reason can come up, and an event for each: its name, the event, and what to expect.
pub async fn every_reason(shop: &Shop<'_>) -> Vec<(&'static str, Value, Vec<String>)> {
    let ann = shop.partner("ann").await;
    let suspended = shop.partner("sue").await;
    shop.make("suspendPartner", "partner", json!({ "id": suspended, "reason": "r" }))
        .await;
    let revoked = shop.partner("rob").await;
    shop.make("revokePartner", "partner", json!({ "id": revoked, "reason": "r" }))
        .await;
    let ten = json!([{ "basis": "PERCENT", "value": "10" }]);
    let paused = shop.campaign_with(json!({ "terms": ten, "status": "PAUSED" })).await;
    let future = shop
        .campaign_with(json!({ "terms": ten, "startsAt": "2030-01-01T00:00:00Z" }))
        .await;
    let past = shop
        .campaign_with(json!({ "terms": ten, "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2021-01-01T00:00:00Z" }))
        .await;
    let bare = shop.campaign(json!([])).await;
    let typed = |trigger: &str| json!([{ "basis": "PERCENT", "value": "10", "eventType": "paid", "trigger": trigger }]);
    let (every, first, later) = (
        shop.campaign(typed("EVERY")).await,
        shop.campaign(typed("FIRST")).await,
        shop.campaign(typed("SUBSEQUENT")).await,
    );
    let months = json!([{ "basis": "PERCENT", "value": "10", "recurringMonths": 1 }]);
    let months = shop.campaign(months).await;
    let fixed = shop.campaign(json!([{ "basis": "FIXED", "value": "5" }])).await;
    let grouped = shop.campaign(json!([{ "basis": "GROUP_RULES" }])).await;
    let nothing = shop.campaign(json!([{ "basis": "PERCENT", "value": "0" }])).await;
    let plain = shop.campaign(ten).await;
    let tiered = shop.percent("10").await;
    let tier = json!({
        "name": "Nothing left", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [tiered], "goals": [{ "metric": "CONVERSION", "goal": "1" }],
        "crossingPolicy": "CROSSING_CONVERSION", "payout": { "action": "FLAT_DECREASE", "value": "100" },
    });
    shop.make("createTieredCommission", "tieredCommission", tier).await;
    let rules = json!({ "name": "Gated", "rules": [
        { "recurring": { "percentage": "10" } }, { "customerVolumeGate": { "minQualifiedCustomers": 9 } },
    ] });
    let gated = shop.make("createPartnerGroup", "partnerGroup", rules).await;
    let gus = shop.partner_with("gus", json!({ "groupId": gated })).await;
    let by = |partner: &str, campaign: &str, more: Value| merged(charge("", partner, campaign, "100"), more);
    let seen = by(
        &ann,
        &first,
        json!({ "externalId": "seen", "type": "paid", "customerExternalId": "c1" }),
    );
    shop.record(seen).await;
    let long_ago = json!({ "externalId": "old", "customerExternalId": "c2", "occurredAt": "2025-01-15T00:00:00Z" });
    shop.record(by(&ann, &months, long_ago)).await;
    let dollars = json!({ "amount": { "amount": "100", "currency": "USD" } });
    let none = Vec::new;
    let one = |detail: &str| vec![detail.to_owned()];
    let coded = json!({ "externalId": "", "kind": "CHARGE", "amount": euros("100"), "couponCode": "NONE" });
    let unattributed = json!({ "externalId": "", "kind": "CHARGE", "amount": euros("100") });
    let touch = json!({ "partnerId": ann, "campaignId": plain, "occurredAt": "2025-01-01T00:00:00Z" });
    let outside = json!({ "externalId": "", "kind": "CHARGE", "amount": euros("100"), "touches": [touch] });
    vec![
        ("COUPON_INVALID", coded, none()),
        ("OUTSIDE_WINDOW", outside, none()),
        ("UNATTRIBUTED", unattributed, none()),
        ("PARTNER_SUSPENDED", by(&suspended, &plain, json!({})), none()),
        ("PARTNER_REVOKED", by(&revoked, &plain, json!({})), none()),
        ("CAMPAIGN_PAUSED", by(&ann, &paused, json!({})), none()),
        ("CAMPAIGN_NOT_STARTED", by(&ann, &future, json!({})), none()),
        ("CAMPAIGN_ENDED", by(&ann, &past, json!({})), none()),
        ("NO_TERMS", by(&ann, &bare, json!({})), none()),
        (
            "EVENT_TYPE",
            by(&ann, &every, json!({ "type": "PAID" })),
            one("event type \"PAID\" is not \"paid\" (differs in case only)"),
        ),
        (
            "CUSTOMER_REQUIRED",
            by(&ann, &first, json!({ "type": "paid" })),
            one("no customer, the trigger FIRST needs one"),
        ),
        (
            "NOT_FIRST",
            by(&ann, &first, json!({ "type": "paid", "customerExternalId": "c1" })),
            one("an event of type \"paid\" of this customer was recorded before"),
        ),
        (
            "NOT_SUBSEQUENT",
            by(&ann, &later, json!({ "type": "paid", "customerExternalId": "c3" })),
            one("the first event of type \"paid\" of this customer"),
        ),
        (
            "RECURRING_MONTHS_OVER",
            by(&ann, &months, json!({ "customerExternalId": "c2" })),
            one("month 14 of 1"),
        ),
        (
            "CURRENCY",
            by(&ann, &fixed, dollars),
            one("USD charge, fixed amount in EUR"),
        ),
        (
            "NO_AMOUNT",
            by(&ann, &plain, json!({ "kind": "CONVERSION", "amount": null })),
            one("the event has no amount"),
        ),
        (
            "NO_GROUP",
            by(&ann, &grouped, json!({})),
            one("no partner group, and no default group"),
        ),
        ("ZERO_RATE", by(&ann, &nothing, json!({})), one("0 % of 100.00 EUR")),
        (
            "RULES_GAVE_ZERO",
            by(&gus, &grouped, json!({ "kind": "CONVERSION" })),
            one("rules of the group Gated: 10 % of 100.00 EUR, blocked: 0 qualified customers < 9"),
        ),
        (
            "ROUNDED_TO_ZERO",
            by(&ann, &plain, json!({ "amount": euros("0.04") })),
            one("10 % of 0.04 EUR: 0.004 EUR rounds to 0.00 EUR"),
        ),
        (
            "TIER_GAVE_ZERO",
            by(&ann, &tiered, json!({})),
            one("10 % of 100.00 EUR, of which a tiered commission left nothing"),
        ),
        ("EARNED", by(&ann, &plain, json!({})), one("10 % of 100.00 EUR")),
    ]
}

#[apply(both_databases)]
async fn every_reason_of_zero_is_told(app: TestApp) {
    let shop = Shop::new(&app).await;
    let cases = every_reason(&shop).await;
    app.clock.advance(std::time::Duration::from_secs(60));
    let from = app.clock.now();
    let mut decisions = Vec::new();
    for (reason, event, details) in &cases {
        let event = merged(event.clone(), json!({ "externalId": reason }));
        let decision = decided(&shop, event.clone()).await;
        assert_eq!(short(&decision), ((*reason).to_owned(), details.clone()), "{event}");
        // Sent again, it is answered with the same; it is what the event shows later, too.
        assert_eq!(decided(&shop, event).await, decision);
        decisions.push(decision);
    }
    app.clock.advance(std::time::Duration::from_secs(60));
    let to = app.clock.now();
    let ids: Vec<_> = cases.iter().map(|(reason, ..)| *reason).collect();
    app.reset_statements();
    let list = format!(
        "query($from: DateTime!) {{ events(first: 100, filter: {{ recordedFrom: $from }}) {{ nodes {{ externalId {DECISION} }} }} }}"
    );
    let data = shop
        .staff()
        .data_with(&list, json!({ "from": from.to_rfc3339() }))
        .await;
    assert_eq!(app.statements().len(), 2, "{:#?}", app.statements());
    let mut nodes = data["events"]["nodes"].as_array().unwrap().clone();
    nodes.reverse();
    let found: Vec<_> = nodes
        .iter()
        .map(|node| (text(&node["externalId"]), node["decision"].clone()))
        .collect();
    let expected: Vec<_> = ids.iter().map(|id| (*id).to_owned()).zip(decisions).collect();
    assert_eq!(found, expected);
    // Each reason finds its event, and the totals add them up.
    for reason in &ids[..ids.len() - 1] {
        let filter = json!({ "filter": { "reason": [reason], "recordedFrom": from.to_rfc3339() } });
        let document = "query($filter: EventFilter) { events(filter: $filter) { totalCount nodes { externalId } } }";
        let data = shop.staff().data_with(document, filter).await;
        assert_eq!(
            data["events"],
            json!({ "totalCount": 1, "nodes": [{ "externalId": reason }] })
        );
    }
    let document = "query($from: DateTime!, $to: DateTime!) {
            earned: events(filter: { earned: true, recordedFrom: $from }) { totalCount }
            not: events(filter: { earned: false, recordedFrom: $from, recordedTo: $to }) { totalCount }
            neither: events(filter: { earned: true, reason: [CURRENCY] }) { totalCount }
            eventDecisionTotals(from: $from, to: $to) { earned reason count amounts { amount currency } } }";
    app.reset_statements();
    let times = json!({ "from": from.to_rfc3339(), "to": to.to_rfc3339() });
    let data = shop.staff().data_with(document, times).await;
    assert_eq!(app.statements().len(), 4, "{:#?}", app.statements());
    assert_eq!(
        (&data["earned"]["totalCount"], &data["not"]["totalCount"]),
        (&json!(1), &json!(21))
    );
    assert_eq!(data["neither"]["totalCount"], 0);
    let totals = data["eventDecisionTotals"].as_array().unwrap();
    let total = |reason: Option<&str>, amounts: Value| json!({ "earned": reason.is_none(), "reason": reason, "count": 1, "amounts": amounts });
    let hundred = json!([{ "amount": "100.00", "currency": "EUR" }]);
    let mut expected = vec![total(None, hundred.clone())];
    expected.extend(ids[..ids.len() - 1].iter().map(|reason| {
        total(
            Some(reason),
            match *reason {
                "CURRENCY" => json!([{ "amount": "100.00", "currency": "USD" }]),
                "NO_AMOUNT" => json!([]),
                "ROUNDED_TO_ZERO" => json!([{ "amount": "0.04", "currency": "EUR" }]),
                _ => hundred.clone(),
            },
        )
    }));
    assert_eq!(totals, &expected);
}

#[apply(both_databases)]
async fn of_several_components_the_one_that_came_furthest_says_why(app: TestApp) {
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let terms = json!([
        { "basis": "PERCENT", "value": "10", "eventType": "paid" },
        { "basis": "FIXED", "value": "5", "currency": "USD" },
        { "basis": "PERCENT", "value": "1", "eventType": "lead" },
    ]);
    let campaign = shop.campaign(terms).await;
    let decision = decided(&shop, charge("1", &ann, &campaign, "100")).await;
    assert_eq!(decision["reason"], "CURRENCY");
    let reasons: Vec<_> = decision["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|component| component["reason"].clone())
        .collect();
    assert_eq!(reasons, ["EVENT_TYPE", "CURRENCY", "EVENT_TYPE"]);
    let paid = decided(
        &shop,
        merged(charge("2", &ann, &campaign, "100"), json!({ "type": "lead" })),
    )
    .await;
    assert_eq!((&paid["earned"], &paid["reason"]), (&json!(true), &Value::Null));
    assert_eq!(
        paid["components"][2],
        json!({
            "term": 2, "reason": null, "amount": { "amount": "1.00", "currency": "EUR" }, "detail": "1 % of 100.00 EUR",
        })
    );
}

#[apply(both_databases)]
async fn a_partner_reads_the_decisions_of_its_own_events_only(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, ben, campaign) = (
        shop.partner("ann").await,
        shop.partner("ben").await,
        shop.percent("10").await,
    );
    shop.record(charge("1", &ann, &campaign, "100")).await;
    shop.record(charge("2", &ben, &campaign, "100")).await;
    shop.record(json!({ "externalId": "3", "kind": "CHARGE", "amount": euros("100") }))
        .await;
    let document = format!(
        "{{ events {{ nodes {{ externalId {DECISION} }} }}
            eventDecisionTotals(from: \"2020-01-01T00:00:00Z\", to: \"2039-01-01T00:00:00Z\") {{ reason count }} }}"
    );
    let data = app.partner(&shop.tenant, &ann).data(&document).await;
    assert_eq!(data["events"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(data["events"]["nodes"][0]["decision"]["earned"], true);
    assert_eq!(data["eventDecisionTotals"], json!([{ "reason": null, "count": 1 }]));
}

#[apply(both_databases)]
async fn a_refund_has_no_decision_and_names_what_it_reversed(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let row = shop.sale("sale", &ann, &campaign, "100").await;
    let selection = format!("event {{ {DECISION} }} commissions {{ id }} reversed {{ id status }} duplicate");
    for duplicate in [false, true] {
        let payload = shop
            .staff()
            .done("recordEvent", crate::ledger::refund("refund", "sale", None), &selection)
            .await;
        assert_eq!(payload["event"]["decision"], Value::Null);
        assert_eq!(payload["reversed"], json!([{ "id": row, "status": "REVERSED" }]));
        assert_eq!(
            (&payload["commissions"], &payload["duplicate"]),
            (&json!([]), &json!(duplicate))
        );
    }
    let partly = shop.sale("other", &ann, &campaign, "100").await;
    let payload = shop
        .staff()
        .done(
            "recordEvent",
            crate::ledger::refund("part", "other", Some("10")),
            &selection,
        )
        .await;
    assert_eq!(payload["reversed"], json!([]));
    assert_ne!(payload["commissions"][0]["id"], json!(partly));
}

#[apply(both_databases)]
async fn decisions_are_never_changed(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    shop.sale("sale", &ann, &campaign, "100").await;
    for sql in [
        "UPDATE event_decision SET reason = 'CURRENCY'",
        "DELETE FROM event_decision",
    ] {
        crate::append_only::is_refused(&app, sql).await;
    }
    let replaced = if app.is_postgres() {
        "TRUNCATE event_decision"
    } else {
        "INSERT OR REPLACE INTO event_decision SELECT * FROM event_decision"
    };
    crate::append_only::is_refused(&app, replaced).await;
}
