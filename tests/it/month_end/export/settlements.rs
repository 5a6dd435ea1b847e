//! `tributary import settlements`: what a payment service answers, read back.

use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::payout_files::Run;
use super::{file, rows_of_csv};
use crate::ledger::{Shop, text};
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

#[apply(both_databases)]
async fn a_run_goes_out_as_a_file_and_comes_back_settled(app: TestApp) {
    let shop = Shop::new(&app).await;
    let run = five(&shop).await;
    let sent = file(
        &shop.staff(),
        &format!("/export/payout-file?runId={}&format=paypal", run.id),
    )
    .await;
    // What a service would answer, under names of its own.
    let words = ["Success", "UNCLAIMED", "returned", "Success", "Denied"];
    let mut answer = "Recipient,Customer ID,Transaction Status,Transaction ID\n".to_owned();
    for (number, (line, word)) in sent.lines().zip(words).enumerate() {
        let id = line.split(',').nth(3).unwrap();
        answer.push_str(&format!("someone,{id},{word},TX-{number}\n"));
    }
    let map = [
        "--map",
        "id=Customer ID",
        "--map",
        "status=Transaction Status",
        "--map",
        "reference=transaction id",
    ];
    let (code, output, errors) = import(&app, &answer, &map).await;
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(
        output,
        "acme: 4 (DENIED 1, RETURNED 1, SUCCESS 2) payouts settled, 0 paid ones came back, 0 were settled like this before, \
            1 (UNCLAIMED 1) are under way, 0 lines are about other payments, 0 lines are wrong\n"
    );
    let mut found = endings(&shop, &run, &NAMES).await;
    found.sort();
    assert_eq!(
        found,
        ["FAILED TX-2", "FAILED TX-4", "PAID TX-0", "PAID TX-3", "PENDING -"]
    );
    // The same file a second time changes nothing.
    let before = app.rows_but_log().await;
    let (code, output, _) = import(&app, &answer, &map).await;
    assert_eq!(code, 0);
    assert_eq!(
        output,
        "acme: 0 payouts settled, 0 paid ones came back, 4 were settled like this before, \
            1 (UNCLAIMED 1) are under way, 0 lines are about other payments, 0 lines are wrong\n"
    );
    assert_eq!(app.rows_but_log().await, before);
}

#[apply(both_databases)]
async fn every_wrong_line_is_named_and_the_others_are_settled(app: TestApp) {
    let shop = Shop::new(&app).await;
    let run = five(&shop).await;
    shop.settle(run.payout("Eve"), "PAID").await;
    let table = [
        "id;status;reference".to_owned(),
        format!("{};paid;\"a;b\"", run.id_of("Ann")),
        format!("{};gone;x", run.id_of("Bob")),
        "nobody;paid;".to_owned(),
        format!("{};canceled;'=1", run.id_of("Cleo")),
        String::new(),
        format!("{};failed;", run.id_of("Ann")),
        "pay_01h2xcejqtf2nbrexx3vqjhp41;paid;".to_owned(),
        format!("{};failed;", run.id_of("Eve")),
        format!("{};;", run.id_of("Dan")),
        "one".to_owned(),
    ]
    .join("\r\n");
    let wrong = [
        "line 3: status must be PAID, FAILED, CANCELED or RETURNED, or a word of PayPal or Wise for it, not \"gone\"",
        "line 7: id is the payout of line 2 already",
        "line 9: id is PAID already",
        "line 10: status must be given",
    ];
    let before = app.rows_but_log().await;
    for (arguments, settled, kept) in [
        (
            vec!["--dry-run"],
            "2 (CANCELED 1, PAID 1) payouts would be settled",
            true,
        ),
        (
            vec!["--all-or-nothing"],
            "2 (CANCELED 1, PAID 1) payouts would be settled",
            true,
        ),
        (vec![], "2 (CANCELED 1, PAID 1) payouts settled", false),
        (
            vec![],
            "0 payouts settled, 0 paid ones came back, 2 were settled like this before",
            false,
        ),
    ] {
        let (code, output, errors) = import(&app, &table, &arguments).await;
        assert_eq!(code, 1, "{arguments:?} {output}");
        assert!(
            output.contains(settled) && output.contains("3 lines are about other payments, 4 lines are wrong"),
            "{arguments:?} {output}"
        );
        let lines: Vec<_> = errors.lines().filter(|line| line.starts_with("line ")).collect();
        assert_eq!(lines.len(), wrong.len(), "{errors}");
        assert!(
            lines.iter().zip(wrong).all(|(line, wrong)| line.starts_with(wrong)),
            "{errors}"
        );
        assert_eq!(errors.contains("nothing is settled"), arguments == ["--all-or-nothing"]);
        if kept {
            assert_eq!(app.rows_but_log().await, before, "{arguments:?}");
        }
    }
    let found = endings(&shop, &run, &NAMES).await;
    assert_eq!(found, ["PAID a;b", "PENDING -", "CANCELED =1", "PENDING -", "PAID -"]);
}

