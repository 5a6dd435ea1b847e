//! Spiffs: owed to an individual at the partner, outside of the partner's balances, and paid to that individual.

use serde_json::{Value, json};
use tributary::service::ledger::review::approve_matured;

use super::{Sales, fixed, one_off};
use crate::append_only::is_refused;
use crate::histories::are_numbered;
use crate::ledger::{merged, text};
use crate::support::both_databases;

fn spiff(assignment: Value) -> Value {
    json!({ "paymentTarget": "INDIVIDUAL", "autoAssignRecipient": assignment })
}

/// A deal that is won by these people; gives its only row.
async fn won(sales: &Sales<'_>, people: Value) -> Value {
    let deal = sales.deal_with("1000", people).await;
    assert_eq!(sales.enter(&deal, &sales.won).await.len(), 1);
    sales.rows_of(&deal).await.remove(0)
}

async fn assign(sales: &Sales<'_>, row: &Value, recipient: &str) -> Vec<String> {
    let input = json!({ "id": row["id"], "recipient": recipient });
    let payload = sales
        .staff()
        .mutate("assignCommissionRecipient", input, "commission { recipient }")
        .await;
    let errors = payload["userErrors"].as_array().expect("a list").iter();
    errors.map(|error| text(&error["code"])).collect()
}

#[apply(both_databases)]
async fn the_recipient_is_the_lead_creator_the_owner_or_whoever_is_assigned(app: TestApp) {
    let sales = Sales::new(&app).await;
    let people = json!({ "leadCreator": "Lea", "owner": "Olga" });
    for (assignment, expected) in [
        (json!("LEAD_CREATOR"), json!("Lea")),
        (json!("DEAL_OWNER"), json!("Olga")),
        (json!("MANUAL"), Value::Null),
        (Value::Null, Value::Null),
    ] {
        let rule = sales
            .rule_with(json!([one_off(&sales.won, fixed("50"))]), spiff(assignment.clone()))
            .await;
        let row = won(&sales, people.clone()).await;
        assert_eq!(
            (&row["recipient"], &row["paymentTarget"]),
            (&expected, &json!("INDIVIDUAL")),
            "{assignment}"
        );
        let simulated = sales.simulated(&rule, "1000", &[&sales.won], people.clone()).await;
        assert_eq!(simulated[0]["recipient"], expected, "{assignment}");
        sales.delete_rule(&rule).await;
    }
    // Nobody is known: it waits.
    sales
        .rule_with(json!([one_off(&sales.won, fixed("50"))]), spiff(json!("DEAL_OWNER")))
        .await;
    assert_eq!(
        won(&sales, json!({ "leadCreator": "Lea" })).await["recipient"],
        Value::Null
    );
    // An owner who comes later does not change what was due.
    let deal = sales.deal_with("1", json!({ "stageId": sales.won })).await;
    sales.change(&deal, json!({ "owner": "Olga" })).await;
    assert_eq!(sales.rows_of(&deal).await[0]["recipient"], Value::Null);
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn an_unassigned_row_is_neither_approved_nor_paid_until_somebody_is_named(app: TestApp) {
    let sales = Sales::new(&app).await;
    let held = merged(spiff(json!("MANUAL")), json!({ "holdbackDays": 2 }));
    sales.rule_with(json!([one_off(&sales.won, fixed("50"))]), held).await;
    let row = won(&sales, json!({})).await;
    let id = text(&row["id"]);
    let by_hand = json!({ "ids": [id], "overrideHoldbackReason": "now" });
    assert_eq!(sales.answers("approveCommissions", by_hand).await, ["CONFLICT"]);
    sales.days_later(3);
    approve_matured(&app.app, 100).await.unwrap();
    assert_eq!(sales.status(&id).await, "ACCRUED");
    assert_eq!(assign(&sales, &row, "Ina").await, [""; 0]);
    // Once: who is owed it does not change any more.
    assert_eq!(assign(&sales, &row, "Olga").await, ["CONFLICT"]);
    approve_matured(&app.app, 100).await.unwrap();
    assert_eq!(sales.status(&id).await, "APPROVED");
    let payouts = sales.pay().await;
    assert_eq!(payouts.len(), 1);
    assert_eq!(sales.status(&id).await, "PAID");
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn each_individual_is_paid_for_itself_and_the_partner_apart(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales.rule(json!([one_off(&sales.won, fixed("100"))])).await;
    sales
        .rule_with(json!([one_off(&sales.won, fixed("5"))]), spiff(json!("DEAL_OWNER")))
        .await;
    for (owner, currency) in [("Olga", "EUR"), ("Olga", "EUR"), ("Otto", "EUR"), ("Olga", "USD")] {
        let deal = json!({ "owner": owner, "value": { "amount": "1", "currency": currency } });
        let deal = sales.deal_with("1", deal).await;
        assert_eq!(sales.enter(&deal, &sales.won).await, ["100.00", "5.00"]);
    }
    assert_eq!(
        sales.balances(&sales.partner).await,
        ["EUR 300.00 0.00 0.00 0.00 0.00", "USD 100.00 0.00 0.00 0.00 0.00"]
    );
    let rows = sales.rows(&sales.partner).await;
    let ids: Vec<_> = rows.iter().map(|row| text(&row["id"])).collect();
    sales.approve(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let run = sales
        .staff()
        .done(
            "createPayoutRun",
            json!({}),
            "payoutRun { payouts(first: 100) { nodes { id recipient amount { amount currency } } } }",
        )
        .await;
    let payouts = run["payoutRun"]["payouts"]["nodes"].as_array().unwrap();
    let mut told: Vec<_> = payouts
        .iter()
        .map(|payout| {
            format!(
                "{} {} {}",
                payout["recipient"].as_str().unwrap_or("-"),
                text(&payout["amount"]["amount"]),
                text(&payout["amount"]["currency"])
            )
        })
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "- 100.00 USD",
            "- 300.00 EUR",
            "Olga 10.00 EUR",
            "Olga 5.00 USD",
            "Otto 5.00 EUR"
        ]
    );
    for payout in payouts {
        sales.settle(payout, "PAID").await;
    }
    assert_eq!(
        sales.balances(&sales.partner).await,
        ["EUR 0.00 0.00 300.00 0.00 0.00", "USD 0.00 0.00 100.00 0.00 0.00"]
    );
    sales.assert_fine().await;
}

#[apply(both_databases)]
async fn an_assignment_has_the_number_of_its_step(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales
        .rule_with(json!([one_off(&sales.won, fixed("40"))]), spiff(json!("MANUAL")))
        .await;
    let row = won(&sales, json!({})).await;
    are_numbered(&app, ("commission", "recipient_assigned_sequence IS NULL"), 1).await;
    assert_eq!(assign(&sales, &row, "lea").await, [""; 0]);
    let assigned = "commission JOIN partner ON partner.id = commission.partner_id
            JOIN commission_transition AS accrual ON accrual.commission_id = commission.id";
    let agrees =
        "recipient_assigned_sequence = partner.history_sequence AND recipient_assigned_sequence = accrual.sequence + 1";
    are_numbered(&app, (assigned, agrees), 1).await;
    is_refused(&app, "UPDATE commission SET recipient_assigned_sequence = 1").await;
    sales.assert_fine().await;
}
