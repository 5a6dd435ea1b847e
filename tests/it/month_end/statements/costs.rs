//! What a statement costs: the same number of SQL statements, however many movements it shows.

use serde_json::{Value, json};

use crate::ledger::Shop;
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_statement_costs_the_same_statements_whatever_it_shows(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    let mut rows = Vec::new();
    for number in 0..12 {
        rows.push(shop.sale(&number.to_string(), &ann, &campaign, "100").await);
    }
    shop.approve(&rows.iter().map(String::as_str).collect::<Vec<_>>()).await;
    shop.pay().await;
    shop.days_later(2);
    shop.sale("later", &ann, &campaign, "100").await;
    let statement = |from: &str, to: &str, selection: &str| {
        let paged = if selection.contains("$first") {
            ", $first: Int, $after: String"
        } else {
            ""
        };
        format!(
            "query($id: ID!{paged}) {{ statement(partnerId: $id, currency: \"EUR\", from: {from:?}, to: {to:?}) {{ {selection} }} }}"
        )
    };
    let sums =
        "opening { amount } closing { amount } totals { kind amount { amount } } counted: movements { totalCount }";
    let movements =
        "movements(first: $first, after: $after) { edges { cursor node { at kind amount { amount } balance { amount }
            commission { id partner { name } campaign { name } } payout { id amount { amount } } } } }";
    let (march, over) = ("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z");
    let cost = async |document: &str, variables: Value| {
        let staff = shop.staff();
        app.reset_statements();
        let data = staff.data_with(document, variables).await;
        (app.statements().len(), data)
    };
    // Something happened since: the partner, the look at who writes, and the sums.
    let (count, _) = cost(&statement(march, over, sums), json!({ "id": ann })).await;
    assert_eq!(count, 3, "{:#?}", app.statements());
    // Up to what happened last nobody writes any more; later, its lock is waited for.
    let (count, _) = cost(&statement(march, "2026-03-03T12:00:00Z", "to"), json!({ "id": ann })).await;
    assert_eq!(count, 2, "{:#?}", app.statements());
    shop.days_later(1);
    let (count, _) = cost(&statement(march, "2026-03-04T12:00:00Z", "to"), json!({ "id": ann })).await;
    assert_eq!(count, 3, "{:#?}", app.statements());
    // Movements with what they name: the page, the commissions with their partners and campaigns, and the payouts.
    let document = statement(march, over, &format!("{sums} {movements}"));
    let mut cursor = Value::Null;
    for first in [14, 24, 500] {
        let (count, data) = cost(&document, json!({ "id": ann, "first": first })).await;
        assert_eq!(count, 6, "{first}: {:#?}", app.statements());
        cursor = data["statement"]["movements"]["edges"][12]["cursor"].clone();
    }
    // A page behind a cursor is one statement, too, with what is owed there.
    for first in [1, 500] {
        let (count, _) = cost(
            &statement(march, over, movements),
            json!({ "id": ann, "first": first, "after": cursor }),
        )
        .await;
        assert_eq!(count, 5, "{first}: {:#?}", app.statements());
    }
}