#[apply(both_databases)]
async fn payouts_are_found_by_what_banks_leave_of_their_identifiers(app: TestApp) {
    let shop = Shop::new(&app).await;
    let run = five(&shop).await;
    let references: Vec<_> = NAMES
        .iter()
        .map(|name| text(&run.payout(name)["bankReference"]))
        .collect();
    for (name, reference) in NAMES.iter().zip(&references) {
        assert!(
            reference.len() == 10
                && reference
                    .bytes()
                    .all(|byte| b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789".contains(&byte)),
            "{name} {reference}"
        );
    }
    let spaced = format!("{} {}", references[1][..4].to_lowercase(), &references[1][4..]);
    let whole = run.id_of("Cleo").to_uppercase().replace('_', " ");
    let table = [
        "Reference text,Amount,State".to_owned(),
        format!("{},12.50,completed", references[0]),
        format!("\"{spaced}\",12.50,completed"),
        format!("{whole},12.50,completed"),
        // Cut off after what is still unique, and after what is not.
        format!("{},12.50,completed", &references[3][..8]),
        format!("{},12.50,completed", &references[4][..7]),
        // All five begin like this.
        format!("{},12.50,completed", &run.id_of("Ann")[..14]),
        "Office rent March,900.00,completed".to_owned(),
        "Office rent April,900.00,anything".to_owned(),
        ",1.00,fee".to_owned(),
    ]
    .join("\n");
    let map = [
        "--map",
        "id=Reference text",
        "--map",
        "status=State",
        "--map",
        "reference=",
    ];
    let (code, output, errors) = import(&app, &table, &map).await;
    assert_eq!(code, 1, "{output}");
    let counted = "4 (COMPLETED 4) payouts settled, 0 paid ones came back, 0 were settled like this before, 0 are under way, \
            4 lines are about other payments, 1 lines are wrong";
    assert!(output.contains(counted), "{output}");
    assert!(
        errors.contains("line 7: Reference text is cut off too early to be unique: it may be pay_"),
        "{errors}"
    );
    assert_eq!(
        endings(&shop, &run, &NAMES).await,
        ["PAID -", "PAID -", "PAID -", "PAID -", "PENDING -"]
    );
}

#[apply(both_databases)]
async fn what_is_returned_is_found_by_the_reference_of_its_payment(app: TestApp) {
    let shop = Shop::new(&app).await;
    let run = five(&shop).await;
    let first = format!(
        "id,status,reference\n{},SUCCESS,9AB-12345/XY 77\n{},SUCCESS,same\n{},SUCCESS,same-again-1\n{},SUCCESS,same-again-2\n",
        run.id_of("Ann"),
        run.id_of("Bob"),
        run.id_of("Cleo"),
        run.id_of("Dan")
    );
    assert_eq!(import(&app, &first, &[]).await.0, 0);
    // Newest first, as services list them: the payment itself is there again, with another one that never arrived.
    let second = format!(
        "id,status\n9ab12345xy77,funds_refunded\nsame again,Returned\nsameagain2,bounced_back\n{},Returned\n9AB12345,Success\n",
        run.id_of("Eve")
    );
    let map = ["--map", "reference="];
    for dry in [true, false] {
        let more: &[&str] = if dry { &["--dry-run"] } else { &[] };
        let (code, output, errors) = import(&app, &second, &[&map[..], more].concat()).await;
        assert_eq!(code, 1, "{output}");
        let ended = if dry { "would be settled" } else { "settled" };
        let counted = format!(
            "1 (RETURNED 1) payouts {ended}, 1 (FUNDS_REFUNDED 1) paid ones came back, 0 were settled like this before, \
                1 (BOUNCED_BACK 1) are under way, 0 lines are about other payments, 2 lines are wrong"
        );
        assert!(output.contains(&counted), "{output}");
        assert!(
            errors.contains("line 3: id is cut off too early to be unique: it may be pay_"),
            "{errors}"
        );
        // Its reference is not that of the file, which leaves references out.
        assert!(errors.contains("line 6: id is PAID already"), "{errors}");
    }
    let found = endings(&shop, &run, &NAMES).await;
    assert_eq!(
        found,
        [
            "RETURNED 9AB-12345/XY 77",
            "PAID same",
            "PAID same-again-1",
            "PAID same-again-2",
            "FAILED -"
        ]
    );
    // The file about the payment may come once more.
    let (code, output, errors) = import(&app, &first, &[]).await;
    assert_eq!((code, errors.as_str()), (0, ""), "{output}");
    assert!(
        output.contains("0 payouts settled, 0 paid ones came back, 4 were settled like this before"),
        "{output}"
    );
}

#[apply(both_databases)]
async fn a_status_may_be_that_of_all_lines_and_the_reference_left_out(app: TestApp) {
    let shop = Shop::new(&app).await;
    let run = five(&shop).await;
    let table = format!(
        "Payout,reference\n{},TX-1\n{},TX-2\n",
        run.id_of("Ann"),
        run.id_of("Bob")
    );
    let map = ["--map", "id=payout", "--map", "status==PAID", "--map", "reference="];
    let (code, output, errors) = import(&app, &table, &map).await;
    assert_eq!((code, errors.as_str()), (0, ""), "{output}");
    assert_eq!(
        endings(&shop, &run, &NAMES[..3]).await,
        ["PAID -", "PAID -", "PENDING -"]
    );
}

#[apply(both_databases)]
async fn what_is_no_table_is_refused(app: TestApp) {
    let shop = Shop::new(&app).await;
    let run = five(&shop).await;
    for (table, arguments, code, says) in [
        ("", vec![], 1, "is empty"),
        (
            "id,state\n",
            vec![],
            1,
            "there is no column for status: there are id, state; --map status=COLUMN",
        ),
        ("id,Status,STATUS\n", vec![], 1, "there are 2 columns \"status\""),
        (
            "id,status\n",
            vec!["--map", "id=id", "--map", "id=status"],
            1,
            "--map is given twice for id",
        ),
        (
            "id,status\n",
            vec!["--map", "reference=tx"],
            1,
            "there is no column \"tx\"",
        ),
        (
            "id,status\n",
            vec!["--map", "number=tx"],
            1,
            "there are id, status, reference",
        ),
        ("id,status\n", vec!["--currency", "EUR"], 2, "--currency is for"),
    ] {
        let (found, output, errors) = import(&app, table, &arguments).await;
        assert_eq!((found, output.as_str()), (code, ""), "{errors}");
        assert!(errors.contains(says), "{errors}");
    }
    let sent = file(&shop.staff(), &format!("/export/payout-file?runId={}", run.id)).await;
    assert_eq!(rows_of_csv(&sent).len(), 5);
}
