//! Events with items: which components pay for which of them, and what refunds take back.

use serde_json::{Value, json};
use tributary::service::ledger::verify::verify;

use super::{Shop, amounts, charge, merged, refund, text};
use crate::append_only::is_refused;
use crate::support::both_databases;

fn percent(value: &str, matching: Value) -> Value {
    json!({ "basis": "PERCENT", "value": value, "match": matching })
}

/// An item with this product, category and amount.
fn item(product: &str, category: Option<&str>, amount: &str) -> Value {
    json!({ "product": product, "category": category, "amount": amount })
}

/// A partner, and a charge of it on a new campaign with these terms.
async fn sale(shop: &Shop<'_>, id: &str, terms: Value, amount: &str, more: Value) -> Value {
    let partner = shop.partner(&id.replace(' ', "-")).await;
    let campaign = shop.campaign(terms).await;
    merged(charge(id, &partner, &campaign, amount), more)
}

async fn decided(shop: &Shop<'_>, input: Value) -> Vec<(String, String)> {
    let selection = "event { decision { components { reason detail } } }";
    let recorded = shop.staff().done("recordEvent", input, selection).await;
    let components = recorded["event"]["decision"]["components"]
        .as_array()
        .expect("components");
    components
        .iter()
        .map(|component| (text(&component["reason"]), text(&component["detail"])))
        .collect()
}

/// The amounts of a refund's own rows, and how many rows it reversed.
async fn taken(shop: &Shop<'_>, input: Value) -> (Vec<String>, usize) {
    let recorded = shop
        .staff()
        .done(
            "recordEvent",
            input,
            "commissions { amount { amount } } reversed { id }",
        )
        .await;
    let reversed = recorded["reversed"].as_array().expect("rows").len();
    (amounts(&recorded["commissions"]), reversed)
}

#[apply(both_databases)]
async fn the_examples_of_items_come_out(app: TestApp) {
    let shop = Shop::new(&app).await;
    let gold = json!([
        percent("40", json!({ "products": ["gold"] })),
        percent("10", Value::Null)
    ]);
    let items = json!({ "items": [item("gold", None, "100"), item("other", None, "50")] });
    let input = sale(&shop, "gold", gold, "150", items).await;
    assert_eq!(shop.earned(input).await, ["40.00", "5.00"]);

    let apparel = json!([
        percent("20", json!({ "categories": ["apparel"] })),
        percent("5", Value::Null)
    ]);
    let items = json!({ "items": [item("hat", Some("apparel"), "100"), item("bag", None, "50")] });
    let input = sale(&shop, "apparel", apparel, "150", items).await;
    assert_eq!(shop.earned(input).await, ["20.00", "2.50"]);
    let (clawed, _) = taken(&shop, refund("apparel back", "apparel", Some("75"))).await;
    assert_eq!(clawed, ["-10.00", "-1.25"]);

    let items = json!({ "items": vec![item("drop", None, "0.33"); 3] });
    let input = sale(&shop, "drops", json!([percent("10", Value::Null)]), "0.99", items).await;
    assert_eq!(shop.earned(input).await, ["0.10"]);

    let per_unit = json!([{ "basis": "FIXED", "value": "2", "per": "UNIT" }]);
    let five = json!({ "items": [{ "product": "mug", "quantity": 5, "amount": "50" }] });
    let input = sale(&shop, "mugs", per_unit.clone(), "50", five.clone()).await;
    assert_eq!(shop.earned(input).await, ["10.00"]);
    let back = merged(
        refund("mugs back", "mugs", None),
        json!({ "items": [{ "index": 0, "quantity": 2 }] }),
    );
    assert_eq!(taken(&shop, back).await, (vec!["-4.00".to_owned()], 0));
    // An amount without units takes no units back, until nothing is left of the item.
    assert_eq!(
        taken(&shop, refund("mugs less", "mugs", Some("10"))).await,
        (Vec::new(), 0)
    );
    assert_eq!(
        taken(&shop, refund("mugs rest", "mugs", None)).await,
        (vec!["-6.00".to_owned()], 0)
    );
}

