//! A few days of one partner, reckoned by hand.

use serde_json::json;

use super::{statement, told, totals};
use crate::ledger::{Shop, charge, euros, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn every_kind_of_movement_has_its_sign_and_its_place(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    // 1 March.
    let first = shop.sale("1", &ann, &campaign, "100").await;
    let second = shop.sale("2", &ann, &campaign, "200").await;
    // 2 March: half of the first is refunded, and something is entered, all at one moment.
    shop.days_later(1);
    shop.refund("r", "1", Some("50")).await;
    let input = json!({ "partnerId": ann, "amount": euros("3.00"), "reason": "agreed" });
    shop.make("createManualCommission", "commission", input).await;
    // 3 March: approving moves nothing, reversing does.
    shop.days_later(1);
    shop.approve(&[&first]).await;
    assert_eq!(shop.reverse(&[&second]).await, [""]);
    // 4 March: a payout that comes to nothing, and one that is paid on 5 March.
    shop.days_later(1);
    let failed = shop.run(json!({})).await;
    shop.settle(&failed[0], "FAILED").await;
    let payouts = shop.run(json!({})).await;
    shop.days_later(1);
    shop.settle(&payouts[0], "PAID").await;
    shop.days_later(1);

    let of = |from: u8, to: u8| (format!("2026-03-0{from}T00:00:00Z"), format!("2026-03-0{to}T00:00:00Z"));
    let staff = shop.staff();
    let read = async |from, to| {
        let (from, to) = of(from, to);
        statement(&staff, &ann, &from, &to).await
    };
    let two_days = read(1, 3).await;
    assert_eq!(
        (&two_days["opening"]["amount"], &two_days["closing"]["amount"]),
        (&json!("0.00"), &json!("28.00"))
    );
    assert_eq!(
        told(&two_days),
        [
            "03-01 ACCRUED 10.00 10.00",
            "03-01 ACCRUED 20.00 30.00",
            "03-02 ACCRUED 3.00 33.00",
            "03-02 CLAWED_BACK -5.00 28.00",
        ]
    );
    assert_eq!(totals(&two_days), ["ACCRUED 3 33.00", "CLAWED_BACK 1 -5.00"]);
    let reversed = read(3, 5).await;
    assert_eq!(reversed["opening"]["amount"], two_days["closing"]["amount"]);
    assert_eq!(told(&reversed), ["03-03 REVERSED -20.00 8.00"]);
    let paid = read(5, 6).await;
    assert_eq!(told(&paid), ["03-05 PAID -10.00 -2.00", "03-05 PAID 5.00 3.00"]);
    assert_eq!(totals(&paid), ["PAID 2 -5.00"]);
    for movement in paid["movements"]["nodes"].as_array().unwrap() {
        assert_eq!(movement["payout"]["id"], payouts[0]["id"]);
    }
    assert_eq!(text(&paid["movements"]["nodes"][0]["commission"]["id"]), first);
    // What is left is what staff entered.
    assert_eq!(shop.balances(&ann).await, ["EUR 3.00 0.00 5.00 20.00 0.00"]);
    // A range without anything, one before anything, and a currency without anything.
    let nothing = read(4, 5).await;
    assert_eq!(
        (told(&nothing), &nothing["opening"]["amount"]),
        (vec![], &json!("8.00"))
    );
    let before = statement(&staff, &ann, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z").await;
    assert_eq!(
        (
            &before["opening"]["amount"],
            &before["closing"]["amount"],
            totals(&before)
        ),
        (&json!("0.00"), &json!("0.00"), vec![])
    );
    shop.assert_sound(&ann).await;
}

#[apply(both_databases)]
async fn what_tiers_change_is_a_movement_of_its_own(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    let tier = json!({
        "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "2" }],
        "retroactivePayout": { "action": "FLAT_INCREASE", "value": "1" },
    });
    shop.make("createTieredCommission", "tieredCommission", tier).await;
    shop.sale("1", &ann, &campaign, "100").await;
    shop.record(charge("2", &ann, &campaign, "200")).await;
    shop.days_later(1);
    let shown = statement(&shop.staff(), &ann, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z").await;
    // All at one moment: by kind, whatever was written first.
    assert_eq!(totals(&shown), ["ACCRUED 2 30.00", "ADJUSTED 2 2.00"]);
    assert_eq!(
        told(&shown)[2..],
        ["03-01 ADJUSTED 1.00 31.00", "03-01 ADJUSTED 1.00 32.00"]
    );
}
