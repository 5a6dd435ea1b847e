//! An erasure may change personal values of rows that otherwise never change; nothing else may, and an erasure nothing
//! else.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement, TransactionTrait};

use crate::support::programme::Programme;
use crate::support::{TestApp, both_databases};

async fn past_the_program(app: &TestApp) -> DatabaseConnection {
    let mut options = ConnectOptions::new(app.database_url());
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the test database is there")
}

async fn run(database: &impl ConnectionTrait, sql: &str) -> Result<u64, String> {
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let done = database.execute_raw(statement).await;
    done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
}

/// An erasure, begun past the program for the tenant of the first partner.
fn begun(app: &TestApp) -> String {
    let id = match app.is_postgres() {
        true => "gen_random_uuid()",
        false => "randomblob(16)",
    };
    format!(
        "INSERT INTO erasure (tenant_id, id, number, subject, requested_by, forced, requested_at, step, changed_rows, under_way)
         SELECT tenant_id, {id}, 1, 'PARTNER', 'ann', FALSE, created_at, 0, 0, 1 FROM partner LIMIT 1"
    )
}

/// A salt that is longer than one, as it is after an erasure.
fn hashes(app: &TestApp) -> String {
    let digits = "01".repeat(33);
    match app.is_postgres() {
        true => format!("'\\x{digits}'"),
        false => format!("x'{digits}'"),
    }
}

#[apply(both_databases)]
async fn an_erasure_replaces_personal_values_and_nothing_else(app: TestApp) {
    Programme::new(&app, "acme", "alpha", "bravo").await;
    let (database, hashes) = (past_the_program(&app).await, hashes(&app));
    let allowed = [
        format!("UPDATE partner_transition SET reason = NULL, actor = 'erased 1', salt = {hashes}"),
        format!("UPDATE commission_transition SET reason = NULL, actor = 'erased 1', salt = {hashes}"),
        format!("UPDATE commission_snapshot SET reason = NULL, salt = {hashes}"),
        format!("UPDATE reassignment SET reason = 'erased 1', actor = 'erased 1', salt = {hashes}"),
        format!(
            "UPDATE audit_entry SET changes = '[]', actor = 'erased 1', token_id = NULL, salt = {hashes} WHERE changes <> '[]'"
        ),
        format!("UPDATE commission SET recipient = 'erased 1', salt = {hashes} WHERE recipient IS NOT NULL"),
        "UPDATE payout_run_line SET recipient = 'erased 1' WHERE recipient IS NOT NULL".to_owned(),
        "UPDATE deleted_partner SET actor = 'erased 1'".to_owned(),
    ];
    let forbidden = [
        "UPDATE partner_transition SET reason = 'other'",
        "UPDATE partner_transition SET reason = NULL, to_status = 'REVOKED'",
        "UPDATE commission_transition SET at = '2020-01-01T00:00:00+00:00', reason = NULL",
        "UPDATE commission_snapshot SET terms = '[]'",
        "UPDATE commission_snapshot SET salt = NULL",
        "UPDATE commission SET amount_minor = 1, note = NULL",
        "UPDATE audit_entry SET operation = 'erased 1'",
        "UPDATE event_decision SET reason = 'erased 1'",
        "UPDATE campaign_version SET terms = '[]'",
        "DELETE FROM partner_transition",
        "DELETE FROM audit_entry",
    ];
    // Without an erasure, none of it.
    for sql in allowed.iter().map(String::as_str).chain(forbidden) {
        let before = app.rows().await;
        match run(&database, sql).await {
            Err(error) => assert!(
                error.contains("append-only") || error.contains("null value"),
                "{sql}: {error}"
            ),
            Ok(rows) => assert_eq!(rows, 0, "{sql}"),
        }
        assert_eq!(app.rows().await, before, "{sql}");
    }
    for sql in &allowed {
        let transaction = database.begin().await.expect("a transaction");
        run(&transaction, &begun(&app)).await.expect("an erasure");
        run(&transaction, sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        transaction.rollback().await.expect("rolled back");
    }
    for sql in forbidden {
        let transaction = database.begin().await.expect("a transaction");
        run(&transaction, &begun(&app)).await.expect("an erasure");
        let error = run(&transaction, sql).await.expect_err(sql);
        assert!(
            error.contains("append-only") || error.to_lowercase().contains("null"),
            "{sql}: {error}"
        );
        transaction.rollback().await.expect("rolled back");
    }
}

/// So that no transaction sees another's.
#[apply(both_databases)]
async fn no_erasure_is_committed_while_it_is_under_way(app: TestApp) {
    Programme::new(&app, "acme", "alpha", "bravo").await;
    let database = past_the_program(&app).await;
    let error = run(&database, &begun(&app)).await.expect_err("a foreign key");
    assert!(error.to_lowercase().contains("foreign key"), "{error}");
    let transaction = database.begin().await.expect("a transaction");
    run(&transaction, &begun(&app)).await.expect("an erasure");
    run(&transaction, "UPDATE erasure SET under_way = NULL")
        .await
        .expect("put down");
    transaction.commit().await.expect("committed");
    for sql in [
        "DELETE FROM erasure",
        "UPDATE erasure SET number = 2",
        "UPDATE erasure SET forced = NOT forced",
    ] {
        let error = run(&database, sql).await.expect_err(sql);
        assert!(error.contains("append-only"), "{sql}: {error}");
    }
    let error = run(&database, "UPDATE erasure SET under_way = 1")
        .await
        .expect_err("a foreign key");
    assert!(error.to_lowercase().contains("foreign key"), "{error}");
    let error = run(&database, "UPDATE erasure SET never = 1")
        .await
        .expect_err("a check");
    assert!(error.to_lowercase().contains("check"), "{error}");
}