#[apply(both_databases)]
async fn refunds_by_item_take_from_the_rows_that_saw_the_item(app: TestApp) {
    let shop = Shop::new(&app).await;
    let terms = json!([
        percent("40", json!({ "products": ["gold"] })),
        { "basis": "FIXED", "value": "3", "match": { "products": ["silver"] } },
        percent("10", Value::Null),
    ]);
    let items = json!({ "items": [item("gold", None, "100"), item("silver", None, "60"), item("other", None, "30")] });
    let input = sale(&shop, "order", terms, "200", items).await;
    // The last one sees the other item and the rest of 10.00.
    assert_eq!(shop.earned(input).await, ["40.00", "3.00", "4.00"]);
    let by_item =
        |id: &str, amount: Option<&str>, items: Value| merged(refund(id, "order", amount), json!({ "items": items }));
    let (clawed, reversed) = taken(&shop, by_item("a", None, json!([{ "index": 0, "amount": "25" }]))).await;
    assert_eq!((clawed, reversed), (vec!["-10.00".to_owned()], 0));
    // A fixed amount goes back once all that it saw is refunded; it is untouched until then.
    assert_eq!(
        taken(&shop, by_item("b", None, json!([{ "index": 1, "amount": "59.99" }]))).await,
        (Vec::new(), 0)
    );
    assert_eq!(
        taken(&shop, by_item("c", None, json!([{ "index": 1 }]))).await,
        (Vec::new(), 1)
    );
    // Beyond its items, a refund takes from the rest.
    let (clawed, _) = taken(&shop, by_item("d", Some("35"), json!([{ "index": 2 }]))).await;
    assert_eq!(clawed, ["-3.50"]);
    let answer = shop
        .staff()
        .data(
            "{ event(externalId: \"order\") { refundedAmount { amount }
        refunds { items { index product quantity amount { amount } } } } }",
        )
        .await;
    let refunds = answer["event"]["refunds"].as_array().expect("refunds");
    let third = json!([{ "index": 1, "product": "silver", "quantity": 1, "amount": { "amount": "0.01" } }]);
    assert_eq!((&refunds[2]["items"], refunds.len()), (&third, 4));
    let wrong = shop
        .refused(by_item("e", None, json!([{ "index": 2, "amount": "1" }])))
        .await;
    assert_eq!(wrong, ["INVALID items.0.amount"]);
    // The rest of the order, without items: what is left of gold and of the rest.
    let (clawed, _) = taken(&shop, refund("f", "order", None)).await;
    assert_eq!(clawed, ["-30.00", "-0.50"]);
    assert_eq!(verify(&app.app, &shop.tenant).await.expect("it runs"), []);
}

