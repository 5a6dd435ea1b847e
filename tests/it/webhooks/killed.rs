//! Gateways that are killed wherever they are, while receivers misbehave: what was committed is told, all of it, and of each
//! object in order.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tributary::clock::Clock;
use tributary::domain::id::parse_any;

use super::cut_off::in_order;
use super::{How, Message, Receiver, Seller, admin, endpoint, local, moved};
use crate::support::program::{Program, Reply, Wire};
use crate::support::{TestApp, both_databases};

pub const KILLS: usize = 20;
/// How many rows are made in a row.
pub const BURST: usize = 40;
const SETTINGS: &str = "[webhooks]\nallowed_networks = [\"127.0.0.0/8\"]\nanswer_seconds = 1\n";
const TYPES: [&str; 3] = ["COMMISSION_ACCRUED", "COMMISSION_APPROVED", "COMMISSION_REVERSED"];
const SELL: &str =
    "mutation($input: CreateManualCommissionInput!) { createManualCommission(input: $input) { commission { id } } }";
const APPROVE: &str = "mutation($id: ID!) { approveCommissions(input: { ids: [$id] }) { userErrors { message } } }";
const REVERSE: &str =
    "mutation($id: ID!) { reverseCommissions(input: { ids: [$id], reason: \"wrong\" }) { userErrors { message } } }";

/// What happened to a commission: its id in hexadecimal and its new status.
pub type Happened = BTreeSet<(String, String)>;

/// Requests to a program, as bytes; the program may be gone.
pub struct Asking {
    address: SocketAddr,
    sell: Vec<u8>,
    approve: String,
    reverse: String,
    /// Stands where the id of a commission is to stand, and is as long.
    id: String,
}

impl Asking {
    pub fn new(program: &Program, seller: &Seller, commission: &str) -> Self {
        let input = json!({ "partnerId": seller.id, "amount": { "amount": "1", "currency": "EUR" }, "reason": "r" });
        let of_row = |document| String::from_utf8(program.asking(document, &json!({ "id": commission }))).unwrap();
        Self {
            address: program.address,
            sell: program.asking(SELL, &json!({ "input": input })),
            approve: of_row(APPROVE),
            reverse: of_row(REVERSE),
            id: commission.to_owned(),
        }
    }

    /// Makes rows and moves some of them until it is cut off, or has made so many; tells what was answered, and counts it.
    pub fn burst(self, rows: usize, count: &AtomicUsize) -> Happened {
        let mut answered = Happened::new();
        let Some(mut wire) = Wire::open(self.address) else {
            return answered;
        };
        let mut ask = |bytes: &[u8]| -> Option<Value> {
            wire.write(bytes);
            let reply: Reply = wire.read()?;
            assert_eq!(reply.status, 200, "{}", reply.body);
            count.fetch_add(1, Ordering::Relaxed);
            Some(reply.json()["data"].clone())
        };
        for _ in 0..rows {
            let Some(made) = ask(&self.sell) else { break };
            let id = made["createManualCommission"]["commission"]["id"]
                .as_str()
                .expect("a row")
                .to_owned();
            answered.insert((hex(&id), "ACCRUED".to_owned()));
            let moves = [
                (&self.approve, "approveCommissions", "APPROVED"),
                (&self.reverse, "reverseCommissions", "REVERSED"),
            ];
            for (request, field, status) in &moves[..fastrand::usize(..=2)] {
                let Some(moved) = ask(request.replace(&self.id, &id).as_bytes()) else {
                    return answered;
                };
                assert_eq!(moved[field][0]["userErrors"], json!([]), "{moved}");
                answered.insert((hex(&id), (*status).to_owned()));
            }
        }
        answered
    }
}

pub fn hex(id: &str) -> String {
    parse_any(id).expect("an id").1.simple().to_string()
}

/// What is committed.
pub async fn committed(app: &TestApp) -> Happened {
    let id = match app.is_postgres() {
        true => "REPLACE(CAST(commission_id AS text), '-', '')",
        false => "LOWER(HEX(commission_id))",
    };
    let rows = app
        .texts(&format!("SELECT {id} || ' ' || to_status FROM commission_transition"))
        .await;
    let rows = rows.iter().map(|row| row.split_once(' ').expect("two words"));
    rows.map(|(id, status)| (id.to_owned(), status.to_owned())).collect()
}

