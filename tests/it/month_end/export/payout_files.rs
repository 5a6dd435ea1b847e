//! Payout files: a run's pending payouts as payment services take them.

use std::process::{Command, Stdio};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{file, get, rows_of_csv};
use crate::ledger::{Shop, merged, text};
use crate::support::{TestApp, both_databases};

/// A run, and the ids of its payouts by what stands for them.
pub struct Run {
    pub id: String,
    payouts: Vec<Value>,
}

impl Run {
    /// Runs over everything that staff entered: partners with what they are owed, such as `12.50 EUR`.
    pub async fn of(shop: &Shop<'_>, partners: &[(&str, Value, &str)]) -> Self {
        for (name, more, owed) in partners {
            let word: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let email = json!({ "email": format!("{}@example.com", word.to_lowercase()) });
            let partner = shop.partner_with(name, merged(email, more.clone())).await;
            let (amount, currency) = owed.split_once(' ').unwrap();
            let input = json!({
                "partnerId": partner, "amount": { "amount": amount, "currency": currency }, "reason": "agreed",
            });
            let made = shop.make("createManualCommission", "commission", input).await;
            shop.approve(&[&made]).await;
        }
        let payload = shop
            .staff()
            .done("createPayoutRun", json!({}), "payoutRun { id }")
            .await;
        let id = text(&payload["payoutRun"]["id"]);
        let document =
            "query($run: ID!) { payouts(first: 500, filter: { runId: $run }) { nodes { id status bankReference amount { amount
            currency } partner { id name } } } }";
        let data = shop.staff().data_with(document, json!({ "run": id })).await;
        let payouts = data["payouts"]["nodes"].as_array().unwrap().clone();
        assert_eq!(payouts.len(), partners.len());
        Self { id, payouts }
    }

    /// The payout of the partner of this name.
    pub fn payout(&self, name: &str) -> &Value {
        self.payouts
            .iter()
            .find(|payout| payout["partner"]["name"] == name)
            .expect(name)
    }

    pub fn id_of(&self, name: &str) -> String {
        text(&self.payout(name)["id"])
    }
}

/// Makes a payout file on the command line; the exit code, standard output and standard error.
async fn exported(app: &TestApp, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
    command
        .args([
            "--database-url",
            &app.database_url(),
            "export",
            "payout-file",
            "--tenant",
            "acme",
        ])
        .args(arguments)
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output().expect("it starts"))
        .await
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().expect("a code");
    (code, text(output.stdout), text(output.stderr))
}

fn path(run: &str, more: &str) -> String {
    format!("/export/payout-file?runId={run}{more}")
}

async fn shop(app: &TestApp) -> Shop<'_> {
    Shop::new(app).await
}

#[apply(both_databases)]
async fn a_file_has_the_pending_payouts_by_currency(app: TestApp) {
    let shop = shop(&app).await;
    let run = Run::of(
        &shop,
        &[
            ("Ann", json!({}), "12.50 USD"),
            ("=Bob", json!({ "payoutReference": "+B-1" }), "7.00 EUR"),
            ("Cleo", json!({ "externalId": "c-1" }), "1.250 KWD"),
            ("Dan", json!({}), "3.00 EUR"),
        ],
    )
    .await;
    let staff = shop.staff();
    let rows = rows_of_csv(&file(&staff, &path(&run.id, "")).await);
    let currencies: Vec<_> = rows.iter().map(|row| row["currency"].as_str().unwrap()).collect();
    assert_eq!(currencies, ["EUR", "EUR", "KWD", "USD"]);
    let row = |name: &str| {
        rows.iter()
            .find(|row| row["id"] == run.payout(name)["id"])
            .expect(name)
            .clone()
    };
    // No apostrophes: nothing works these out.
    let bob = row("=Bob");
    assert_eq!(
        (&bob["payee"], &bob["name"], &bob["amount"]),
        (&json!("+B-1"), &json!("=Bob"), &json!("7.00"))
    );
    let cleo = row("Cleo");
    assert_eq!(
        (&cleo["payee"], &cleo["amount"]),
        (&json!("cleo@example.com"), &json!("1.250"))
    );
    assert_eq!(cleo["partnerExternalId"], "c-1");
    assert_eq!(
        rows_of_csv(&file(&staff, &path(&run.id, "&currency=USD")).await).len(),
        1
    );
    // What was settled is gone, and what the partner is called now changes nothing.
    shop.settle(run.payout("Dan"), "PAID").await;
    let input = json!({ "id": run.payout("=Bob")["partner"]["id"], "payoutReference": "other" });
    staff.done("updatePartner", input, "partner { id }").await;
    let left = rows_of_csv(&file(&staff, &path(&run.id, "")).await);
    assert_eq!(left.len(), 3);
    assert!(left.iter().any(|row| row["payee"] == "+B-1"), "{left:?}");
    for name in ["Ann", "=Bob", "Cleo"] {
        shop.settle(run.payout(name), "FAILED").await;
    }
    assert_eq!(rows_of_csv(&file(&staff, &path(&run.id, "")).await), []);
}

