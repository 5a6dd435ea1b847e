//! After a restore everything is erased again that was erased since the backup; and a program that is killed in the middle
//! of an erasure finishes it when it is started again.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tributary::service::ledger::verify::verify;

use super::erasing::{MARK, asked, finish, marked, sale};
use crate::ledger::{Shop, charge, text};
use crate::support::program::Program;
use crate::support::{TestApp, both_databases};

const NO_LAG: Duration = Duration::from_secs(1);

/// A gateway on a copy of the database, as a backup that was restored. This one must not be used any more.
async fn restored(app: &TestApp, folder: &std::path::Path) -> TestApp {
    let url = app.database_url();
    if app.is_postgres() {
        let (server, name) = url.rsplit_once('/').expect("a database");
        let name = name.split('?').next().unwrap_or_default();
        // A template has no connections.
        app.store().clone().close().await;
        let copy = format!("{name}_copy");
        let others = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        for sql in [others, format!("CREATE DATABASE {copy} TEMPLATE {name}")] {
            crate::support::execute(&format!("{server}/postgres"), &sql).await;
        }
        return TestApp::over(format!("{server}/{copy}"), Vec::new(), NO_LAG).await;
    }
    let copy = folder.join("copy.db");
    app.execute(&format!("VACUUM INTO '{}'", copy.display())).await;
    TestApp::over(format!("sqlite://{}?mode=rwc", copy.display()), Vec::new(), NO_LAG).await
}

async fn run(app: &TestApp, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command.args(["--database-url", &app.database_url(), "erase", "--tenant", "acme"]);
    command.args(arguments).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output().expect("it starts"));
    output.await.unwrap()
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8(text).expect("UTF-8")
}

#[apply(both_databases)]
async fn what_was_erased_since_a_backup_is_erased_again(app: TestApp) {
    let shop = Shop::new(&app).await;
    let tenant = shop.tenant.clone();
    let partner = shop.partner(&format!("ann-{MARK}")).await;
    let (other, campaign) = (shop.partner("bob").await, shop.percent("20").await);
    let of = json!({ "partnerId": other, "campaignId": campaign });
    let recorded = shop
        .record(sale(&format!("order-{MARK}"), &format!("{MARK}@shop"), &of))
        .await;
    let customer = text(&recorded["event"]["customer"]["id"]);
    let deal = json!({
        "name": "Deal", "partnerId": other, "value": { "amount": "5", "currency": "EUR" },
        "leadCreator": format!("Lea {MARK}"), "owner": format!("Lea {MARK}"),
    });
    shop.staff().done("createDeal", deal, "deal { id }").await;
    let another = app.staff_called(MARK, &tenant, "admin");
    another
        .done("recordEvent", charge("1", &other, &campaign, "1"), "event { id }")
        .await;

    let folder = tempfile::tempdir().unwrap();
    let backup = restored(&app, folder.path()).await;
    // The same happens to a copy and to the original: which of them was restored does not matter.
    let original = TestApp::over(app.database_url(), Vec::new(), NO_LAG).await;
    let shop = Shop {
        app: &original,
        tenant: tenant.clone(),
    };
    for subject in [
        json!({ "partnerId": partner }),
        json!({ "customerId": customer }),
        json!({ "recipient": { "partnerId": other, "name": format!("Lea {MARK}") } }),
        json!({ "staffActor": MARK }),
    ] {
        asked(&shop, subject, json!({ "force": true })).await;
    }
    finish(&original).await;
    assert_eq!(marked(&original).await, Vec::<String>::new());
    let response = shop.staff().begin("/export/erasures?format=jsonl", &[]).await;
    let exported = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let file = folder.path().join("erasures.jsonl");
    std::fs::write(&file, &exported).unwrap();
    let text = String::from_utf8(exported.to_vec()).unwrap();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(!text.contains(MARK), "{text}");

    assert!(!marked(&backup).await.is_empty());
    let replay = ["--replay", file.to_str().unwrap()];
    let done = run(&backup, &replay).await;
    assert!(done.status.success(), "{}", said(&done));
    assert!(
        said(&done).starts_with("erased 4 again, which changed "),
        "{}",
        said(&done)
    );
    assert_eq!(marked(&backup).await, Vec::<String>::new());
    assert_eq!(verify(&backup.app, &tenant).await.unwrap(), []);
    let again = run(&backup, &replay).await;
    assert_eq!(
        said(&again),
        "erased 0 again, which changed 0 rows; 2 are known to the database, of 2 it holds nothing\n"
    );
    let vacuumed = run(&backup, &["--vacuum"]).await;
    assert_eq!(said(&vacuumed), "vacuumed the tables that hold personal data\n");
}

