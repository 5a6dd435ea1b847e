//! Gateways that are killed wherever they are while somebody listens: whoever comes back with the last cursor hears of
//! everything that was committed, once, and of each row in order.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::socket::Socket;
use crate::support::both_databases;
use crate::support::program::Program;
use crate::webhooks::killed::{Asking, BURST, Happened, KILLS, committed, hex};
use crate::webhooks::{Seller, admin};

const AFTER: &str = "subscription($after: String) { commissionChanged(after: $after) { id transitions { to } } }";

/// How often each row was heard of.
type Counts = BTreeMap<String, usize>;

/// How often each row is to be heard of.
fn counts(changes: &Happened) -> Counts {
    let mut counts = Counts::new();
    for (id, _) in changes {
        *counts.entry(id.clone()).or_default() += 1;
    }
    counts
}

/// One who listens to whatever gateway there is.
#[derive(Default)]
struct Listener {
    cursor: Option<String>,
    heard: Counts,
    /// How many steps each row had when it was heard of.
    steps: Counts,
}

impl Listener {
    /// Goes on where it was; `None`: nobody is there, or not for long.
    async fn begin(&self, address: SocketAddr, token: &str) -> Option<Socket> {
        let protocol = [("sec-websocket-protocol", "graphql-transport-ws")];
        let (mut socket, _) = Socket::with(address, &protocol).await.ok()?;
        let payload = json!({ "authorization": format!("Bearer {token}") });
        let asked = json!({ "query": AFTER, "variables": { "after": self.cursor } });
        for message in [
            json!({ "type": "connection_init", "payload": payload }),
            json!({ "type": "subscribe", "id": "1", "payload": asked }),
            json!({ "type": "ping" }),
        ] {
            socket.tries_to_say(message).await?;
        }
        Some(socket)
    }

    /// Takes what is told until so much was, or until it is cut off.
    async fn hear(&mut self, socket: &mut Socket, until: usize) {
        while self.heard.values().sum::<usize>() < until {
            let Some(message) = socket.tries_to_hear().await else {
                return;
            };
            match message["type"].as_str() {
                Some("connection_ack" | "pong") => {}
                Some("next") => self.take(&message["payload"]),
                _ => panic!("{message}"),
            }
        }
    }

    fn take(&mut self, result: &Value) {
        let row = &result["data"]["commissionChanged"];
        let id = hex(row["id"].as_str().unwrap_or_else(|| panic!("{result}")));
        let steps = row["transitions"].as_array().expect("steps").len();
        let before = self.steps.insert(id.clone(), steps).unwrap_or_default();
        assert!(steps >= before, "{id} goes back from {before} steps: {result}");
        *self.heard.entry(id).or_default() += 1;
        let cursor = result["extensions"]["cursor"].as_str().expect("a cursor");
        self.cursor = Some(cursor.to_owned());
    }
}

/// Makes rows at all gateways at once.
fn bursts(programs: &[Program], seller: &Seller, sample: &str, rows: usize) -> (Arc<AtomicUsize>, Vec<Burst>) {
    let count = Arc::<AtomicUsize>::default();
    let burst = |program: &Program| {
        let (asking, count) = (Asking::new(program, seller, sample), count.clone());
        tokio::task::spawn_blocking(move || asking.burst(rows, &count))
    };
    let bursts = programs.iter().map(burst).collect();
    (count, bursts)
}

type Burst = tokio::task::JoinHandle<Happened>;

#[apply(both_databases)]
async fn whoever_comes_back_after_a_kill_hears_everything_once(app: TestApp) {
    let staff = admin(&app).await;
    let seller = Seller::new(&staff, "ann").await;
    let sample = seller.earns(&staff, "1").await;
    let before = committed(&app).await;
    let replicas = if app.is_postgres() { 2 } else { 1 };
    let mut programs = Vec::new();
    for _ in 0..replicas {
        programs.push(Program::begin(&app, "").await);
    }
    let mut listener = Listener::default();
    let mut socket = listener
        .begin(programs[0].address, &programs[0].token)
        .await
        .expect("it is there");
    // The pong says that it listens.
    while socket.hear().await["type"] != "pong" {}
    let (_, first) = bursts(&programs, &seller, &sample, 1);
    let mut answered = Happened::new();
    for burst in first {
        answered.extend(burst.await.unwrap());
    }
    listener.hear(&mut socket, answered.len()).await;
    drop(socket);
    for _ in 0..KILLS {
        let (count, bursts) = bursts(&programs, &seller, &sample, BURST);
        let enough = fastrand::usize(1..BURST);
        let victim = programs.swap_remove(fastrand::usize(..programs.len()));
        // It listens to the one that is killed, or to one that stays and that it leaves.
        let at = programs.first().filter(|_| fastrand::bool());
        let is_cut_off = at.is_none();
        let (address, token) = at.map_or((victim.address, victim.token.clone()), |at| {
            (at.address, at.token.clone())
        });
        let listening = async {
            if let Some(mut socket) = listener.begin(address, &token).await {
                listener.hear(&mut socket, usize::MAX).await;
            }
        };
        let killing = async {
            while count.load(Ordering::Relaxed) < enough && !bursts.iter().all(Burst::is_finished) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            drop(victim);
        };
        match is_cut_off {
            true => drop(tokio::join!(listening, killing)),
            false => tokio::select! {
                () = listening => panic!("nobody cut it off"),
                () = killing => {}
            },
        }
        programs.push(Program::begin(&app, "").await);
        for burst in bursts {
            answered.extend(burst.await.unwrap());
        }
    }
    let committed = committed(&app).await;
    assert!(answered.is_subset(&committed), "what was answered is there");
    let expected: Happened = committed.difference(&before).cloned().collect();
    let mut socket = listener
        .begin(programs[0].address, &programs[0].token)
        .await
        .expect("it is there");
    listener.hear(&mut socket, expected.len()).await;
    assert_eq!(listener.heard, counts(&expected));
    assert!(expected.len() > KILLS * BURST / 4, "{}", expected.len());
    // And nothing more.
    let last = seller.earns(&staff, "1").await;
    listener.hear(&mut socket, expected.len() + 1).await;
    assert_eq!(listener.heard.get(&hex(&last)), Some(&1));
}
