//! Identity providers behind slow and dead name servers: the tokens of others are accepted meanwhile.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Signer;
use super::provider::Provider;
use crate::support::TestApp;
use crate::support::dns::{DEAD, LATE, NameServer, SLOW};
use crate::support::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn providers_with_slow_and_dead_names_delay_no_other() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let (server, key) = (NameServer::start(), Signer::new("a"));
    let (good, slow) = (Provider::start().await, Provider::start().await);
    let mut settings = format!(
        "issuer_keys.allowed_networks = [\"127.0.0.0/8\"]\n[dns]\n{}",
        server.setting()
    );
    let mut names = Vec::new();
    for (name, ending, provider) in [
        ("good", ".fine.test", &good),
        ("slow", SLOW, &slow),
        ("dead", DEAD, &slow),
    ] {
        let issuer = format!("http://idp{ending}:{}", provider.address.port());
        provider.serve(&[key.jwk()]);
        provider.pretend(&issuer);
        settings += &format!("[issuers.{name}]\nissuer = \"{issuer}\"\naudiences = [\"us\"]\ntenant = \"acme\"\n");
        names.push(issuer);
    }
    // The same provider stands behind both names, and calls itself by the one that is answered.
    slow.pretend(&names[1]);
    let program = Program::launch(&app, &settings, "127.0.0.1:0", &["--log", "error"], Stdio::inherit());
    // It has begun to serve.
    program.is_well();
    let now = tributary::clock::Clock::default().now().timestamp();
    let status = |issuer: &str| {
        let claims =
            json!({ "iss": issuer, "aud": "us", "sub": "bob", "iat": now, "exp": now + 600, "scope": "partners:read" });
        let token = key.pair.sign(&json!({ "alg": "ES256", "kid": "a" }), &claims);
        let body = json!({ "query": "{ viewer { subject } }" }).to_string();
        program.send(&program.request_of(&token, &body)).status
    };
    let until_good = |issuer: &str| {
        let start = Instant::now();
        while status(issuer) != 200 {
            assert!(start.elapsed() < Duration::from_secs(30), "{issuer}");
        }
        start.elapsed()
    };
    let took = until_good(&names[0]);
    assert!(took < LATE, "{took:?}");
    until_good(&names[1]);
    assert_eq!(status(&names[2]), 401);
    assert!(!server.names(DEAD).is_empty());
    assert_eq!(status(&names[0]), 200);
}
