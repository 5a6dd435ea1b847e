//! Those who are slow, and the end of the program while others are served.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::watch;
use tributary::app::App;
use tributary::auth::Keys;
use tributary::http::{self, HttpOptions, TimeoutsSection};
use tributary::store::{self, Connection, Store, StoreOptions};

use super::{admin, message, run};
use crate::support::program::{Program, Wire};
use crate::support::token::SECRET;
use crate::support::{Client, both_databases};

/// Connections that have sent the beginning of a request, and no more.
fn half_sent(program: &Program, request: &[u8], up_to: usize, count: usize) -> Vec<Wire> {
    let connections = (0..count).map(|_| {
        let mut wire = program.connect();
        wire.write(&request[..up_to]);
        wire
    });
    connections.collect()
}

/// Tells the program to end, and waits until it has heard.
fn tell(program: &Program) {
    let request = program.asking("{ viewer { subject } }", &json!({}));
    let mut wire = program.connect();
    program.terminate();
    loop {
        wire.write(&request);
        let reply = wire.read().expect("an answer");
        assert_eq!(reply.status, 200, "{}", reply.body);
        if reply.headers.contains("connection: close") {
            return;
        }
    }
}

#[apply(both_databases)]
async fn half_sent_requests_hold_nobody_up_and_are_given_up(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "[timeouts]\nheader_seconds = 4\nbody_seconds = 4");
    let request = program.asking("{ viewer { subject } }", &json!({}));
    let start = Instant::now();
    let bodies = half_sent(&program, &request, request.len() - 5, 50);
    let headers = half_sent(&program, &request, 40, 50);
    let nothing = half_sent(&program, &request, 0, 50);
    program.is_well();
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "none of them was given up yet"
    );
    for mut wire in bodies {
        let reply = wire.read().expect("an answer");
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (408, "TIMEOUT"),
            "{}",
            reply.body
        );
        assert!(wire.is_closed());
    }
    for mut wire in headers.into_iter().chain(nothing) {
        assert!(wire.is_closed());
    }
    program.is_well();
}

#[apply(both_databases)]
async fn a_connection_is_used_again_and_again(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "");
    let mut wire = program.connect();
    for bytes in [
        program.asking("{ viewer { subject } }", &json!({})),
        program.post("", b"nonsense"),
    ]
    .iter()
    .cycle()
    .take(10)
    {
        wire.write(bytes);
        assert!(wire.read().is_some());
    }
}

