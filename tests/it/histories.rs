//! Replicas whose clocks disagree and step back write histories that do not contradict what was paid.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tributary::app::App;
use tributary::auth::{Caller, Keys};
use tributary::clock::Clock;
use tributary::domain::Timestamp;
use tributary::domain::event::EventKind;
use tributary::domain::money::{Currency, parse_decimal};
use tributary::domain::partner::PartnerTransitionKind;
use tributary::domain::tenant::Tenant;
use tributary::domain::terms::{BasisKind, Per, TermDraft, Trigger};
use tributary::service::ledger::event::NewEvent;
use tributary::service::ledger::record::record;
use tributary::service::ledger::review::{approve, reverse};
use tributary::service::ledger::verify::verify;
use tributary::service::partner::change_status;
use tributary::service::snapshot::{SnapshotDraft, amend};
use tributary::store::{self, StoreOptions};

use crate::support::programme::made_id;
use crate::support::{Client, TestApp, both_databases};

const HOUR: i64 = 3_600_000_000;

/// Another gateway over the same database, with a clock of its own that is `micros` off.
async fn replica(app: &TestApp, micros: i64) -> Arc<App> {
    let timeout = Duration::from_secs(30);
    let options = StoreOptions {
        url: app.database_url(),
        max_connections: 4,
        acquire_timeout: timeout,
        statement_timeout: timeout,
        lock_timeout: timeout,
        ..StoreOptions::default()
    };
    let store = store::connect(&options).await.unwrap();
    let keys = Keys::from_secret(&crate::support::token::SECRET, "tributary", "tributary").unwrap();
    let replica = Arc::new(App::new(store, Clock::manual(app.clock.now()), keys));
    move_by(&replica, micros);
    replica
}

fn move_by(app: &App, micros: i64) {
    match &app.clock {
        Clock::Manual(now) => now.fetch_add(micros, Ordering::SeqCst),
        Clock::System => unreachable!("tests move clocks"),
    };
}

fn event(name: String, partner: &str, campaign: &str) -> NewEvent {
    NewEvent {
        external_id: name,
        kind: EventKind::Charge,
        event_type: None,
        base: true,
        amount: Some((parse_decimal("10").unwrap(), Currency::parse("EUR").unwrap())),
        revenue: None,
        items: Vec::new(),
        country: None,
        occurred_at: None,
        customer_external_id: None,
        customer_acquired_at: None,
        partner_id: Some(partner.to_owned()),
        coupon_code: None,
        campaign_id: Some(campaign.to_owned()),
        visitor_id: None,
        touches: Vec::new(),
        original_external_id: None,
        metadata: None,
        idempotency_key: None,
    }
}

fn refund(name: String, original: String) -> NewEvent {
    NewEvent {
        kind: EventKind::Refund,
        amount: Some((parse_decimal("1").unwrap(), Currency::parse("EUR").unwrap())),
        partner_id: None,
        campaign_id: None,
        visitor_id: None,
        touches: Vec::new(),
        original_external_id: Some(original),
        ..event(name, "", "")
    }
}

fn promise(percent: usize) -> SnapshotDraft {
    SnapshotDraft {
        campaign_id: None,
        terms: vec![TermDraft {
            basis: BasisKind::Percent,
            value: Some(percent.into()),
            currency: None,
            trigger: Trigger::Every,
            event_type: None,
            recurring_months: None,
            matching: None,
            exclusive: None,
            per: Per::Event,
        }],
        holdback_days: Some(0),
    }
}

struct Programme {
    tenant: Tenant,
    admin: Client,
    partner: String,
    campaign: String,
}

async fn programme(app: &TestApp) -> Programme {
    let tenant = app.tenant("acme").await;
    let admin = app.staff(&tenant, "admin");
    let input = json!({ "name": "C", "holdbackDays": 0, "terms": [{ "basis": "PERCENT", "value": "10" }] });
    let campaign = made_id(&admin, "createCampaign", "campaign", input).await;
    let input = json!({ "name": "Ada", "email": "ada@ada.example" });
    let partner = made_id(&admin, "createPartner", "partner", input).await;
    Programme {
        tenant,
        admin,
        partner,
        campaign,
    }
}

/// Everything that a client sees of the partner's history.
/// Expects so many of these rows, each with the number of the step that wrote it: `agrees` compares it with what the same
/// step and those before and after it wrote.
pub async fn are_numbered(app: &TestApp, (from, agrees): (&str, &str), rows: usize) {
    let sql = format!("SELECT CASE WHEN {agrees} THEN 'agrees' ELSE 'differs' END FROM {from}");
    assert_eq!(app.texts(&sql).await, vec!["agrees"; rows], "{from}");
}

