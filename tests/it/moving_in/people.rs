//! Files as people have them: made after public reports, kept in tests/data/files.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tributary::auth::Caller;
use tributary::import::MappingFile;
use tributary::import::moving_in::{FileKind, ImportOptions, ImportReport, run};

use super::{House, problems};
use crate::support::{TestApp, both_databases};

fn kept(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/files")
        .join(name)
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

impl House<'_> {
    async fn import_kept(&self, kind: FileKind, name: &str, options: &ImportOptions) -> ImportReport {
        self.import_path(kind, &kept(name), options).await
    }

    async fn import_path(&self, kind: FileKind, path: &std::path::Path, options: &ImportOptions) -> ImportReport {
        let caller = Caller::operator(self.shop.tenant.id, "import");
        run(&self.shop.app.app, &caller, kind, path, options, |_| {})
            .await
            .expect("a file")
    }

    async fn with_partners(self) -> Self {
        let text = "externalId,name,email\np-1,Ann,ann@example.com\np-2,Bob,bob@example.com\n";
        assert_eq!(self.moved(FileKind::Partners, text).await, 2);
        self
    }

    /// All OPENING rows by external id: amount, currency, status, partner, and the days of their source times.
    async fn openings(&self) -> Vec<Value> {
        let document = "{ commissions(first: 100) { nodes {
            externalId status amount { amount currency } partner { externalId } explanation { detail } } } }";
        let data = self.shop.staff().data(document).await;
        let mut rows = data["commissions"]["nodes"].as_array().expect("rows").clone();
        rows.sort_by_key(|row| row["externalId"].as_str().map(str::to_owned));
        rows
    }
}

/// What files say of this year lies in the past then.
fn half_a_year_later(app: &TestApp) {
    app.clock.advance(Duration::from_secs(183 * 24 * 3600));
}

#[apply(both_databases)]
async fn a_line_that_names_the_separator_and_ragged_rows_are_read(app: TestApp) {
    let house = House::new(&app).await;
    let report = house
        .import_kept(FileKind::Partners, "partners-sep-ragged.csv", &ImportOptions::default())
        .await;
    assert_eq!((problems(&report), report.created, report.ignored), (vec![], 3, vec![]));
    let data = house
        .shop
        .staff()
        .data("{ partner(externalId: \"p-1\") { name tags } }")
        .await;
    assert_eq!(data["partner"], json!({ "name": "Ann", "tags": ["gold"] }));
}

#[apply(both_databases)]
async fn blanks_around_quotes_are_ignored(app: TestApp) {
    let house = House::new(&app).await;
    let report = house
        .import_kept(
            FileKind::Partners,
            "partners-space-quote.csv",
            &ImportOptions::default(),
        )
        .await;
    assert_eq!((problems(&report), report.created), (vec![], 2));
    let data = house
        .shop
        .staff()
        .data("{ partners(first: 9) { nodes { name email } } }")
        .await;
    let mut names: Vec<_> = data["partners"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["name"].clone())
        .collect();
    names.sort_by_key(Value::to_string);
    assert_eq!(names, ["Doe, John", "Jane Doe"]);
}

