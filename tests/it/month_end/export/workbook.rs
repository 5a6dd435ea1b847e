//! Lists as workbooks: typed cells, which are those of the CSV file, also where LibreOffice opens them.

use std::io::Cursor;

use axum::http::header;
use calamine::{Data, Reader, Xlsx};
use chrono::{NaiveDateTime, TimeDelta};
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};
use tributary::domain::Timestamp;

use super::spreadsheet::{cells, opened};
use super::{file, get, rows_of_csv, seeded};
use crate::support::{Client, both_databases};

const NUMBERS: [&str; 5] = ["amount", "revenue", "balance", "holdbackDays", "count"];

fn is_moment(column: &str) -> bool {
    column.ends_with("At") || ["at", "start"].contains(&column)
}

/// A moment in the zone of the test's tenants.
fn local(text: &str) -> NaiveDateTime {
    let at: Timestamp = text.parse().expect("a moment");
    at.with_timezone(&chrono_tz::Europe::Berlin).naive_local()
}

async fn workbook(client: &Client, path: &str) -> Vec<u8> {
    let response = client.begin(path, &[]).await;
    let (head, body) = response.into_parts();
    assert!(head.status.is_success(), "{path}: {}", head.status);
    let kind = head.headers[header::CONTENT_TYPE].to_str().unwrap();
    assert_eq!(
        kind,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );
    body.collect().await.expect("a whole body").to_bytes().to_vec()
}

/// Compares a cell with the text that the CSV file has.
fn compare(column: &str, expected: &Value, found: &Data) {
    let Some(text) = expected.as_str() else {
        assert_eq!(found, &Data::Empty, "{column}");
        return;
    };
    match found {
        Data::Float(number) if NUMBERS.contains(&column) => {
            assert_eq!(*number, text.parse::<f64>().unwrap(), "{column}")
        }
        Data::DateTime(at) if is_moment(column) => {
            let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
            let at = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}");
            let at: NaiveDateTime = at.parse().unwrap();
            assert!(
                (at - local(text)).abs() <= TimeDelta::milliseconds(1),
                "{column}: {at} {text}"
            );
        }
        Data::Bool(is_true) if column == "base" => assert_eq!(is_true.to_string(), text),
        Data::String(found) if !NUMBERS.contains(&column) && !is_moment(column) => {
            assert_eq!(found, text.strip_prefix('\'').unwrap_or(text), "{column}");
        }
        other => panic!("{column}: {other:?} for {text:?}"),
    }
}

fn compare_all(bytes: Vec<u8>, csv: &[Map<String, Value>], sheet: &str) {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    assert_eq!(workbook.sheet_names(), [sheet]);
    let range = workbook.worksheet_range(sheet).expect("the sheet");
    let mut rows = range.rows();
    let names: Vec<_> = rows.next().expect("a header").iter().map(ToString::to_string).collect();
    assert_eq!(range.height(), csv.len() + 1);
    for (row, expected) in rows.zip(csv) {
        assert_eq!(names.len(), expected.len());
        for (name, cell) in names.iter().zip(row) {
            compare(name, &expected[name.as_str()], cell);
        }
    }
}

#[apply(both_databases)]
async fn a_workbook_has_the_cells_of_the_csv_file(app: TestApp) {
    let tenant = seeded(&app, "acme", 1_203).await;
    let staff = app.staff(&tenant, "admin");
    let formula = json!({ "name": "=1+1", "email": "f@example.com", "externalId": "-5" });
    let partner = staff.done("createPartner", formula, "partner { id }").await["partner"]["id"].clone();
    let amount = json!({ "amount": "-1234567890.12", "currency": "EUR" });
    let taken = json!({ "partnerId": partner, "amount": amount, "reason": "a slip" });
    staff.done("createManualCommission", taken, "commission { id }").await;
    let now = app.clock.now().to_rfc3339();
    let range = format!("from=2026-01-01T00:00:00Z&to={}", now.replace('+', "%2B"));
    for (list, query) in [
        ("commissions", String::new()),
        ("payouts", String::new()),
        ("events", String::new()),
        ("partners", "status=ACTIVE,INVITED".to_owned()),
        ("customers", String::new()),
        (
            "statement",
            format!("partnerId={}&currency=EUR&{range}", partner.as_str().unwrap()),
        ),
        ("report", format!("groupBy=PARTNER,KIND&interval=MONTH&{range}")),
    ] {
        let csv = rows_of_csv(&file(&staff, &format!("/export/{list}?{query}")).await);
        assert!(csv.len() > 1 || list == "payouts", "{list}");
        compare_all(
            workbook(&staff, &format!("/export/{list}?format=xlsx&{query}")).await,
            &csv,
            list,
        );
    }
    // What is wrong is named by the parameter.
    for (path, says) in [
        ("payouts?partnerId=", "partnerId must be an id, and is empty"),
        ("payouts?partnerId=x", "partnerId is not an id"),
        ("payouts?runId=x", "runId is not an id"),
        ("commissions?campaignIds=x", "campaignIds is not an id"),
        (
            "statement?partnerId=x&currency=EUR&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z",
            "partnerId is not an id",
        ),
        ("payouts?format=xlsx&separator=;", "separator is for csv only"),
        ("payouts?separator=|", "separator must be"),
    ] {
        let text = get(&staff, &format!("/export/{path}")).await.refusal().1;
        assert!(text.starts_with(says), "{path}: {text}");
    }
}

