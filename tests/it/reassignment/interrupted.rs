//! Moves that are cut off: at any statement, and by a kill amid a page. The same again moves what is left, each event once.

use std::fmt::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tributary::auth::Caller;
use tributary::domain::reassignment::MAX_EVENTS;
use tributary::import::moving_in::{FileKind, ImportOptions, run};
use tributary::service::ledger::reassign::{NewReassignment, reassign_customer};

use super::Two;
use crate::ledger::{charge, merged, refund};
use crate::support::both_databases;

/// Rows and what is counted of both.
async fn standing(two: &Two<'_>) -> Value {
    let mut standing = Vec::new();
    for partner in [&two.ann, &two.bob] {
        let (rows, sums) = (two.shop.ledger(partner).await, two.shop.balances(partner).await);
        standing.push(json!([rows, sums, two.shop.lifetime_value(partner).await]));
    }
    json!(standing)
}

async fn count(two: &Two<'_>, document: &str) -> u64 {
    let data = two.shop.staff().data_with(document, json!({ "id": two.bob })).await;
    let list = data.as_object().unwrap().values().next().unwrap();
    list["totalCount"].as_u64().unwrap()
}

const EVENTS: &str = "query($id: ID!) { events(filter: { partnerId: $id, kind: [CHARGE] }) { totalCount } }";
const ROWS: &str = "query($id: ID!) { commissions(filter: { partnerId: $id, kind: [EVENT] }) { totalCount } }";

#[apply(both_databases)]
async fn a_move_that_is_given_up_anywhere_has_moved_nothing_and_is_made_once(app: TestApp) {
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    let paid = two.shop.record(two.charge("paid", "100")).await;
    two.shop
        .approve(&[paid["commissions"][0]["id"].as_str().unwrap()])
        .await;
    two.shop.pay().await;
    for (id, amount) in [("a", "30"), ("b", "40.05")] {
        two.shop.record(two.charge(id, amount)).await;
    }
    two.shop.record(refund("r", "b", Some("10"))).await;
    let customer = two.customer().await["id"].as_str().unwrap().to_owned();
    let input = NewReassignment {
        customer_id: customer,
        partner_id: Some(two.bob.clone()),
        campaign_id: Some(two.campaign.clone()),
        from: Some("2000-01-01T00:00:00Z".parse().unwrap()),
        claw_back_paid: true,
        reason: "wrong link".to_owned(),
    };
    let caller = Caller::operator(two.shop.tenant.id, "reassign");
    let (before, mut cuts) = (standing(&two).await, 0);
    let moved = loop {
        let work = reassign_customer(&app.app, &caller, input.clone());
        if let Some(moved) = app.given_up_after(cuts + 1, Box::pin(work)).await {
            break moved.expect("a move");
        }
        // Whoever gives up while it commits does not know what became of it.
        if standing(&two).await != before {
            break reassign_customer(&app.app, &caller, input.clone())
                .await
                .expect("a move");
        }
        cuts += 1;
    };
    assert!(cuts >= 20 && [0, 3].contains(&moved.events), "{cuts} {}", moved.events);
    two.assert_sound().await;
    let after = json!([
        [
            [
                "EVENT PAID 20.00",
                "EVENT REVERSED 6.00",
                "EVENT REVERSED 8.01",
                "CLAWBACK REVERSED -2.00",
                "CLAWBACK APPROVED -20.00"
            ],
            ["EUR 0.00 -20.00 20.00 12.01 -20.00"],
            ["0.00 EUR"],
        ],
        [
            [
                "EVENT ACCRUED 20.00",
                "EVENT ACCRUED 6.00",
                "EVENT ACCRUED 8.01",
                "CLAWBACK ACCRUED -2.00"
            ],
            ["EUR 32.01 0.00 0.00 0.00 0.00"],
            ["160.05 EUR"]
        ],
    ]);
    assert_eq!(standing(&two).await, after);
    let again = reassign_customer(&app.app, &caller, input).await.expect("a move");
    assert_eq!((again.events, again.reassignment.remaining), (0, 0));
    assert_eq!(standing(&two).await, after);
}

#[apply(both_databases)]
async fn a_long_move_that_is_killed_amid_its_second_page_goes_on(app: TestApp) {
    const MORE: u64 = 400;
    let two = Two::new(&app, json!([{ "basis": "PERCENT", "value": "20" }])).await;
    for number in 0..4 {
        two.shop.record(two.charge(&format!("s{number}"), "10")).await;
    }
    two.shop.record(refund("r", "s1", Some("5"))).await;
    // The others are history, so that they are there soon; moved, they earn like any.
    let mut text = "externalId,kind,amount,currency,occurredAt,customerExternalId,partnerId,campaignId\n".to_owned();
    for number in 4..MAX_EVENTS + MORE {
        writeln!(
            text,
            "s{number},CHARGE,1.00,EUR,2026-01-01,cust,{},{}",
            two.ann, two.campaign
        )
        .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.csv");
    std::fs::write(&file, text).unwrap();
    let caller = Caller::operator(two.shop.tenant.id, "import");
    let report = run(
        &app.app,
        &caller,
        FileKind::Events,
        &file,
        &ImportOptions::default(),
        |_| {},
    )
    .await
    .expect("a file");
    assert_eq!((report.problems.count(), report.created), (0, MAX_EVENTS + MORE - 4));
    let other = merged(
        charge("bobs", &two.bob, &two.campaign, "10"),
        json!({ "customerExternalId": "bobs" }),
    );
    two.shop.record(other).await;
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
        command.args([
            "--database-url",
            &app.database_url(),
            "reassign",
            "--tenant",
            "acme",
            "--customer",
            "cust",
        ]);
        command.args([
            "--partner",
            &two.bob,
            "--campaign",
            &two.campaign,
            "--from",
            "2000-01-01T00:00:00Z",
            "--reason",
            "x",
        ]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    };
    let mut child = command().spawn().expect("it starts");
    // As soon as the first page is there, the second is under way.
    while count(&two, EVENTS).await == 1 && child.try_wait().unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(count(&two, EVENTS).await, 1 + MAX_EVENTS, "a page is moved as a whole");
    assert_eq!(count(&two, ROWS).await, 1 + MAX_EVENTS);
    two.assert_sound().await;
    for expected in [MORE, 0] {
        let mut command = command();
        let output: Output = tokio::task::spawn_blocking(move || command.output().expect("it starts"))
            .await
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let rows = format!(
            "moved {expected} events: 0 rows reversed, 0 clawed back, 0 kept as paid, {expected} earned anew, 0 events without rows\n"
        );
        assert_eq!(told, rows, "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(count(&two, EVENTS).await, 1 + MAX_EVENTS + MORE);
        assert_eq!(count(&two, ROWS).await, 1 + MAX_EVENTS + MORE);
        // 4 of 10.00, of which 5.00 were given back, and the rest of 1.00; and what Bob had.
        let sum = 10 + 35 + (MAX_EVENTS + MORE - 4);
        assert_eq!(two.shop.lifetime_value(&two.bob).await, [format!("{sum}.00 EUR")]);
        assert_eq!(two.shop.lifetime_value(&two.ann).await, ["0.00 EUR"]);
        two.assert_sound().await;
    }
}