#[apply(both_databases)]
async fn every_reason_of_a_match_says_what_was_compared(app: TestApp) {
    let shop = Shop::new(&app).await;
    let more = json!({ "country": "de", "customerExternalId": "c", "items": [item("Gold", Some("shoes"), "50")] });
    for (name, matching, reason, detail) in [
        (
            "near",
            json!({ "products": ["gold"] }),
            "PRODUCT",
            "product \"Gold\" is not \"gold\" (differs in case only)",
        ),
        (
            "product",
            json!({ "products": ["hat", "bag"] }),
            "PRODUCT",
            "product \"Gold\" is not one of \"hat\", \"bag\"",
        ),
        (
            "category",
            json!({ "categories": ["hats"] }),
            "PRODUCT",
            "category \"shoes\" is not \"hats\"",
        ),
        (
            "country",
            json!({ "countries": ["AT", "CH"] }),
            "COUNTRY",
            "country \"DE\" is not one of \"AT\", \"CH\"",
        ),
        (
            "via",
            json!({ "via": ["LINK", "COUPON"] }),
            "VIA",
            "attributed via NAMED, not LINK or COUPON",
        ),
        (
            "least",
            json!({ "minAmount": "100.01" }),
            "AMOUNT_RANGE",
            "100.00 EUR is below 100.01 EUR",
        ),
        (
            "below",
            json!({ "maxAmount": "100" }),
            "AMOUNT_RANGE",
            "100.00 EUR is not below 100.00 EUR",
        ),
        (
            "returning",
            json!({ "customer": "RETURNING" }),
            "NOT_RETURNING_CUSTOMER",
            "no earlier event of this customer was recorded",
        ),
    ] {
        let input = sale(
            &shop,
            name,
            json!([percent("10", matching)]),
            "100",
            merged(more.clone(), json!({ "customerExternalId": name })),
        )
        .await;
        assert_eq!(
            decided(&shop, input).await,
            [(reason.to_owned(), detail.to_owned())],
            "{name}"
        );
    }
    let new = sale(
        &shop,
        "new",
        json!([percent("10", json!({ "customer": "NEW" }))]),
        "100",
        merged(more.clone(), json!({ "customerExternalId": "near" })),
    )
    .await;
    let expected = (
        "NOT_NEW_CUSTOMER".to_owned(),
        "an earlier event of this customer was recorded".to_owned(),
    );
    assert_eq!(decided(&shop, new).await, [expected]);
    let dollars = json!([percent("10", json!({ "minAmount": "1" }))]);
    let input = sale(
        &shop,
        "dollars",
        dollars,
        "100",
        json!({ "amount": { "amount": "100", "currency": "USD" } }),
    )
    .await;
    assert_eq!(
        decided(&shop, input).await[0].1,
        "USD charge, amounts are compared in EUR"
    );
}

#[apply(both_databases)]
async fn of_two_partners_only_the_first_finds_the_customer_new(app: TestApp) {
    let shop = Shop::new(&app).await;
    let terms = json!([
        percent("20", json!({ "customer": "NEW" })),
        percent("5", json!({ "customer": "RETURNING" }))
    ]);
    let campaign = shop.campaign(terms).await;
    let (one, other) = (shop.partner("one").await, shop.partner("other").await);
    let of = |id: &str, partner: &str, amount: &str| {
        merged(
            charge(id, partner, &campaign, amount),
            json!({ "customerExternalId": "ann" }),
        )
    };
    // A free trial makes nobody a customer.
    assert_eq!(shop.earned(of("trial", &one, "0")).await, [""; 0]);
    assert_eq!(shop.earned(of("first", &one, "100")).await, ["20.00"]);
    assert_eq!(shop.earned(of("second", &other, "100")).await, ["5.00"]);
    // Also as a list, whose events are worked out together.
    let ben = |id: &str, partner: &str| {
        merged(
            charge(id, partner, &campaign, "100"),
            json!({ "customerExternalId": "ben" }),
        )
    };
    let document =
        "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { commissions { amount { amount } } } }";
    let events = json!({ "input": [ben("b1", &one), ben("b2", &other), ben("b3", &one)] });
    let data = shop.staff().data_with(document, events).await;
    let earned = data["recordEvents"].as_array().expect("answers").iter();
    let earned: Vec<_> = earned.flat_map(|answer| amounts(&answer["commissions"])).collect();
    assert_eq!(earned, ["20.00", "5.00", "5.00"]);
}