#[apply(both_databases)]
async fn a_spreadsheet_of_another_country_gets_what_it_wants(app: TestApp) {
    let tenant = seeded(&app, "acme", 20).await;
    let staff = app.staff(&tenant, "admin");
    let plain = file(&staff, "/export/commissions").await;
    let other = file(&staff, "/export/commissions?separator=%3B&decimal=,&bom=true").await;
    let other = other.strip_prefix('\u{feff}').expect("a mark");
    let again = other.replace(',', ".").replace(';', ",");
    assert_eq!(again, plain);
}

#[apply(both_databases)]
async fn what_is_exported_as_a_workbook_is_imported_again(app: TestApp) {
    let tenant = seeded(&app, "acme", 20).await;
    let staff = app.staff(&tenant, "admin");
    let bytes = workbook(&staff, "/export/partners?format=xlsx").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("partners.xlsx");
    std::fs::write(&path, bytes).unwrap();
    let other = app.tenant("other").await;
    let caller = tributary::auth::Caller::operator(other.id, "import");
    let map = ["groupId", "groupExternalId", "tierLabel", "categories"].map(|name| (name.to_owned(), String::new()));
    let options = tributary::import::moving_in::ImportOptions {
        map: map.to_vec(),
        ..Default::default()
    };
    let kind = tributary::import::moving_in::FileKind::Partners;
    let report = tributary::import::moving_in::run(&app.app, &caller, kind, &path, &options, |_| {})
        .await
        .expect("a file");
    let told: Vec<_> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!((told, report.created), (vec![], 12));
}

#[tokio::test]
async fn a_workbook_opens_in_libreoffice() {
    let app = crate::support::TestApp::on_sqlite().await;
    let tenant = seeded(&app, "acme", 60).await;
    let staff = app.staff(&tenant, "admin");
    for list in ["commissions", "events", "partners"] {
        let csv = rows_of_csv(&file(&staff, &format!("/export/{list}")).await);
        let Some(document) = opened(
            "file.xlsx",
            &workbook(&staff, &format!("/export/{list}?format=xlsx")).await,
        ) else {
            eprintln!("LibreOffice is not installed: nothing is opened");
            return;
        };
        let rows = cells(&document);
        let names: Vec<_> = rows[0]
            .iter()
            .map(|cell| cell.value.clone())
            .filter(|name| !name.is_empty())
            .collect();
        assert_eq!(names.len(), csv[0].len(), "{list}");
        for (row, expected) in rows[1..].iter().zip(&csv) {
            for (name, cell) in names.iter().zip(row) {
                assert!(!cell.is_formula, "{name}");
                let Some(text) = expected[name.as_str()].as_str() else {
                    assert_eq!(cell.kind, "none", "{name}");
                    continue;
                };
                match cell.kind.as_str() {
                    "float" => assert_eq!(
                        cell.value.parse::<f64>().unwrap(),
                        text.parse::<f64>().unwrap(),
                        "{name}"
                    ),
                    "date" => {
                        let at: NaiveDateTime = match cell.value.len() {
                            10 => format!("{}T00:00:00", cell.value).parse().unwrap(),
                            _ => cell.value.parse().unwrap(),
                        };
                        // LibreOffice writes hundredths of seconds, whatever it has read.
                        assert!(
                            (at - local(text)).abs() < TimeDelta::milliseconds(10),
                            "{name}: {at} {text}"
                        );
                    }
                    "boolean" => assert_eq!(cell.value.to_lowercase(), text, "{name}"),
                    _ => assert_eq!(cell.value, text, "{name}"),
                }
            }
        }
    }
}