#[apply(both_databases)]
async fn only_staff_makes_payout_files(app: TestApp) {
    let shop = shop(&app).await;
    let run = Run::of(&shop, &[("Ann", json!({}), "12.50 EUR")]).await;
    let partner = text(&run.payout("Ann")["partner"]["id"]);
    // Its scope is enough, whatever else of partners may not be read.
    let few = app.staff(&shop.tenant, "payouts:read");
    assert!(file(&few, &path(&run.id, "")).await.contains("ann@example.com"));
    let others = app.staff(&shop.tenant, "partners:read commissions:read payouts:write");
    assert_eq!(get(&others, &path(&run.id, "")).await.status, StatusCode::FORBIDDEN);
    let refused = get(&app.partner(&shop.tenant, &partner), &path(&run.id, "")).await;
    assert_eq!(
        (refused.status, refused.refusal().0.as_str()),
        (StatusCode::FORBIDDEN, "FORBIDDEN")
    );
    // Another tenant's run reads as none.
    let stranger = app.staff(&app.tenant("else").await, "admin");
    for run in [run.id.as_str(), "run_01h2xcejqtf2nbrexx3vqjhp41"] {
        let (code, text) = get(&stranger, &path(run, "")).await.refusal();
        assert_eq!(
            (code.as_str(), text),
            ("BAD_USER_INPUT", format!("runId {run} does not exist"))
        );
    }
    let (code, text) = get(&few, "/export/payout-file?currency=EUR").await.refusal();
    assert_eq!((code.as_str(), text.as_str()), ("BAD_USER_INPUT", "runId is required"));
}

