//! `tributary export`: the same files from the database itself.

use std::process::{Command, Output, Stdio};

use super::{broken, file, seeded};
use crate::support::{TestApp, both_databases};

async fn run(app: &TestApp, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command
        .args(["--database-url", &app.database_url(), "export"])
        .args(arguments)
        .stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().expect("it starts"))
        .await
        .unwrap()
}

/// The exit code, and what was said on standard error.
async fn failed(app: &TestApp, arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(app, arguments).await;
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[apply(both_databases)]
async fn the_command_line_writes_what_the_gateway_sends(app: TestApp) {
    let tenant = seeded(&app, "acme", 1_203).await;
    let staff = app.staff(&tenant, "admin");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    std::fs::write(&path, "what was there before").unwrap();
    for (query, arguments) in [
        ("commissions", vec!["commissions"]),
        (
            "commissions?format=jsonl&status=PAID,ACCRUED",
            vec!["commissions", "--format", "jsonl", "status=PAID,ACCRUED"],
        ),
        ("partners?status=ACTIVE", vec!["partners", "status=ACTIVE"]),
        (
            "events?occurredFrom=2026-02-01T00:00:00Z",
            vec!["events", "occurredFrom=2026-02-01T00:00:00Z"],
        ),
        ("customers", vec!["customers"]),
        ("payouts", vec!["payouts"]),
    ] {
        let expected = file(&staff, &format!("/export/{query}")).await;
        let mut arguments = [arguments, vec!["--tenant", "acme"]].concat();
        let output = run(&app, &arguments).await;
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{query}");
        assert_eq!(
            (output.status.code(), String::from_utf8(output.stdout).unwrap()),
            (Some(0), expected.clone())
        );
        let path = path.to_str().unwrap();
        arguments.extend(["--output", path]);
        let output = run(&app, &arguments).await;
        assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0), "{query}");
        assert_eq!(std::fs::read_to_string(path).unwrap(), expected);
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

#[apply(both_databases)]
async fn wrong_arguments_end_with_two_and_say_what_is_wrong(app: TestApp) {
    app.tenant("acme").await;
    for (arguments, says) in [
        (
            vec!["deals", "--tenant", "acme"],
            "possible values: commissions, payouts",
        ),
        (vec!["partners"], "--tenant"),
        (
            vec!["partners", "--tenant", "acme", "statuz=ACTIVE"],
            "unknown parameter \"statuz\"",
        ),
        (
            vec!["partners", "--tenant", "acme", "status"],
            "\"status\" must be NAME=VALUE",
        ),
        (
            vec!["commissions", "--tenant", "acme", "status=PAYED", "currency=x"],
            "currency must be an ISO 4217",
        ),
        (
            vec!["commissions", "--tenant", "acme", "partnerId=nobody"],
            "partnerId ",
        ),
        (
            vec!["partners", "--tenant", "acme", "--format", "ods"],
            "possible values: csv, jsonl, xlsx",
        ),
        (
            vec!["partners", "--tenant", "acme", "--format", "wise"],
            "partners is written with --format csv or jsonl or xlsx",
        ),
        (
            vec!["payout-file", "--tenant", "acme", "--format", "paypal"],
            "runId is required",
        ),
        (
            vec!["statement", "--tenant", "acme", "currency=EUR"],
            "partnerId is required",
        ),
    ] {
        let (code, text) = failed(&app, &arguments).await;
        assert_eq!(code, Some(2), "{arguments:?}: {text}");
        assert!(text.contains(says), "{arguments:?}: {text}");
    }
    let (code, text) = failed(&app, &["partners", "--tenant", "nobody"]).await;
    assert_eq!(code, Some(1));
    assert!(text.contains("there is no tenant"), "{text}");
}

#[apply(both_databases)]
async fn a_file_is_there_once_it_is_whole(app: TestApp) {
    broken(&app).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("partners.csv");
    let (code, text) = failed(
        &app,
        &["partners", "--tenant", "acme", "--output", path.to_str().unwrap()],
    )
    .await;
    assert_eq!(code, Some(1), "{text}");
    assert!(!text.is_empty());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    let nowhere = folder.path().join("no").join("such.csv");
    let (code, text) = failed(
        &app,
        &["payouts", "--tenant", "acme", "--output", nowhere.to_str().unwrap()],
    )
    .await;
    assert_eq!(code, Some(1));
    assert!(text.contains("cannot write"), "{text}");
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_ends_an_export() {
    let app = TestApp::on_sqlite().await;
    seeded(&app, "acme", 3_000).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command
        .args([
            "--database-url",
            &app.database_url(),
            "export",
            "commissions",
            "--tenant",
            "acme",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
