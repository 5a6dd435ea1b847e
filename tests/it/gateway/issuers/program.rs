//! The program itself with an issuer of its settings.

use std::process::{Command, Stdio};

use serde_json::json;

use super::provider::{How, Provider};
use super::{OK, Signer};
use crate::support::TestApp;
use crate::support::program::Program;

const SETTINGS: &str = "issuer_keys.allowed_networks = ['127.0.0.0/8']";

#[tokio::test(flavor = "multi_thread")]
async fn the_program_takes_tokens_of_an_issuer_that_its_flags_name() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let provider = Provider::start().await;
    let key = Signer::new("a");
    provider.serve(&[key.jwk()]);
    let issuer = provider.issuer();
    let arguments = [
        "--log",
        "error",
        "--oidc-issuer",
        &issuer,
        "--oidc-audience",
        "another,api://default",
        "--oidc-tenant",
        "acme",
        "--oidc-scope-claim",
        "scp,groups",
        "--oidc-scope-prefix",
        "tributary/",
    ];
    let program = Program::launch(&app, SETTINGS, "127.0.0.1:0", &arguments, Stdio::inherit());
    let now = tributary::clock::Clock::default().now().timestamp();
    let claims = json!({
        "iss": issuer, "aud": "api://default", "sub": "bob", "iat": now, "exp": now + 60,
        "scp": ["openid", "tributary/partners:read", "partners:write"],
    });
    let token = key.pair.sign(&json!({ "alg": "ES256", "kid": "a" }), &claims);
    let body = json!({ "query": "{ viewer { subject scopes tenant { slug } } }" }).to_string();
    let reply = program.send(&program.request_of(&token, &body));
    assert_eq!(reply.status, OK.as_u16(), "{}", reply.body);
    let viewer = &reply.json()["data"]["viewer"];
    assert_eq!(
        *viewer,
        json!({ "subject": format!("{issuer}|bob"), "scopes": ["partners:read"], "tenant": { "slug": "acme" } })
    );
    program.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_asks_the_issuers_for_their_keys() {
    let app = TestApp::on_sqlite().await;
    let provider = Provider::start().await;
    let settings = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(settings.path(), SETTINGS).unwrap();
    let report = |issuer: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_tributary"))
            .args(["doctor", "--database-url", &app.database_url(), "--config"])
            .arg(settings.path())
            .args(["--oidc-issuer", issuer, "--oidc-audience", "us"])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let sound = report(&provider.issuer());
    assert!(
        sound.contains("ok      keys") && sound.contains("ok      issuer default"),
        "{sound}"
    );
    provider.answer(How::Status(500));
    let down = report(&provider.issuer());
    assert!(
        down.contains("wrong   issuer default: ") && down.contains("the answer is 500"),
        "{down}"
    );
    let plain = report("http://10.0.0.1/");
    assert!(
        plain.contains("wrong   issuers: issuers.default: the address "),
        "{plain}"
    );
}
