//! `tributary migrate distribute`: what it makes of a database, what it refuses, and what such a database refuses.

use std::process::{Command, Output};
use std::time::Duration;

use serde_json::json;
use tributary::store::citus::{DistributeError, DistributeOutcome, distribute};
use tributary::store::{self, StoreError, StoreOptions};

use super::{citus, refusal, value};
use crate::support::TestApp;
use crate::support::database::{is_citus, options};
use crate::support::programme::Programme;

/// The newest migration is pending again.
const ONE_LESS: &str = "DELETE FROM seaql_migrations WHERE version = (SELECT MAX(version) FROM seaql_migrations)";

fn tributary(app: &TestApp, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command.args(["--database-url", &app.database_url()]).args(arguments);
    command.output().expect("it starts")
}

fn said(output: &Output) -> (Option<i32>, String) {
    let text = if output.status.success() {
        &output.stdout
    } else {
        &output.stderr
    };
    (output.status.code(), String::from_utf8_lossy(text).trim().to_owned())
}

#[tokio::test]
async fn what_is_there_is_spread_and_still_there() {
    let Some(app) = TestApp::undistributed().await else {
        return;
    };
    let first = Programme::new(&app, "acme", "alpha", "bravo").await;
    Programme::new(&app, "other", "charlie", "delta").await;
    let rows = app.rows().await;
    let output = tributary(&app, &["migrate", "distribute"]);
    let (code, text) = said(&output);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.ends_with("tables distributed"), "{text}");
    let again = tributary(&app, &["migrate", "distribute"]);
    assert_eq!(
        said(&again),
        (Some(0), "nothing to do: the tables are distributed".to_owned())
    );
    let mut spread = app.rows().await;
    spread.retain(|table, _| rows.contains_key(table));
    assert_eq!(spread, rows);

    // All tables with rows of tenants, and the keys between them.
    let local = "SELECT COUNT(*) FROM pg_class r WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname NOT IN ('seaql_migrations', 'outbox_mark')
        AND NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = r.oid)";
    assert_eq!(value(&app, local).await, 0);
    let places = "SELECT COUNT(DISTINCT colocationid) FROM pg_dist_partition WHERE partmethod = 'h'";
    assert_eq!(value(&app, places).await, 1);
    let keys = "SELECT COUNT(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace";
    assert!(value(&app, keys).await > 100);
    // Nothing is left where it was copied from.
    let left = "SELECT SUM(pg_relation_size(logicalrelid))::bigint FROM pg_dist_partition";
    assert_eq!(value(&app, left).await, 0);

    // A gateway that comes now goes on with it, and so does one with a key from before.
    let gateway = TestApp::over(app.database_url(), Vec::new(), Duration::MAX).await;
    let staff = gateway.staff(&first.tenant, "admin");
    let event = json!({ "externalId": "later", "kind": "CHARGE", "partnerId": first.a, "campaignId": first.campaign,
        "amount": { "amount": "10", "currency": "USD" } });
    let done = staff.done("recordEvent", event, "commissions { id }").await;
    assert_eq!(done["commissions"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        said(&tributary(&app, &["verify"])),
        (Some(0), "verified tenants: 2, findings: 0".to_owned())
    );
}

#[tokio::test]
async fn append_only_stays_append_only() {
    let Some(app) = citus().await else { return };
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for sql in [
        "DELETE FROM commission_transition",
        "UPDATE commission_snapshot SET version = 7",
        "DELETE FROM partner_transition",
        "DELETE FROM commission",
        "UPDATE audit_entry SET actor = 'nobody'",
    ] {
        let why = refusal(&app, sql).await;
        assert!(why.contains("is append-only"), "{sql}: {why}");
    }
    // A partner that nothing refers to goes with its history, and with nobody else's.
    let partner = json!({ "name": "P", "email": "gone@p.example", "type": "AFFILIATE" });
    let made = p.staff.done("createPartner", partner, "partner { id }").await;
    let before = value(&app, "SELECT COUNT(*) FROM partner_transition").await;
    let gone = json!({ "id": made["partner"]["id"] });
    p.staff.done("deletePartner", gone, "deletedId").await;
    assert!(value(&app, "SELECT COUNT(*) FROM partner_transition").await < before);
}

#[tokio::test]
async fn names_are_unique_across_tenants() {
    let Some(app) = citus().await else { return };
    app.tenant("acme").await;
    app.tenant("other").await;
    let rows = "SELECT COUNT(*) FROM tenant_slug";
    assert_eq!(value(&app, rows).await, 2);
    // Past the look before: as somebody at the same moment would.
    let taken = "INSERT INTO tenant_slug (slug, tenant_id) SELECT 'acme', id FROM tenant WHERE slug = 'other'";
    let why = refusal(&app, taken).await;
    assert!(why.contains("tenant_slug_key"), "{why}");
}

#[tokio::test]
async fn other_databases_are_refused() {
    let sqlite = TestApp::on_sqlite().await;
    assert!(matches!(distribute(sqlite.store()).await, Err(DistributeError::Sqlite)));
    let (code, text) = said(&tributary(&sqlite, &["migrate", "distribute"]));
    assert_eq!(code, Some(1));
    assert!(text.contains("only PostgreSQL"), "{text}");
    if !is_citus()
        && let Some(app) = TestApp::on_postgres().await
    {
        assert!(matches!(distribute(app.store()).await, Err(DistributeError::NoCitus)));
        let (code, text) = said(&tributary(&app, &["migrate", "distribute"]));
        assert_eq!(code, Some(1));
        assert!(text.contains("CREATE EXTENSION citus"), "{text}");
    }
}

#[tokio::test]
async fn what_is_half_done_is_refused() {
    let Some(app) = TestApp::undistributed().await else {
        return;
    };
    for sql in [
        "DROP TRIGGER audit_object_append_only ON audit_object",
        "DROP TRIGGER audit_object_no_truncate ON audit_object",
        "SELECT create_distributed_table('audit_object', 'tenant_id')",
    ] {
        app.execute(sql).await;
    }
    let refused = distribute(app.store()).await.unwrap_err();
    assert!(
        matches!(&refused, DistributeError::HalfWay(tables) if tables == &["audit_object"]),
        "{refused}"
    );
    // As the message has it.
    let undo = "SELECT undistribute_table('audit_object', cascade_via_foreign_keys => true)";
    app.execute(undo).await;
    app.execute(ONE_LESS).await;
    assert!(matches!(
        distribute(app.store()).await,
        Err(DistributeError::Pending(1))
    ));
}

#[tokio::test]
async fn a_distributed_database_refuses_what_would_be_wrong_there() {
    let Some(app) = citus().await else { return };
    assert!(matches!(distribute(app.store()).await, Ok(DistributeOutcome::Already)));
    // Nothing is pending.
    assert_eq!(store::migrate(app.store()).await.unwrap(), 0);
    let (code, text) = said(&tributary(&app, &["migrate", "down", "--yes"]));
    assert_eq!(code, Some(1));
    assert!(text.contains("Outgrowing one machine"), "{text}");
    app.execute(ONE_LESS).await;
    assert!(matches!(
        store::migrate(app.store()).await,
        Err(StoreError::Distributed(_))
    ));
    let options = StoreOptions {
        standby_urls: vec![app.database_url()],
        ..options(app.database_url())
    };
    let refused = store::connect(&options).await.err().expect("no replicas").to_string();
    assert!(refused.contains("no replicas"), "{refused}");
}
