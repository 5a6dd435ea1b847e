//! A payout run sees whatever became payable at an earlier time, however late that is committed.

use serde_json::{Value, json};

use super::{Mutation, overlapping};
use crate::ledger::{Shop, text};
use crate::payout_runs::{LINE, told};
use crate::support::TestApp;

/// A shop with an approved row of another partner, which every run pays.
async fn shop(app: &TestApp) -> Shop<'_> {
    let shop = Shop::new(app).await;
    let (zoe, campaign) = (shop.partner("zoe").await, shop.percent("10").await);
    let row = shop.sale("zoe's", &zoe, &campaign, "10").await;
    shop.approve(&[&row]).await;
    shop
}

/// The lines of a run that begins a second after `first` has taken its time, and before that commits.
async fn run_during(shop: &Shop<'_>, first: Mutation<'_>) -> Vec<String> {
    let selection = format!("payoutRun {{ createdAt lines(first: 9) {{ nodes {{ {LINE} }} }} }}");
    let run = ("createPayoutRun", json!({}), selection.as_str());
    let [_, run] = overlapping(shop.app, &shop.staff(), first, run).await;
    told(&run["payoutRun"])
}

#[tokio::test]
async fn what_a_failed_payout_releases_is_in_the_next_run() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = shop(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let row = shop.sale("ann's", &ann, &campaign, "100").await;
    shop.approve(&[&row]).await;
    let payouts = shop.run(json!({ "partnerIds": [ann] })).await;
    let fail = json!({ "id": payouts[0]["id"], "status": "FAILED" });
    let lines = run_during(&shop, ("settlePayout", fail, "payout { id }")).await;
    assert_eq!(lines, ["EUR 10.00 ann - 1 PAID_OUT", "EUR 1.00 zoe - 1 PAID_OUT"]);
}

#[tokio::test]
async fn what_was_approved_is_in_the_next_run() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = shop(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    shop.sale("ann's", &ann, &campaign, "100").await;
    let approve = json!({ "filter": { "partnerId": ann }, "overrideHoldbackReason": "agreed" });
    let lines = run_during(&shop, ("approveMatchingCommissions", approve, "approved")).await;
    assert_eq!(lines, ["EUR 10.00 ann - 1 PAID_OUT", "EUR 1.00 zoe - 1 PAID_OUT"]);
}

#[tokio::test]
async fn what_a_refund_takes_from_a_paid_row_is_in_the_next_run() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = shop(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let row = shop.sale("ann's", &ann, &campaign, "100").await;
    shop.approve(&[&row]).await;
    for payout in shop.run(json!({ "partnerIds": [ann] })).await {
        shop.settle(&payout, "PAID").await;
    }
    let refund = crate::ledger::refund("back", "ann's", Some("30"));
    let lines = run_during(&shop, ("recordEvent", refund, "event { id }")).await;
    assert_eq!(lines, ["EUR 1.00 zoe - 1 PAID_OUT", "EUR -3.00 ann - 1 NOT_POSITIVE"]);
}

#[tokio::test]
async fn newcomers_are_never_left_out() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = shop(&app).await;
    // As many runs as there are newcomers, each beside one that becomes payable.
    let campaign = shop.percent("10").await;
    for number in 0..5 {
        let partner = shop.partner(&format!("new{number}")).await;
        shop.sale(&format!("sale{number}"), &partner, &campaign, "100").await;
        let approve = json!({ "filter": { "partnerId": partner }, "overrideHoldbackReason": "agreed" });
        let lines = run_during(&shop, ("approveMatchingCommissions", approve, "approved")).await;
        let expected = format!("EUR 10.00 new{number} - 1 PAID_OUT");
        assert!(lines.contains(&expected), "{lines:?}");
    }
    let document = "{ commissions(filter: { status: [APPROVED] }) { nodes { id payout { id } } } }";
    let rows: Value = shop.staff().data(document).await["commissions"]["nodes"].clone();
    for row in rows.as_array().expect("rows") {
        text(&row["payout"]["id"]);
    }
}
