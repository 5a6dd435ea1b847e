//! The program itself: clients of any kind, a stop, and a kill.

use std::time::{Duration, Instant};

use super::{days, link, touches};
use crate::ledger::Shop;
use crate::support::TestApp;
use crate::support::both_databases;
use crate::support::program::{Program, Reply, Wire};

/// Follows a link as a browser does.
fn click(wire: &mut Wire) -> Option<Reply> {
    wire.write(b"GET /r/acme/ann-1 HTTP/1.1\r\nhost: tributary\r\nuser-agent: Mozilla/5.0\r\n\r\n");
    wire.read()
}

/// Waits until so many clicks are stored.
async fn stored(app: &TestApp, clicks: usize) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let found = touches(app).await.len();
        if found == clicks {
            return;
        }
        assert!(
            Instant::now() < deadline && found < clicks,
            "{found} of {clicks} clicks"
        );
        tokio::task::yield_now().await;
    }
}

#[apply(both_databases)]
async fn an_old_client_and_one_that_takes_compressed_answers_are_led_on(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let program = Program::start(&app, "");
    for head in [
        "GET /r/acme/ann-1 HTTP/1.0\r\n\r\n",
        "GET /r/acme/ann-1 HTTP/1.1\r\nhost: x\r\naccept-encoding: gzip, br\r\nconnection: close\r\n\r\n",
    ] {
        let mut wire = program.connect();
        wire.write(head.as_bytes());
        let reply = wire.read().expect("an answer");
        assert_eq!(reply.status, 302, "{head}");
        let leads = reply
            .headers
            .contains("location: https://shop.example/spring?page=1&ref=ann-1&tc=");
        assert!(
            leads && reply.headers.contains("cache-control: no-store"),
            "{}",
            reply.headers
        );
        assert!(wire.is_closed(), "{head}");
    }
    stored(&app, 2).await;
}

#[apply(both_databases)]
async fn a_program_that_is_stopped_loses_no_click_and_one_that_is_killed_only_the_last(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let stopped = Program::start(&app, "");
    let mut wire = stopped.connect();
    for _ in 0..250 {
        assert_eq!(click(&mut wire).expect("an answer").status, 302);
    }
    stopped.terminate();
    assert!(stopped.wait().success());
    assert_eq!(touches(&app).await.len(), 250);

    let killed = Program::start(&app, "");
    let mut wire = killed.connect();
    for _ in 0..100 {
        assert_eq!(click(&mut wire).expect("an answer").status, 302);
    }
    // Nothing but the time that clicks wait for each other keeps them from being stored.
    stored(&app, 350).await;
    for _ in 0..100 {
        assert_eq!(click(&mut wire).expect("an answer").status, 302);
    }
    drop(killed);
    let left = touches(&app).await.len();
    assert!((350..=450).contains(&left), "{left}");
    // What is counted is what is stored, wherever it was interrupted.
    assert_eq!(days(&app).await.iter().map(|day| counted(day)).sum::<usize>(), left);
    let again = Program::start(&app, "");
    assert_eq!(click(&mut again.connect()).expect("an answer").status, 302);
    stored(&app, left + 1).await;
}

/// The clicks of a day.
fn counted(day: &str) -> usize {
    day.split(' ')
        .nth(1)
        .and_then(|clicks| clicks.parse().ok())
        .expect("a number")
}
