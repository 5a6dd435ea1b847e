//! A file has the cells that the schema shows to the same caller.

use serde_json::{Map, Value, json};

use super::{file, listed, rows_of_csv, rows_of_json};
use crate::support::programme::Programme;
use crate::support::{Client, both_databases};

/// Each list's columns, and where the schema shows them; without `=` the field has the column's name.
const COLUMNS: [(&str, &str); 5] = [
    (
        "commissions",
        "id externalId kind status amount=amount.amount currency=amount.currency paymentTarget recipient partnerId=partner.id
         partnerExternalId=partner.externalId partnerName=partner.name campaignId=campaign.id
         campaignExternalId=campaign.externalId campaignName=campaign.name eventId=event.id
         eventExternalId=event.externalId adjustsId=adjusts.id payoutId=payout.id
         returnedPayoutId=returnedPayout.id dealId=deal.id holdbackDays accruedAt matureAt approvedAt paidAt reversedAt",
    ),
    (
        "payouts",
        "id status amount=amount.amount currency=amount.currency partnerId=partner.id
         partnerExternalId=partner.externalId partnerName=partner.name recipient createdAt settledAt reference
         bankReference payoutReference runId=run.id createdBy settledBy returnedAt returnedBy returnReason",
    ),
    (
        "events",
        "id externalId kind type base amount=amount.amount currency=amount.currency revenue=revenue.amount
         revenueCurrency=revenue.currency occurredAt recordedAt customerId=customer.id
         customerExternalId=customer.externalId attributionId=attribution.id partnerId=attribution.partner.id
         partnerExternalId=attribution.partner.externalId partnerName=attribution.partner.name
         campaignId=attribution.campaign.id campaignExternalId=attribution.campaign.externalId
         campaignName=attribution.campaign.name originalId=original.id originalExternalId=original.externalId metadata
         items country",
    ),
    (
        "partners",
        "id externalId name email type status groupId=group.id groupExternalId=group.externalId groupName=group.name
         tierId=tier.id tierLabel=tier.label categories tags payoutCurrency payoutReference createdAt updatedAt activatedAt
         revokedAt metadata",
    ),
    (
        "customers",
        "id externalId acquiredAt partnerId=partner.id partnerExternalId=partner.externalId partnerName=partner.name
         campaignId=campaign.id campaignExternalId=campaign.externalId campaignName=campaign.name",
    ),
];

/// Every field that a column shows, with all of its objects whole.
fn selection(list: &str) -> &'static str {
    match list {
        "commissions" => {
            "id externalId kind status amount { amount currency } paymentTarget recipient partner { id externalId name }
             campaign { id externalId name } event { id externalId } adjusts { id } payout { id }
             returnedPayout { id } deal { id } holdbackDays
             accruedAt matureAt approvedAt paidAt reversedAt"
        }
        "payouts" => {
            "id status amount { amount currency } partner { id externalId name } recipient createdAt settledAt reference
             bankReference payoutReference run { id } createdBy settledBy returnedAt returnedBy returnReason"
        }
        "events" => {
            "id externalId kind type base amount { amount currency } revenue { amount currency } occurredAt recordedAt
             customer { id externalId } attribution { id partner { id externalId name } campaign { id externalId name } }
             original { id externalId } metadata items { index product category quantity amount { amount } } country"
        }
        "partners" => {
            "id externalId name email type status group { id externalId name } tier { id label } categories { id label }
             tags payoutCurrency payoutReference createdAt updatedAt activatedAt revokedAt metadata"
        }
        _ => "id externalId acquiredAt partner { id externalId name } campaign { id externalId name }",
    }
}

/// What the schema shows, by the names of the columns.
fn expected(columns: &str, row: &Value) -> Map<String, Value> {
    let cell = |column: &str| {
        let (name, path) = column.split_once('=').unwrap_or((column, column));
        let value = path.split('.').fold(row, |value, name| &value[name]);
        (name.to_owned(), value.clone())
    };
    columns.split_whitespace().map(cell).collect()
}

/// A value as a cell has it.
fn as_cell(value: &Value) -> Value {
    match value {
        Value::Null | Value::String(_) => value.clone(),
        other => json!(other.to_string()),
    }
}