#[apply(both_databases)]
async fn items_are_checked_where_they_stand(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("p").await, shop.percent("10").await);
    let with = |more: Value| merged(charge("x", &partner, &campaign, "100"), more);
    for (more, wrong) in [
        (
            json!({ "items": [item("a", None, "60"), item("b", None, "40.01")] }),
            "INVALID items",
        ),
        (json!({ "items": [{ "amount": "1" }] }), "REQUIRED items.0.product"),
        (json!({ "items": [{ "product": "a" }] }), "REQUIRED items.0.amount"),
        (
            json!({ "items": [item("a", None, "1"), item("b", None, "-1")] }),
            "INVALID items.1.amount",
        ),
        (json!({ "items": [item("a", None, "0.001")] }), "INVALID items.0.amount"),
        (
            json!({ "items": [{ "product": "a", "amount": "1", "quantity": 0 }] }),
            "INVALID items.0.quantity",
        ),
        (
            json!({ "items": [{ "product": "a", "amount": "1", "index": 0 }] }),
            "INVALID items.0.index",
        ),
        (json!({ "items": vec![item("a", None, "0"); 101] }), "INVALID items"),
        (json!({ "country": "UK" }), "INVALID country"),
    ] {
        assert_eq!(shop.refused(with(more.clone())).await, [wrong], "{more}");
    }
    let input = with(json!({ "country": "at", "items": [item("a", Some("c"), "40")] }));
    let recorded = shop
        .staff()
        .done(
            "recordEvent",
            input.clone(),
            "duplicate event { country items { index product category quantity amount { amount currency } } }",
        )
        .await;
    let expected = json!({ "country": "AT", "items": [
        { "index": 0, "product": "a", "category": "c", "quantity": 1, "amount": { "amount": "40.00", "currency": "EUR" } },
    ] });
    assert_eq!((&recorded["event"], &recorded["duplicate"]), (&expected, &json!(false)));
    // The same content again, with its defaults written out.
    let mut again = input.clone();
    again["items"][0]["quantity"] = json!(1);
    assert_eq!(shop.record(again).await["duplicate"], true);
    let mut other = input;
    other["items"][0]["product"] = json!("b");
    assert_eq!(shop.refused(other).await, ["CONFLICT externalId"]);
    let wrong_terms = json!({ "name": "Offer", "terms": [
        { "basis": "PERCENT", "value": "1", "per": "UNIT" },
        { "basis": "PERCENT", "value": "1", "match": { "minAmount": "5", "maxAmount": "5", "countries": ["DE", "UK"] } },
        { "basis": "PERCENT", "value": "1", "currency": "EUR", "match": { "via": ["NAMED"] } },
    ] });
    let wrong = shop
        .staff()
        .problems("createCampaign", wrong_terms, "campaign { id }")
        .await;
    assert_eq!(
        wrong,
        [
            "INVALID terms.0.per",
            "INVALID terms.1.match.countries.1",
            "INVALID terms.1.match.maxAmount",
            "INVALID terms.2.currency"
        ]
    );
}

#[apply(both_databases)]
async fn what_was_in_an_event_is_never_changed(app: TestApp) {
    let shop = Shop::new(&app).await;
    let terms = json!([percent("10", Value::Null)]);
    let more = json!({ "country": "DE", "items": [item("a", None, "100")] });
    shop.record(sale(&shop, "kept", terms, "100", more).await).await;
    is_refused(&app, "UPDATE event SET items = NULL").await;
    is_refused(&app, "UPDATE event SET country = 'AT'").await;
    is_refused(&app, "UPDATE commission SET sight = 'rest'").await;
}