#[apply(both_databases)]
async fn amounts_with_decimal_commas_are_what_they_say(app: TestApp) {
    half_a_year_later(&app);
    let house = House::new(&app).await.with_partners().await;
    let name = "commissions-decimal-comma.csv";
    let plain = ImportOptions {
        dry_run: true,
        ..ImportOptions::default()
    };
    let report = house.import_kept(FileKind::Commissions, name, &plain).await;
    let told = problems(&report);
    assert_eq!((told.len(), report.created), (4, 0), "{told:?}");
    for (line, says) in [
        (2, "not \"12,50\"; --decimal-comma"),
        (3, "not \"1.234,56\"; --decimal-comma"),
        (4, "may be 3 or 3000"),
        (5, "may be 10 or 10000"),
    ] {
        assert!(
            told[line - 2].starts_with(&format!("line {line}: amount ")) && told[line - 2].contains(says),
            "{told:?}"
        );
    }
    let options = ImportOptions {
        decimal_comma: true,
        ..ImportOptions::default()
    };
    let report = house.import_kept(FileKind::Commissions, name, &options).await;
    assert_eq!((problems(&report), report.created), (vec![], 4));
    let amounts: Vec<_> = house
        .openings()
        .await
        .iter()
        .map(|row| row["amount"]["amount"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(amounts, ["12.50", "1234.56", "3000.00", "10000.00"]);
}

#[apply(both_databases)]
async fn words_of_other_systems_are_mapped(app: TestApp) {
    half_a_year_later(&app);
    let house = House::new(&app).await.with_partners().await;
    let name = "commissions-words.csv";
    let report = house
        .import_kept(
            FileKind::Commissions,
            name,
            &ImportOptions {
                dry_run: true,
                ..ImportOptions::default()
            },
        )
        .await;
    assert_eq!(problems(&report).len(), 1);
    assert!(
        problems(&report)[0].starts_with("line 2: status must be one of ACCRUED, "),
        "{:?}",
        problems(&report)
    );
    let map = pairs(&[
        ("status:unpaid", "APPROVED"),
        ("status:rejected", "REVERSED"),
        ("paidAt", "accruedAt"),
    ]);
    let options = ImportOptions {
        map,
        ..ImportOptions::default()
    };
    let report = house.import_kept(FileKind::Commissions, name, &options).await;
    assert_eq!((problems(&report), report.created), (vec![], 3));
    let rows = house.openings().await;
    let states: Vec<_> = rows.iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["APPROVED", "PAID", "REVERSED"]);
    // One column may stand for several of ours.
    let told = rows[1]["explanation"][0]["detail"].as_str().unwrap();
    assert!(
        told.ends_with("earned there on 2025-01-15, paid there on 2025-01-15"),
        "{told}"
    );
}

#[apply(both_databases)]
async fn dates_are_the_days_of_the_tenant(app: TestApp) {
    half_a_year_later(&app);
    let house = House::new(&app).await;
    house
        .shop
        .staff()
        .done(
            "updateTenant",
            json!({ "timeZone": "America/New_York" }),
            "tenant { id }",
        )
        .await;
    let text = "externalId,acquiredAt\nc1,2026-03-01\nc2,2026-07-01 09:30\nc3,2026-03-01T00:00:00+0000\nc4,2026-03-01 00:00:00+00\n";
    assert_eq!(house.moved(FileKind::Customers, text).await, 4);
    let data = house
        .shop
        .staff()
        .data("{ customers(first: 9) { nodes { externalId acquiredAt } } }")
        .await;
    let mut found: Vec<_> = data["customers"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            format!(
                "{} {}",
                node["externalId"].as_str().unwrap(),
                node["acquiredAt"].as_str().unwrap()
            )
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "c1 2026-03-01T05:00:00Z",
            "c2 2026-07-01T13:30:00Z",
            "c3 2026-03-01T00:00:00Z",
            "c4 2026-03-01T00:00:00Z"
        ]
    );
}

#[apply(both_databases)]
async fn zeros_and_invisible_characters_are_problems_with_their_line(app: TestApp) {
    let house = House::new(&app).await.with_partners().await;
    let early = "is before 1990-01-01: so early a time is usually a missing one; leave it out if it is not known";
    let text = "externalId,kind,occurredAt,customerExternalId,metadata\n\
            e1,CONVERSION,0001-01-01T00:00:00Z,c1,\n\
            e2,CONVERSION,1899-12-30,c1,\n\
            e3,CONVERSION,-0044-03-15,c1,\n\
            e4,CONVERSION,2025-01-01,c\u{200b}1,\n\
            e5\u{0},CONVERSION,2025-01-01,c1,\n\
            e6,CONVERSION,2025-01-01,c1,\"{\"\"a\"\":\"\"x\\u0000y\"\"}\"\n\
            e7,CONVERSION,2025-01-01,c1,\"{\"\"a\\u0000\"\":1}\"\n\
            e8,CONVERSION,2025-01-01,c1,\"{\"\"a\"\":\"\"\\\\u0000\"\"}\"\n";
    let expected = [
        format!("line 2: occurredAt {early}"),
        format!("line 3: occurredAt {early}"),
        format!("line 4: occurredAt {early}"),
        "line 5: customerExternalId must not contain the invisible character U+200B (its character 2)".to_owned(),
        "line 6: externalId must not contain the invisible character U+0000 (its character 3)".to_owned(),
        "line 7: metadata must not contain the character U+0000".to_owned(),
        "line 8: metadata must not contain the character U+0000".to_owned(),
    ];
    for dry_run in [true, false] {
        let report = house
            .import_with(
                FileKind::Events,
                text,
                &ImportOptions {
                    dry_run,
                    ..ImportOptions::default()
                },
            )
            .await;
        assert_eq!((problems(&report), report.created), (expected.to_vec(), 1));
    }
    for (kind, text) in [
        (FileKind::Customers, "externalId,acquiredAt\nc1,1970-01-01\n"),
        (
            FileKind::Partners,
            "externalId,name,email,createdAt\np3,Cy,cy@example.com,1970-01-01\n",
        ),
        (
            FileKind::Commissions,
            "externalId,partner,amount,currency,status,accruedAt\nr1,p-1,1,EUR,PAID,1970-01-01\n",
        ),
        (
            FileKind::Commissions,
            "externalId,partner,amount,currency,status,paidAt\nr1,p-1,1,EUR,PAID,1970-01-01\n",
        ),
    ] {
        let report = house.import(kind, text).await;
        let told = problems(&report);
        assert!(
            report.created == 0 && told.len() == 1 && told[0].ends_with(early),
            "{told:?}"
        );
    }
    house.assert_sound().await;
}

