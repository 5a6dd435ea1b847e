//! `tributary reassign`.

use std::process::{Command, Output, Stdio};

use serde_json::json;

use super::Two;
use crate::support::{TestApp, both_databases};

async fn run(app: &TestApp, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command.args(["--database-url", &app.database_url(), "reassign", "--tenant", "acme"]);
    command.args(arguments).stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().expect("it starts"))
        .await
        .unwrap()
}

#[apply(both_databases)]
async fn the_command_line_moves_a_customer_by_its_external_id(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    let update = json!({ "id": two.bob, "externalId": "crm-7" });
    two.shop.staff().done("updatePartner", update, "partner { id }").await;
    two.shop.record(two.charge("a", "100")).await;
    two.shop.record(two.charge("b", "50")).await;
    let bob = [
        "--customer",
        "cust",
        "--partner",
        "crm-7",
        "--campaign",
        &two.campaign,
        "--from",
        "2000-01-01T00:00:00Z",
        "--reason",
        "x",
    ];
    let before = app.rows().await;
    let tried = run(&app, &[bob.as_slice(), &["--dry-run"]].concat()).await;
    assert_eq!(
        String::from_utf8_lossy(&tried.stdout),
        "would move 2 events: 2 rows reversed, 0 clawed back, 0 kept as paid, 2 earned anew, 0 events without rows\n"
    );
    assert_eq!(app.rows().await, before);
    let done = run(&app, &bob).await;
    assert_eq!(
        String::from_utf8_lossy(&done.stdout),
        "moved 2 events: 2 rows reversed, 0 clawed back, 0 kept as paid, 2 earned anew, 0 events without rows\n"
    );
    assert_eq!(
        two.shop.ledger(&two.bob).await,
        ["EVENT ACCRUED 20.00", "EVENT ACCRUED 10.00"]
    );
    let again = run(&app, &bob).await;
    assert_eq!(
        String::from_utf8_lossy(&again.stdout),
        "moved 0 events: 0 rows reversed, 0 clawed back, 0 kept as paid, 0 earned anew, 0 events without rows\n"
    );
    let unknown = run(&app, &["--customer", "nobody", "--reason", "x"]).await;
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no customer \"nobody\""));
    two.assert_sound().await;
}