#[apply(both_databases)]
async fn wrong_commands_change_nothing(app: TestApp) {
    let shop = Shop::new(&app).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("erasures.jsonl");
    let good = json!({
        "number": 1, "subjectType": "PARTNER", "subjectId": shop.partner("ann").await, "requestedAt": "2026-01-01T00:00:00Z",
    });
    let before = app.rows().await;
    let path = file.to_str().unwrap();
    for (second, says) in [
        ("{", "line 2"),
        ("{\"number\": 2}", "missing field `subjectType`"),
        (
            "{\"number\": 2, \"subjectType\": \"DOG\", \"requestedAt\": \"2026-01-01T00:00:00Z\"}",
            "there is no subjectType \"DOG\"",
        ),
    ] {
        std::fs::write(&file, format!("{good}\n{second}\n")).unwrap();
        let output = run(&app, &["--replay", path]).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(says), "{}", said(&output));
    }
    let nobody = run(&app, &["--reason", "x"]).await;
    assert_eq!(nobody.status.code(), Some(2), "{}", said(&nobody));
    let unknown = run(&app, &["--partner", "par_01h2xcejqtf2nbrexx3vqjhp41"]).await;
    assert_eq!(unknown.status.code(), Some(1), "{}", said(&unknown));
    assert_eq!(app.rows().await, before);
}

/// The job goes on where a batch was committed, and does anew what was not.
#[apply(both_databases)]
async fn a_killed_program_finishes_its_erasure(app: TestApp) {
    const EVENTS: usize = 1_500;
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let of = json!({ "partnerId": partner, "campaignId": campaign });
    let mut customer = json!(null);
    for begin in (0..EVENTS).step_by(500) {
        let events: Vec<_> = (begin..begin + 500)
            .map(|number| sale(&format!("{MARK}-{number}"), &format!("{MARK}@shop"), &of))
            .collect();
        let document =
            "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { event { customer { id } } } }";
        let recorded = shop.staff().data_with(document, json!({ "input": events })).await;
        customer = recorded["recordEvents"][0]["event"]["customer"]["id"].clone();
    }
    asked(&shop, json!({ "customerId": customer }), json!({})).await;
    let changed = async || {
        let counts = app.texts("SELECT CAST(changed_rows AS text) FROM erasure").await;
        counts[0].parse::<u64>().unwrap()
    };
    let finished = async || {
        app.texts("SELECT 'yes' FROM erasure WHERE finished_at IS NOT NULL")
            .await
            .len()
            == 1
    };
    let program = Program::begin(&app, "").await;
    let begun = Instant::now();
    while changed().await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the job does not begin");
        tokio::task::yield_now().await;
    }
    // Dropping it kills it.
    drop(program);
    let _program = Program::begin(&app, "").await;
    let begun = Instant::now();
    while !finished().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "the job does not finish");
        tokio::task::yield_now().await;
    }
    assert_eq!(marked(&app).await, Vec::<String>::new());
    assert_eq!(verify(&app.app, &shop.tenant).await.unwrap(), []);
}

#[tokio::test]
async fn unused_pages_of_sqlite_are_given_back_after_an_erasure() {
    let app = TestApp::on_sqlite().await;
    let unused = async || {
        app.texts("SELECT CAST(freelist_count AS text) FROM pragma_freelist_count")
            .await
    };
    app.execute("CREATE TABLE large AS SELECT randomblob(400000) AS bytes")
        .await;
    app.execute("DROP TABLE large").await;
    assert_ne!(unused().await, ["0"]);
    app.store().empty_log().await.unwrap();
    assert_eq!(unused().await, ["0"]);
}