#[apply(both_databases)]
async fn numbers_in_metadata_keep_every_digit_or_are_problems(app: TestApp) {
    let house = House::new(&app).await.with_partners().await;
    let refused = |number: &str| {
        format!("metadata cannot be kept: the number {number} cannot be kept exactly: put it in quotes, as a text")
    };
    let text = "externalId,kind,occurredAt,customerExternalId,metadata\n\
            e1,CONVERSION,2025-01-01,c1,\"{\"\"a\"\":[0.12345678901234567890]}\"\n\
            e2,CONVERSION,2025-01-01,c1,\"{\"\"a\"\":\"\"0.12345678901234567890\"\",\"\"b\"\":9223372036854775807,\"\"c\"\":0.10}\"\n";
    let report = house.import(FileKind::Events, text).await;
    assert_eq!(
        (problems(&report), report.created),
        (vec![format!("line 2: {}", refused("0.12345678901234567890"))], 1)
    );
    let lines = "{\"externalId\":\"p-9\",\"name\":\"Cy\",\"email\":\"cy@example.com\",\"metadata\":{\"a\":1e-400}}\n";
    let path = house.file("rows.jsonl", lines);
    let report = house
        .import_path(FileKind::Partners, &path, &ImportOptions::default())
        .await;
    assert_eq!(
        (problems(&report), report.created),
        (vec![format!("line 1: {}", refused("1e-400"))], 0)
    );
    let data = house
        .shop
        .staff()
        .data("{ events(first: 9) { nodes { metadata } } }")
        .await;
    let kept = serde_json::json!({ "a": "0.12345678901234567890", "b": i64::MAX, "c": 0.1 });
    assert_eq!(data["events"]["nodes"][0]["metadata"], kept);
}

