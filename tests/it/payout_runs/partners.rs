//! Partners in the order of what their customers paid, and of what is to be paid to them.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::Office;
use crate::ledger::{decimal, text};
use crate::support::both_databases;

const PAGE: &str = "query($by: PartnerOrder, $filter: PartnerFilter, $first: Int, $after: String, $last: Int, $before: String) {
    partners(orderBy: $by, filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      totalCount pageInfo { hasNextPage startCursor endCursor }
      edges { cursor node { id name group { name } balances { currency payable } lifetimeValue { amount currency } } } } }";

/// What a partner is sorted by.
fn sum(partner: &Value, field: &str, currency: &str) -> Decimal {
    let (list, amount) = match field {
        "PAYABLE" => ("balances", "payable"),
        _ => ("lifetimeValue", "amount"),
    };
    let of_currency = partner[list]
        .as_array()
        .unwrap()
        .iter()
        .find(|sum| sum["currency"] == currency);
    of_currency.map_or(Decimal::ZERO, |sum| decimal(&sum[amount]))
}

#[apply(both_databases)]
async fn pages_are_exact_in_every_order(app: TestApp) {
    let office = Office::new(&app).await;
    let campaign = office.percent("10").await;
    let rules = json!([{ "recurring": { "percentage": "10" } }]);
    let group = office
        .make(
            "createPartnerGroup",
            "partnerGroup",
            json!({ "name": "g", "rules": rules }),
        )
        .await;
    // Equal sums, none at all, and negative ones.
    let sales = [
        Some("100"),
        None,
        Some("300"),
        Some("100"),
        Some("0.01"),
        None,
        Some("200"),
        Some("100"),
    ];
    let mut partners = Vec::new();
    for (number, sale) in sales.into_iter().enumerate() {
        let more = if number % 2 == 0 {
            json!({ "groupId": group })
        } else {
            json!({})
        };
        let partner = office.partner_with(&format!("p{number}"), more).await;
        if let Some(sale) = sale {
            office
                .record(crate::ledger::charge(&format!("s{number}"), &partner, &campaign, sale))
                .await;
        }
        if number % 3 == 0 {
            office.approved(&partner, "-7").await;
        }
        partners.push(partner);
    }
    office.approved_in(&partners[1], "5", "USD").await;
    let rows = office
        .staff()
        .data("{ commissions(first: 100, filter: { kind: [EVENT] }) { nodes { id } } }")
        .await;
    let ids: Vec<_> = rows["commissions"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| text(&row["id"]))
        .collect();
    office
        .approve(&ids.iter().map(String::as_str).collect::<Vec<_>>())
        .await;
    office.run_of(json!({ "partnerIds": [partners[2]] })).await;
    let page = async |variables: Value| office.staff().data_with(PAGE, variables).await["partners"].clone();
    let everybody = page(json!({ "first": 100 })).await;
    let everybody: Vec<_> = everybody["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| edge["node"].clone())
        .collect();
    for field in ["LIFETIME_VALUE", "PAYABLE"] {
        for (currency, direction, filter) in [
            ("EUR", "DESC", Value::Null),
            ("EUR", "ASC", Value::Null),
            ("USD", "DESC", Value::Null),
            ("JPY", "ASC", Value::Null),
            ("EUR", "DESC", json!({ "groupId": group })),
        ] {
            let by = json!({ "field": field, "direction": direction, "currency": currency });
            let mut expected: Vec<_> = everybody
                .iter()
                .filter(|partner| filter.is_null() || !partner["group"].is_null())
                .collect();
            expected.sort_by(|one, other| {
                let key = |partner: &&Value| (sum(partner, field, currency), text(&partner["id"]));
                let order: Ordering = key(one).cmp(&key(other));
                if direction == "DESC" { order.reverse() } else { order }
            });
            let expected: Vec<_> = expected.into_iter().map(|partner| text(&partner["name"])).collect();
            let names = |page: &Value| {
                page["edges"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|edge| text(&edge["node"]["name"]))
                    .collect::<Vec<_>>()
            };
            let whole = page(json!({ "by": by, "filter": filter, "first": 100 })).await;
            assert_eq!(
                (names(&whole), &whole["totalCount"]),
                (expected.clone(), &json!(expected.len())),
                "{by}"
            );
            for size in [1, 3] {
                let (mut forward, mut after) = (Vec::new(), Value::Null);
                loop {
                    let page = page(json!({ "by": by, "filter": filter, "first": size, "after": after })).await;
                    forward.extend(names(&page));
                    after = page["pageInfo"]["endCursor"].clone();
                    if page["pageInfo"]["hasNextPage"] == false {
                        break;
                    }
                }
                assert_eq!(forward, expected, "{by} by {size}");
            }
            let last = page(json!({ "by": by, "filter": filter, "last": 2 })).await;
            assert_eq!(names(&last), expected[expected.len() - 2..]);
            let before =
                page(json!({ "by": by, "filter": filter, "last": 2, "before": last["pageInfo"]["startCursor"] })).await;
            assert_eq!(names(&before), expected[expected.len() - 4..expected.len() - 2]);
        }
    }
}

#[apply(both_databases)]
async fn these_orders_take_a_currency_and_the_scope_of_what_they_tell(app: TestApp) {
    let office = Office::new(&app).await;
    office.partner("ann").await;
    for field in ["LIFETIME_VALUE", "PAYABLE"] {
        let document = format!("{{ partners(orderBy: {{ field: {field} }}) {{ nodes {{ id }} }} }}");
        let answer = office.staff().ask(&document).await;
        assert_eq!(answer.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        let message = text(&answer.body["errors"][0]["message"]);
        assert_eq!(message, format!("to sort by {field} give orderBy.currency"));
        let document = format!("{{ partners(orderBy: {{ field: {field}, currency: \"EUR\" }}) {{ nodes {{ id }} }} }}");
        let answer = app.staff(&office.tenant, "partners:read").ask(&document).await;
        assert_eq!(answer.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
        app.staff(&office.tenant, "partners:read commissions:read")
            .data(&document)
            .await;
        // A cursor of one currency is none of another.
        let data = office
            .staff()
            .data(&document.replace("nodes", "edges { cursor } nodes"))
            .await;
        let cursor = text(&data["partners"]["edges"][0]["cursor"]);
        let other = document
            .replace("orderBy", &format!("after: \"{cursor}\", orderBy"))
            .replace("EUR", "USD");
        assert_eq!(
            office.staff().ask(&other).await.body["errors"][0]["extensions"]["code"],
            "BAD_USER_INPUT"
        );
    }
    let data = office
        .staff()
        .data("{ partners(orderBy: { field: NAME, currency: \"EUR\" }) { nodes { name } } }")
        .await;
    assert_eq!(data["partners"]["nodes"], json!([{ "name": "ann" }]));
}
