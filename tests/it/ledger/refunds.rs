//! Refunds and chargebacks.

use serde_json::{Value, json};

use super::{Shop, amounts, charge, euros, merged, refund, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn refunds_of_30_and_70_take_6_and_14(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let row = shop.sale("sale", &partner, &campaign, "100").await;
    let first = shop.refund("r1", "sale", Some("30")).await;
    assert_eq!(amounts(&first["commissions"]), ["-6.00"]);
    assert_eq!(first["commissions"][0]["adjusts"]["id"], row);
    assert_eq!(first["commissions"][0]["event"]["externalId"], "r1");
    let second = shop.refund("r2", "sale", Some("70")).await;
    assert_eq!(amounts(&second["commissions"]), ["-14.00"]);
    assert_eq!(
        shop.ledger(&partner).await,
        [
            "EVENT ACCRUED 20.00",
            "CLAWBACK ACCRUED -6.00",
            "CLAWBACK ACCRUED -14.00"
        ]
    );
    shop.assert_sound(&partner).await;
    let data = shop.staff().data("{ event(externalId: \"sale\") { refundedAmount { amount } refunds { externalId
            original { externalId } amount { amount } attribution { partner { id } campaign { id } } customer { id } } } }").await;
    assert_eq!(data["event"]["refundedAmount"]["amount"], "100.00");
    let refunds = data["event"]["refunds"].as_array().unwrap();
    assert_eq!(refunds[0]["externalId"], "r1");
    assert_eq!(refunds[1]["amount"]["amount"], "70.00");
    assert_eq!(refunds[1]["original"]["externalId"], "sale");
    assert_eq!(
        refunds[1]["attribution"],
        json!({ "partner": { "id": partner }, "campaign": { "id": campaign } })
    );
}

