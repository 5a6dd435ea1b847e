//! Replicas that are replaced one after the other while clients go on asking.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;

use crate::support::TestApp;
use crate::support::program::{Program, Wire};

/// What a client does: it writes, without end, and takes the other replica where one refuses connections. Whatever it has
/// sent must be answered.
struct Load {
    replicas: [SocketAddr; 2],
    /// A request whose label says "round 0000".
    request: String,
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
}

impl Load {
    fn run(&self, number: usize) {
        let keeps = number.is_multiple_of(2);
        let mut kept: Option<Wire> = None;
        for round in 0.. {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            let mut wire = kept.take().unwrap_or_else(|| self.connect(number + round));
            let request = self.request.replace("round 0000", &format!("round {round:04}"));
            wire.write(request.as_bytes());
            let reply = wire.read().expect("a request that was sent is answered");
            assert_eq!(reply.status, 200, "{}", reply.body);
            let made = &reply.json()["data"]["createPartnerTier"]["partnerTier"]["id"];
            assert!(made.is_string(), "{}", reply.body);
            self.answered.fetch_add(1, Ordering::SeqCst);
            kept = Some(wire).filter(|_| keeps && !reply.headers.contains("connection: close"));
        }
    }

    fn connect(&self, turn: usize) -> Wire {
        let attempts = (turn..turn + 2).map(|turn| self.replicas[turn % 2]);
        let mut open = attempts.filter_map(|replica| {
            let wire = Wire::open(replica);
            if wire.is_none() {
                self.refused.fetch_add(1, Ordering::SeqCst);
            }
            wire
        });
        open.next().expect("one of two replicas is always there")
    }
}

/// Waits, as an orchestrator does, until the replica is ready.
fn ready(address: SocketAddr) {
    let check = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
        command
            .args(["healthcheck", "--listen", &address.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().unwrap().success()
    };
    assert!((0..100).any(|_| check()), "it is ready in the end");
}

#[tokio::test]
async fn replicas_are_replaced_one_by_one_and_nobody_notices() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    app.tenant("acme").await;
    let start = |listen: &str| Program::launch(&app, "", listen, &["--log", "error"], Stdio::inherit());
    let mut replicas = [start("127.0.0.1:0"), start("127.0.0.1:0")];
    let addresses = [replicas[0].address, replicas[1].address];
    let (stop, answered, refused) = (
        Arc::default(),
        Arc::<AtomicUsize>::default(),
        Arc::<AtomicUsize>::default(),
    );
    let clients: Vec<_> = (0..4)
        .map(|number| {
            // Every label is as long as this one, and so the length of the body is right.
            let label = format!("client {number:02} round 0000");
            let document =
                format!("mutation {{ createPartnerTier(input: {{ label: \"{label}\" }}) {{ partnerTier {{ id }} }} }}");
            let load = Load {
                replicas: addresses,
                request: String::from_utf8(replicas[0].asking(&document, &json!({}))).unwrap(),
                stop: Arc::clone(&stop),
                answered: answered.clone(),
                refused: refused.clone(),
            };
            std::thread::spawn(move || load.run(number))
        })
        .collect();
    let more = |count: usize| {
        let until = answered.load(Ordering::SeqCst) + count;
        while answered.load(Ordering::SeqCst) < until && !clients.iter().any(std::thread::JoinHandle::is_finished) {
            std::thread::yield_now();
        }
    };
    for _ in 0..2 {
        for replica in &mut replicas {
            more(20);
            let address = replica.address;
            replica.terminate();
            assert_eq!(replica.ended().code(), Some(0));
            *replica = start(&address.to_string());
            ready(address);
        }
    }
    more(20);
    stop.store(true, Ordering::SeqCst);
    for client in clients {
        client.join().expect("no request failed");
    }
    assert!(
        refused.load(Ordering::SeqCst) > 0,
        "some did knock at a replica that was away"
    );
    let made = app
        .client(Some(app.sign(&json!({}))))
        .data("{ partnerTiers { id } }")
        .await;
    assert_eq!(
        made["partnerTiers"].as_array().unwrap().len(),
        answered.load(Ordering::SeqCst)
    );
}
