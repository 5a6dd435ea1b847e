//! The database itself keeps promises and histories, whoever writes to it.

use sea_orm::{ConnectionTrait, Database, DbErr, Statement};

use crate::support::programme::Programme;
use crate::support::{TestApp, both_databases};

const TABLES: [&str; 2] = ["commission_snapshot", "partner_transition"];

/// Runs a statement past the program.
async fn run(app: &TestApp, sql: &str) -> Result<u64, DbErr> {
    let database = Database::connect(app.database_url())
        .await
        .expect("a second connection");
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let result = database
        .execute_raw(statement)
        .await
        .map(|result| result.rows_affected());
    database.close().await.expect("it closes");
    result
}

pub async fn is_refused(app: &TestApp, sql: &str) {
    let before = app.rows().await;
    match run(app, sql).await {
        Ok(rows) => panic!("{rows} rows: {sql}"),
        Err(error) => assert!(error.to_string().contains("is append-only"), "{sql}: {error}"),
    }
    assert_eq!(app.rows().await, before, "{sql}");
}

/// The columns of a table but those named, and the same list with other values in the place of some.
async fn copy(app: &TestApp, table: &str, changed: &[(&str, &str)]) -> (String, String) {
    let columns = app
        .texts(&format!("SELECT name FROM pragma_table_info('{table}')"))
        .await;
    let value = |column: &String| {
        let change = changed.iter().find(|(name, _)| name == column);
        change.map_or_else(|| column.clone(), |(_, value)| (*value).to_owned())
    };
    let values: Vec<_> = columns.iter().map(value).collect();
    (columns.join(", "), values.join(", "))
}

#[apply(both_databases)]
async fn versions_of_what_pays_are_neither_changed_nor_removed(app: TestApp) {
    Programme::new(&app, "acme", "alpha", "bravo").await;
    for table in ["campaign_version", "partner_group_version", "default_group_version"] {
        assert!(!app.rows().await[table].is_empty(), "{table}");
        is_refused(&app, &format!("UPDATE {table} SET begins_at = begins_at")).await;
        is_refused(&app, &format!("DELETE FROM {table}")).await;
        let replaced = match app.is_postgres() {
            true => format!("TRUNCATE {table}"),
            false => format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
        };
        is_refused(&app, &replaced).await;
    }
}

#[apply(both_databases)]
async fn promises_and_histories_are_neither_changed_nor_removed(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for table in TABLES {
        assert!(app.rows().await[table].len() > 3);
        is_refused(&app, &format!("UPDATE {table} SET reason = 'other'")).await;
        is_refused(&app, &format!("UPDATE {table} SET reason = reason")).await;
        is_refused(&app, &format!("DELETE FROM {table}")).await;
    }
    is_refused(&app, "UPDATE commission_snapshot SET terms = '[]' WHERE version = 1").await;
    is_refused(&app, "UPDATE commission_snapshot SET version = version + 10").await;
    // The program goes on writing to them.
    p.staff
        .done(
            "suspendPartner",
            serde_json::json!({ "id": p.a, "reason": "r" }),
            "partner { id }",
        )
        .await;
}

#[apply(both_databases)]
async fn an_attribution_only_ends_and_that_once(app: TestApp) {
    Programme::new(&app, "acme", "alpha", "bravo").await;
    for (column, value) in [
        (
            "partner_id",
            "(SELECT id FROM partner WHERE id <> attribution.partner_id LIMIT 1)",
        ),
        ("campaign_id", "NULL"),
        ("event_id", "id"),
        ("via", "'LINK'"),
        ("model", "'FIRST'"),
        ("touched_at", "'2020-01-01T00:00:00+00:00'"),
        ("link_id", "id"),
        ("touch_id", "id"),
        ("weight_numerator", "2"),
        ("weight_denominator", "2"),
        ("share_minor", "1"),
        ("revenue_share_minor", "1"),
        ("sequence", "sequence + 1"),
        ("moved_at", "recorded_at"),
        ("customer_id", "event_id"),
        ("kind", "'REFUND'"),
        ("type", "'other'"),
        ("base", "NOT base"),
        ("qualifying", "NOT qualifying"),
        ("has_amount", "NOT has_amount"),
        ("occurred_at", "'2020-01-01T00:00:00+00:00'"),
        ("recorded_at", "'2020-01-01T00:00:00+00:00'"),
    ] {
        is_refused(&app, &format!("UPDATE attribution SET {column} = {value}")).await;
    }
    is_refused(
        &app,
        "UPDATE commission SET attribution_id = NULL WHERE attribution_id IS NOT NULL",
    )
    .await;
    is_refused(&app, "DELETE FROM attribution").await;
    match app.is_postgres() {
        true => is_refused(&app, "TRUNCATE attribution CASCADE").await,
        false => {
            for replace in ["INSERT OR REPLACE INTO", "REPLACE INTO"] {
                let (columns, values) = copy(&app, "attribution", &[("share_minor", "1")]).await;
                is_refused(
                    &app,
                    &format!("{replace} attribution ({columns}) SELECT {values} FROM attribution"),
                )
                .await;
                let (columns, values) = copy(&app, "attribution", &[("id", "randomblob(16)")]).await;
                is_refused(
                    &app,
                    &format!("{replace} attribution (rowid, {columns}) SELECT rowid, {values} FROM attribution"),
                )
                .await;
            }
            is_refused(
                &app,
                "UPDATE OR REPLACE attribution SET id = (SELECT MIN(id) FROM attribution)",
            )
            .await;
        }
    }
    // Its end is set once.
    run(&app, "UPDATE attribution SET ended_at = recorded_at")
        .await
        .expect("it ends");
    is_refused(&app, "UPDATE attribution SET ended_at = NULL").await;
    is_refused(&app, "UPDATE attribution SET ended_at = '2020-01-01T00:00:00+00:00'").await;
}

