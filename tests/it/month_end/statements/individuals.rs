//! What is owed to individuals at a partner.

use serde_json::{Value, json};
use tributary::service::ledger::review::approve_matured;

use super::{statement, statement_with, told, totals};
use crate::deals::{Sales, fixed, one_off};
use crate::ledger::text;
use crate::support::both_databases;

async fn assign(sales: &Sales<'_>, row: &str, recipient: &str) {
    let input = json!({ "id": row, "recipient": recipient });
    sales
        .staff()
        .done("assignCommissionRecipient", input, "commission { recipient }")
        .await;
}

async fn of(sales: &Sales<'_>, recipient: &str, days: [&str; 2]) -> Value {
    let [from, to] = days.map(|day| format!("2026-03-{day}T00:00:00Z"));
    let arguments = json!({ "partnerId": sales.partner, "recipient": recipient, "from": from, "to": to });
    statement_with(&sales.staff(), arguments).await
}

#[apply(both_databases)]
async fn a_row_enters_the_statement_of_whom_it_is_owed_to_when_that_is_known(app: TestApp) {
    let sales = Sales::new(&app).await;
    sales.rule(json!([one_off(&sales.won, fixed("100"))])).await;
    let spiff = |assignment: &str| json!({ "paymentTarget": "INDIVIDUAL", "autoAssignRecipient": assignment, "holdbackDays": 0 });
    let rule = sales
        .rule_with(json!([one_off(&sales.won, fixed("5"))]), spiff("DEAL_OWNER"))
        .await;
    // 1 March: Olga is known at once, and whom the other row is owed to is not.
    let deal = sales.deal_with("1000", json!({ "owner": "Olga" })).await;
    sales.enter(&deal, &sales.won).await;
    sales.delete_rule(&rule).await;
    sales
        .rule_with(json!([one_off(&sales.won, fixed("7"))]), spiff("MANUAL"))
        .await;
    let deal = sales.deal("1000").await;
    sales.enter(&deal, &sales.won).await;
    let rows = sales.rows(&sales.partner).await;
    let waiting = rows
        .iter()
        .find(|row| row["amount"]["amount"] == "7.00")
        .expect("the spiff");
    // 3 March.
    sales.days_later(2);
    let early = of(&sales, "Olga", ["01", "03"]).await;
    assert_eq!(told(&early), ["03-01 ACCRUED 5.00 5.00"]);
    assert_eq!(early["recipient"], "Olga");
    assert_eq!(told(&of(&sales, "Ina", ["01", "03"]).await), [""; 0]);
    assign(&sales, &text(&waiting["id"]), "Ina").await;
    sales.days_later(1);
    approve_matured(&app.app, 100).await.unwrap();
    sales.days_later(1);
    sales.pay().await;
    sales.days_later(1);
    // What was read of the past is still so: the row came when Ina was named, and not when it accrued.
    assert_eq!(told(&of(&sales, "Ina", ["01", "03"]).await), [""; 0]);
    assert_eq!(
        told(&of(&sales, "Ina", ["03", "06"]).await),
        ["03-03 ACCRUED 7.00 7.00", "03-05 PAID -7.00 0.00"]
    );
    assert_eq!(of(&sales, "Olga", ["01", "03"]).await, early);
    let later = of(&sales, "Olga", ["03", "06"]).await;
    assert_eq!(
        (&later["opening"]["amount"], told(&later)),
        (&json!("5.00"), vec!["03-05 PAID -5.00 0.00".to_owned()])
    );
    // The partner's own has none of it.
    let own = statement(
        &sales.staff(),
        &sales.partner,
        "2026-03-01T00:00:00Z",
        "2026-03-06T00:00:00Z",
    )
    .await;
    assert_eq!(totals(&own), ["ACCRUED 2 200.00"]);
    assert_eq!(own["recipient"], Value::Null);
    // Nobody, and somebody who is called nearly so.
    for nobody in ["olga", "Eve"] {
        assert_eq!(totals(&of(&sales, nobody, ["01", "06"]).await), [""; 0]);
    }
    sales.assert_fine().await;
}
