//! Entry and change are one transaction: neither is there without the other.

use std::sync::Arc;

use serde_json::json;
use tributary::domain::audit::Origin;
use tributary::domain::tenant::Tenant;

use super::log;
use crate::append_only::is_refused;
use crate::support::both_databases;
use crate::support::programme::Programme;

#[apply(both_databases)]
async fn what_cannot_be_written_down_is_not_done(app: TestApp) {
    let staff = app.admin().await;
    let event = json!({
        "externalId": "1", "kind": "CHARGE", "amount": { "amount": "1", "currency": "EUR" },
    });
    app.execute("ALTER TABLE audit_entry RENAME TO elsewhere").await;
    let rows = app.rows().await;
    for (mutation, input, selection) in [
        ("createPartnerTier", json!({ "label": "Gold" }), "partnerTier { id }"),
        (
            "createPartner",
            json!({ "name": "n", "email": "n@example.com" }),
            "partner { id }",
        ),
        ("recordEvent", event, "event { id }"),
    ] {
        let answer = staff.try_mutate(mutation, input, selection).await;
        assert!(!answer.codes().is_empty(), "{}", answer.body);
        assert_eq!(app.rows().await, rows, "{mutation}");
    }
    app.execute("ALTER TABLE elsewhere RENAME TO audit_entry").await;
    staff
        .done("createPartnerTier", json!({ "label": "Gold" }), "partnerTier { id }")
        .await;
}

#[apply(both_databases)]
async fn what_is_not_committed_leaves_no_entry(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let trail = || app.app.trail(tenant.id, Arc::new(Origin::job("test")));
    let rows = app.rows().await;
    for rolls_back in [true, false] {
        let transaction = app.store().begin(trail()).await.unwrap();
        transaction.created(&tenant);
        assert!(transaction.audit_entry().is_some());
        match rolls_back {
            true => transaction.rollback().await.unwrap(),
            false => drop(transaction),
        }
        assert_eq!(app.rows().await, rows);
    }
    // Nor does one that has nothing to tell.
    app.store().begin(trail()).await.unwrap().commit().await.unwrap();
    assert_eq!(app.rows().await, rows);
    let transaction = app.store().begin(trail()).await.unwrap();
    transaction.noted_of::<Tenant>(tenant.id, "name", "other");
    transaction.counted(2);
    transaction.counted(3);
    transaction.commit().await.unwrap();
    let (_, entries) = log(&app.staff(&tenant, "audit:read")).await;
    assert_eq!(
        (&entries[0]["actor"], &entries[0]["operation"], &entries[0]["count"]),
        (&json!("job:test"), &json!("test"), &json!(5))
    );
}

#[apply(both_databases)]
async fn entries_are_neither_changed_nor_removed(app: TestApp) {
    Programme::new(&app, "acme", "alpha", "bravo").await;
    for table in ["audit_entry", "audit_object"] {
        is_refused(&app, &format!("UPDATE {table} SET tenant_id = tenant_id")).await;
        is_refused(&app, &format!("DELETE FROM {table}")).await;
        let replaced = match app.is_postgres() {
            true => format!("TRUNCATE {table}"),
            false => format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
        };
        is_refused(&app, &replaced).await;
    }
}
