//! Receivers behind slow and dead name servers: nobody else waits, and what waits for them takes no threads.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Receiver, endpoint, local};
use crate::support::dns::{DEAD, NameServer, SLOW};
use crate::support::program::Program;
use crate::support::{TestApp, both_databases};

/// A tenant has no more endpoints than that.
const ENDPOINTS: usize = 20;
const TENANTS: usize = 3;

/// Makes a partner of whoever has this token.
fn happens(program: &Program, token: &str, number: usize) {
    let input = json!({ "name": format!("P{number}"), "email": format!("p{number}@example.com") });
    let document = "mutation($input: CreatePartnerInput!) { createPartner(input: $input) { partner { id } } }";
    let body = json!({ "query": document, "variables": { "input": input } }).to_string();
    let reply = program.send(&program.request_of(token, &body));
    assert!(
        reply.json()["data"]["createPartner"]["partner"]["id"].is_string(),
        "{}",
        reply.body
    );
}

async fn hears(receiver: &Receiver, count: usize) -> Duration {
    let start = Instant::now();
    let mut heard = 0;
    while heard < count {
        assert!(start.elapsed() < Duration::from_secs(60), "{heard}");
        tokio::time::sleep(Duration::from_millis(5)).await;
        heard += receiver.take().len();
    }
    start.elapsed()
}

fn threads(program: &Program) -> usize {
    std::fs::read_dir(format!("/proc/{}/task", program.id()))
        .unwrap()
        .count()
}

/// Three tenants have as many endpoints as they may, whose names end like this.
async fn others_hear_at_once(app: TestApp, ending: &str) {
    let app = app.with_webhooks(local());
    let (server, receiver, late) = (NameServer::start(), Receiver::start().await, Receiver::start().await);
    let now = tributary::clock::Clock::default().now().timestamp();
    let token = |slug: &str| app.sign(&json!({ "tenant": slug, "iat": now, "exp": now + 3600 }));
    let mut tokens = Vec::new();
    for tenant in 0..TENANTS {
        let slug = if tenant == 0 {
            "acme".to_owned()
        } else {
            format!("t{tenant}")
        };
        let staff = app.staff(&app.tenant(&slug).await, "admin");
        for number in 0..ENDPOINTS {
            let url = format!("http://e{number}.{slug}{ending}:{}/hooks", late.port());
            endpoint(&staff, &url, &["PARTNER_CREATED"]).await;
        }
        tokens.push(token(&slug));
    }
    let calm = app.staff(&app.tenant("calm").await, "admin");
    endpoint(
        &calm,
        &format!("http://hooks.calm.test:{}/hooks", receiver.port()),
        &["PARTNER_CREATED"],
    )
    .await;
    let settings = format!(
        "[webhooks]\nallowed_networks = [\"127.0.0.0/8\"]\n[dns]\nanswer_seconds = 4\n{}",
        server.setting()
    );
    let program = Program::launch(&app, &settings, "127.0.0.1:0", &["--log", "error"], Stdio::inherit());
    let idle = threads(&program);
    let calm = token("calm");
    happens(&program, &calm, 0);
    hears(&receiver, 1).await;
    for token in &tokens {
        for number in 0..3 {
            happens(&program, token, number);
        }
    }
    // All of them are being looked up.
    let start = Instant::now();
    while server.names(ending).len() < ENDPOINTS * TENANTS {
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", server.names(ending));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut times = BTreeSet::new();
    for number in 0..5 {
        happens(&program, &calm, 100 + number);
        times.insert(hears(&receiver, 1).await);
    }
    let slowest = times.last().copied().unwrap();
    println!(
        "beside {} names{ending}: webhooks within {slowest:?}, {} threads, {idle} idle",
        ENDPOINTS * TENANTS,
        threads(&program)
    );
    assert!(slowest < Duration::from_secs(3), "{times:?}");
    assert!(
        threads(&program) <= idle + 8,
        "{} threads instead of {idle}",
        threads(&program)
    );
    if ending == SLOW {
        hears(&late, ENDPOINTS * TENANTS * 3).await;
    }
    let start = Instant::now();
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[apply(both_databases)]
async fn dead_names_of_some_delay_nobody_else(app: TestApp) {
    others_hear_at_once(app, DEAD).await;
}

#[apply(both_databases)]
async fn slow_names_of_some_delay_nobody_else(app: TestApp) {
    others_hear_at_once(app, SLOW).await;
}