#[apply(both_databases)]
async fn operations_that_take_too_long_are_given_up(app: TestApp) {
    app.tenant("acme").await;
    let timeouts = TimeoutsSection {
        query_seconds: 1,
        mutation_seconds: 1,
        ..TimeoutsSection::default()
    };
    let client = admin(
        &app,
        HttpOptions {
            timeouts,
            ..HttpOptions::default()
        },
    );
    let query = "{ partners { totalCount } }";
    client.data(query).await;
    let before = app.rows().await;
    // Whoever wants the database now waits for a connection.
    let mut taken = Vec::new();
    for _ in 0..4 {
        taken.push(take(app.store()).await);
    }
    let mut writing = None;
    if !app.is_postgres() {
        writing = Some(app.store().begin_unaudited().await.unwrap());
    }
    for (document, says) in [
        (query, "the query took longer than 1 seconds"),
        (
            "mutation { createPartnerTier(input: { label: \"A\" }) { partnerTier { id } } }",
            "may still have been done",
        ),
    ] {
        let answer = client.ask(document).await;
        assert_eq!(
            (answer.status.as_u16(), answer.codes()),
            (504, vec!["TIMEOUT"]),
            "{}",
            answer.body
        );
        assert!(answer.body.get("data").is_none());
        assert!(message(&answer.body).contains(says), "{}", answer.body);
    }
    drop((taken, writing));
    client.data(query).await;
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn a_database_that_takes_too_long_is_given_up(app: TestApp) {
    app.tenant("acme").await;
    let timeout = Duration::from_millis(200);
    let options = StoreOptions {
        url: app.database_url(),
        max_connections: 2,
        acquire_timeout: timeout,
        statement_timeout: timeout,
        ..StoreOptions::default()
    };
    let store = store::connect(&options).await.unwrap();
    let keys = Keys::from_secret(&SECRET, "tributary", "tributary").unwrap();
    let hurried = Arc::new(App::new(store, app.clock.clone(), keys));
    let (_, ending) = watch::channel(false);
    let router = http::router(hurried.clone(), HttpOptions::default(), ending).unwrap();
    let client = Client::new(router, Some(app.sign(&json!({}))));
    let document = "{ viewer { subject } advertisers { totalCount } }";
    client.data(document).await;
    let (writing, mut taken) = (app.store().begin_unaudited().await.unwrap(), Vec::new());
    if app.is_postgres() {
        // A statement waits for the lock.
        run(&*writing, "LOCK TABLE advertiser").await;
    } else {
        // A request waits for a connection.
        for _ in 0..2 {
            taken.push(take(&hurried.store).await);
        }
    }
    let answer = client.ask(document).await;
    assert_eq!(
        (answer.status.as_u16(), answer.codes()),
        (200, vec!["TIMEOUT"]),
        "{}",
        answer.body
    );
    assert_eq!(
        message(&answer.body),
        "the database took too long: request less, or try again later"
    );
    drop((taken, writing));
    client.data(document).await;
}

#[apply(both_databases)]
async fn the_end_of_the_program_loses_no_request(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "");
    let (answered, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..6)
        .map(|client| {
            // Every label is as long as this one, and so the length of the body is right.
            let label = format!("client {client:02} round 0000");
            let document =
                format!("mutation {{ createPartnerTier(input: {{ label: \"{label}\" }}) {{ partnerTier {{ id }} }} }}");
            let template = String::from_utf8(program.asking(&document, &json!({}))).unwrap();
            let (address, answered, refused) = (program.address, answered.clone(), refused.clone());
            std::thread::spawn(move || {
                // Half of them keep their connections.
                let keeps = client % 2 == 0;
                let mut kept: Option<Wire> = None;
                for round in 0.. {
                    let wire = match kept.take() {
                        Some(wire) => Some(wire),
                        None => Wire::open(address),
                    };
                    let Some(mut wire) = wire else {
                        refused.fetch_add(1, Ordering::SeqCst);
                        return;
                    };
                    wire.write(template.replace("round 0000", &format!("round {round:04}")).as_bytes());
                    let reply = wire.read().expect("a request that was sent is answered");
                    assert_eq!(reply.status, 200, "{}", reply.body);
                    assert!(
                        reply.json()["data"]["createPartnerTier"]["partnerTier"]["id"].is_string(),
                        "{}",
                        reply.body
                    );
                    answered.fetch_add(1, Ordering::SeqCst);
                    kept = Some(wire).filter(|_| keeps && !reply.headers.contains("connection: close"));
                }
            })
        })
        .collect();
    while answered.load(Ordering::SeqCst) < 60 {
        tokio::task::yield_now().await;
    }
    program.terminate();
    for client in clients {
        client.join().expect("no request is lost");
    }
    assert_eq!(
        refused.load(Ordering::SeqCst),
        6,
        "each went on until the door was shut"
    );
    assert_eq!(program.wait().code(), Some(0));
    let made = app
        .client(Some(app.sign(&json!({}))))
        .data("{ partnerTiers { id } }")
        .await;
    assert_eq!(
        made["partnerTiers"].as_array().unwrap().len(),
        answered.load(Ordering::SeqCst)
    );
}

#[apply(both_databases)]
async fn who_was_let_in_before_the_end_is_served_once_more(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "");
    let request = program.asking("{ viewer { subject } }", &json!({}));
    let mut let_in = half_sent(&program, b"", 0, 6);
    for wire in &mut let_in[..3] {
        wire.write(&request);
        assert_eq!(wire.read().expect("an answer").status, 200);
    }
    tell(&program);
    for wire in &mut let_in {
        wire.write(&request);
    }
    for wire in &mut let_in {
        let reply = wire.read().expect("an answer");
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert!(reply.headers.contains("connection: close"), "{}", reply.headers);
        assert!(wire.is_closed());
    }
    assert_eq!(program.wait().code(), Some(0));
}

#[apply(both_databases)]
async fn who_is_slow_at_the_end_is_waited_for_but_not_for_ever(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "[timeouts]\nshutdown_seconds = 2\nbody_seconds = 60");
    let request = program.asking("{ viewer { subject } }", &json!({}));
    let (start, end) = request.split_at(request.len() - 5);
    let mut slow = half_sent(&program, &request, start.len(), 2);
    program.is_well();
    tell(&program);
    slow[0].write(end);
    let reply = slow[0].read().expect("an answer");
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(reply.headers.contains("connection: close"), "{}", reply.headers);
    assert!(slow[1].is_closed());
    assert_eq!(program.wait().code(), Some(0));
}

/// Takes a connection that reads, until it is dropped.
async fn take(store: &Store) -> Box<dyn std::any::Any + Send> {
    match store.reader() {
        Connection::Sqlite(_) => Box::new(store.snapshot().await.unwrap()),
        Connection::Postgres(_) => Box::new(store.begin_unaudited().await.unwrap()),
        Connection::Standby(_) | Connection::Snapshot(_) | Connection::Transaction(_) => {
            unreachable!("it is the program's own")
        }
    }
}
