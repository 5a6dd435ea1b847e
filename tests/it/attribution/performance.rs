//! What became of links: clicks, customers, events and what was earned.

use std::collections::BTreeMap;

use domain::id::LinkId;
use serde_json::{Value, json};
use tributary::domain;

use super::{campaign, link, recorded, sale};
use crate::ledger::{Shop, merged, refund};
use crate::support::both_databases;

const PERFORMANCE: &str = "start clicks customers events earned { amount currency }";

/// Counts clicks of a day, as following a link does.
async fn clicked(shop: &Shop<'_>, link: &str, day: &str, clicks: i64) {
    let counted = BTreeMap::from([((link.parse::<LinkId>().unwrap(), day.to_owned()), clicks)]);
    let origin = std::sync::Arc::new(domain::audit::Origin::command("test"));
    let trail = shop.app.app.trail(shop.tenant.id, origin);
    let transaction = shop.app.store().begin(trail).await.unwrap();
    let tenant = shop.tenant.id;
    transaction
        .write(|writes| tributary::store::link_day::add(writes, tenant, &counted))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

/// A sale that the link brought on a day.
async fn brought(shop: &Shop<'_>, id: &str, customer: &str, key: &str, at: &str) {
    let touch = json!([{ "linkKey": key, "occurredAt": at }]);
    let more = json!({ "customerExternalId": customer, "occurredAt": at, "touches": touch });
    let event = recorded(shop, sale(id, more)).await;
    assert_eq!(event["attribution"]["via"], "LINK", "{event}");
}

/// The performance of a link, in euros.
async fn performance(client: &crate::support::Client, link: &str, arguments: &str) -> Value {
    let document = format!("query($id: ID!) {{ link(id: $id) {{ performance({arguments}) {{ {PERFORMANCE} }} }} }}");
    client.data_with(&document, json!({ "id": link })).await["link"]["performance"].clone()
}

fn figures(start: Option<&str>, clicks: i64, customers: i64, events: i64, earned: Option<&str>) -> Value {
    let earned: Vec<_> = earned
        .iter()
        .map(|amount| json!({ "amount": amount, "currency": "EUR" }))
        .collect();
    json!({ "start": start, "clicks": clicks, "customers": customers, "events": events, "earned": earned })
}

/// Two links of ann, "a" with sales and clicks, "b" with clicks only; and one of bob. The tenant is in Berlin, and the
/// clock at 1 March, noon.
async fn programme(shop: &Shop<'_>) -> [String; 4] {
    let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
    let offer = campaign(shop, json!({ "binding": "EACH_EVENT" })).await;
    let [a, b, c] = [
        link(shop, &ann, &offer, "a", None).await,
        link(shop, &ann, &offer, "b", None).await,
        link(shop, &bob, &offer, "c", None).await,
    ];
    for (link, day, clicks) in [
        (&a, "2026-02-27", 2),
        (&a, "2026-02-28", 3),
        (&a, "2026-03-01", 5),
        (&b, "2026-02-28", 7),
    ] {
        clicked(shop, link, day, clicks).await;
    }
    clicked(shop, &a, "2026-03-01", 1).await;
    brought(shop, "1", "c", "a", "2026-02-27T12:00:00Z").await;
    brought(shop, "2", "c", "a", "2026-02-28T12:00:00Z").await;
    brought(shop, "3", "d", "a", "2026-02-28T22:59:59Z").await;
    brought(shop, "4", "e", "c", "2026-02-28T12:00:00Z").await;
    [ann, a, b, c]
}

#[apply(both_databases)]
async fn a_link_shows_what_became_of_its_clicks(app: TestApp) {
    let shop = Shop::new(&app).await;
    let [_, a, b, _] = programme(&shop).await;
    shop.record(refund("r", "1", Some("50"))).await;
    shop.days_later(1);
    let staff = shop.staff();
    // Everything accrued on 1 March: three sales of 10.00, less half of one.
    let all = "from: \"2026-02-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\"";
    assert_eq!(
        performance(&staff, &a, all).await,
        json!([figures(None, 11, 2, 3, Some("25.00"))])
    );
    assert_eq!(
        performance(&staff, &b, all).await,
        json!([figures(None, 7, 0, 0, None)])
    );
    let before = "from: \"2025-02-01T00:00:00Z\", to: \"2026-01-01T00:00:00Z\"";
    assert_eq!(
        performance(&staff, &a, before).await,
        json!([figures(None, 0, 0, 0, None)])
    );
    assert_eq!(
        performance(&staff, &a, &format!("{before}, interval: MONTH")).await,
        json!([])
    );
    // By day of Berlin; the customers of two days do not add up.
    let by_day = format!("{all}, interval: DAY");
    assert_eq!(
        performance(&staff, &a, &by_day).await,
        json!([
            figures(Some("2026-02-26T23:00:00Z"), 2, 1, 1, None),
            figures(Some("2026-02-27T23:00:00Z"), 3, 2, 2, None),
            figures(Some("2026-02-28T23:00:00Z"), 6, 0, 0, Some("25.00")),
        ])
    );
    // The days of clicks that begin in the range; events to the moment.
    let part = "from: \"2026-02-27T10:00:00Z\", to: \"2026-02-28T22:59:59Z\"";
    assert_eq!(
        performance(&staff, &a, part).await,
        json!([figures(None, 3, 1, 2, None)])
    );
    // As in the report, without what is reversed.
    let report = "{ commissionReport(groupBy: [LINK], from: \"2026-02-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\",
        filter: { status: [ACCRUED, APPROVED, PAID] }) { nodes { link { id } amount { amount } } } }";
    let nodes = staff.data(report).await["commissionReport"]["nodes"].clone();
    let of_link = nodes.as_array().unwrap().iter().find(|row| row["link"]["id"] == *a);
    assert_eq!(of_link.expect("a row")["amount"]["amount"], "25.00");
}

