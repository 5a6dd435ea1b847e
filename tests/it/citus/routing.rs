//! What a tenant asks for concerns the server that has the tenant, and no other: Citus refuses the rest here.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use tributary::store;

use super::{citus, value};
use crate::gateway::merging::{Ledger, input_type, made_by_any};
use crate::isolation::walk::{calls, document};
use crate::support::programme::Programme;
use crate::support::{Sdl, TestApp};

/// Has the coordinator refuse statements that concern more than one part of the tables.
const ONE_PART: &str = "?options=-c%20citus.multi_task_query_log_level%3Derror";

/// Transactions of several servers that ended lately.
const PREPARED: &str = "SELECT COUNT(*) FROM pg_dist_transaction";

/// A program whose statements must each concern one part, on the database of another.
async fn strict(app: &TestApp) -> TestApp {
    let url = format!("{}{ONE_PART}", app.database_url());
    TestApp::over(url, Vec::new(), Duration::MAX).await
}

#[tokio::test]
async fn a_strict_program_is_refused_what_concerns_all_tenants() {
    let Some(app) = citus().await else { return };
    let strict = strict(&app).await;
    assert!(store::tenant::list(strict.store().reader()).await.is_err());
}

#[tokio::test]
async fn every_query_concerns_one_part() {
    let Some(app) = citus().await else { return };
    let own = Programme::new(&app, "acme", "alpha", "bravo").await;
    let foreign = Programme::new(&app, "other", "foreign", "strange").await;
    let strict = strict(&app).await;
    let (sdl, mut refused) = (Sdl::read(), Vec::new());
    for client in [strict.staff(&own.tenant, "admin"), strict.partner(&own.tenant, &own.a)] {
        for (root, all) in calls(&own, &foreign) {
            for arguments in all {
                let answer = client.ask(&document(&sdl, root, &arguments)).await;
                if answer.codes().contains(&"INTERNAL_SERVER_ERROR") {
                    refused.push(format!("{root}{arguments}: {}", answer.body["errors"][0]));
                }
            }
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[tokio::test]
async fn every_mutation_concerns_one_part() {
    let Some(app) = citus().await else { return };
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let strict = strict(&app).await;
    let staff = strict.staff(&p.tenant, "admin");
    let (sdl, ledger) = (Sdl::read(), Ledger::new(&p).await);
    let (mut refused, mut prepared) = (Vec::new(), BTreeSet::new());
    let mut all = ledger.inputs(&p);
    all.extend(p.inputs());
    // Also as far as it goes where there is nothing to mend.
    all.extend(ledger.spare);
    for (mutation, input) in all {
        let (kind, made) = (input_type(&sdl, mutation), made_by_any(mutation));
        let document =
            format!("mutation($input: {kind}) {{ {mutation}(input: $input) {{ {made} userErrors {{ code }} }} }}");
        let before = value(&app, PREPARED).await;
        let answer = staff.ask_with(&document, json!({ "input": input })).await;
        if !answer.codes().is_empty() {
            refused.push(format!("{mutation}: {}", answer.body["errors"][0]));
        }
        if value(&app, PREPARED).await > before {
            prepared.insert(mutation);
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
    // What writes on several servers must not append to the outbox: it would be seen to have ended before its rows are there.
    assert_eq!(Vec::from_iter(prepared), ["createApiKey"]);
}

/// An API key says whose it is.
#[tokio::test]
async fn a_key_concerns_one_part() {
    let Some(app) = citus().await else { return };
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let strict = strict(&app).await;
    let staff = strict.staff(&p.tenant, "admin");
    for input in [
        json!({ "name": "K", "scopes": ["partners:read"] }),
        json!({ "name": "K", "scopes": ["partners:read"], "partnerId": p.a }),
    ] {
        let made = staff.done("createApiKey", input, "key apiKey { id }").await;
        let client = strict.client(made["key"].as_str().map(str::to_owned));
        assert_eq!(client.ask("{ viewer { subject } }").await.codes(), [""; 0]);
        staff
            .done("revokeApiKey", json!({ "id": made["apiKey"]["id"] }), "deletedId")
            .await;
        assert_eq!(client.ask("{ viewer { subject } }").await.codes(), ["UNAUTHENTICATED"]);
    }
}