#[apply(both_databases)]
async fn a_whole_refund_at_once_reverses_what_is_not_paid(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let accrued = shop.sale("a", &partner, &campaign, "100").await;
    let approved = shop.sale("b", &partner, &campaign, "50").await;
    shop.approve(&[&approved]).await;
    assert_eq!(
        shop.refund("ra", "a", None).await["event"]["amount"]["amount"],
        "100.00"
    );
    let chargeback = merged(refund("rb", "b", Some("50.00")), json!({ "kind": "CHARGEBACK" }));
    shop.record(chargeback).await;
    for row in [&accrued, &approved] {
        let row = shop.row(row).await;
        assert_eq!(row["status"], "REVERSED");
        assert!(row["reversedAt"].is_string());
    }
    let reason = &shop.row(&approved).await["transitions"][2]["reason"];
    assert_eq!(reason, "chargeback rb");
    assert_eq!(shop.balances(&partner).await, ["EUR 0.00 0.00 0.00 30.00 0.00"]);
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn a_clawback_has_the_status_and_maturity_of_its_row(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let terms = json!([{ "basis": "PERCENT", "value": "20" }]);
    let campaign = shop.campaign_with(json!({ "terms": terms, "holdbackDays": 30 })).await;
    let row = shop.sale("sale", &partner, &campaign, "100").await;
    shop.days_later(1);
    let clawback = shop.refund("r1", "sale", Some("10")).await["commissions"][0].clone();
    assert_eq!(clawback["status"], "ACCRUED");
    assert_eq!(clawback["matureAt"], shop.row(&row).await["matureAt"]);
    shop.approve(&[&row]).await;
    assert_eq!(shop.status(&text(&clawback["id"])).await, "APPROVED");
    let clawback = shop.refund("r2", "sale", Some("10")).await["commissions"][0].clone();
    assert_eq!(clawback["status"], "APPROVED");
    assert!(clawback["approvedAt"].is_string());
    assert_eq!(shop.balances(&partner).await, ["EUR 0.00 16.00 0.00 0.00 16.00"]);
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn a_row_in_an_open_payout_is_clawed_back(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let row = shop.sale("sale", &partner, &campaign, "100").await;
    shop.approve(&[&row]).await;
    let payouts = shop.run(json!({})).await;
    let refunded = shop.refund("refund", "sale", None).await;
    assert_eq!(amounts(&refunded["commissions"]), ["-20.00"]);
    assert_eq!(refunded["commissions"][0]["status"], "APPROVED");
    assert_eq!(shop.balances(&partner).await, ["EUR 0.00 0.00 0.00 0.00 -20.00"]);
    shop.assert_sound(&partner).await;
    shop.settle(&payouts[0], "PAID").await;
    assert_eq!(
        shop.ledger(&partner).await,
        ["EVENT PAID 20.00", "CLAWBACK APPROVED -20.00"]
    );
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn a_canceled_payout_leaves_row_and_clawback_to_the_next(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let row = shop.sale("sale", &partner, &campaign, "100").await;
    shop.approve(&[&row]).await;
    let payouts = shop.run(json!({})).await;
    shop.refund("r1", "sale", Some("40")).await;
    shop.settle(&payouts[0], "CANCELED").await;
    assert_eq!(shop.balances(&partner).await, ["EUR 0.00 12.00 0.00 0.00 12.00"]);
    // Not reversed: there is a clawback already.
    assert_eq!(
        amounts(&shop.refund("r2", "sale", None).await["commissions"]),
        ["-12.00"]
    );
    assert_eq!(shop.run(json!({})).await, [] as [Value; 0]);
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn fixed_amounts_go_back_only_with_the_whole_event(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let campaign = shop
        .campaign(json!([
            { "basis": "FIXED", "value": "5" }, { "basis": "PERCENT", "value": "10" },
        ]))
        .await;
    assert_eq!(
        shop.earned(charge("sale", &partner, &campaign, "100")).await,
        ["5.00", "10.00"]
    );
    assert_eq!(
        amounts(&shop.refund("r1", "sale", Some("99.99")).await["commissions"]),
        ["-10.00"]
    );
    shop.refund("r2", "sale", None).await;
    assert_eq!(
        shop.ledger(&partner).await,
        ["EVENT REVERSED 5.00", "EVENT ACCRUED 10.00", "CLAWBACK ACCRUED -10.00"]
    );
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn paid_fixed_amounts_are_clawed_back_whole(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let campaign = shop.campaign(json!([{ "basis": "FIXED", "value": "5" }])).await;
    let row = shop.sale("sale", &partner, &campaign, "100").await;
    shop.approve(&[&row]).await;
    shop.pay().await;
    assert_eq!(shop.refund("r1", "sale", Some("60")).await["commissions"], json!([]));
    assert_eq!(
        amounts(&shop.refund("r2", "sale", Some("40")).await["commissions"]),
        ["-5.00"]
    );
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn an_event_without_amount_goes_back_as_a_whole(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let campaign = shop.campaign(json!([{ "basis": "FIXED", "value": "5" }])).await;
    let event = json!({ "externalId": "c", "kind": "CONVERSION", "partnerId": partner, "campaignId": campaign });
    assert_eq!(shop.earned(event).await, ["5.00"]);
    assert_eq!(
        shop.refused(refund("r0", "c", Some("1"))).await,
        ["INVALID amount.amount"]
    );
    shop.refund("r1", "c", None).await;
    assert_eq!(shop.ledger(&partner).await, ["EVENT REVERSED 5.00"]);
    assert_eq!(shop.refused(refund("r2", "c", None)).await, ["INVALID amount.amount"]);
}

#[apply(both_databases)]
async fn thirds_add_up_to_the_whole(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    shop.sale("sale", &partner, &campaign, "100").await;
    let mut taken = Vec::new();
    for (id, amount) in [("r1", Some("33.33")), ("r2", Some("33.33")), ("r3", None)] {
        taken.extend(amounts(&shop.refund(id, "sale", amount).await["commissions"]));
    }
    assert_eq!(taken, ["-3.33", "-3.34", "-3.33"]);
    assert_eq!(shop.balances(&partner).await, ["EUR 0.00 0.00 0.00 0.00 0.00"]);
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn refunds_that_cannot_be_are_named_and_write_nothing(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    shop.sale("sale", &partner, &campaign, "100").await;
    shop.refund("r1", "sale", Some("30")).await;
    let before = app.rows().await;
    for (input, problems) in [
        (refund("r2", "sale", Some("70.01")), vec!["INVALID amount.amount"]),
        (refund("r2", "sale", Some("0")), vec!["INVALID amount.amount"]),
        (refund("r2", "sale", Some("-1")), vec!["INVALID amount.amount"]),
        (refund("r2", "sale", Some("1.001")), vec!["INVALID amount.amount"]),
        (
            merged(
                refund("r2", "sale", None),
                json!({ "amount": { "amount": "1", "currency": "USD" } }),
            ),
            vec!["INVALID amount.amount"],
        ),
        (refund("r2", "r1", None), vec!["INVALID originalExternalId"]),
        (refund("r2", "nothing", None), vec!["NOT_FOUND originalExternalId"]),
        (
            json!({ "externalId": "r2", "kind": "CHARGEBACK" }),
            vec!["REQUIRED originalExternalId"],
        ),
        (
            merged(
                refund("r2", "sale", None),
                json!({
                    "partnerId": partner, "campaignId": campaign, "customerExternalId": "c", "revenue": euros("1"),
                }),
            ),
            vec![
                "INVALID campaignId",
                "INVALID customerExternalId",
                "INVALID partnerId",
                "INVALID revenue",
            ],
        ),
        (
            merged(
                charge("c2", &partner, &campaign, "1"),
                json!({ "originalExternalId": "sale" }),
            ),
            vec!["INVALID originalExternalId"],
        ),
    ] {
        assert_eq!(shop.refused(input.clone()).await, problems, "{input}");
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn refunds_reach_suspended_partners_and_ended_campaigns(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    shop.sale("sale", &partner, &campaign, "100").await;
    shop.make("suspendPartner", "partner", json!({ "id": partner, "reason": "fraud" }))
        .await;
    shop.make(
        "updateCampaign",
        "campaign",
        json!({ "id": campaign, "status": "ENDED" }),
    )
    .await;
    assert_eq!(
        amounts(&shop.refund("r1", "sale", Some("50")).await["commissions"]),
        ["-10.00"]
    );
    shop.make("revokePartner", "partner", json!({ "id": partner, "reason": "fraud" }))
        .await;
    assert_eq!(
        amounts(&shop.refund("r2", "sale", Some("50")).await["commissions"]),
        ["-10.00"]
    );
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn a_refund_is_recorded_once(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    shop.sale("sale", &partner, &campaign, "100").await;
    let first = shop.refund("r1", "sale", Some("30")).await;
    let again = shop.refund("r1", "sale", Some("30.00")).await;
    assert_eq!(again["duplicate"], true);
    assert_eq!(again["commissions"], first["commissions"]);
    assert_eq!(
        shop.refused(refund("r1", "sale", Some("31"))).await,
        ["CONFLICT externalId"]
    );
    assert_eq!(shop.rows(&partner).await.len(), 2);
}

#[apply(both_databases)]
async fn a_reversed_row_is_not_taken_back_again(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let row = shop.sale("sale", &partner, &campaign, "100").await;
    shop.refund("r1", "sale", Some("30")).await;
    assert_eq!(shop.reverse(&[&row]).await, [""]);
    assert_eq!(shop.refund("r2", "sale", None).await["commissions"], json!([]));
    assert_eq!(
        shop.ledger(&partner).await,
        ["EVENT REVERSED 20.00", "CLAWBACK REVERSED -6.00"]
    );
    shop.assert_sound(&partner).await;
}
