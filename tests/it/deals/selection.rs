//! Which rule pays: for each payment target the most specific, and of equally specific ones the newest.

use serde_json::json;

use super::{Sales, fixed, one_off, recurring};
use crate::ledger::{amounts, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn partner_beats_tier_beats_category_beats_type_and_the_newest_wins_a_tie(app: TestApp) {
    let sales = Sales::new(&app).await;
    let tier = sales
        .make("createPartnerTier", "partnerTier", json!({ "label": "Gold" }))
        .await;
    let category = sales
        .make("createPartnerCategory", "partnerCategory", json!({ "label": "Agency" }))
        .await;
    let other_category = sales
        .make("createPartnerCategory", "partnerCategory", json!({ "label": "Shop" }))
        .await;
    let partner = json!({ "id": sales.partner, "tierId": tier, "categoryIds": [category] });
    sales.staff().done("updatePartner", partner, "partner { id }").await;
    let won = async || amounts(&sales.created("1000", json!({ "stageId": sales.won })).await["commissions"]);
    let entries = |value: &str| json!([one_off(&sales.won, fixed(value))]);
    // The most specific first, so that being newer does not help.
    let mut rules = Vec::new();
    for (value, filters) in [
        ("1", json!({ "partnerIds": [sales.partner] })),
        ("2", json!({ "tierIds": [tier] })),
        ("3", json!({ "categoryIds": [other_category, category] })),
        ("4", json!({})),
        ("5", json!({})),
    ] {
        rules.push(sales.rule_with(entries(value), filters).await);
    }
    for filters in [
        // Every one of the filters must hold.
        json!({ "partnerIds": [sales.partner], "categoryIds": [other_category] }),
        json!({ "partnerType": "RESELLER", "partnerIds": [sales.partner] }),
        json!({ "currency": "USD", "partnerIds": [sales.partner] }),
    ] {
        sales.rule_with(entries("99"), filters).await;
    }
    let elsewhere = json!([one_off(&sales.open, fixed("99"))]);
    sales
        .rule_with(elsewhere, json!({ "partnerIds": [sales.partner] }))
        .await;
    // 5 is as specific as 4, and newer.
    for (rule, expected) in rules.iter().zip(["1.00", "2.00", "3.00"]) {
        assert_eq!(won().await, [expected]);
        sales.delete_rule(rule).await;
    }
    assert_eq!(won().await, ["5.00"]);
    sales.delete_rule(&rules[4]).await;
    assert_eq!(won().await, ["4.00"]);
    sales.delete_rule(&rules[3]).await;
    assert_eq!(won().await, [""; 0]);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn a_partner_commission_and_a_spiff_both_pay(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales.rule(json!([one_off(&sales.won, fixed("100"))])).await;
    let spiff = json!({ "paymentTarget": "INDIVIDUAL", "autoAssignRecipient": "LEAD_CREATOR" });
    sales.rule_with(json!([one_off(&sales.won, fixed("5"))]), spiff).await;
    let deal = sales.deal_with("1000", json!({ "leadCreator": "Lea" })).await;
    assert_eq!(sales.enter(&deal, &sales.won).await, ["100.00", "5.00"]);
    let rows = sales.rows_of(&deal).await;
    let told: Vec<_> = rows
        .iter()
        .map(|row| (text(&row["paymentTarget"]), row["recipient"].as_str()))
        .collect();
    assert_eq!(
        told,
        [("PARTNERSHIP".to_owned(), None), ("INDIVIDUAL".to_owned(), Some("Lea"))]
    );
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn a_rule_with_a_currency_is_for_deals_in_it_only(app: TestApp) {
    let sales = Sales::new(&app).await;
    let rule = sales
        .rule_with(json!([one_off(&sales.won, fixed("100"))]), json!({ "currency": "USD" }))
        .await;
    for (currency, expected) in [("EUR", vec![]), ("USD", vec!["100.00"])] {
        let deal = json!({ "value": { "amount": "1000", "currency": currency }, "stageId": sales.won });
        assert_eq!(
            amounts(&sales.created("1", deal).await["commissions"]),
            expected,
            "{currency}"
        );
    }
    assert_eq!(sales.simulated(&rule, "1000", &[&sales.won], json!({})).await.len(), 0);
    // A fixed value of a rule without one is in the deal's.
    sales.delete_rule(&rule).await;
    sales.rule(json!([one_off(&sales.won, fixed("100"))])).await;
    let deal = json!({ "value": { "amount": "1000", "currency": "JPY" }, "stageId": sales.won });
    let created = sales.created("1", deal).await;
    assert_eq!(
        created["commissions"][0]["amount"],
        json!({ "amount": "100", "currency": "JPY" })
    );
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn partners_that_earn_nothing_are_paid_for_no_deal(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule(json!([
            one_off(&sales.won, fixed("10")),
            recurring(&sales.open, fixed("3"))
        ]))
        .await;
    let deal = sales.deal("1000").await;
    assert_eq!(sales.enter(&deal, &sales.open).await, ["3.00"]);
    for (end, comeback) in [
        ("suspendPartner", "activatePartner"),
        ("revokePartner", "reinstatePartner"),
    ] {
        let reason = json!({ "id": sales.partner, "reason": "fraud" });
        sales.staff().done(end, reason, "partner { id }").await;
        assert_eq!(sales.enter(&deal, &sales.won).await, [""; 0], "{end}");
        assert_eq!(sales.renew(&deal).await, [""; 0], "{end}");
        sales
            .staff()
            .done(comeback, json!({ "id": sales.partner }), "partner { id }")
            .await;
        assert_eq!(sales.enter(&deal, &sales.open).await, [""; 0], "{end}");
    }
    assert_eq!(sales.enter(&deal, &sales.won).await, ["10.00"]);
    assert_eq!(sales.renew(&deal).await, ["3.00"]);
    // Losing a deal reverses its rows whoever the partner is by now.
    sales
        .staff()
        .done(
            "revokePartner",
            json!({ "id": sales.partner, "reason": "fraud" }),
            "partner { id }",
        )
        .await;
    sales.enter(&deal, &sales.lost).await;
    assert!(sales.paid(&deal).await.iter().all(|row| row.starts_with("REVERSED")));
    // One that is only invited earns.
    let invited = sales.partner_with("ivy", json!({ "sendInvite": true })).await;
    let created = sales
        .created("1", json!({ "partnerId": invited, "stageId": sales.won }))
        .await;
    assert_eq!(amounts(&created["commissions"]), ["10.00"]);
    sales.assert_fine().await;
}
