//! Approving and reversing, by hand and by the background job.

use serde_json::{Value, json};
use tributary::service::ledger::review::approve_matured;

use super::{Shop, amounts, charge, euros, merged, text};
use crate::support::both_databases;

const UNKNOWN: &str = "com_00000000000000000000000000";

/// A campaign of 20 % with a holdback of 30 days.
async fn held(shop: &Shop<'_>) -> String {
    let terms = json!([{ "basis": "PERCENT", "value": "20" }]);
    shop.campaign_with(json!({ "terms": terms, "holdbackDays": 30 })).await
}

#[apply(both_databases)]
async fn each_id_has_its_own_answer(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let early = shop.sale("1", &partner, &held(&shop).await, "100").await;
    let free = shop.sale("2", &partner, &campaign, "100").await;
    let reversed = shop.sale("3", &partner, &campaign, "100").await;
    shop.reverse(&[&reversed]).await;
    let ids = json!([free, "nonsense", UNKNOWN, early, reversed, partner, free]);
    let list = shop
        .staff()
        .mutate(
            "approveCommissions",
            json!({ "ids": ids }),
            "id commission { id status }",
        )
        .await;
    let answers: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| {
            let code = answer["userErrors"][0]["code"].as_str().unwrap_or("-").to_owned();
            let status = answer["commission"]["status"].as_str().unwrap_or("-").to_owned();
            (answer["id"].clone(), code, status)
        })
        .collect();
    let codes = [
        "-",
        "INVALID",
        "NOT_FOUND",
        "HOLDBACK_ACTIVE",
        "INVALID_TRANSITION",
        "INVALID",
        "-",
    ];
    let statuses = ["APPROVED", "-", "-", "ACCRUED", "REVERSED", "-", "APPROVED"];
    for (index, (id, code, status)) in answers.iter().enumerate() {
        assert_eq!(
            (id, code.as_str(), status.as_str()),
            (&ids[index], codes[index], statuses[index])
        );
    }
    assert_eq!(list[3]["userErrors"][0]["field"], json!(["ids", "3"]));
    assert_eq!(shop.row(&free).await["transitions"].as_array().unwrap().len(), 2);
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn a_list_has_1_to_500_ids(app: TestApp) {
    let shop = Shop::new(&app).await;
    for count in [0, 501] {
        let input = json!({ "ids": vec![UNKNOWN; count] });
        let answer = shop.staff().try_mutate("approveCommissions", input, "id").await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    }
    let answers = shop
        .answers("approveCommissions", json!({ "ids": vec![UNKNOWN; 500] }))
        .await;
    assert_eq!(answers, vec!["NOT_FOUND"; 500]);
}

#[apply(both_databases)]
async fn overriding_the_holdback_needs_admin_and_a_reason(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let row = shop.sale("1", &partner, &held(&shop).await, "100").await;
    let input = json!({ "ids": [row], "overrideHoldbackReason": "big partner" });
    let clerk = app.staff(&shop.tenant, "commissions:write");
    assert_eq!(
        clerk
            .try_mutate("approveCommissions", input.clone(), "id")
            .await
            .codes(),
        ["FORBIDDEN"]
    );
    let empty = json!({ "ids": [row], "overrideHoldbackReason": " " });
    assert_ne!(shop.answers("approveCommissions", empty).await, [""]);
    assert_eq!(shop.status(&row).await, "ACCRUED");
    assert_eq!(shop.answers("approveCommissions", input).await, [""]);
    let moves = shop.row(&row).await["transitions"].clone();
    assert_eq!(moves[1]["reason"], "big partner");
    assert_eq!(
        (&moves[1]["from"], &moves[1]["to"], &moves[1]["actor"]),
        (&json!("ACCRUED"), &json!("APPROVED"), &json!("ann"))
    );
}

