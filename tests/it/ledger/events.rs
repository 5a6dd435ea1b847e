//! Recording events: once each, whatever is sent again.

use serde_json::{Value, json};

use super::{Shop, amounts, charge, euros, merged, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn the_same_content_again_writes_nothing(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let event = json!({
        "externalId": "1", "kind": "CHARGE", "type": "invoice", "amount": euros("1"), "revenue": euros("2.5"),
        "occurredAt": "2026-02-01T00:00:00Z", "customerExternalId": "c", "partnerId": partner,
        "campaignId": campaign, "metadata": { "a": 1, "b": { "x": [1, 2], "y": null } },
    });
    let first = shop.record(event.clone()).await;
    assert_eq!(first["duplicate"], false);
    let before = app.rows().await;
    shop.days_later(40);
    for same in [
        json!({}),
        json!({ "amount": euros("1.00"), "revenue": euros("2.50"), "base": true }),
        json!({ "metadata": { "b": { "x": [1.0, 2] }, "a": 1.0, "z": null } }),
        json!({ "occurredAt": "2026-02-01T01:00:00+01:00", "originalExternalId": null, "customerAcquiredAt": null }),
    ] {
        let again = shop.record(merged(event.clone(), same)).await;
        assert_eq!(again["duplicate"], true);
        assert_eq!(
            (&again["event"], &again["commissions"]),
            (&first["event"], &first["commissions"])
        );
    }
    let mut without_default = event.clone();
    without_default.as_object_mut().unwrap().remove("occurredAt");
    for other in [
        json!({ "amount": euros("1.01") }),
        json!({ "amount": { "amount": "1", "currency": "USD" } }),
        json!({ "kind": "CONVERSION" }),
        json!({ "base": false }),
        json!({ "type": null }),
        json!({ "revenue": null }),
        json!({ "customerExternalId": "d" }),
        json!({ "metadata": { "a": 1, "b": { "x": [2, 1] } } }),
        json!({ "metadata": { "a": "1", "b": { "x": [1, 2] } } }),
        json!({ "campaignId": null }),
        json!({ "occurredAt": null }),
    ] {
        let input = merged(event.clone(), other);
        assert_eq!(shop.refused(input.clone()).await, ["CONFLICT externalId"], "{input}");
    }
    assert_eq!(shop.refused(without_default).await, ["CONFLICT externalId"]);
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn an_event_without_time_is_the_same_later(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    shop.sale("1", &partner, &campaign, "10").await;
    shop.days_later(1);
    assert_eq!(
        shop.record(charge("1", &partner, &campaign, "10")).await["duplicate"],
        true
    );
}

#[apply(both_databases)]
async fn events_of_a_list_stand_alone(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let list = json!([
        charge("1", &partner, &campaign, "10"),
        charge("2", &partner, &campaign, "0.001"),
        charge("3", "par_00000000000000000000000000", &campaign, "10"),
        charge("1", &partner, &campaign, "10.00"),
        charge("1", &partner, &campaign, "11"),
        { "externalId": "r", "kind": "REFUND", "originalExternalId": "1", "amount": euros("5") },
        { "externalId": "r2", "kind": "REFUND", "originalExternalId": "1", "amount": euros("5.01") },
        charge("4", &partner, &campaign, "20"),
    ]);
    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) {
            event { externalId } commissions { amount { amount } } duplicate userErrors { code field } } }";
    let data = shop.staff().data_with(document, json!({ "input": list })).await;
    let answers: Vec<_> = data["recordEvents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| {
            let code = answer["userErrors"][0]["code"].as_str().unwrap_or("-");
            format!("{code} {} {:?}", answer["duplicate"], amounts(&answer["commissions"]))
        })
        .collect();
    let expected = [
        "- false [\"2.00\"]",
        "INVALID false []",
        "NOT_FOUND false []",
        "- true [\"2.00\"]",
        "CONFLICT false []",
        "- false [\"-1.00\"]",
        "INVALID false []",
        "- false [\"4.00\"]",
    ];
    assert_eq!(answers, expected);
    assert_eq!(
        shop.ledger(&partner).await,
        ["EVENT ACCRUED 2.00", "CLAWBACK ACCRUED -1.00", "EVENT ACCRUED 4.00"]
    );
    shop.assert_sound(&partner).await;
    let many = vec![charge("x", &partner, &campaign, "1"); 501];
    assert_eq!(
        shop.staff().ask_with(document, json!({ "input": many })).await.codes(),
        ["BAD_USER_INPUT"]
    );
}