#[apply(both_databases)]
async fn terms_are_shown_as_they_were_entered_and_simulated_as_recorded(app: TestApp) {
    let shop = Shop::new(&app).await;
    let matching = json!({ "products": ["a"], "categories": [], "excludeProducts": ["b"], "countries": ["DE"], "via": ["COUPON"],
        "minAmount": "5", "maxAmount": "1000", "customer": "NEW" });
    let term = json!({ "basis": "FIXED", "value": "2", "currency": "USD", "per": "UNIT", "exclusive": false, "match": matching });
    let campaign = shop
        .campaign(json!([term, { "basis": "PERCENT", "value": "1", "match": { "categories": ["x"] } }]))
        .await;
    let shown = shop
        .staff()
        .data(&format!(
            "{{ campaign(id: \"{campaign}\") {{ terms {{ basis value currency per exclusive
        match {{ products categories excludeProducts countries via minAmount maxAmount customer }} }} }} }}"
        ))
        .await;
    assert_eq!(shown["campaign"]["terms"][0], term);
    assert_eq!(shown["campaign"]["terms"][1]["exclusive"], true);
    let terms = json!([
        percent("20", json!({ "via": ["LINK"] })),
        percent("10", json!({ "via": ["COUPON"] }))
    ]);
    let at = "2026-01-01T00:00:00Z";
    let events = json!([
        { "amount": { "amount": "100", "currency": "EUR" }, "occurredAt": at, "via": "COUPON" },
        { "amount": { "amount": "100", "currency": "EUR" }, "occurredAt": at, "via": "LINK" },
    ]);
    let input = json!({ "terms": terms, "events": events });
    let simulated = shop
        .staff()
        .done("simulateCampaignTerms", input, "commissions { amount { amount } }")
        .await;
    assert_eq!(amounts(&simulated["commissions"]), ["10.00", "20.00"]);
}

/// A moved event earns by its items, and its refunds take of each item what they took.
#[apply(both_databases)]
async fn moved_events_keep_their_items_and_what_was_refunded_of_them(app: TestApp) {
    let shop = Shop::new(&app).await;
    let terms = json!([
        percent("40", json!({ "products": ["gold"] })),
        percent("10", Value::Null)
    ]);
    let items = json!({ "items": [item("gold", None, "100"), item("other", None, "50")] });
    let input = sale(&shop, "moved", terms.clone(), "150", items).await;
    let event = text(&shop.record(input).await["event"]["id"]);
    let back = merged(
        refund("moved back", "moved", None),
        json!({ "items": [{ "index": 0, "amount": "30" }] }),
    );
    assert_eq!(taken(&shop, back).await.0, ["-12.00"]);
    assert_eq!(
        taken(&shop, refund("moved more", "moved", Some("12"))).await.0,
        ["-2.80", "-0.50"]
    );
    let (other, campaign) = (shop.partner("other").await, shop.campaign(terms).await);
    let input = json!({ "eventId": event, "partnerId": other, "campaignId": campaign, "reason": "it was other's" });
    shop.staff().done("attributeEvent", input, "event { id }").await;
    let expected = [
        "EVENT ACCRUED 40.00",
        "EVENT ACCRUED 5.00",
        "CLAWBACK ACCRUED -12.00",
        "CLAWBACK ACCRUED -2.80",
        "CLAWBACK ACCRUED -0.50",
    ];
    assert_eq!(shop.ledger(&other).await, expected);
    assert_eq!(verify(&app.app, &shop.tenant).await.expect("it runs"), []);
}

/// A tier's adjustment is taken back by what the row that it adjusts saw.
#[apply(both_databases)]
async fn an_adjustment_of_a_tier_has_the_sight_of_its_row(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("p").await;
    let campaign = shop
        .campaign(json!([percent("40", json!({ "products": ["gold"] }))]))
        .await;
    let tier = json!({
        "name": "Silver", "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
        "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "2" }],
        "retroactivePayout": { "action": "FLAT_INCREASE", "value": "10" },
    });
    shop.make("createTieredCommission", "tieredCommission", tier).await;
    let items = json!({ "items": [item("gold", None, "100"), item("other", None, "100")] });
    let of = |id: &str| merged(charge(id, &partner, &campaign, "200"), items.clone());
    shop.record(of("one")).await;
    // Half of the gold goes back before the goal is reached: of the adjustment half goes back at once.
    let half = |id: &str, original: &str, index| {
        merged(
            refund(id, original, None),
            json!({ "items": [{ "index": index, "amount": "50" }] }),
        )
    };
    assert_eq!(taken(&shop, half("r1", "one", 0)).await.0, ["-20.00"]);
    shop.record(of("two")).await;
    // The other item was not seen by any row, half of the gold by the row and its adjustment.
    assert_eq!(taken(&shop, half("r2", "two", 1)).await.0, [""; 0]);
    assert_eq!(taken(&shop, half("r3", "two", 0)).await.0, ["-20.00", "-5.00"]);
    let rows = shop.ledger(&partner).await;
    let adjustments: Vec<_> = rows
        .iter()
        .filter(|row| row.ends_with(" 10.00") || row.ends_with(" -5.00"))
        .collect();
    assert_eq!(
        adjustments,
        [
            "TIER_ADJUSTMENT ACCRUED 10.00",
            "CLAWBACK ACCRUED -5.00",
            "TIER_ADJUSTMENT ACCRUED 10.00",
            "CLAWBACK ACCRUED -5.00"
        ]
    );
    assert_eq!(verify(&app.app, &shop.tenant).await.expect("it runs"), []);
}

