//! `tributary import settlements`: what a payment service answers, read back.

use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::payout_files::Run;
use super::{file, rows_of_csv};
use crate::ledger::Shop;
use crate::support::{TestApp, both_databases};

/// Imports a file; the exit code, standard output and standard error.
async fn import(app: &TestApp, table: &str, arguments: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answer.csv");
    std::fs::write(&path, table).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command
        .args(["--database-url", &app.database_url(), "import", "settlements"])
        .arg(&path)
        .args(["--tenant", "acme"])
        .args(arguments)
        .stdin(Stdio::null());
    let output: Output = tokio::task::spawn_blocking(move || command.output().expect("it starts"))
        .await
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().expect("a code"),
        text(output.stdout),
        text(output.stderr),
    )
}

/// "STATUS reference" of the payouts of these partners.
async fn endings(shop: &Shop<'_>, run: &Run, names: &[&str]) -> Vec<String> {
    let data = shop
        .staff()
        .data("{ payouts(first: 500) { nodes { id status reference settledBy } } }")
        .await;
    let payouts = data["payouts"]["nodes"].as_array().unwrap();
    let ending = |name: &&str| {
        let id = run.id_of(name);
        let payout = payouts.iter().find(|payout| payout["id"] == json!(id)).unwrap();
        assert_eq!(payout["settledBy"].is_null(), payout["status"] == "PENDING");
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        format!("{} {}", word(&payout["status"]), word(&payout["reference"]))
    };
    names.iter().map(ending).collect()
}

async fn five(shop: &Shop<'_>) -> Run {
    let partners = ["Ann", "Bob", "Cleo", "Dan", "Eve"].map(|name| (name, json!({}), "12.50 EUR"));
    Run::of(shop, &partners).await
}

const NAMES: [&str; 5] = ["Ann", "Bob", "Cleo", "Dan", "Eve"];

