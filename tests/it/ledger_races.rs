//! The same events at two gateways at once, and reviews and payout runs racing over the same rows.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use tributary::app::App;
use tributary::auth::{Caller, Keys};
use tributary::domain::event::EventKind;
use tributary::domain::money::{Currency, parse_decimal};
use tributary::service::ledger::event::NewEvent;
use tributary::service::ledger::payout::{NewPayoutRun, create_run};
use tributary::service::ledger::record::record;
use tributary::service::ledger::review::{approve_matured, reverse};
use tributary::service::ledger::verify::verify;
use tributary::store::{self, StoreOptions};

use crate::support::{TestApp, both_databases};

const EVENTS: usize = 200;

/// Two gateways on the database of `app`. They have a connection for every task of a test: who waits for a lock does not have
/// to give way to others who wait for its connection, which `outages` tests.
pub async fn two_gateways(app: &TestApp) -> [Arc<App>; 2] {
    [another_gateway(app).await, another_gateway(app).await]
}

async fn another_gateway(app: &TestApp) -> Arc<App> {
    let timeout = Duration::from_secs(30);
    let options = StoreOptions {
        url: app.database_url(),
        max_connections: 16,
        acquire_timeout: timeout,
        statement_timeout: timeout,
        lock_timeout: timeout,
        ..StoreOptions::default()
    };
    let store = store::connect(&options).await.unwrap();
    let keys = Keys::from_secret(&crate::support::token::SECRET, "tributary", "tributary").unwrap();
    Arc::new(App::new(store, app.clock.clone(), keys))
}

fn event(number: usize, partner: &str) -> NewEvent {
    NewEvent {
        external_id: format!("event-{number}"),
        kind: EventKind::Charge,
        event_type: None,
        base: true,
        amount: Some((parse_decimal("10").unwrap(), Currency::parse("EUR").unwrap())),
        revenue: None,
        items: Vec::new(),
        country: None,
        occurred_at: None,
        customer_external_id: Some(format!("customer-{}", number % 20)),
        customer_acquired_at: None,
        partner_id: Some(partner.to_owned()),
        campaign_id: None,
        coupon_code: None,
        visitor_id: None,
        touches: Vec::new(),
        original_external_id: None,
        metadata: None,
        idempotency_key: None,
    }
}

#[apply(both_databases)]
async fn events_sent_to_two_gateways_at_once_are_recorded_once_and_paid_once(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    let campaign = json!({ "name": "C", "holdbackDays": 0, "terms": [{ "basis": "PERCENT", "value": "10" }] });
    let campaign = admin.done("createCampaign", campaign, "campaign { id }").await;
    let mut partners = Vec::new();
    for number in 0..5 {
        let partner = json!({ "name": "P", "email": format!("p{number}@p.example") });
        let made = admin.done("createPartner", partner, "partner { id }").await;
        partners.push(made["partner"]["id"].as_str().unwrap().to_owned());
    }
    let mut events: Vec<_> = (0..EVENTS)
        .map(|number| NewEvent {
            campaign_id: campaign["campaign"]["id"].as_str().map(str::to_owned),
            ..event(number, &partners[number % 5])
        })
        .collect();
    // Each event four times, shuffled, to both gateways, by eight senders each.
    events = events.iter().cycle().take(4 * EVENTS).cloned().collect();
    fastrand::Rng::with_seed(7).shuffle(&mut events);
    let gateways = two_gateways(&app).await;
    let caller = Caller::operator(tenant.id, "ann");
    let sends = events.chunks(events.len() / 16).enumerate().map(|(sender, chunk)| {
        let (gateway, caller, chunk) = (gateways[sender % 2].clone(), caller.clone(), chunk.to_vec());
        tokio::spawn(async move {
            for part in chunk.chunks(5) {
                for answer in record(&gateway, &caller, part.to_vec())
                    .await
                    .expect("no fault reaches a client")
                {
                    let recorded = answer.expect("a good event");
                    assert_eq!(recorded.commissions.len(), 1);
                }
            }
        })
    });
    for sent in join_all(sends.collect::<Vec<_>>()).await {
        sent.expect("no sender failed");
    }
    let data = admin
        .data("{ events { totalCount } commissions { totalCount totals { status count amount } } }")
        .await;
    assert_eq!(
        data,
        json!({
            "events": { "totalCount": EVENTS },
            "commissions": { "totalCount": EVENTS, "totals": [{ "status": "ACCRUED", "count": EVENTS, "amount": "200.00" }] },
        })
    );

    // Approvals, reversals and payout runs over the same rows, on both gateways.
    let rows = admin.data("{ commissions(first: 100) { nodes { id } } }").await;
    let ids: Vec<String> = rows["commissions"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    let mut work = Vec::new();
    for round in 0..6 {
        let (gateway, caller, ids) = (gateways[round % 2].clone(), caller.clone(), ids.clone());
        work.push(tokio::spawn(async move {
            approve_matured(&gateway, 30).await.expect("no fault");
            let some = ids[round * 10..round * 10 + 20].to_vec();
            reverse(&gateway, &caller, some, "race").await.expect("no fault");
            let run = NewPayoutRun::default();
            create_run(&gateway, &caller, run).await.expect("no fault");
            approve_matured(&gateway, 500).await.expect("no fault");
        }));
    }
    for done in join_all(work).await {
        done.expect("no worker failed");
    }
    let findings = verify(&app.app, &tenant).await.unwrap();
    assert!(findings.is_empty(), "{findings:?}");
}
