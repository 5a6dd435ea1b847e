//! Runs of releases that kept no lines: of a database that was migrated, and of a replica that still runs beside.

use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use tributary::service::ledger::payout::fill_lines;
use tributary::store;

use super::{LINE, Office, TOTALS, told, totals};
use crate::support::{TestApp, both_databases};

/// Two runs: what they paid out is told in the order of their lines.
async fn runs(office: &Office<'_>) -> Vec<Value> {
    for (name, amount, currency) in [
        ("ann", "5", "USD"),
        ("ben", "7", "EUR"),
        ("cas", "30", "EUR"),
        ("dan", "-1", "EUR"),
    ] {
        let partner = office.partner(name).await;
        office.approved_in(&partner, amount, currency).await;
        office.approved_in(&partner, amount, currency).await;
    }
    let run = office.run_of(json!({})).await;
    office.settle(&run["lines"]["nodes"][0]["payout"], "FAILED").await;
    vec![run, office.run_of(json!({})).await]
}

async fn lines_of(office: &Office<'_>, run: &Value) -> Value {
    let document = format!(
        "query($id: ID!) {{ payoutRun(id: $id) {{ createdBy {} lines {{ totalCount nodes {{ {LINE} payout {{ id }} }} }} }} }}",
        TOTALS
    );
    office.staff().data_with(&document, json!({ "id": run["id"] })).await["payoutRun"].clone()
}

async fn list_what_they_paid_out(office: &Office<'_>, runs: &[Value]) {
    let first = lines_of(office, &runs[0]).await;
    assert_eq!(
        told(&first),
        [
            "EUR 60.00 cas - 2 PAID_OUT",
            "EUR 14.00 ben - 2 PAID_OUT",
            "USD 10.00 ann - 2 PAID_OUT"
        ]
    );
    assert_eq!(
        totals(&first),
        [
            "PAID_OUT PENDING EUR 1 14.00",
            "PAID_OUT PENDING USD 1 10.00",
            "PAID_OUT FAILED EUR 1 60.00"
        ]
    );
    assert_eq!(first["createdBy"], Value::Null);
    let second = lines_of(office, &runs[1]).await;
    assert_eq!(told(&second), ["EUR 60.00 cas - 2 PAID_OUT"]);
    assert!(second["lines"]["nodes"][0]["payout"]["id"].is_string());
    office.assert_verified().await;
}

async fn run(app: &TestApp, statements: &[String]) {
    let database = Database::connect(app.database_url())
        .await
        .expect("a second connection");
    for sql in statements {
        let statement = Statement::from_string(database.get_database_backend(), sql);
        database
            .execute_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    database.close().await.expect("it closes");
}

both_databases! {
    async fn a_migrated_database_lists_what_was_paid_out(app: TestApp) {
        let office = Office::new(&app).await;
        let runs = runs(&office).await;
        let has_lines = async || {
            let status = store::migration_status(app.store()).await.unwrap();
            status.iter().any(|(name, is_applied)| name == "m0012_payout_runs" && *is_applied)
        };
        while has_lines().await {
            store::migrate_down(app.store()).await.unwrap();
        }
        store::migrate(app.store()).await.unwrap();
        list_what_they_paid_out(&office, &runs).await;
    }

    async fn the_runs_of_an_older_replica_get_their_lines(app: TestApp) {
        let office = Office::new(&app).await;
        let runs = runs(&office).await;
        let complete = office.run_of(json!({})).await;
        // As a release writes them that knows no lines.
        let mut past = match app.is_postgres() {
            true => vec!["ALTER TABLE payout_run_line DISABLE TRIGGER USER".to_owned()],
            false => vec!["DROP TRIGGER payout_run_line_no_delete".to_owned()],
        };
        past.push("DELETE FROM payout_run_line".to_owned());
        past.push("UPDATE payout_run SET created_by = NULL".to_owned());
        past.push("UPDATE payout SET created_by = NULL, payout_reference = NULL, settled_by = NULL".to_owned());
        run(&app, &past).await;
        assert_eq!(told(&lines_of(&office, &runs[0]).await), [""; 0]);
        assert_eq!(fill_lines(&app.app).await.unwrap(), 1);
        list_what_they_paid_out(&office, &runs).await;
        // Nothing was paid out by this one, so that there is nothing to be filled in.
        assert_eq!(told(&lines_of(&office, &complete).await), [""; 0]);
        let lines = app.texts("SELECT CAST(COUNT(*) AS TEXT) FROM payout_run_line").await;
        assert_eq!(fill_lines(&app.app).await.unwrap(), 0);
        assert_eq!(app.texts("SELECT CAST(COUNT(*) AS TEXT) FROM payout_run_line").await, lines);
    }
}