#[apply(both_databases)]
async fn what_is_moved_away_or_reversed_is_no_longer_the_links(app: TestApp) {
    let shop = Shop::new(&app).await;
    let [ann, a, ..] = programme(&shop).await;
    let offer = campaign(&shop, json!({})).await;
    let event = shop.staff().data("{ event(externalId: \"2\") { id } }").await["event"]["id"].clone();
    let moved = json!({ "eventId": event, "partnerId": ann, "campaignId": offer, "reason": "agreed" });
    shop.staff().done("attributeEvent", moved, "event { id }").await;
    shop.days_later(1);
    let all = "from: \"2026-02-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\"";
    assert_eq!(
        performance(&shop.staff(), &a, all).await,
        json!([figures(None, 11, 2, 2, Some("20.00"))])
    );
}

#[apply(both_databases)]
async fn a_page_of_links_with_performance_takes_four_statements_more(app: TestApp) {
    let shop = Shop::new(&app).await;
    let [ann, a, _, c] = programme(&shop).await;
    shop.days_later(1);
    let ask = |fields: &str| {
        format!(
            "{{ links(first: 50) {{ nodes {{ id performance(from: \"2026-02-01T00:00:00Z\", to: \"2026-04-01T00:00:00Z\",
                interval: DAY) {{ {fields} }} }} }} }}"
        )
    };
    let staff = shop.staff();
    let mut answer = Value::Null;
    for (fields, statements) in [
        // The list, the tenant's time zone, and one for each kind of figure.
        (PERFORMANCE, 5),
        ("start clicks", 3),
        ("customers events", 3),
        ("earned { amount }", 3),
    ] {
        app.reset_statements();
        let data = staff.data(&ask(fields)).await;
        assert_eq!(app.statements().len(), statements, "{fields}: {:#?}", app.statements());
        if fields == PERFORMANCE {
            answer = data["links"]["nodes"].clone();
        }
    }
    let of = |id: &str| {
        answer
            .as_array()
            .unwrap()
            .iter()
            .find(|node| node["id"] == *id)
            .expect("a link")["performance"]
            .clone()
    };
    assert_eq!(
        of(&c),
        json!([
            figures(Some("2026-02-27T23:00:00Z"), 0, 1, 1, None),
            figures(Some("2026-02-28T23:00:00Z"), 0, 0, 0, Some("10.00")),
        ])
    );
    assert_eq!(of(&a).as_array().unwrap().len(), 3);
    // A partner sees its own, and of these only what its scopes admit.
    let partner = app.partner(&shop.tenant, &ann);
    let own = partner.data(&ask(PERFORMANCE)).await["links"]["nodes"].clone();
    assert_eq!(own.as_array().unwrap().len(), 2);
    assert!(
        own.as_array()
            .unwrap()
            .contains(&json!({ "id": a, "performance": of(&a) }))
    );
    let narrow = app.partner_with(&shop.tenant, &ann, "links:read");
    narrow.data(&ask("clicks")).await;
    for field in ["events", "customers", "earned { amount }"] {
        assert_eq!(narrow.ask(&ask(field)).await.codes()[0], "FORBIDDEN", "{field}");
    }
    for (arguments, message) in [
        (
            "from: \"2026-02-01T00:00:00Z\", to: \"2026-02-01T00:00:00Z\"",
            "from must be before to",
        ),
        (
            "from: \"2024-02-01T00:00:00Z\", to: \"2026-02-01T00:00:00Z\", interval: DAY",
            "the range has more than 400 intervals",
        ),
    ] {
        let document = format!("query($id: ID!) {{ link(id: $id) {{ performance({arguments}) {{ clicks }} }} }}");
        let answer = staff.ask_with(&document, merged(json!({}), json!({ "id": a }))).await;
        assert!(
            answer.body["errors"][0]["message"].as_str().unwrap().contains(message),
            "{}",
            answer.body
        );
    }
}