/// Compares a caller's files with what the schema shows; gives how many rows each list has.
async fn compare(client: &Client) -> Vec<usize> {
    let mut counts = Vec::new();
    for (list, columns) in COLUMNS {
        let rows = listed(client, list, json!(null), selection(list)).await;
        let rows: Vec<_> = rows.iter().map(|row| expected(columns, row)).collect();
        let json = rows_of_json(&file(client, &format!("/export/{list}?format=jsonl")).await);
        assert_eq!(json, rows, "{list}");
        let csv = rows_of_csv(&file(client, &format!("/export/{list}")).await);
        let cells = |row: &Map<String, Value>| -> Map<String, Value> {
            row.iter().map(|(name, value)| (name.clone(), as_cell(value))).collect()
        };
        assert_eq!(csv, rows.iter().map(cells).collect::<Vec<_>>(), "{list}");
        counts.push(rows.len());
    }
    counts
}

#[apply(both_databases)]
async fn a_file_has_the_cells_that_the_schema_shows(app: TestApp) {
    let programme = Programme::new(&app, "acme", "own", "other").await;
    let staff = compare(&programme.staff).await;
    assert!(staff.iter().all(|count| *count > 1), "{staff:?}");
    let partner = compare(&app.partner(&programme.tenant, &programme.a)).await;
    assert_eq!(partner[3], 1);
    assert!(partner[0] > 0 && partner[0] < staff[0], "{partner:?} {staff:?}");
    let hidden = file(&app.partner(&programme.tenant, &programme.a), "/export/partners").await;
    assert!(!hidden.contains("hidden tag") && !hidden.contains("other"), "{hidden}");
    // A neighbour has nothing of it.
    let stranger = app.staff(&app.tenant("else").await, "admin");
    for (list, _) in COLUMNS {
        assert_eq!(rows_of_csv(&file(&stranger, &format!("/export/{list}")).await), []);
    }
}

#[apply(both_databases)]
async fn a_column_is_empty_for_who_may_not_read_it(app: TestApp) {
    let programme = Programme::new(&app, "acme", "own", "other").await;
    let few = app.staff(&programme.tenant, "commissions:read");
    let rows = rows_of_json(&file(&few, "/export/commissions?format=jsonl").await);
    let all = rows_of_json(&file(&programme.staff, "/export/commissions?format=jsonl").await);
    assert!(all.iter().any(|row| row["payoutId"].is_string()) && all.iter().any(|row| row["dealId"].is_string()));
    let without = all.into_iter().map(|mut row| {
        row["payoutId"] = Value::Null;
        row["dealId"] = Value::Null;
        row
    });
    assert_eq!(rows, without.collect::<Vec<_>>());
}

#[apply(both_databases)]
async fn free_text_is_no_formula_and_amounts_are_numbers(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let staff = app.staff(&tenant, "admin");
    let names = [
        "=1+1",
        "+49 30 123",
        "-x",
        "@here",
        "'=quoted",
        "'s-Hertogenbosch",
        "a \"b\", c",
        "ä=1",
    ];
    for (number, name) in names.iter().enumerate() {
        let partner = json!({ "name": name, "email": format!("p{number}@example.com"), "metadata": { "=a": number } });
        let made = staff.done("createPartner", partner, "partner { id }").await;
        if number == 0 {
            let amount = json!({ "amount": "-5.50", "currency": "EUR" });
            let taken = json!({ "partnerId": made["partner"]["id"], "amount": amount, "reason": "a slip" });
            staff.done("createManualCommission", taken, "commission { id }").await;
        }
    }
    let csv = file(&staff, "/export/partners").await;
    let mut cells: Vec<_> = rows_of_csv(&csv)
        .iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect();
    let mut expected: Vec<_> = names
        .iter()
        .map(
            |name| match name.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t']) {
                true => format!("'{}", name),
                false => (*name).to_owned(),
            },
        )
        .collect();
    cells.sort();
    expected.sort();
    assert_eq!(cells, expected);
    let json = rows_of_json(&file(&staff, "/export/partners?format=jsonl").await);
    assert!(json.iter().any(|row| row["name"] == "=1+1"));
    let commissions = file(&staff, "/export/commissions").await;
    let row = &rows_of_csv(&commissions)[0];
    assert_eq!(
        (&row["amount"], &row["partnerName"]),
        (&json!("-5.50"), &json!("'=1+1"))
    );
    assert!(commissions.contains(",-5.50,EUR,"), "{commissions}");
}