async fn seen(programme: &Programme) -> Value {
    let document = "query($id: ID!) { partner(id: $id) {
        status transitions { from to at }
        commissionSnapshots { version createdAt supersededAt }
        commissions(first: 500) { nodes {
            kind status amount { amount } accruedAt approvedAt reversedAt snapshot { version createdAt supersededAt }
            event { amount { amount } } transitions { from to at }
        } }
    } }";
    let data = programme
        .admin
        .data_with(document, json!({ "id": programme.partner }))
        .await;
    data["partner"].clone()
}

fn time(value: &Value) -> Timestamp {
    let text = value.as_str().unwrap_or_else(|| panic!("a time, not {value}"));
    text.parse().expect("a time")
}

/// Each begins where the one before ended, and is not earlier; the last is where it stands.
fn is_chain(transitions: &Value, status: &Value) {
    let list = transitions.as_array().unwrap();
    let (mut at, mut stands) = (None, &Value::Null);
    for transition in list {
        assert_eq!(&transition["from"], stands, "{transitions:#}");
        assert!(Some(time(&transition["at"])) >= at, "{transitions:#}");
        (at, stands) = (Some(time(&transition["at"])), &transition["to"]);
    }
    assert_eq!(stands, status, "{transitions:#}");
}

fn agrees(partner: &Value) {
    is_chain(&partner["transitions"], &partner["status"]);
    for row in partner["commissions"]["nodes"].as_array().unwrap() {
        is_chain(&row["transitions"], &row["status"]);
        if row["kind"] == "EVENT" && row["snapshot"] != Value::Null {
            let snapshot = &row["snapshot"];
            assert!(time(&row["accruedAt"]) >= time(&snapshot["createdAt"]), "{row:#}");
            if !snapshot["supersededAt"].is_null() {
                assert!(time(&row["accruedAt"]) <= time(&snapshot["supersededAt"]), "{row:#}");
            }
        }
    }
    let snapshots = partner["commissionSnapshots"].as_array().unwrap();
    let versions: Vec<_> = snapshots
        .iter()
        .map(|snapshot| snapshot["version"].as_i64().unwrap())
        .collect();
    assert!(versions.is_sorted_by(|newer, older| newer > older), "{versions:?}");
    let times = snapshots.iter().map(|snapshot| time(&snapshot["createdAt"]));
    assert!(times.is_sorted_by(|newer, older| newer >= older), "{snapshots:#?}");
}

