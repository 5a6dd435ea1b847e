//! What cannot be asked of statements, and what is said of it.

use serde_json::json;

use crate::ledger::Shop;
use crate::support::both_databases;

#[apply(both_databases)]
async fn wrong_input_is_named(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let ann = shop.partner("ann").await;
    for number in ["1", "2"] {
        shop.sale(number, &ann, &campaign, "10").await;
    }
    shop.days_later(3);
    let staff = shop.staff();
    let document = "query($id: ID!, $recipient: String, $currency: CurrencyCode!, $from: DateTime!, $to: DateTime!, $first: Int, $after: String) {
            statement(partnerId: $id, recipient: $recipient, currency: $currency, from: $from, to: $to) {
              movements(first: $first, after: $after) { edges { cursor } } } }";
    let good = json!({ "id": ann, "currency": "EUR", "from": "2026-03-01T00:00:00Z", "to": "2026-03-02T00:00:00Z" });
    let with = |name: &str, value: serde_json::Value| {
        let mut arguments = good.clone();
        arguments[name] = value;
        arguments
    };
    let data = staff.data_with(document, with("first", json!(1))).await;
    let cursor = data["statement"]["movements"]["edges"][0]["cursor"].clone();
    staff.data_with(document, with("after", cursor.clone())).await;
    let of_another = json!({ "id": ann, "currency": "EUR", "from": "2026-03-01T00:00:00Z", "to": "2026-03-03T00:00:00Z", "after": cursor });
    for (arguments, message) in [
        (with("to", json!("2026-03-01T00:00:00Z")), "from must be before to"),
        (with("to", json!("2026-02-01T00:00:00Z")), "from must be before to"),
        (
            with("to", json!("2026-03-04T12:00:00.000001Z")),
            "to must not be later than now",
        ),
        (with("currency", json!("EURO")), "ISO 4217"),
        (with("id", json!("nobody")), "partnerId is not an id"),
        (with("id", json!(campaign)), "partnerId is not the id of the right kind"),
        (with("recipient", json!("a\u{0}b")), "recipient "),
        (with("first", json!(501)), "first must be from 0 to 500"),
        (with("after", json!("AAAA")), "the cursor does not belong to this list"),
        (of_another, "the cursor does not belong to this list"),
    ] {
        let answer = staff.ask_with(document, arguments.clone()).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{arguments}: {}", answer.body);
        let told = answer.body["errors"][0]["message"].as_str().unwrap();
        assert!(told.contains(message), "{arguments}: {told}");
    }
    // Up to this very moment is over.
    staff
        .data_with(document, with("to", json!("2026-03-04T12:00:00Z")))
        .await;
    let future = "{ partners { nodes { balancesAsOf(at: \"2026-03-04T12:00:00.000001Z\") { currency } } } }";
    let answer = staff.ask(future).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    assert_eq!(answer.body["errors"][0]["message"], "at must not be later than now");
}
