//! What refuses wrong changes is there, or its lack is named.

use std::process::Command;

use tributary::store::verify::missing_guards;

use super::Vandal;
use crate::support::both_databases;

#[apply(both_databases)]
async fn missing_triggers_and_constraints_are_named(app: TestApp) {
    let missing = async || {
        missing_guards(app.app.store.reader())
            .await
            .expect("the database answers")
    };
    assert_eq!(missing().await, [""; 0]);
    let vandal = Vandal::careful(&app).await;
    let cases: &[(&str, &str)] = match app.is_postgres() {
        true => &[
            (
                "DROP TRIGGER reassignment_append_only ON reassignment",
                "the trigger reassignment_append_only",
            ),
            (
                "DROP TRIGGER reassignment_no_truncate ON reassignment",
                "the trigger reassignment_no_truncate",
            ),
            (
                "ALTER TABLE commission_snapshot DISABLE TRIGGER USER",
                "of the table commission_snapshot, which is disabled",
            ),
            (
                "DROP INDEX event_external_id_key",
                "the index event_external_id_key of the table event",
            ),
            (
                "ALTER TABLE partner_balance DROP CONSTRAINT partner_balance_bounds",
                "the check partner_balance_bounds of the table partner_balance",
            ),
            (
                "ALTER TABLE tier_counter DROP CONSTRAINT tier_counter_bounds, ADD CONSTRAINT tier_counter_bounds CHECK (conversions >= 0)",
                "the check tier_counter_bounds as it was made, which is another one now, of the table tier_counter",
            ),
            (
                "ALTER TABLE backtest_sum DROP CONSTRAINT backtest_sum_bounds, ADD CONSTRAINT backtest_sum_bounds CHECK (actual_minor BETWEEN -4000000000000000000 AND 4000000000000000000 AND proposed_minor BETWEEN -4000000000000000000 AND 4000000000000000000) NOT VALID",
                "the check backtest_sum_bounds of the table backtest_sum",
            ),
            (
                "ALTER TABLE payout_item DROP CONSTRAINT payout_item_pkey",
                "the primary key of the table payout_item",
            ),
            (
                "ALTER TABLE event_move DROP CONSTRAINT event_move_tenant_id_event_id_fkey",
                "a foreign key of the table event_move",
            ),
            (
                "ALTER TABLE commission ALTER COLUMN currency DROP NOT NULL",
                "NOT NULL of currency of the table commission",
            ),
        ],
        false => &[
            (
                "DROP TRIGGER reassignment_no_update",
                "the trigger reassignment_no_update of the table reassignment",
            ),
            (
                "DROP TRIGGER reassignment_no_delete",
                "the trigger reassignment_no_delete",
            ),
            (
                "DROP TRIGGER reassignment_no_replace",
                "the trigger reassignment_no_replace",
            ),
            (
                "DROP INDEX event_external_id_key",
                "the index event_external_id_key of the table event",
            ),
        ],
    };
    for (sql, what) in cases {
        vandal.run(sql).await;
        let missing = missing().await;
        assert!(missing.iter().any(|guard| guard.contains(what)), "{sql}: {missing:#?}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_tributary"))
        .args(["--database-url", &app.database_url(), "verify"])
        .output()
        .expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !output.status.success() && text.contains("the database lacks the trigger reassignment"),
        "{text}"
    );
}
