//! Webhooks: what receivers are told, when, and how they can be sure of it; and where requests never go.

mod access;
mod addresses;
pub mod authorities;
mod cut_off;
mod dead;
mod delivering;
mod ending;
mod first;
pub mod killed;
mod lag;
mod names;
mod receiver;
mod replicas;
mod restored;
mod secrets;
mod trying;

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tributary::app::App;
use tributary::auth::{Permissions, Scope};
use tributary::domain::tenant::Tenant;
use tributary::domain::webhook::address::AddressPolicy;
use tributary::outgoing::{Authorities, DnsResolver, Outgoing, Resolve};
use tributary::service::token::mint;
use tributary::service::webhook::send::{DeliveryWorker, due};
use tributary::service::webhook::{Webhooks, fan_out::fan_out};
use tributary::store::StoreError;

use crate::support::{Client, TestApp};
pub use receiver::{How, Message, Receiver};

/// How long a receiver may take in these tests.
const TIMEOUT: Duration = Duration::from_millis(400);

/// Webhooks that may be sent to this machine.
fn local() -> Webhooks {
    resolving(Arc::new(DnsResolver::default()), &["127.0.0.0/8"])
}

/// The same, waiting for answers for longer than any test takes.
fn patient() -> Webhooks {
    waiting(
        Arc::new(DnsResolver::default()),
        &["127.0.0.0/8"],
        Duration::from_secs(600),
    )
}

/// Webhooks whose names are resolved like this.
fn resolving(resolver: Arc<dyn Resolve>, allowed: &[&str]) -> Webhooks {
    waiting(resolver, allowed, TIMEOUT)
}

fn waiting(resolver: Arc<dyn Resolve>, allowed: &[&str], timeout: Duration) -> Webhooks {
    let reach = AddressPolicy {
        production: false,
        allowed: allowed.iter().map(|network| network.parse().unwrap()).collect(),
    };
    Webhooks {
        outgoing: Outgoing::new(reach, resolver, timeout, &Authorities::default()),
        ..Webhooks::default()
    }
}

/// An admin of the tenant `acme`, whose token outlives the clock's leaps.
pub async fn admin(app: &TestApp) -> Client {
    lasting(app, &app.tenant("acme").await)
}

pub fn lasting(app: &TestApp, tenant: &Tenant) -> Client {
    let (rows, year) = (Scope::tenant_wide(tenant.id), Duration::from_secs(365 * 24 * 60 * 60));
    let token = mint(&app.app, "ann", &rows, Permissions::parse("admin"), year).token;
    app.client(Some(token))
}

/// Sends all that is due at present; returns how many requests that took.
pub async fn send_due(app: &Arc<App>) -> Result<usize, StoreError> {
    let workers = due(app, &Arc::default()).await?;
    let sent = join_all(workers.into_iter().map(DeliveryWorker::run)).await;
    sent.into_iter().sum()
}

/// Does what the jobs do until there is nothing more to do at this moment.
pub async fn work(app: &Arc<App>) {
    loop {
        let made = fan_out(app).await.expect("the outbox is read");
        let sent = send_due(app).await.expect("deliveries are sent");
        if made.is_whole && made.made == 0 && sent == 0 {
            return;
        }
    }
}

/// Makes an endpoint; gives its id and its secret.
pub async fn endpoint(staff: &Client, url: &str, types: &[&str]) -> (String, String) {
    let input = json!({ "url": url, "eventTypes": types });
    let made = staff
        .done("createWebhookEndpoint", input, "webhookEndpoint { id } secret")
        .await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&made["webhookEndpoint"]["id"]), text(&made["secret"]))
}

/// All deliveries, oldest first.
pub async fn deliveries(staff: &Client) -> Vec<Value> {
    let document = "{ webhookDeliveries(last: 500) { nodes { id type status payload nextAttemptAt endpoint { id }
        attempts { at statusCode error milliseconds answer } } } }";
    let data = staff.data(document).await;
    let mut nodes = data["webhookDeliveries"]["nodes"].as_array().expect("a list").clone();
    nodes.reverse();
    nodes
}

/// "type STATUS" of all deliveries, oldest first.
pub async fn told(staff: &Client) -> Vec<String> {
    let each = deliveries(staff).await;
    let told = |one: &Value| format!("{} {}", one["type"].as_str().unwrap(), one["status"].as_str().unwrap());
    each.iter().map(told).collect()
}

/// A partner, and how to have commissions of it.
pub struct Seller {
    pub id: String,
}

impl Seller {
    pub async fn new(staff: &Client, name: &str) -> Self {
        let input = json!({ "name": name, "email": format!("{name}@example.com"), "externalId": format!("P-{name}") });
        let made = staff.done("createPartner", input, "partner { id }").await;
        let id = made["partner"]["id"].as_str().expect("an id").to_owned();
        Self { id }
    }

    /// A commission that has accrued.
    pub async fn earns(&self, staff: &Client, amount: &str) -> String {
        let input =
            json!({ "partnerId": self.id, "amount": { "amount": amount, "currency": "EUR" }, "reason": "hidden" });
        let made = staff.done("createManualCommission", input, "commission { id }").await;
        made["commission"]["id"].as_str().expect("an id").to_owned()
    }
}

/// Approves a commission.
pub async fn approve(staff: &Client, commission: &str) {
    let document = "mutation($id: ID!) { approveCommissions(input: { ids: [$id] }) { userErrors { message } } }";
    let data = staff.data_with(document, json!({ "id": commission })).await;
    assert_eq!(data["approveCommissions"], json!([{ "userErrors": [] }]));
}

async fn moved(app: &TestApp, by: Duration) {
    app.clock.advance(by);
    work(&app.app).await;
}
