//! A month that is paid through PayPal and Wise, in the columns of their files, with a payment that comes back.

use serde_json::{Value, json};
use tributary::auth::Caller;
use tributary::import::moving_in::ImportOptions;
use tributary::import::settlements::{WordCounts, settlements};
use tributary::service::ledger::verify::verify;

use super::file;
use super::payout_files::Run;
use crate::ledger::{Shop, text};
use crate::month_end::{report, statements};
use crate::support::both_databases;

/// What PayPal answers to its lines: a recipient, an amount, a currency, our customer id, a note and a wallet.
fn of_paypal(lines: &str, word: &str, first: usize) -> String {
    let mut answer = "Recipient,Amount,Currency,Customer ID,Transaction ID,Transaction Status\n".to_owned();
    for (number, line) in (first..).zip(lines.lines()) {
        let cells: Vec<_> = line.split(',').collect();
        let [payee, amount, currency, id, "", "PAYPAL"] = cells[..] else {
            panic!("six columns, not {line}")
        };
        answer.push_str(&format!(
            "{payee},{amount},{currency},{id},0C413693MN97019{number},{word}\n"
        ));
    }
    answer
}

const PAYPAL: [(&str, &str); 3] = [
    ("id", "Customer ID"),
    ("status", "Transaction Status"),
    ("reference", "Transaction ID"),
];

const WISE: [(&str, &str); 3] = [("id", "Reference"), ("status", "Status"), ("reference", "ID")];

/// What Wise's list of transfers says of its lines, among a transfer of somebody else.
fn of_wise(lines: &str) -> String {
    let mut answer = "ID,Status,Direction,Created on,Finished on,Source amount (after fees),Source currency,Target name,\
        Target amount (after fees),Target currency,Exchange rate,Reference,Batch\n\
        TRANSFER-1,COMPLETED,OUT,2026-03-01 10:00:00,2026-03-01 10:05:00,900.00,EUR,Landlord,900.00,EUR,1.0,Rent March,\n"
        .to_owned();
    let (header, lines) = lines.split_once("\r\n").expect("a header");
    let saved = "recipientId,name,recipientEmail,recipientDetail,sourceCurrency,targetCurrency,amountCurrency,amount,paymentReference,receiverType";
    assert_eq!(header, saved);
    for (number, line) in (2..).zip(lines.lines()) {
        let cells: Vec<_> = line.split(',').collect();
        let [_, name, "", "", source, target, "target", amount, reference, _] = cells[..] else {
            panic!("ten columns, not {line}")
        };
        assert!(reference.len() <= 10, "what a transfer of dollars keeps");
        answer.push_str(&format!(
            "TRANSFER-{number},COMPLETED,OUT,2026-03-01 11:00:00,2026-03-01 11:05:00,{amount},{source},{name},{amount},{target},1.0,{reference},B-1\n"
        ));
    }
    answer
}

/// Imports an answer by the test's clock: the words of what was settled, of what came back, and how many lines were about
/// payments that were settled before, and about others.
async fn settled(shop: &Shop<'_>, answer: &str, map: &[(&str, &str)]) -> (Vec<String>, Vec<String>, u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answer.csv");
    std::fs::write(&path, answer).unwrap();
    let map = map
        .iter()
        .map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned()));
    let options = ImportOptions {
        map: map.collect(),
        ..ImportOptions::default()
    };
    let caller = Caller::operator(shop.tenant.id, "import");
    let report = settlements(&shop.app.app, &caller, &path, &options, |_, _| {}).await;
    let report = report.expect("a table");
    assert!(report.problems.is_empty() && report.waiting.is_empty(), "{report:?}");
    let words = |counts: WordCounts| counts.into_keys().collect();
    (
        words(report.settled),
        words(report.returned),
        report.before,
        report.others,
    )
}

async fn statement(shop: &Shop<'_>, partner: &Value, currency: &str, months: [&str; 2]) -> Value {
    let [from, to] = months;
    let arguments = json!({ "partnerId": partner, "currency": currency, "from": from, "to": to });
    statements::statement_with(&shop.staff(), arguments).await
}

const MARCH: [&str; 2] = ["2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"];
const APRIL: [&str; 2] = ["2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z"];