both_databases! {
    async fn a_run_goes_out_as_a_file_and_comes_back_settled(app: TestApp) {
        let shop = Shop::new(&app).await;
        let run = five(&shop).await;
        let sent = file(&shop.staff(), &format!("/export/payout-file?runId={}&format=paypal", run.id)).await;
        // What a service would answer, under names of its own.
        let words = ["Success", "UNCLAIMED", "returned", "Success", "Denied"];
        let mut answer = "Recipient,Customer ID,Transaction Status,Transaction ID\n".to_owned();
        for (number, (line, word)) in sent.lines().zip(words).enumerate() {
            let id = line.split(',').nth(3).unwrap();
            answer.push_str(&format!("someone,{id},{word},TX-{number}\n"));
        }
        let map = ["--map", "id=Customer ID", "--map", "status=Transaction Status", "--map", "reference=transaction id"];
        let (code, output, errors) = import(&app, &answer, &map).await;
        assert_eq!((code, errors.as_str()), (0, ""));
        assert_eq!(output, "acme: 4 payouts settled, 0 were settled like this before, 1 are under way, 0 lines are wrong\n");
        let mut found = endings(&shop, &run, &NAMES).await;
        found.sort();
        assert_eq!(found, ["FAILED TX-2", "FAILED TX-4", "PAID TX-0", "PAID TX-3", "PENDING -"]);
        // The same file a second time changes nothing.
        let before = app.rows_but_log().await;
        let (code, output, _) = import(&app, &answer, &map).await;
        assert_eq!(code, 0);
        assert_eq!(output, "acme: 0 payouts settled, 4 were settled like this before, 1 are under way, 0 lines are wrong\n");
        assert_eq!(app.rows_but_log().await, before);
    }

    async fn every_wrong_line_is_named_and_the_others_are_settled(app: TestApp) {
        let shop = Shop::new(&app).await;
        let run = five(&shop).await;
        shop.settle(run.payout("Eve"), "PAID").await;
        let table = [
            "id;status;reference".to_owned(),
            format!("{};paid;\"a;b\"", run.id_of("Ann")),
            format!("{};gone;x", run.id_of("Bob")),
            "nobody;paid;".to_owned(),
            format!("{};cancelled;'=1", run.id_of("Cleo")),
            String::new(),
            format!("{};failed;", run.id_of("Ann")),
            "pay_01h2xcejqtf2nbrexx3vqjhp41;paid;".to_owned(),
            format!("{};failed;", run.id_of("Eve")),
            format!("{};;", run.id_of("Dan")),
            "one".to_owned(),
        ]
        .join("\r\n");
        let wrong = [
            "line 3: status must be PAID, FAILED or CANCELED, or a word of PayPal or Wise for it, not \"gone\"",
            "line 4: id is not an id: ids look like pay_",
            "line 7: id stands in line 2 already",
            "line 8: id does not exist",
            "line 9: id is PAID already",
            "line 10: status must be given",
            "line 11: has 1 cells, and the header has 3",
        ];
        let before = app.rows_but_log().await;
        for (arguments, settled, kept) in [
            (vec!["--dry-run"], "2 payouts would be settled", true),
            (vec!["--all-or-nothing"], "2 payouts would be settled", true),
            (vec![], "2 payouts settled", false),
            (vec![], "0 payouts settled, 2 were settled like this before", false),
        ] {
            let (code, output, errors) = import(&app, &table, &arguments).await;
            assert_eq!(code, 1, "{arguments:?} {output}");
            assert!(output.contains(settled) && output.contains("7 lines are wrong"), "{arguments:?} {output}");
            let lines: Vec<_> = errors.lines().filter(|line| line.starts_with("line ")).collect();
            assert_eq!(lines.len(), wrong.len(), "{errors}");
            assert!(lines.iter().zip(wrong).all(|(line, wrong)| line.starts_with(wrong)), "{errors}");
            assert_eq!(errors.contains("nothing is settled"), arguments == ["--all-or-nothing"]);
            if kept {
                assert_eq!(app.rows_but_log().await, before, "{arguments:?}");
            }
        }
        let found = endings(&shop, &run, &NAMES).await;
        assert_eq!(found, ["PAID a;b", "PENDING -", "CANCELED =1", "PENDING -", "PAID -"]);
    }

    async fn a_status_may_be_that_of_all_lines_and_the_reference_left_out(app: TestApp) {
        let shop = Shop::new(&app).await;
        let run = five(&shop).await;
        let table = format!("Payout,reference\n{},TX-1\n{},TX-2\n", run.id_of("Ann"), run.id_of("Bob"));
        let map = ["--map", "id=payout", "--map", "status==PAID", "--map", "reference="];
        let (code, output, errors) = import(&app, &table, &map).await;
        assert_eq!((code, errors.as_str()), (0, ""), "{output}");
        assert_eq!(endings(&shop, &run, &NAMES[..3]).await, ["PAID -", "PAID -", "PENDING -"]);
    }

    async fn what_is_no_table_is_refused(app: TestApp) {
        let shop = Shop::new(&app).await;
        let run = five(&shop).await;
        for (table, arguments, code, says) in [
            ("", vec![], 1, "is empty"),
            ("id,state\n", vec![], 1, "there is no column for status: there are id, state; --map status=COLUMN"),
            ("id,Status,STATUS\n", vec![], 1, "there are 2 columns \"status\""),
            ("id,status\n", vec!["--map", "id=id", "--map", "id=status"], 1, "--map says twice what id is"),
            ("id,status\n", vec!["--map", "reference=tx"], 1, "there is no column \"tx\""),
            ("id,status\n", vec!["--map", "number=tx"], 1, "there are id, status, reference"),
            ("id,status\n", vec!["--currency", "EUR"], 2, "--currency is for"),
        ] {
            let (found, output, errors) = import(&app, table, &arguments).await;
            assert_eq!((found, output.as_str()), (code, ""), "{errors}");
            assert!(errors.contains(says), "{errors}");
        }
        let sent = file(&shop.staff(), &format!("/export/payout-file?runId={}", run.id)).await;
        assert_eq!(rows_of_csv(&sent).len(), 5);
    }
}
