//! What `serve --demo` prints.

use std::net::SocketAddr;
use std::time::Duration;

use super::error::CliError;
use super::healthcheck::reachable;
use super::{open, output};
use ::seed::demo;
use auth::{Caller, Permissions, Scope};
use domain::tenant::Tenant;
use service::app::App;
use service::audit::token_issued;
use service::token::{all_for_partners, issue_for_partner, mint};
use store::StoreOptions;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The simulation of `examples/donutwork/simulation.json`.
const SIMULATION: &str = "mutation { simulatePartnerGroup(input: { \
    rules: [{ newCustomerTimeTier: { maxMonths: 3, percentage: \"25\" } }, { recurring: { percentage: \"10\" } }], \
    scenarios: [{ chargeAmount: \"299.9\", customerMonths: 2, partnerLtv: \"4500\", qualifiedCustomers: 12 }] }) { \
    results { finalFee { amount currency } explanation { source outcome detail amount } } userErrors { message } } }";

/// Creates the tenant `demo` if it is missing, and prints how to access it.
pub async fn prepare_and_greet(app: &App, options: &StoreOptions, address: SocketAddr) -> Result<(), CliError> {
    let tenant = prepare(app, options).await?;
    let endpoint = format!("http://{}/graphql", reachable(address));
    let (scope, permissions) = (Scope::tenant_wide(tenant.id), Permissions::parse("admin"));
    let admin = mint(app, "demo", &scope, permissions, DAY);
    token_issued(app, "demo", &scope, permissions, admin.expires_at).await?;
    let admin = admin.token;
    let simulation = serde_json::json!({ "query": SIMULATION });
    output::line(format_args!(
        "Tributary serves the tenant {}: {}\n",
        tenant.slug, tenant.name
    ))?;
    output::line(format_args!("GraphiQL:\n{endpoint}\n"))?;
    output::line(format_args!(
        "GraphiQL with the admin's token:\n{endpoint}#token={admin}\n"
    ))?;
    output::line(format_args!("The admin's token, good for 24 hours:\n{admin}\n"))?;
    if let Some((name, token)) = partner_token(app, &tenant).await? {
        output::line(format_args!(
            "GraphiQL with the token of the partner {name}:\n{endpoint}#token={token}\n"
        ))?;
        output::line(format_args!("The partner's token, good for 24 hours:\n{token}\n"))?;
    }
    output::line(format_args!(
        "What would a partner group pay? This gives 74.98 and the steps that lead there:"
    ))?;
    output::line(format_args!(
        "curl -s {endpoint} -H 'content-type: application/json' -H 'authorization: Bearer {admin}' -d '{simulation}'"
    ))?;
    Ok(())
}

/// The demo's months are hundreds of transactions, each of which might wait long for the disk, so none of them does.
/// What a power cut loses is created again at the next start.
async fn prepare(app: &App, options: &StoreOptions) -> Result<Tenant, CliError> {
    let hasty = StoreOptions {
        durable: false,
        ..options.clone()
    };
    let store = store::connect(&hasty).await?;
    let filling = App {
        store: store.clone(),
        ..app.clone()
    };
    let tenant = demo::prepare(&filling).await;
    drop(filling);
    store.close().await;
    tenant.map_err(open::readable)
}

/// The name and a token of the partner that the portal is shown for; `None` if it may not sign in.
async fn partner_token(app: &App, tenant: &Tenant) -> Result<Option<(String, String)>, CliError> {
    let Some(partner) = demo::portal_partner(app, tenant).await? else {
        return Ok(None);
    };
    if !partner.status.may_sign_in() {
        return Ok(None);
    }
    let caller = Caller::operator(tenant.id, "demo");
    let seconds = i32::try_from(DAY.as_secs()).expect("a day has few seconds");
    let scopes = all_for_partners();
    let issued = issue_for_partner(app, &caller, &partner.id.to_string(), Some(&scopes), seconds).await;
    let issued = issued.map_err(open::readable)?;
    Ok(issued.token.map(|token| (partner.name, token)))
}