#[apply(both_databases)]
async fn amounts_outside_the_currency_are_refused(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let event = charge("1", &partner, &campaign, "1");
    for (amount, currency) in [
        ("1.001", "EUR"),
        ("0.5", "JPY"),
        ("1.0001", "KWD"),
        ("-1", "EUR"),
        ("10000000000000.01", "EUR"),
        ("1000000000000001", "JPY"),
    ] {
        let money = json!({ "amount": amount, "currency": currency });
        assert_eq!(
            shop.refused(merged(event.clone(), json!({ "amount": money }))).await,
            ["INVALID amount.amount"]
        );
        assert_eq!(
            shop.refused(merged(event.clone(), json!({ "revenue": money }))).await,
            ["INVALID revenue.amount"]
        );
    }
    assert_eq!(
        shop.refused(merged(event, json!({ "amount": null }))).await,
        ["REQUIRED amount"]
    );
    for (index, (amount, currency, earned)) in [
        ("10000000000000", "EUR", "2000000000000.00"),
        ("7", "JPY", "1"),
        ("8", "JPY", "2"),
        ("1.234", "KWD", "0.247"),
    ]
    .into_iter()
    .enumerate()
    {
        let money = json!({ "amount": { "amount": amount, "currency": currency } });
        let input = merged(charge(&format!("ok {index}"), &partner, &campaign, "1"), money);
        assert_eq!(shop.earned(input).await, [earned], "{currency}");
    }
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn zero_amounts_keep_their_attribution_and_write_no_row(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    for (id, amount) in [("zero", "0"), ("too small", "0.02")] {
        let recorded = shop.record(charge(id, &partner, &campaign, amount)).await;
        assert_eq!(recorded["commissions"], json!([]));
        assert_eq!(recorded["event"]["attribution"]["partner"]["id"], partner);
    }
    assert_eq!(shop.balances(&partner).await, [] as [&str; 0]);
}

#[apply(both_databases)]
async fn events_that_name_wrong_things_are_refused(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let before = app.rows().await;
    let event = charge("1", &partner, &campaign, "1");
    for (change, problem) in [
        (json!({ "partnerId": "nonsense" }), "INVALID partnerId"),
        (json!({ "partnerId": campaign }), "INVALID partnerId"),
        (
            json!({ "campaignId": "cmp_00000000000000000000000000" }),
            "NOT_FOUND campaignId",
        ),
        (json!({ "partnerId": null }), "REQUIRED partnerId"),
        (json!({ "externalId": " " }), "REQUIRED externalId"),
        (
            json!({ "customerAcquiredAt": "2026-01-01T00:00:00Z" }),
            "REQUIRED customerExternalId",
        ),
    ] {
        assert_eq!(
            shop.refused(merged(event.clone(), change.clone())).await,
            [problem],
            "{change}"
        );
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn events_are_listed_by_everything_in_the_filter(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, ben) = (shop.partner("ann").await, shop.partner("ben").await);
    let (first, second) = (shop.percent("20").await, shop.percent("10").await);
    let with = |event: Value, day: &str, kind: &str| {
        merged(
            event,
            json!({ "occurredAt": format!("2026-01-{day}T00:00:00Z"), "type": kind, "customerExternalId": day }),
        )
    };
    shop.record(with(charge("1", &ann, &first, "10"), "01", "a")).await;
    let two = shop.record(with(charge("2", &ben, &second, "10"), "02", "b")).await;
    shop.record(with(charge("3", &ann, &second, "10"), "03", "b")).await;
    shop.refund("4", "3", None).await;
    let customer = text(&two["event"]["customer"]["id"]);
    for (filter, expected) in [
        (json!({}), vec!["4", "3", "2", "1"]),
        (json!({ "kind": ["REFUND", "CHARGEBACK"] }), vec!["4"]),
        (json!({ "kind": [] }), vec![]),
        (json!({ "type": "b" }), vec!["3", "2"]),
        (json!({ "partnerId": ann }), vec!["4", "3", "1"]),
        (json!({ "campaignId": second }), vec!["4", "3", "2"]),
        (json!({ "customerId": customer }), vec!["2"]),
        (
            json!({ "occurredFrom": "2026-01-02T00:00:00Z", "occurredTo": "2026-01-03T00:00:00Z" }),
            vec!["2"],
        ),
    ] {
        let document = "query($filter: EventFilter) { events(filter: $filter) { totalCount nodes { externalId } } }";
        let data = shop.staff().data_with(document, json!({ "filter": filter })).await;
        let found: Vec<_> = data["events"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| text(&event["externalId"]))
            .collect();
        assert_eq!(found, expected, "{filter}");
        assert_eq!(data["events"]["totalCount"], expected.len());
    }
}
