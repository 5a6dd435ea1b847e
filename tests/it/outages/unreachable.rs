//! What callers are told while the database cannot be reached, and of commits without an answer.

use axum::body::Body;
use axum::http::{Request, header};

use super::{Behind, LONG, client, connect, number, sql};
use crate::support::proxy::Way;
use crate::support::{Answer, TestApp};
use sea_orm::ConnectionTrait;
use std::sync::Arc;
use tributary::app::App;

const TIER: &str =
    r#"mutation { createPartnerTier(input: { label: "A" }) { partnerTier { id } userErrors { code } } }"#;

fn told(answer: &Answer) -> (u16, Vec<&str>) {
    (answer.status.as_u16(), answer.codes())
}

async fn ready(client: &crate::support::Client) -> u16 {
    let request = Request::get("/readyz").body(Body::empty()).unwrap();
    client.send(request).await.status.as_u16()
}

#[tokio::test]
async fn a_database_that_is_down_is_no_fault_of_ours() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    app.tenant("acme").await;
    let behind = Behind::new(&app, 4, LONG).await;
    behind.client.data("{ partners { totalCount } }").await;
    assert_eq!(ready(&behind.client).await, 200);
    behind.proxy.fail(Way::Down);
    for document in ["{ partners { totalCount } }", TIER, "{ partners { nodes { id } } }"] {
        let answer = behind.client.ask(document).await;
        assert_eq!(told(&answer), (503, vec!["UNAVAILABLE"]), "{}", answer.body);
        assert!(answer.headers.contains_key(header::RETRY_AFTER), "{:?}", answer.headers);
    }
    assert_eq!(ready(&behind.client).await, 503);
    behind.proxy.fail(Way::Open);
    behind.client.data("{ partners { totalCount } }").await;
    assert_eq!(ready(&behind.client).await, 200);
    assert_eq!(
        number(app.store().reader(), "SELECT count(*)::int FROM partner_tier")
            .await
            .unwrap(),
        0
    );
}

#[tokio::test]
async fn nobody_knows_what_became_of_a_commit_without_an_answer() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    app.tenant("acme").await;
    let mut done = 0;
    for after in [false, true] {
        let behind = Behind::new(&app, 4, LONG).await;
        behind.client.data("{ partners { totalCount } }").await;
        behind.proxy.fail(Way::CutAtCommit { after });
        let tier = TIER.replace("\"A\"", &format!("\"{after}\""));
        let answer = behind.client.ask(&tier).await;
        assert_eq!(told(&answer), (504, vec!["OUTCOME_UNKNOWN"]), "{}", answer.body);
        let message = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("idempotencyKey"), "{message}");
        done += i32::from(after);
        assert_eq!(
            number(app.store().reader(), "SELECT count(*)::int FROM partner_tier")
                .await
                .unwrap(),
            done
        );
    }
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_not_ready() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    app.tenant("acme").await;
    let name = app.database_url();
    let (_, name) = name.rsplit_once('/').unwrap();
    let told = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    app.store().reader().execute_raw(sql(&told)).await.unwrap();
    // Connections that are made from now on.
    let store = connect(&app.database_url(), 2, LONG).await;
    let gateway = Arc::new(App::new(store, app.clock.clone(), app.app.keys.clone()));
    let client = client(&app, &gateway);
    client.data("{ partners { totalCount } }").await;
    assert_eq!(ready(&client).await, 503);
    let answer = client.ask(TIER).await;
    assert_eq!(self::told(&answer), (503, vec!["UNAVAILABLE"]), "{}", answer.body);
}