#[apply(both_databases)]
async fn a_coupon_may_pay_less_than_a_link(app: TestApp) {
    let shop = Shop::new(&app).await;
    let terms = json!([
        percent("20", json!({ "via": ["LINK"] })),
        percent("10", json!({ "via": ["COUPON"] }))
    ]);
    let (partner, campaign) = (shop.partner("p").await, shop.campaign(terms).await);
    let coupon = json!({ "partnerId": partner, "campaignId": campaign, "code": "SPRING" });
    shop.make("createCoupon", "coupon", coupon).await;
    let mut input = merged(
        charge("by coupon", &partner, &campaign, "100"),
        json!({ "couponCode": "spring" }),
    );
    for named in ["partnerId", "campaignId"] {
        input.as_object_mut().expect("an object").remove(named);
    }
    assert_eq!(shop.earned(input).await, ["10.00"]);
    assert_eq!(shop.earned(charge("named", &partner, &campaign, "100")).await, [""; 0]);
}

/// What is earned, and taken back, of events whose terms match nothing particular does not depend on their items.
#[apply(both_databases)]
async fn items_that_no_term_asks_for_change_nothing(app: TestApp) {
    let shop = Shop::new(&app).await;
    let terms = json!([{ "basis": "PERCENT", "value": "12.5" }, { "basis": "FIXED", "value": "4" }]);
    let campaign = shop.campaign(terms).await;
    let mut chance = fastrand::Rng::with_seed(19);
    for round in 0..12 {
        let amount = chance.i64(1_000..20_000);
        let count = chance.usize(1..6);
        let mut left = amount;
        let items: Vec<_> = (0..count)
            .map(|number| {
                let part = chance.i64(0..=left);
                left -= part;
                item(&format!("p{number}"), None, &cents(part))
            })
            .collect();
        let mut refunds = Vec::new();
        let mut remaining = amount;
        for _ in 0..3 {
            let part = chance.i64(1..=remaining.max(1)).min(remaining);
            if part > 0 {
                refunds.push(part);
            }
            remaining -= part;
        }
        let mut seen = Vec::new();
        for has_items in [false, true] {
            let id = format!("r{round} {has_items}");
            let partner = shop.partner(&id.replace(' ', "-")).await;
            let more = if has_items {
                json!({ "items": items })
            } else {
                json!({})
            };
            let mut told = vec![
                shop.earned(merged(charge(&id, &partner, &campaign, &cents(amount)), more))
                    .await,
            ];
            for (number, part) in refunds.iter().enumerate() {
                let (clawed, reversed) =
                    taken(&shop, refund(&format!("{id} {number}"), &id, Some(&cents(*part)))).await;
                told.push(clawed);
                told.push(vec![reversed.to_string()]);
            }
            seen.push(told);
        }
        assert_eq!(seen[0], seen[1], "{items:?} {refunds:?}");
    }
    assert_eq!(verify(&app.app, &shop.tenant).await.expect("it runs"), []);
}

fn cents(minor: i64) -> String {
    rust_decimal::Decimal::new(minor, 2).to_string()
}