#[apply(both_databases)]
async fn one_content_is_imported_alike_from_every_kind_of_file(app: TestApp) {
    let mut read = Vec::new();
    for ending in ["csv", "jsonl", "xlsx"] {
        let house = House::of(crate::ledger::Shop::of(&app, ending).await)
            .with_partners()
            .await;
        let name = format!("commissions-same.{ending}");
        let report = house
            .import_kept(FileKind::Commissions, &name, &ImportOptions::default())
            .await;
        assert_eq!((problems(&report), report.created), (vec![], 5), "{ending}");
        // The file of another kind has nothing new.
        let other = house
            .import_kept(FileKind::Commissions, "commissions-same.csv", &ImportOptions::default())
            .await;
        assert_eq!((problems(&other), other.unchanged), (vec![], 5), "{ending}");
        house.assert_sound().await;
        read.push(house.openings().await);
    }
    assert_eq!((&read[0], &read[0]), (&read[1], &read[2]));
    let amounts: Vec<_> = read[0]
        .iter()
        .map(|row| {
            format!(
                "{} {}",
                row["externalId"].as_str().unwrap(),
                row["amount"]["amount"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        amounts,
        ["1004 0.10", "s-1 12.50", "s-2 1234.56", "s-3 -3.00", "s-5 1000000"]
    );
}

#[apply(both_databases)]
async fn a_mapping_file_and_the_command_line_work_together(app: TestApp) {
    let house = House::new(&app).await.with_partners().await;
    let path = house.file("map.toml", "[columns]\npartner = \"affiliate\"\ncurrency = \"=EUR\"\n[values.status]\nunpaid = \"APPROVED\"\nsettled = \"PAID\"\n");
    let map = MappingFile::read(&path).expect("a mapping");
    let options = ImportOptions {
        map,
        ..ImportOptions::default()
    };
    let text = "id,affiliate,amount,status\nr1,p-1,1.00,Unpaid\nr2,ann@example.com,2.00,SETTLED\nr3,p-2,3.00,unpaid\n";
    let report = house.import_with(FileKind::Commissions, text, &options).await;
    assert_eq!((problems(&report), report.created), (vec![], 3));
    let states: Vec<_> = house
        .openings()
        .await
        .iter()
        .map(|row| row["status"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(states, ["APPROVED", "PAID", "APPROVED"]);
}

#[apply(both_databases)]
async fn workbooks_have_several_sheets_and_other_files_are_told_from_them(app: TestApp) {
    let house = House::new(&app).await.with_partners().await;
    let workbook = std::fs::read(kept("commissions-same.xlsx")).unwrap();
    let caller = Caller::operator(house.shop.tenant.id, "import");
    for (name, bytes, sheet, says) in [
        (
            "a.xlsx",
            workbook.as_slice(),
            Some(2),
            "there is no sheet 2: there are 1 (commissions)",
        ),
        (
            "a.csv",
            workbook.as_slice(),
            None,
            "it looks like a workbook: the name of such a file ends in .xlsx",
        ),
        (
            "b.csv",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            None,
            "it looks like a workbook in the format .xls: save it as .xlsx",
        ),
        ("b.xlsx", b"id,partner\n", None, "it is not a readable workbook: "),
    ] {
        let path = house.file(name, bytes);
        let options = ImportOptions {
            sheet,
            ..ImportOptions::default()
        };
        let error = run(&app.app, &caller, FileKind::Commissions, &path, &options, |_| {})
            .await
            .expect_err(name)
            .to_string();
        assert!(error.starts_with(says), "{error}");
    }
}

#[apply(both_databases)]
async fn what_was_imported_before_a_failure_is_said_only_where_something_was(app: TestApp) {
    let house = House::new(&app).await;
    let caller = Caller::operator(house.shop.tenant.id, "import");
    // A row for each of several batches, then a workbook that ends early.
    let whole = std::fs::read(kept("commissions-same.xlsx")).unwrap();
    let path = house.file("cut.xlsx", &whole[..whole.len() / 2]);
    let error = run(
        &app.app,
        &caller,
        FileKind::Commissions,
        &path,
        &ImportOptions::default(),
        |_| {},
    )
    .await
    .expect_err("cut");
    assert!(!error.to_string().contains("stay"), "{error}");
}

#[apply(both_databases)]
async fn many_problems_are_counted_and_the_first_listed(app: TestApp) {
    let house = House::new(&app).await;
    let mut text = "externalId,name,email\n".to_owned();
    for number in 0..1_500 {
        text.push_str(&format!(
            "p{number},N,{}\n",
            if number % 2 == 0 {
                "x".repeat(5_000)
            } else {
                format!("p{number}@a.example")
            }
        ));
    }
    let report = house
        .import_with(
            FileKind::Partners,
            &text,
            &ImportOptions {
                dry_run: true,
                ..ImportOptions::default()
            },
        )
        .await;
    assert_eq!(
        (report.created, report.problems.count(), report.problems.unlisted()),
        (750, 750, 0)
    );
    text.push_str(&"p,,\n".repeat(2_000));
    let report = house
        .import_with(
            FileKind::Partners,
            &text,
            &ImportOptions {
                dry_run: true,
                ..ImportOptions::default()
            },
        )
        .await;
    assert_eq!(
        (report.problems.count(), report.problems.iter().count()),
        (750 + 4_000, 1_000)
    );
    let lines: Vec<_> = report.problems.iter().map(|problem| problem.line).collect();
    assert!(lines.is_sorted() && lines[0] == 2);
    assert!(problems(&report).iter().all(|problem| problem.len() < 700));
}