#[apply(both_databases)]
async fn a_touch_joins_a_visitor_once_and_changes_in_nothing_else(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let who = serde_json::json!({ "visitorId": "hidden-visitor-alpha", "customerExternalId": "c" });
    p.staff.done("identifyCustomer", who, "customer { id }").await;
    for (column, value) in [
        ("kind", "'CLICK'"),
        ("partner_id", "id"),
        ("campaign_id", "id"),
        ("link_id", "id"),
        ("coupon_id", "id"),
        ("link_disabled", "NOT link_disabled"),
        ("visitor_id", "'somebody else'"),
        ("visitor_id", "NULL"),
        ("customer_id", "id"),
        ("external_id", "'other'"),
        ("click_id", "'other'"),
        ("time_stated", "NOT time_stated"),
        ("occurred_at", "'2020-01-01T00:00:00+00:00'"),
        ("recorded_at", "'2020-01-01T00:00:00+00:00'"),
    ] {
        is_refused(&app, &format!("UPDATE touch SET {column} = {value}")).await;
    }
    for sql in [
        "UPDATE visitor SET customer_id = id",
        "UPDATE visitor SET visitor_id = NULL",
        "UPDATE visitor SET tied_at = '2020-01-01T00:00:00+00:00'",
        "DELETE FROM visitor",
    ] {
        is_refused(&app, sql).await;
    }
    match app.is_postgres() {
        true => {
            is_refused(&app, "TRUNCATE touch CASCADE").await;
            is_refused(&app, "TRUNCATE visitor").await;
        }
        false => {
            for table in ["touch", "visitor"] {
                is_refused(&app, &format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}")).await;
            }
        }
    }
    // A click of nobody joins its visitor, and a touch that credited nothing can be pruned.
    let columns =
        "tenant_id, id, kind, partner_id, campaign_id, link_disabled, time_stated, occurred_at, recorded_at, salt";
    let id = if app.is_postgres() {
        "gen_random_uuid()"
    } else {
        "randomblob(16)"
    };
    let values = columns.replacen(" id,", &format!(" {id},"), 1);
    run(
        &app,
        &format!("INSERT INTO touch ({columns}) SELECT {values} FROM touch LIMIT 1"),
    )
    .await
    .expect("a click of nobody");
    let joined = run(
        &app,
        "UPDATE touch SET visitor_id = 'visitor-1' WHERE visitor_id IS NULL",
    )
    .await;
    assert_eq!(joined.ok(), Some(1));
    assert!(run(&app, "DELETE FROM touch").await.is_ok_and(|rows| rows > 1));
}

#[apply(both_databases)]
async fn they_are_not_truncated_on_postgresql(app: TestApp) {
    if app.is_postgres() {
        Programme::new(&app, "acme", "alpha", "bravo").await;
        for table in TABLES {
            is_refused(&app, &format!("TRUNCATE {table} CASCADE")).await;
            is_refused(&app, &format!("INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (tenant_id, id) DO UPDATE SET reason = 'other'")).await;
        }
        is_refused(&app, "TRUNCATE partner CASCADE").await;
        is_refused(&app, "TRUNCATE tenant CASCADE").await;
    }
}

