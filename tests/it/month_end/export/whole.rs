//! A file of many pages is all of its list, as it was at one moment.

use std::collections::HashSet;

use http_body_util::BodyExt;
use serde_json::json;

use super::{file, listed, rows_of_csv, seeded};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_file_has_every_row_once_and_in_order(app: TestApp) {
    let tenant = seeded(&app, "acme", 1_203).await;
    let staff = app.staff(&tenant, "admin");
    let expected = listed(&staff, "commissions", json!({}), "id").await;
    app.reset_statements();
    let rows = rows_of_csv(&file(&staff, "/export/commissions").await);
    let statements = app.statements();
    assert_eq!(rows.len(), expected.len());
    assert!(
        rows.iter()
            .zip(&expected)
            .all(|(row, expected)| row["id"] == expected["id"])
    );
    assert_eq!(
        rows.iter()
            .map(|row| row["id"].as_str().unwrap())
            .collect::<HashSet<_>>()
            .len(),
        rows.len()
    );
    // A statement a page, and on PostgreSQL three to have them see one moment; and one for the audit log.
    let pages = statements
        .iter()
        .filter(|sql| sql.starts_with("SELECT") && sql.contains("commission"));
    // The first page has 250 rows, the others 1,000.
    assert_eq!(pages.count(), 2, "{statements:#?}");
    assert!(statements.len() <= 2 + 4, "{statements:#?}");
}

#[apply(both_databases)]
async fn a_file_is_read_little_at_a_time_while_others_are_answered(app: TestApp) {
    let tenant = seeded(&app, "acme", 1_203).await;
    let staff = app.staff(&tenant, "admin");
    let alone = file(&staff, "/export/commissions").await;
    app.reset_statements();
    let somebody = app.app.metrics.running();
    assert_eq!(file(&staff, "/export/commissions").await, alone);
    drop(somebody);
    let pages = app.statements();
    let pages = pages
        .iter()
        .filter(|sql| sql.starts_with("SELECT") && sql.contains("commission"));
    // Of 100 rows each.
    assert_eq!(pages.count(), 13);
}

#[apply(both_databases)]
async fn a_file_shows_one_moment_however_long_it_takes(app: TestApp) {
    let tenant = seeded(&app, "acme", 1_203).await;
    let staff = app.staff(&tenant, "admin");
    let before = file(&staff, "/export/commissions").await;
    let (head, mut body) = staff.begin("/export/commissions", &[]).await.into_parts();
    assert_eq!(head.status, 200);
    let first = body
        .frame()
        .await
        .expect("a piece")
        .expect("rows")
        .into_data()
        .expect("rows");
    // Oldest rows come last: they are read after they have changed.
    let rows = rows_of_csv(&before);
    let accrued: Vec<_> = rows
        .iter()
        .rev()
        .filter(|row| row["status"] == "ACCRUED")
        .map(|row| row["id"].clone())
        .collect();
    let reversed = accrued.first().expect("one that is not settled yet").clone();
    let document = "mutation($ids: [ID!]!) { reverseCommissions(input: { ids: $ids, reason: \"a slip\" }) {
            commission { status } } }";
    let answer = staff.data_with(document, json!({ "ids": [reversed] })).await;
    assert_eq!(
        answer["reverseCommissions"][0]["commission"]["status"], "REVERSED",
        "{answer}"
    );
    let partner = rows[0]["partnerId"].clone();
    let more = json!({ "partnerId": partner, "amount": { "amount": "1", "currency": "EUR" }, "reason": "more" });
    staff.done("createManualCommission", more, "commission { id }").await;
    let rest = body.collect().await.expect("the whole rest").to_bytes();
    let text = String::from_utf8([first, rest].concat()).unwrap();
    assert_eq!(text, before);
    assert_ne!(file(&staff, "/export/commissions").await, before);
}
