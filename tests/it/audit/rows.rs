//! Rows that say themselves what happened name the entry of the transaction that wrote them.

use std::collections::BTreeMap;

use tributary::service::ledger::verify::verify;

use crate::append_only::is_refused;
use crate::idempotency::{Stage, selection};
use crate::support::{TestApp, both_databases};

/// Tables, the column that names an entry, and what rows that name none have in common.
const NAMING: [(&str, &str, &str); 5] = [
    ("event", "audit_entry_id", "1 = 1"),
    ("commission_transition", "audit_entry_id", "1 = 1"),
    ("payout_run", "audit_entry_id", "1 = 1"),
    ("payout", "settled_audit_entry_id", "settled_at IS NOT NULL"),
    ("reassignment", "audit_entry_id", "1 = 1"),
];

/// How many rows of a table each operation has written, by the entries that they name; "none" where there is no such entry.
async fn written(app: &TestApp, (table, column, which): (&str, &str, &str)) -> BTreeMap<String, usize> {
    let operations = app
        .texts(&format!(
            "SELECT COALESCE(entry.operation, 'none') FROM {table} AS named LEFT JOIN audit_entry AS entry
               ON entry.tenant_id = named.tenant_id AND entry.id = named.{column} WHERE {which}"
        ))
        .await;
    let mut written = BTreeMap::new();
    for operation in operations {
        *written.entry(operation).or_default() += 1;
    }
    written
}

/// A tenant that has rows in all of these tables.
async fn everything(app: &TestApp) -> Stage {
    let stage = Stage::new(app, 0).await;
    for mutation in ["settlePayout", "reassignCustomer"] {
        let input = stage.input(mutation).await;
        stage.p.staff.done(mutation, input, selection(mutation)).await;
    }
    stage
}

#[apply(both_databases)]
async fn each_names_that_of_its_operation(app: TestApp) {
    let stage = Stage::new(&app, 0).await;
    for (mutation, table) in [
        ("recordEvent", 0),
        ("approveCommissions", 1),
        ("reverseCommissions", 1),
        ("createManualCommission", 1),
        ("reassignCustomer", 4),
        ("settlePayout", 3),
        ("settlePayouts", 3),
        ("createPayoutRun", 2),
    ] {
        let of = |written: &BTreeMap<String, usize>| written.get(mutation).copied().unwrap_or(0);
        let before = of(&written(&app, NAMING[table]).await);
        let input = stage.input(mutation).await;
        let answer = stage.p.staff.try_mutate(mutation, input, selection(mutation)).await;
        assert!(answer.codes().is_empty(), "{mutation}: {}", answer.body);
        if mutation == "createPayoutRun" && answer.body["data"][mutation]["payoutRun"].is_null() {
            continue; // What was approved is in payouts already; the runs of the stage are looked at below.
        }
        assert!(
            of(&written(&app, NAMING[table]).await) > before,
            "{mutation}: {}",
            answer.body
        );
    }
    for naming in NAMING {
        let written = written(&app, naming).await;
        assert!(
            !written.is_empty() && !written.contains_key("none"),
            "{naming:?}: {written:?}"
        );
    }
    assert_eq!(verify(&app.app, &stage.p.tenant).await.unwrap(), []);
    // As many as the entry has counted.
    let events = app.texts(
        "SELECT entry.operation FROM audit_entry AS entry JOIN
               (SELECT audit_entry_id AS id, COUNT(*) AS number FROM event GROUP BY audit_entry_id) AS named ON named.id = entry.id
             WHERE entry.operation IN ('recordEvent', 'recordEvents') AND entry.count <> named.number",
    ).await;
    assert_eq!(events, [""; 0]);
}

#[apply(both_databases)]
async fn who_wrote_a_row_stays(app: TestApp) {
    everything(&app).await;
    for (table, column, _) in NAMING {
        is_refused(
            &app,
            &format!("UPDATE {table} SET {column} = NULL WHERE {column} IS NOT NULL"),
        )
        .await;
    }
}
