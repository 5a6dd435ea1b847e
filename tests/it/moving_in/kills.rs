//! An import that was killed is made whole by a second one.

use std::fmt::Write;
use std::process::{Command, Stdio};

use tributary::import::moving_in::FileKind;

use super::{House, PARTNERS};
use crate::support::both_databases;

const EVENTS: usize = 3_000;

#[apply(both_databases)]
async fn a_kill_in_the_middle_and_a_second_run_give_exactly_the_file(app: TestApp) {
    let house = House::new(&app).await;
    house.moved(FileKind::Partners, PARTNERS).await;
    let mut text = "externalId,kind,amount,currency,occurredAt,customerExternalId,partnerExternalId\n".to_owned();
    for number in 0..EVENTS {
        let partner = 1 + number % 2;
        writeln!(
            text,
            "e{number},CHARGE,1.00,EUR,2025-01-01,c{},p{partner}",
            number % 700
        )
        .unwrap();
    }
    let file = house.file("events.csv", text);
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
        command
            .args(["--database-url", &app.database_url(), "import", "events"])
            .arg(&file)
            .args(["--tenant", "acme"]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    };
    let count = async || {
        let data = house.shop.staff().data("{ events { totalCount } }").await;
        data["events"]["totalCount"].as_u64().unwrap()
    };
    let mut child = command().spawn().expect("it starts");
    // As soon as something is there.
    while count().await == 0 && child.try_wait().unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = count().await;
    assert!(before > 0 && before.is_multiple_of(500), "{before}");
    let output = command().output().expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{told} {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let expected = format!(
        "acme: {} events imported, {before} were there before, 0 problems",
        EVENTS as u64 - before
    );
    assert!(told.starts_with(&expected), "{told}");
    assert_eq!(count().await, EVENTS as u64);
    let ann = house.partner("p1").await;
    assert_eq!(house.shop.lifetime_value(&ann).await, ["1500.00 EUR"]);
    house.assert_sound().await;
}