#[apply(both_databases)]
async fn a_payment_that_comes_back_two_weeks_later_is_paid_again_and_counted_once(app: TestApp) {
    let shop = Shop::new(&app).await;
    let staff = shop.staff();
    let run = Run::of(
        &shop,
        &[
            ("Ann", json!({}), "74.00 EUR"),
            ("Bob", json!({ "payoutReference": "12345678" }), "100.00 USD"),
            ("Cleo", json!({}), "1500 HUF"),
        ],
    )
    .await;
    let sent = |run: &str, more: &str| format!("/export/payout-file?runId={run}&{more}");
    let euros = file(&staff, &sent(&run.id, "format=paypal&currency=EUR")).await;
    let paid = |word: &str, others| (vec![word.to_owned()], Vec::new(), 0, others);
    assert_eq!(
        settled(&shop, &of_paypal(&euros, "SUCCESS", 10), &PAYPAL).await,
        paid("SUCCESS", 0)
    );
    let forints = file(&staff, &sent(&run.id, "format=paypal&currency=HUF")).await;
    assert!(forints.contains(",1500,HUF,"), "{forints}");
    assert_eq!(
        settled(&shop, &of_paypal(&forints, "SUCCESS", 20), &PAYPAL).await,
        paid("SUCCESS", 0)
    );
    let dollars = file(&staff, &sent(&run.id, "format=wise&payees=SAVED")).await;
    assert_eq!(settled(&shop, &of_wise(&dollars), &WISE).await, paid("COMPLETED", 1));

    shop.days_later(14);
    let answer = "Customer ID,Transaction ID,Transaction Status\n,0C413693MN9701910,RETURNED\n,9XX,Completed\n";
    let by_transaction = [
        ("id", "Transaction ID"),
        ("status", "Transaction Status"),
        ("reference", ""),
    ];
    let back = |word: &str| (Vec::new(), vec![word.to_owned()], 0, 1);
    assert_eq!(settled(&shop, answer, &by_transaction).await, back("RETURNED"));
    assert_eq!(
        settled(&shop, answer, &by_transaction).await,
        (Vec::new(), Vec::new(), 1, 1)
    );

    // 2 April: it is paid again.
    shop.days_later(18);
    let staff = shop.staff();
    let payload = staff
        .done("createPayoutRun", json!({}), "payoutRun { id payouts { totalCount } }")
        .await;
    assert_eq!(payload["payoutRun"]["payouts"]["totalCount"], 1);
    let again = file(
        &staff,
        &sent(&text(&payload["payoutRun"]["id"]), "format=paypal&currency=EUR"),
    )
    .await;
    assert_eq!(
        settled(&shop, &of_paypal(&again, "SUCCESS", 30), &PAYPAL).await,
        paid("SUCCESS", 0)
    );
    shop.days_later(60);

    let staff = shop.staff();
    let [ann, bob, cleo] = ["Ann", "Bob", "Cleo"].map(|name| run.payout(name)["partner"]["id"].clone());
    let march = statement(&shop, &ann, "EUR", MARCH).await;
    assert_eq!(
        statements::told(&march),
        [
            "03-01 ACCRUED 74.00 74.00",
            "03-01 PAID -74.00 0.00",
            "03-15 RETURNED 74.00 74.00",
        ]
    );
    let april = statement(&shop, &ann, "EUR", APRIL).await;
    assert_eq!(april["opening"]["amount"], march["closing"]["amount"]);
    assert_eq!(statements::told(&april), ["04-02 PAID -74.00 0.00"]);
    for (partner, currency, paid) in [(&bob, "USD", "-100.00"), (&cleo, "HUF", "-1500.00")] {
        let march = statement(&shop, partner, currency, MARCH).await;
        assert_eq!(
            (&march["closing"]["amount"], &march["totals"][1]["amount"]["amount"]),
            (&json!("0.00"), &json!(paid))
        );
        assert_eq!(
            statement(&shop, partner, currency, APRIL).await["movements"]["totalCount"],
            0
        );
    }
    assert_eq!(shop.balances(&text(&ann)).await, ["EUR 0.00 0.00 74.00 0.00 0.00"]);
    let year = json!({ "basis": "PAID", "from": "2025-12-31T23:00:00Z", "to": "2026-12-31T23:00:00Z" });
    assert_eq!(
        report::told(&report::rows(&staff, year).await),
        ["3 74.00 EUR", "1 1500.00 HUF", "1 100.00 USD"]
    );
    // March alone: paid, and back again.
    let march = json!({ "basis": "PAID", "filter": { "currency": "EUR" }, "from": MARCH[0], "to": MARCH[1] });
    assert_eq!(report::told(&report::rows(&staff, march).await), ["2 0.00 EUR"]);
    assert_eq!(verify(&app.app, &shop.tenant).await.expect("the database answers"), []);
}
