//! What refuses wrong changes is there, or its lack is named.

use std::process::Command;

use tributary::store::verify::missing_guards;

use super::Vandal;
use crate::support::both_databases;

both_databases! {
    async fn missing_triggers_and_constraints_are_named(app: TestApp) {
        let missing = async || missing_guards(app.app.store.reader()).await.expect("the database answers");
        assert_eq!(missing().await, [""; 0]);
        let vandal = Vandal::careful(&app).await;
        let cases: &[(&str, &str)] = match app.is_postgres() {
            true => &[
                ("DROP TRIGGER reassignment_append_only ON reassignment", "the trigger reassignment_append_only"),
                ("DROP TRIGGER reassignment_no_truncate ON reassignment", "the trigger reassignment_no_truncate"),
                ("ALTER TABLE commission_snapshot DISABLE TRIGGER USER", "of the table commission_snapshot, which is disabled"),
                ("DROP INDEX event_external_id_key", "the index event_external_id_key of the table event"),
            ],
            false => &[
                ("DROP TRIGGER reassignment_no_update", "the trigger reassignment_no_update of the table reassignment"),
                ("DROP TRIGGER reassignment_no_delete", "the trigger reassignment_no_delete"),
                ("DROP TRIGGER reassignment_no_replace", "the trigger reassignment_no_replace"),
                ("DROP INDEX event_external_id_key", "the index event_external_id_key of the table event"),
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
        assert!(!output.status.success() && text.contains("the database lacks the trigger reassignment"), "{text}");
    }
}
