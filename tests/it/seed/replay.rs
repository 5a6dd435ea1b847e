//! A made-up history is what recording its events gives: the same events, sent to another gateway at the same moments,
//! earn the same and are counted the same.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tributary::auth::Caller;
use tributary::clock::Clock;
use tributary::domain::Timestamp;
use tributary::domain::event::EventKind;
use tributary::domain::money::{Currency, parse_decimal};
use tributary::domain::tenant::Tenant;
use tributary::service::ledger::event::NewEvent;
use tributary::service::ledger::record::record;

use super::commissions::{amounts, seed};
use crate::support::TestApp;

/// Everything of the events, in the order of recording.
async fn events(app: &TestApp, tenant: &Tenant) -> Vec<Value> {
    let admin = app.staff(tenant, "admin");
    let mut events = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = admin
            .data_with(
                "query($after: String) { events(first: 500, after: $after) { pageInfo { hasNextPage endCursor } nodes {
                   externalId kind type base amount { amount currency } revenue { amount currency } occurredAt recordedAt
                   customer { externalId } attribution { partner { id } campaign { id } } original { externalId } metadata
                 } } }",
                json!({ "after": after }),
            )
            .await;
        events.extend(data["events"]["nodes"].as_array().unwrap().iter().cloned());
        if data["events"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = data["events"]["pageInfo"]["endCursor"].clone();
    }
    events.reverse();
    events
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn input(event: &Value) -> NewEvent {
    let money = |value: &Value| {
        let amount = value["amount"].as_str()?;
        let currency = Currency::parse(value["currency"].as_str()?).ok()?;
        Some((parse_decimal(amount).ok()?, currency))
    };
    let kind = EventKind::parse(event["kind"].as_str().unwrap()).unwrap();
    let own = |value: &Value| text(value).filter(|_| !kind.takes_back());
    NewEvent {
        external_id: text(&event["externalId"]).unwrap(),
        kind,
        event_type: text(&event["type"]),
        base: event["base"].as_bool().unwrap(),
        amount: money(&event["amount"]),
        revenue: money(&event["revenue"]),
        items: Vec::new(),
        country: None,
        occurred_at: Some(event["occurredAt"].as_str().unwrap().parse().unwrap()),
        customer_external_id: own(&event["customer"]["externalId"]),
        customer_acquired_at: None,
        partner_id: own(&event["attribution"]["partner"]["id"]),
        campaign_id: own(&event["attribution"]["campaign"]["id"]),
        coupon_code: None,
        visitor_id: None,
        touches: Vec::new(),
        original_external_id: text(&event["original"]["externalId"]),
        metadata: Some(event["metadata"].clone()).filter(|value| !value.is_null()),
        idempotency_key: None,
    }
}

/// What events earned, by their external ids, but for those before their partner's last amendment, whose terms a
/// later recording no longer finds.
async fn earned(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut earned: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let rows = app
        .texts(
            "SELECT event.external_id || '|' || commission.amount_minor || commission.currency || ' ' || commission.basis || ' '
               || COALESCE(hex(commission.snapshot_id), '-') || ' ' || COALESCE(hex(commission.campaign_id), '-') || ' '
               || COALESCE(commission.holdback_days, '-') || ' ' || commission.accrued_at || ' '
               || COALESCE(commission.mature_at, '-') || ' ' || commission.explanation
             FROM commission JOIN event ON event.id = commission.event_id
             WHERE commission.kind = 'EVENT' AND commission.accrued_at > COALESCE((SELECT MAX(created_at)
               FROM commission_snapshot AS snapshot WHERE snapshot.partner_id = commission.partner_id), '')
             ORDER BY commission.id",
        )
        .await;
    for row in rows {
        let (event, row) = row.split_once('|').unwrap();
        earned.entry(event.to_owned()).or_default().push(row.to_owned());
    }
    earned
}

async fn counted(app: &TestApp) -> Vec<Vec<String>> {
    let mut counted = Vec::new();
    for sql in [
        "SELECT hex(partner_id) || currency || amount_minor FROM partner_lifetime_value WHERE amount_minor <> 0 ORDER BY 1",
        "SELECT hex(partner_id) || qualified_customers FROM partner_standing ORDER BY 1",
        "SELECT hex(pc.partner_id) || c.external_id || pc.paid_charges FROM partner_customer AS pc JOIN customer AS c ON c.id = pc.customer_id ORDER BY 1",
        "SELECT external_id || acquired_at || hex(partner_id) || COALESCE(hex(campaign_id), '-') FROM customer ORDER BY 1",
        "SELECT external_id || kind || COALESCE(amount_minor || currency, '-') || refunded_minor || wholly_refunded || occurred_at || recorded_at FROM event ORDER BY 1",
        "SELECT hex(campaign_id) || hex(partner_id) || joined_at FROM campaign_member ORDER BY 1",
    ] {
        counted.push(app.texts(sql).await);
    }
    counted
}

#[tokio::test]
async fn recording_the_events_of_a_made_up_history_gives_the_same_ledger() {
    let made_up = TestApp::on_sqlite().await;
    let tenant = made_up.tenant("acme").await;
    seed(&made_up, &tenant, amounts(40, 800)).await;

    let recorded = TestApp::on_sqlite().await;
    let same = recorded.tenant("acme").await;
    seed(&recorded, &same, amounts(40, 0)).await;
    let Clock::Manual(micros) = &recorded.clock else {
        unreachable!("tests have manual clocks");
    };
    let caller = Caller::operator(same.id, "seed");
    let events = events(&made_up, &tenant).await;
    assert!(events.len() > 800);
    for event in &events {
        let at: Timestamp = event["recordedAt"].as_str().unwrap().parse().unwrap();
        micros.store(at.timestamp_micros(), Ordering::SeqCst);
        let answers = record(&recorded.app, &caller, vec![input(event)]).await.unwrap();
        assert!(answers[0].is_ok(), "{event}: {answers:?}");
    }
    assert_eq!(counted(&recorded).await, counted(&made_up).await);
    let (expected, given) = (earned(&recorded).await, earned(&made_up).await);
    assert!(given.len() > 500, "{}", given.len());
    for (event, rows) in &expected {
        assert_eq!(given.get(event), Some(rows), "{event}");
    }
    assert_eq!(given.len(), expected.len());
}
