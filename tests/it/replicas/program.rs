//! The program itself, which looks after its standbys without being told to, and the doctor.

use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};

use super::{LONG, NEVER};
use crate::support::TestApp;
use crate::support::cluster::Server;
use crate::support::program::Program;

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LONG, "{what}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    println!("{what} after {:?}", began.elapsed());
}

fn is_up(program: &Program, server: &Server) -> bool {
    let metrics = program.send(&program.request("GET /metrics", "", b"")).body;
    metrics.contains(&format!(
        "tributary_database_replica_up{{server=\"{}\"}} 1\n",
        server.name()
    ))
}

/// Whether a partner tier could be made.
fn writes(program: &Program, label: &str) -> bool {
    let document =
        "mutation($input: CreatePartnerTierInput!) { createPartnerTier(input: $input) { userErrors { code } } }";
    let reply = program.send(&program.asking(document, &json!({ "input": { "label": label } })));
    reply.status == 200 && reply.json()["errors"].is_null()
}

#[tokio::test]
async fn a_gateway_looks_after_its_standbys_and_finds_who_was_promoted() {
    let Some(primary) = Server::primary() else { return };
    let standby = primary.standby("");
    let urls = format!("postgres://postgres@{},{}/postgres", primary.name(), standby.name());
    drop(
        TestApp::over(urls.clone(), Vec::new(), NEVER)
            .await
            .tenant("acme")
            .await,
    );
    let settings = format!("[database]\nreplica_url = [{}]", json!(standby.url()));
    let program = Program::over(&urls, &settings, "127.0.0.1:0", &["--log", "error"], Stdio::inherit());
    wait_until("a standby is read from", || is_up(&program, &standby));
    assert!(writes(&program, "Gold"));
    standby.kill();
    wait_until("a dead standby is left", || !is_up(&program, &standby));
    standby.start();
    wait_until("it is taken back", || is_up(&program, &standby));
    standby.catches_up_with(&primary).await;
    primary.kill();
    standby.promote();
    wait_until("writes work after a promotion", || writes(&program, "Silver"));
    wait_until("who was promoted is no standby", || !is_up(&program, &standby));
    let tiers = standby
        .sql("SELECT string_agg(label, ',' ORDER BY label) FROM partner_tier")
        .await;
    assert!(tiers.is_some_and(|tiers| tiers.starts_with("Gold,Silver")));
}

#[tokio::test]
async fn the_doctor_says_of_each_standby_whether_it_is_read_from() {
    let Some(primary) = Server::primary() else { return };
    let (good, dead) = (primary.standby(""), primary.standby(""));
    drop(TestApp::over(primary.url(), Vec::new(), NEVER).await);
    good.catches_up_with(&primary).await;
    dead.kill();
    let replicas = format!("{} {} {}", good.url(), dead.url(), primary.url());
    let output = Command::new(env!("CARGO_BIN_EXE_tributary"))
        .args(["--database-url", &primary.url(), "--database-replica-url", &replicas])
        .args(["doctor", "--json", "--jwt-secret", &"0123456789abcdef".repeat(4)])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let of = |server: &Server| {
        let checks = report["checks"].as_array().expect("a list").iter();
        let name = format!("replica {}", server.name());
        let found = checks.into_iter().find(|found| found["check"] == name.as_str());
        found.unwrap_or_else(|| panic!("{name}: {report}")).clone()
    };
    assert_eq!(of(&good)["result"], "ok", "{report}");
    for (server, why) in [(&dead, "refused"), (&primary, "it is not a standby")] {
        let found = of(server);
        assert_eq!(found["result"], "warning", "{found}");
        assert!(found["found"].as_str().expect("a text").contains(why), "{found}");
    }
}
