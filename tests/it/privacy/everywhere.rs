//! A customer that files, backtests, webhooks and a running program have dealt with leaves nothing, in logs neither; and
//! files that name it afterwards are understood.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use tributary::auth::Caller;
use tributary::import::moving_in::{FileKind, ImportOptions, ImportReport, run};
use tributary::service::ledger::verify::verify;

use super::erasing::{MARK, announce, asked, marked, tables};
use crate::backtest::Lab;
use crate::ledger::Shop;
use crate::support::program::Program;
use crate::support::{TestApp, both_databases};
use crate::webhooks;

async fn imported(app: &TestApp, shop: &Shop<'_>, text: &str) -> ImportReport {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, text).unwrap();
    let caller = Caller::operator(shop.tenant.id, "import");
    let options = ImportOptions {
        earn: true,
        ..Default::default()
    };
    let report = run(&app.app, &caller, FileKind::Events, &path, &options, |_| {}).await;
    report.expect("a file")
}

#[apply(both_databases)]
async fn a_customer_of_files_backtests_and_webhooks_is_nowhere_and_still_found(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (partner, campaign) = (lab.partner("ann").await, lab.percent("20").await);
    webhooks::endpoint(&lab.staff(), "https://hooks.example.com/", &["COMMISSION_ACCRUED"]).await;
    let file = |rows: &str| {
        let head = "externalId,kind,amount,currency,customerExternalId,partnerId,campaignId,originalExternalId\n";
        rows.lines().fold(head.to_owned(), |file, row| format!("{file}{row}\n"))
    };
    let sales = (1..=3).map(|number| format!("{MARK}-{number},CHARGE,100,EUR,{MARK}@shop,{partner},{campaign},"));
    let sales = file(&sales.collect::<Vec<_>>().join("\n"));
    let first = imported(&app, &lab, &sales).await;
    assert_eq!((first.created, first.problems.count()), (3, 0));
    lab.days_later(1);
    let proposal =
        json!({ "campaignTerms": { "campaignId": campaign, "terms": [{ "basis": "PERCENT", "value": "30" }] } });
    lab.backtest("2026-01-01T00:00:00Z", proposal).await;
    announce(&app).await;
    let before = tables(&app).await;
    for table in ["customer", "event", "webhook_delivery"] {
        assert!(before.iter().any(|name| name == table), "{table}: {before:?}");
    }
    let customer = lab.staff().data("{ customers { nodes { id } } }").await["customers"]["nodes"][0]["id"].clone();

    // The job of a program that logs all that it can.
    let log = tempfile::NamedTempFile::new().unwrap();
    let into = Stdio::from(log.reopen().unwrap());
    let program = Program::launch(&app, "", "127.0.0.1:0", &["--log", "debug"], into);
    asked(&lab, json!({ "customerId": customer }), json!({})).await;
    let begun = Instant::now();
    while app
        .texts("SELECT 'yes' FROM erasure WHERE finished_at IS NOT NULL")
        .await
        .is_empty()
    {
        assert!(begun.elapsed() < Duration::from_secs(60), "the job does not finish");
        tokio::task::yield_now().await;
    }
    program.terminate();
    program.wait();
    assert_eq!(marked(&app).await, Vec::<String>::new());
    let logged = std::fs::read_to_string(log.path()).unwrap();
    assert!(logged.contains("erased personal data"), "{logged}");
    assert!(!logged.to_lowercase().contains(MARK), "{logged}");

    // The same file again is refused line by line; a refund finds its order, and a new sale its customer.
    let again = imported(&app, &lab, &sales).await;
    assert_eq!((again.created, again.problems.count()), (0, 3), "{:?}", again.problems);
    assert!(
        again
            .problems
            .iter()
            .all(|problem| problem.to_string().contains("erased"))
    );
    let later = file(&format!(
        "back,REFUND,10,EUR,,,,{MARK}-1\nnext,CHARGE,50,EUR,{MARK}@shop,{partner},{campaign},"
    ));
    let later = imported(&app, &lab, &later).await;
    assert_eq!((later.created, later.problems.count()), (2, 0), "{:?}", later.problems);
    let found = lab.staff().data("{ customers { totalCount } }").await;
    assert_eq!(found["customers"]["totalCount"], 1);
    assert_eq!(verify(&app.app, &lab.tenant).await.unwrap(), []);
}
