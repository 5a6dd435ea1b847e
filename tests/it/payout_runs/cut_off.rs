//! A run with a cut-off takes what accrued before it, whenever it occurred and whenever it is approved, and of later rows
//! only clawbacks of what it takes.

use serde_json::json;

use super::{Office, told};
use crate::ledger::{charge, merged};
use crate::support::{TestApp, both_databases};

/// The end of March where the tenant is.
const APRIL: &str = "2026-04-01T00:00:00+02:00";

/// Waits until this moment; clocks stand still.
fn wait_until(app: &TestApp, moment: &str) {
    let moment: tributary::domain::Timestamp = moment.parse().expect("a moment");
    let wait = (moment - app.clock.now()).to_std().expect("it is to come");
    app.clock.advance(wait);
}

#[apply(both_databases)]
async fn a_month_is_closed_with_the_refunds_that_came_since(app: TestApp) {
    let office = Office::new(&app).await;
    let campaign = office.percent("10").await;
    let (ann, ben) = (office.partner("ann").await, office.partner("ben").await);
    let march = office.sale("march", &ann, &campaign, "1000").await;
    let refunded = office.sale("refunded", &ann, &campaign, "100").await;
    let paid = office.sale("paid", &ann, &campaign, "500").await;
    office.approve(&[&march, &refunded, &paid]).await;
    // Paid in March, and refunded in April: what is owed back then belongs to April.
    let early = office.run_of(json!({ "partnerIds": [ann] })).await;
    assert_eq!(told(&early), ["EUR 160.00 ann - 3 PAID_OUT"]);
    office.settle(&early["lines"]["nodes"][0]["payout"], "PAID").await;
    let march = office.sale("march 2", &ann, &campaign, "2000").await;
    let refunded = office.sale("refunded 2", &ann, &campaign, "400").await;
    office.approve(&[&march, &refunded]).await;
    wait_until(&app, "2026-03-31T21:59:59.999999Z");
    let last = office.sale("last", &ben, &campaign, "70").await;
    wait_until(&app, "2026-03-31T22:00:00Z");
    let first = office.sale("first", &ben, &campaign, "900").await;
    // It happened in March and was recorded in April.
    let late = merged(
        charge("late", &ben, &campaign, "9000"),
        json!({ "occurredAt": "2026-03-15T12:00:00Z" }),
    );
    let late = office.record(late).await["commissions"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    wait_until(&app, "2026-04-03T12:00:00Z");
    office.approve(&[&last, &first, &late]).await;
    office.refund("r1", "paid", Some("100")).await;
    office.refund("r2", "refunded 2", Some("100")).await;
    office.refund("r3", "refunded 2", Some("50")).await;
    let run = office.previewed_run(json!({ "accruedBefore": APRIL })).await;
    assert_eq!(told(&run), ["EUR 225.00 ann - 4 PAID_OUT", "EUR 7.00 ben - 1 PAID_OUT"]);
    // The rest is April's.
    let rest = office.previewed_run(json!({})).await;
    assert_eq!(
        told(&rest),
        ["EUR 990.00 ben - 2 PAID_OUT", "EUR -10.00 ann - 1 NOT_POSITIVE"]
    );
    office.assert_verified().await;
}

#[apply(both_databases)]
async fn a_clawback_goes_with_its_row_wherever_that_waits(app: TestApp) {
    let office = Office::new(&app).await;
    let campaign = office.percent("10").await;
    office
        .make(
            "updateTenant",
            "tenant",
            json!({ "minimumPayouts": [{ "amount": "20", "currency": "EUR" }] }),
        )
        .await;
    let ann = office.partner("ann").await;
    let row = office.sale("one", &ann, &campaign, "250").await;
    office.approve(&[&row]).await;
    wait_until(&app, "2026-04-02T12:00:00Z");
    office.refund("r1", "one", Some("100")).await;
    // Below the minimum only with what was taken back.
    let run = office.previewed_run(json!({ "accruedBefore": APRIL })).await;
    assert_eq!(told(&run), ["EUR 15.00 ann - 2 BELOW_MINIMUM"]);
    // Reserved by an open payout, so that later clawbacks have nothing to go with.
    office
        .make("updateTenant", "tenant", json!({ "minimumPayouts": [] }))
        .await;
    let run = office.previewed_run(json!({ "accruedBefore": APRIL })).await;
    assert_eq!(told(&run), ["EUR 15.00 ann - 2 PAID_OUT"]);
    office.refund("r2", "one", Some("50")).await;
    assert_eq!(
        told(&office.previewed_run(json!({ "accruedBefore": APRIL })).await),
        [""; 0]
    );
    assert_eq!(
        told(&office.previewed_run(json!({})).await),
        ["EUR -5.00 ann - 1 NOT_POSITIVE"]
    );
    // Released, they go together.
    office.settle(&run["lines"]["nodes"][0]["payout"], "FAILED").await;
    assert_eq!(
        told(&office.previewed_run(json!({ "accruedBefore": APRIL })).await),
        ["EUR 10.00 ann - 3 PAID_OUT"]
    );
    office.assert_verified().await;
}
