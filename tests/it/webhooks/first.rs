//! The first endpoint of a gateway is told as soon as every other.

use std::time::{Duration, Instant};

use serde_json::json;

use super::Receiver;
use crate::support::both_databases;
use crate::support::program::Program;

const MAKE: &str = "mutation($url: String!) { createWebhookEndpoint(input: { url: $url }) { webhookEndpoint { id }
    userErrors { message } } }";
const SEND: &str = "mutation($id: ID!) { sendTestWebhook(input: { endpointId: $id }) { userErrors { message } } }";

#[apply(both_databases)]
async fn the_first_endpoint_waits_no_longer_than_others(app: TestApp) {
    app.tenant("acme").await;
    let receiver = Receiver::start().await;
    let program = Program::begin(&app, "[webhooks]\nallowed_networks = [\"127.0.0.0/8\"]").await;
    // The jobs have looked once, found no endpoint, and wait.
    let looked = r#"tributary_job_duration_seconds_count{job="make_webhook_deliveries"} 1"#;
    let start = Instant::now();
    while !program
        .send(&program.request("GET /metrics", "", b""))
        .body
        .contains(looked)
    {
        assert!(start.elapsed() < Duration::from_secs(5), "they look once and wait");
    }
    let begun = Instant::now();
    let made = program
        .send(&program.asking(MAKE, &json!({ "url": receiver.url() })))
        .json();
    let made = &made["data"]["createWebhookEndpoint"];
    assert_eq!(made["userErrors"], json!([]), "{made}");
    let id = &made["webhookEndpoint"]["id"];
    program.send(&program.asking(SEND, &json!({ "id": id })));
    while receiver.take().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(3), "it is told late");
        tokio::task::yield_now().await;
    }
}