#[apply(both_databases)]
async fn they_are_not_replaced_on_sqlite(app: TestApp) {
    if !app.is_postgres() {
        Programme::new(&app, "acme", "alpha", "bravo").await;
        for table in TABLES {
            for replace in ["INSERT OR REPLACE INTO", "REPLACE INTO"] {
                let (columns, values) = copy(&app, table, &[("reason", "'other'")]).await;
                is_refused(
                    &app,
                    &format!("{replace} {table} ({columns}) SELECT {values} FROM {table}"),
                )
                .await;
                // A row of another id takes another row's place all the same, by its place in the table.
                let (columns, values) =
                    copy(&app, table, &[("id", "randomblob(16)"), ("version", "version + 100")]).await;
                is_refused(
                    &app,
                    &format!("{replace} {table} (rowid, {columns}) SELECT rowid, {values} FROM {table}"),
                )
                .await;
            }
            let (columns, values) = copy(&app, table, &[("reason", "'other'")]).await;
            is_refused(&app, &format!(
                "INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE true ON CONFLICT (tenant_id, id) DO UPDATE SET reason = 'other'",
            )).await;
            is_refused(
                &app,
                &format!("UPDATE OR REPLACE {table} SET id = (SELECT MIN(id) FROM {table})"),
            )
            .await;
        }
        // Nor by its version, for one campaign and partner-wide.
        for campaigns in ["IS NULL", "IS NOT NULL"] {
            let (columns, values) = copy(
                &app,
                "commission_snapshot",
                &[("id", "randomblob(16)"), ("terms", "'[]'")],
            )
            .await;
            is_refused(&app, &format!(
                "INSERT OR REPLACE INTO commission_snapshot ({columns}) SELECT {values} FROM commission_snapshot WHERE campaign_id {campaigns}",
            )).await;
        }
        // What takes nothing's place is let in.
        let (columns, values) = copy(
            &app,
            "commission_snapshot",
            &[("id", "randomblob(16)"), ("version", "version + 100")],
        )
        .await;
        let all = app.rows().await["commission_snapshot"].len() as u64;
        let added = run(
            &app,
            &format!("INSERT OR REPLACE INTO commission_snapshot ({columns}) SELECT {values} FROM commission_snapshot"),
        )
        .await;
        assert_eq!(added.expect("a new version"), all);
    }
}

#[apply(both_databases)]
async fn no_row_links_to_another_tenants(app: TestApp) {
    Programme::new(&app, "zulu", "zulu", "yankee").await;
    Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    for (table, column, other) in [
        ("partner", "group_id", "partner_group"),
        ("partner", "tier_id", "partner_tier"),
        ("campaign", "advertiser_id", "advertiser"),
        ("partnership_request", "campaign_id", "campaign"),
        ("custom_field_option", "field_id", "custom_field"),
        ("deal", "partner_id", "partner"),
        ("deal", "stage_id", "payment_stage"),
        ("deal_field", "option_id", "custom_field_option"),
        ("commission_rule_reference", "stage_id", "payment_stage"),
        ("commission_rule_reference", "partner_id", "partner"),
        ("tiered_commission_reference", "partner_id", "partner"),
        ("tiered_commission_reference", "campaign_id", "campaign"),
        ("tiered_commission_reference", "advertiser_id", "advertiser"),
        ("api_key", "partner_id", "partner"),
    ] {
        let foreign = format!("(SELECT id FROM {other} AS o WHERE o.tenant_id <> {table}.tenant_id LIMIT 1)");
        let error = run(&app, &format!("UPDATE {table} SET {column} = {foreign}"))
            .await
            .expect_err(column);
        assert!(error.to_string().to_lowercase().contains("foreign key"), "{error}");
    }
    assert_eq!(app.rows().await, before);
}

/// Whatever append-only table is added: of each of its unique keys SQLite must be told not to replace by it.
#[apply(both_databases)]
async fn every_unique_key_of_an_append_only_table_is_guarded_on_sqlite(app: TestApp) {
    if !app.is_postgres() {
        let tables = app
            .texts("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '_no_delete'")
            .await;
        let known = TABLES
            .iter()
            .chain(&["attribution", "commission_rule_version", "deal_payment"]);
        assert!(
            known.into_iter().all(|table| tables.iter().any(|name| name == table)),
            "{tables:?}"
        );
        for table in tables {
            let keys = app
                .texts(&format!(
                    "SELECT name FROM pragma_index_list('{table}') WHERE \"unique\" AND origin <> 'pk'"
                ))
                .await;
            let guards = app
                .texts(&format!(
                    "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = '{table}_no_replace_by_key'"
                ))
                .await;
            for key in keys {
                let columns = app.texts(&format!("SELECT name FROM pragma_index_info('{key}')")).await;
                let is_guarded = |guard: &String| columns.iter().all(|column| guard.contains(&format!("NEW.{column}")));
                assert!(guards.iter().any(is_guarded), "{key} of {table}: {guards:?}");
            }
            let guard = format!("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = '{table}_no_replace'");
            assert!(app.texts(&guard).await[0].contains("rowid = NEW.rowid"), "{table}");
        }
    }
}