#[apply(both_databases)]
async fn the_job_approves_exactly_what_matured(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let campaign = held(&shop).await;
    let terms = json!([{ "basis": "PERCENT", "value": "20" }]);
    let at_once = shop.campaign_with(json!({ "terms": terms, "holdbackDays": 0 })).await;
    shop.sale("1", &partner, &campaign, "100").await;
    shop.refund("r1", "1", Some("50")).await;
    shop.sale("by hand only", &partner, &shop.percent("20").await, "10")
        .await;
    let reversed = shop.sale("2", &partner, &campaign, "100").await;
    shop.reverse(&[&reversed]).await;
    shop.sale("0", &partner, &at_once, "5").await;
    assert_eq!(approve_matured(&app.app, 500).await.unwrap(), 1);
    app.clock.advance(std::time::Duration::from_secs(30 * 24 * 3600 - 1));
    assert_eq!(approve_matured(&app.app, 500).await.unwrap(), 0);
    app.clock.advance(std::time::Duration::from_secs(1));
    approve_matured(&app.app, 1).await.unwrap();
    // Whatever the limit, a clawback goes with its row.
    assert_eq!(
        shop.ledger(&partner).await,
        [
            "EVENT APPROVED 20.00",
            "CLAWBACK APPROVED -10.00",
            "EVENT ACCRUED 2.00",
            "EVENT REVERSED 20.00",
            "EVENT APPROVED 1.00",
        ]
    );
    assert_eq!(approve_matured(&app.app, 500).await.unwrap(), 0);
    let moves = shop.rows(&partner).await[0]["transitions"].clone();
    assert_eq!(
        (&moves[1]["actor"], &moves[1]["reason"]),
        (&json!("system"), &json!("matured"))
    );
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn the_job_works_for_suspended_and_revoked_partners_too(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = held(&shop).await;
    for field in ["suspendPartner", "revokePartner"] {
        let partner = shop.partner(&field.to_lowercase()).await;
        shop.sale(field, &partner, &campaign, "100").await;
        shop.make(field, "partner", json!({ "id": partner, "reason": "check" }))
            .await;
    }
    shop.days_later(30);
    assert_eq!(approve_matured(&app.app, 500).await.unwrap(), 2);
}

#[apply(both_databases)]
async fn reversing_takes_unpaid_clawbacks_along(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let row = shop.sale("1", &partner, &campaign, "100").await;
    let clawback = text(&shop.refund("r1", "1", Some("50")).await["commissions"][0]["id"]);
    assert_eq!(shop.reverse(&[&clawback]).await, ["CONFLICT"]);
    assert_eq!(shop.reverse(&[&row]).await, [""]);
    assert_eq!(
        shop.ledger(&partner).await,
        ["EVENT REVERSED 20.00", "CLAWBACK REVERSED -10.00"]
    );
    assert_eq!(shop.row(&clawback).await["transitions"][1]["reason"], "mistake");
    assert_eq!(shop.reverse(&[&row]).await, ["INVALID_TRANSITION"]);
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn reversing_gives_a_paid_clawback_back(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let row = shop.sale("1", &partner, &campaign, "100").await;
    shop.approve(&[&row]).await;
    let open = shop.run(json!({})).await;
    shop.refund("r1", "1", Some("50")).await;
    let other = shop.sale("2", &partner, &campaign, "200").await;
    shop.approve(&[&other]).await;
    // The clawback is paid in the second payout, the row of the first one comes back.
    shop.pay().await;
    shop.settle(&open[0], "FAILED").await;
    assert_eq!(shop.reverse(&[&row]).await, [""]);
    assert_eq!(
        shop.ledger(&partner).await,
        [
            "EVENT REVERSED 20.00",
            "CLAWBACK PAID -10.00",
            "EVENT PAID 40.00",
            "CLAWBACK APPROVED 10.00"
        ]
    );
    shop.assert_sound(&partner).await;
    // What the refund did is told as it was.
    assert_eq!(
        amounts(&shop.refund("r1", "1", Some("50")).await["commissions"]),
        ["-10.00"]
    );
    assert_eq!(shop.refund("r2", "1", None).await["commissions"], json!([]));
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn a_row_in_an_open_payout_is_not_reversed(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let row = shop.sale("1", &partner, &campaign, "100").await;
    shop.approve(&[&row]).await;
    let payouts = shop.run(json!({})).await;
    let input = json!({ "ids": [row], "reason": "mistake" });
    let answers = shop
        .staff()
        .mutate("reverseCommissions", input, "commission { status }")
        .await;
    let error = &answers[0]["userErrors"][0];
    assert_eq!(error["code"], "CONFLICT");
    assert!(text(&error["message"]).contains(&text(&payouts[0]["id"])), "{error}");
    shop.settle(&payouts[0], "CANCELED").await;
    assert_eq!(shop.reverse(&[&row]).await, [""]);
}

#[apply(both_databases)]
async fn bulk_answers_are_repeated_by_their_key(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let row = shop.sale("1", &partner, &campaign, "100").await;
    let approve = json!({ "ids": [row, UNKNOWN, "x"], "idempotencyKey": "k" });
    let reverse = json!({ "ids": [row, UNKNOWN, "x"], "reason": "mistake", "idempotencyKey": "k" });
    for (field, input) in [("approveCommissions", approve), ("reverseCommissions", reverse)] {
        let first = shop
            .staff()
            .mutate(field, input.clone(), "id commission { status }")
            .await;
        assert_eq!(first[0]["userErrors"], json!([]));
        let rows = app.rows().await;
        assert_eq!(
            shop.staff()
                .mutate(field, input.clone(), "id commission { status }")
                .await,
            first
        );
        let other = merged(input, json!({ "ids": [row] }));
        assert_eq!(shop.answers(field, other).await, ["CONFLICT"]);
        assert_eq!(app.rows().await, rows);
    }
}

#[apply(both_databases)]
async fn ids_that_are_none_are_answered_and_kept_like_others(app: TestApp) {
    let shop = Shop::new(&app).await;
    for (field, more) in [
        ("approveCommissions", json!({})),
        ("reverseCommissions", json!({ "reason": "mistake" })),
    ] {
        let input = merged(json!({ "ids": ["", "a\u{1}b"], "idempotencyKey": "k" }), more);
        let first = shop.staff().mutate(field, input.clone(), "id").await;
        let found: Vec<_> = first
            .as_array()
            .unwrap()
            .iter()
            .map(|answer| (&answer["id"], &answer["userErrors"][0]["code"]))
            .collect();
        assert_eq!(
            found,
            [(&json!(""), &json!("INVALID")), (&json!("a\u{1}b"), &json!("INVALID"))]
        );
        assert_eq!(shop.staff().mutate(field, input, "id").await, first);
    }
}

#[apply(both_databases)]
async fn manual_rows_are_approved_by_hand_and_stand_on_their_own(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, ben, campaign) = (
        shop.partner("ann").await,
        shop.partner("ben").await,
        shop.percent("20").await,
    );
    let row = shop.sale("1", &ann, &campaign, "100").await;
    let input = json!({
        "partnerId": ann, "amount": euros("-3.5"), "reason": "agreed", "adjustsId": row, "idempotencyKey": "m",
    });
    let manual = shop.make("createManualCommission", "commission", input.clone()).await;
    let same = merged(input.clone(), json!({ "amount": euros("-3.50") }));
    assert_eq!(shop.make("createManualCommission", "commission", same).await, manual);
    for (change, problem) in [
        (json!({ "amount": euros("-4") }), "CONFLICT idempotencyKey"),
        (
            json!({ "idempotencyKey": null, "amount": euros("0") }),
            "INVALID amount.amount",
        ),
        (
            json!({ "idempotencyKey": null, "amount": euros("0.001") }),
            "INVALID amount.amount",
        ),
        (json!({ "idempotencyKey": null, "partnerId": ben }), "INVALID adjustsId"),
        (
            json!({ "idempotencyKey": null, "adjustsId": UNKNOWN }),
            "NOT_FOUND adjustsId",
        ),
        (json!({ "idempotencyKey": null, "reason": "" }), "REQUIRED reason"),
    ] {
        let input = merged(input.clone(), change);
        assert_eq!(
            shop.staff()
                .problems("createManualCommission", input.clone(), "commission")
                .await,
            [problem],
            "{input}"
        );
    }
    let made = shop.row(&manual).await;
    assert_eq!((&made["matureAt"], &made["adjusts"]["id"]), (&Value::Null, &json!(row)));
    assert_eq!(made["transitions"][0]["reason"], "agreed");
    shop.days_later(400);
    assert_eq!(approve_matured(&app.app, 500).await.unwrap(), 0);
    assert_eq!(shop.reverse(&[&row]).await, [""]);
    assert_eq!(
        shop.ledger(&ann).await,
        ["EVENT REVERSED 20.00", "MANUAL ACCRUED -3.50"]
    );
    shop.assert_sound(&ann).await;
    assert_eq!(shop.earned(charge("2", &ben, &campaign, "1")).await, ["0.20"]);
}