/// What a receiver was told, in order.
fn told(messages: &[Message]) -> Happened {
    let status = |kind: &str| kind.rsplit('.').next().unwrap_or_default().to_uppercase();
    let told = in_order(messages).into_iter();
    told.map(|(id, kind)| (hex(&id), status(&kind))).collect()
}

/// Some answers are good.
fn misbehaviour() -> impl Iterator<Item = How> {
    (0..fastrand::usize(4..12)).map(|_| match fastrand::u8(..8) {
        0 | 1 => How::Status(500),
        2 => How::Reset,
        3 => How::Silence,
        4 => How::Half,
        5 => How::Slow,
        _ => How::Status(204),
    })
}

#[apply(both_databases)]
async fn twenty_kills_mid_burst_lose_nothing(app: TestApp) {
    let app = app.with_webhooks(local());
    let staff = admin(&app).await;
    let seller = Seller::new(&staff, "ann").await;
    let receivers = [Receiver::start().await, Receiver::start().await];
    for receiver in &receivers {
        endpoint(&staff, &receiver.url(), &TYPES).await;
    }
    let sample = seller.earns(&staff, "1").await;
    let mut messages = [Vec::new(), Vec::new()];
    let mut answered = Happened::new();
    let replicas = if app.is_postgres() { 2 } else { 1 };
    let mut programs = Vec::new();
    for _ in 0..replicas {
        programs.push(Program::begin(&app, SETTINGS).await);
    }
    for _ in 0..KILLS {
        receivers.iter().for_each(|receiver| receiver.answer(misbehaviour()));
        let count = Arc::<AtomicUsize>::default();
        let bursts: Vec<_> = programs
            .iter()
            .map(|program| {
                let (asking, count) = (Asking::new(program, &seller, &sample), count.clone());
                tokio::task::spawn_blocking(move || asking.burst(BURST, &count))
            })
            .collect();
        // Somewhere in the middle: of what is asked, of what is made of it, of what is told.
        let enough = fastrand::usize(1..BURST);
        while count.load(Ordering::Relaxed) < enough && !bursts.iter().all(|burst| burst.is_finished()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let victim = programs.swap_remove(fastrand::usize(..programs.len()));
        let number = victim.id();
        drop(victim);
        // As if its lease were over: its owner is certainly gone.
        app.execute(&format!(
            "UPDATE webhook_endpoint SET lease_owner = NULL, lease_until = NULL WHERE lease_owner LIKE '{number}-%'"
        ))
        .await;
        programs.push(Program::begin(&app, SETTINGS).await);
        for burst in bursts {
            answered.extend(burst.await.unwrap());
        }
        for (receiver, messages) in receivers.iter().zip(&mut messages) {
            messages.extend(receiver.take());
        }
    }
    let heard: usize = messages.iter().map(Vec::len).sum();
    drop(programs);
    for (receiver, messages) in receivers.iter().zip(&mut messages) {
        receiver.behave();
        messages.extend(receiver.take());
    }
    // What failed is tried again in its time, by the clock that the test moves.
    let ahead = (Clock::System.now() - app.clock.now()).to_std().unwrap_or_default();
    app.clock.advance(ahead);
    for _ in 0..12 {
        moved(&app, Duration::from_secs(30 * 60 * 60)).await;
    }
    let committed = committed(&app).await;
    assert!(answered.is_subset(&committed), "what was answered is there");
    for (receiver, mut messages) in receivers.iter().zip(messages) {
        messages.extend(receiver.take());
        assert_eq!(told(&messages), committed);
    }
    assert!(committed.len() > KILLS * BURST / 4, "{}", committed.len());
    let open = app
        .texts("SELECT status FROM webhook_delivery WHERE status <> 'DELIVERED'")
        .await;
    assert_eq!(open, [""; 0]);
    println!(
        "{} changes; {heard} messages came while programs were killed",
        committed.len()
    );
}