#[apply(both_databases)]
async fn paypal_takes_one_currency_and_payees_that_it_knows(app: TestApp) {
    let shop = shop(&app).await;
    let run = Run::of(
        &shop,
        &[
            ("Ann", json!({}), "12.50 EUR"),
            ("Bob, \"B\"", json!({ "payoutReference": "WDJJHEBZ4X2LY" }), "7.00 EUR"),
            ("Cleo", json!({}), "1500 HUF"),
            ("Dan", json!({}), "1.250 KWD"),
            ("Eve", json!({ "payoutReference": "by hand" }), "5.00 USD"),
            ("Fay", json!({}), "100.50 HUF"),
        ],
    )
    .await;
    let staff = shop.staff();
    let paypal = |more: &str| path(&run.id, &format!("&format=paypal{more}"));
    let mut lines: Vec<_> = file(&staff, &paypal("&currency=EUR"))
        .await
        .lines()
        .map(str::to_owned)
        .collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            format!("WDJJHEBZ4X2LY,7.00,EUR,{},,PAYPAL", run.id_of("Bob, \"B\"")),
            format!("ann@example.com,12.50,EUR,{},,PAYPAL", run.id_of("Ann")),
        ]
    );
    let comma = file(&staff, &paypal("&currency=EUR&decimalComma=true")).await;
    assert!(comma.contains("ann@example.com,\"12,50\",EUR,"), "{comma}");
    assert!(
        file(&staff, &paypal("&currency=HUF"))
            .await
            .starts_with("cleo@example.com,1500,HUF,")
    );
    let (_, says) = get(&staff, &paypal("")).await.refusal();
    assert_eq!(
        says,
        "this file for PayPal has one currency, and the run has EUR, HUF: ask for currency=EUR"
    );
    assert_eq!(get(&staff, &paypal("&currency=EUR&part=2")).await.text, "");
    // What it cannot hold is left out, and named.
    assert_eq!(file(&staff, &paypal("&currency=KWD")).await, "");
    let left_out = async |format: &str| {
        let document = "query($run: ID!, $format: PayoutFileFormat!) { payoutRun(id: $run) { leftOut(format: $format) {
                totalCount nodes { payout { id } reason } } } }";
        let data = staff
            .data_with(document, json!({ "run": run.id, "format": format }))
            .await;
        data["payoutRun"]["leftOut"].clone()
    };
    let found = left_out("PAYPAL").await;
    let told = found["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", text(&one["payout"]["id"]), text(&one["reason"])));
    let mut expected = [
        format!("{} PayPal does not pay in KWD", run.id_of("Dan")),
        format!("{} PayPal pays whole HUF only, not 100.50", run.id_of("Fay")),
        format!(
            "{} the payee \"by hand\" is neither an e-mail address nor the id of a PayPal account",
            run.id_of("Eve")
        ),
    ];
    let mut told: Vec<_> = told.collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    assert_eq!(found["totalCount"], 3);
    assert_eq!(left_out("CSV").await["totalCount"], 0);
    let (code, output, errors) = exported(
        &app,
        &["--format", "paypal", &format!("runId={}", run.id), "currency=HUF"],
    )
    .await;
    assert_eq!(
        (code, output.as_str()),
        (
            3,
            format!("cleo@example.com,1500,HUF,{},,PAYPAL\r\n", run.id_of("Cleo")).as_str()
        )
    );
    let says = format!(
        "payout {} is left out: PayPal pays whole HUF only, not 100.50",
        run.id_of("Fay")
    );
    assert!(errors.contains(&says), "{errors}");
    let (code, _, errors) = exported(
        &app,
        &["--format", "paypal", &format!("runId={}", run.id), "currency=EUR"],
    )
    .await;
    assert_eq!((code, errors.as_str()), (0, ""));
    for (more, says) in [
        ("&part=0", "part must be 1 or more"),
        ("&payees=EMAIL", "unknown parameter \"payees\""),
    ] {
        assert!(get(&staff, &paypal(more)).await.refusal().1.contains(says), "{more}");
    }
}

#[apply(both_databases)]
async fn wise_takes_payees_by_e_mail_or_saved_ones(app: TestApp) {
    let shop = shop(&app).await;
    let run = Run::of(
        &shop,
        &[
            ("Ann", json!({}), "12.50 EUR"),
            ("Bob", json!({ "payoutReference": "12345678" }), "7.00 USD"),
        ],
    )
    .await;
    let staff = shop.staff();
    let wise = |more: &str| path(&run.id, &format!("&format=wise{more}"));
    let (_, says) = get(&staff, &wise("")).await.refusal();
    assert_eq!(
        says,
        "Wise takes these payees in files of their own: ask for payees=EMAIL, then for payees=SAVED"
    );
    let by_email = file(&staff, &wise("&payees=EMAIL&sourceCurrency=GBP&receiverType=PERSON")).await;
    let expected = format!(
        "name,recipientEmail,paymentReference,receiverType,amountCurrency,amount,sourceCurrency,targetCurrency,type\r\n\
             Ann,ann@example.com,{},PERSON,target,12.50,GBP,EUR,EMAIL\r\n",
        text(&run.payout("Ann")["bankReference"])
    );
    assert_eq!(by_email, expected);
    let saved = file(&staff, &wise("&payees=SAVED")).await;
    let expected = format!(
        "recipientId,name,recipientEmail,recipientDetail,sourceCurrency,targetCurrency,amountCurrency,amount,\
             paymentReference,receiverType\r\n12345678,Bob,,,USD,USD,target,7.00,{},INSTITUTION\r\n",
        text(&run.payout("Bob")["bankReference"])
    );
    assert_eq!(saved, expected);
}