#[apply(both_databases)]
async fn after_a_step_back_of_the_clock_history_goes_on_where_it_was(app: TestApp) {
    let p = programme(&app).await;
    let caller = Caller::operator(p.tenant.id, "ann");
    let gateway = replica(&app, 10_000_000).await;
    amend(&gateway, &caller, &p.partner, promise(20), "better")
        .await
        .unwrap();
    let recorded = record(&gateway, &caller, vec![event("one".into(), &p.partner, &p.campaign)])
        .await
        .unwrap();
    let row = recorded[0].as_ref().unwrap().commissions[0].id.to_string();
    move_by(&gateway, 1_000_000);
    approve(&gateway, &caller, vec![row.clone()], None).await.unwrap();
    change_status(
        &gateway,
        &caller,
        &p.partner,
        PartnerTransitionKind::Suspend,
        Some("why"),
    )
    .await
    .unwrap();

    move_by(&gateway, -HOUR);
    reverse(&gateway, &caller, vec![row], "wrong").await.unwrap();
    change_status(&gateway, &caller, &p.partner, PartnerTransitionKind::Activate, None)
        .await
        .unwrap();
    amend(&gateway, &caller, &p.partner, promise(30), "better still")
        .await
        .unwrap();
    record(&gateway, &caller, vec![event("two".into(), &p.partner, &p.campaign)])
        .await
        .unwrap();
    record(&gateway, &caller, vec![refund("back".into(), "two".into())])
        .await
        .unwrap();

    let partner = seen(&p).await;
    agrees(&partner);
    let rows = partner["commissions"]["nodes"].as_array().unwrap();
    let reversed = rows
        .iter()
        .find(|row| row["status"] == "REVERSED")
        .expect("the first row");
    let states: Vec<_> = reversed["transitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["to"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["ACCRUED", "APPROVED", "REVERSED"]);
    assert!(time(&reversed["reversedAt"]) >= time(&reversed["approvedAt"]));
    // The second event was paid by the second amendment.
    let amounts: Vec<_> = rows
        .iter()
        .map(|row| row["amount"]["amount"].as_str().unwrap())
        .collect();
    assert!(amounts.contains(&"3.00"), "{amounts:?}");
    assert_eq!(verify(&gateway, &p.tenant).await.unwrap(), []);
}

#[apply(both_databases)]
async fn writers_whose_clocks_disagree_contradict_nothing(app: TestApp) {
    let p = programme(&app).await;
    let caller = Caller::operator(p.tenant.id, "ann");
    let gateways = [replica(&app, HOUR).await, replica(&app, 2 * HOUR).await];
    let mut work = Vec::new();
    for worker in 0..8 {
        let (gateway, caller) = (gateways[worker % 2].clone(), caller.clone());
        let (partner, campaign) = (p.partner.clone(), p.campaign.clone());
        work.push(tokio::spawn(async move {
            let mut random = fastrand::Rng::with_seed(worker as u64);
            for round in 0..12 {
                // Forwards most of the time, sometimes far back.
                let step = if random.u32(..6) == 0 {
                    -HOUR / 2
                } else {
                    random.i64(1..60_000_000)
                };
                move_by(&gateway, step);
                let name = format!("{worker}-{round}");
                match worker {
                    0 | 1 => {
                        let promise = promise(random.usize(1..90));
                        amend(&gateway, &caller, &partner, promise, "again")
                            .await
                            .expect("no fault");
                    }
                    2 | 3 => {
                        // The other one may have done it a moment ago.
                        let (transition, reason) = match random.bool() {
                            true => (PartnerTransitionKind::Suspend, Some("why")),
                            false => (PartnerTransitionKind::Activate, None),
                        };
                        let _ = change_status(&gateway, &caller, &partner, transition, reason).await;
                    }
                    _ => {
                        let list = vec![
                            event(format!("{name}-a"), &partner, &campaign),
                            event(format!("{name}-b"), &partner, &campaign),
                            refund(format!("{name}-r"), format!("{name}-a")),
                        ];
                        for answer in record(&gateway, &caller, list).await.expect("no fault") {
                            let rows = answer.expect("a good event").commissions;
                            let ids: Vec<_> = rows.iter().map(|row| row.id.to_string()).collect();
                            if !ids.is_empty() && random.bool() {
                                approve(&gateway, &caller, ids.clone(), Some("now".into()))
                                    .await
                                    .expect("no fault");
                            }
                            if !ids.is_empty() && random.bool() {
                                reverse(&gateway, &caller, ids, "wrong").await.expect("no fault");
                            }
                        }
                    }
                }
            }
        }));
    }
    for done in join_all(work).await {
        done.expect("no worker failed");
    }
    let partner = seen(&p).await;
    assert!(partner["commissionSnapshots"].as_array().unwrap().len() == 24);
    agrees(&partner);
    assert_eq!(verify(&app.app, &p.tenant).await.unwrap(), []);
}

#[apply(both_databases)]
async fn a_partner_that_is_ahead_takes_no_other_one_along(app: TestApp) {
    let p = programme(&app).await;
    let caller = Caller::operator(p.tenant.id, "ann");
    let other = json!({ "name": "Ben", "email": "ben@ben.example" });
    let other = made_id(&p.admin, "createPartner", "partner", other).await;
    let ahead = replica(&app, 1_000 * HOUR).await;
    let first = record(&ahead, &caller, vec![event("one".into(), &p.partner, &p.campaign)])
        .await
        .unwrap();
    let list = vec![
        event("two".into(), &p.partner, &p.campaign),
        event("three".into(), &other, &p.campaign),
    ];
    let second = record(&app.app, &caller, list).await.unwrap();
    let [first, two, three] = [&first[0], &second[0], &second[1]].map(|answer| answer.as_ref().unwrap());
    // A clock that is behind goes on by a microsecond a step.
    assert_eq!(
        two.event.recorded_at - first.event.recorded_at,
        chrono::TimeDelta::microseconds(1)
    );
    assert!(two.event.id > first.event.id);
    assert_eq!(three.event.recorded_at, app.clock.now());
    // Nor does a call that moves rows of both.
    let ids = [two, three]
        .map(|recorded| recorded.commissions[0].id.to_string())
        .to_vec();
    approve(&app.app, &caller, ids, Some("now".into())).await.unwrap();
    let approved = p
        .admin
        .data("{ commissions(filter: { status: [APPROVED] }) { nodes { approvedAt accruedAt } } }")
        .await;
    let rows = approved["commissions"]["nodes"].as_array().unwrap().iter();
    let together = rows.filter(|row| row["approvedAt"] == row["accruedAt"]);
    assert_eq!(together.count(), 1, "{approved:#}");
    assert_eq!(verify(&app.app, &p.tenant).await.unwrap(), []);
}
