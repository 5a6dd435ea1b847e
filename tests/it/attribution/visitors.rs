//! Which customer a visitor is.

use super::{campaign, credited, recorded, sale, touched};
use serde_json::{Value, json};

use crate::ledger::Shop;
use crate::support::both_databases;

async fn identified(shop: &Shop<'_>, visitor: &str, customer: &str) -> Value {
    let input = json!({ "visitorId": visitor, "customerExternalId": customer });
    shop.staff()
        .done(
            "identifyCustomer",
            input,
            "customer { id externalId acquiredAt partner { id } }",
        )
        .await["customer"]
        .clone()
}

fn touch(id: &str, visitor: &str, partner: &str, campaign: &str, at: &str) -> Value {
    json!({ "externalId": id, "visitorId": visitor, "partnerId": partner, "campaignId": campaign, "occurredAt": at })
}

#[apply(both_databases)]
async fn a_customer_has_any_number_of_visitors_and_a_visitor_one_customer(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
    let offer = campaign(&shop, json!({ "binding": "EACH_EVENT" })).await;
    touched(
        &shop,
        json!([
            touch("1", "visitor-1", &ann, &offer, "2026-02-01T00:00:00Z"),
            touch("2", "visitor-2", &bob, &offer, "2026-02-02T00:00:00Z"),
        ]),
    )
    .await;
    let first = identified(&shop, "visitor-1", "c").await;
    assert_eq!(first["partner"], Value::Null);
    assert_eq!(identified(&shop, "visitor-1", "c").await, first);
    assert_eq!(credited(&shop, sale("1", json!({}))).await.0, json!(ann));
    assert_eq!(identified(&shop, "visitor-2", "c").await["id"], first["id"]);
    assert_eq!(credited(&shop, sale("2", json!({}))).await.0, json!(bob));
    // A visitor stays who it is.
    let other = json!({ "visitorId": "visitor-1", "customerExternalId": "d" });
    let problems = shop.staff().problems("identifyCustomer", other, "customer").await;
    assert_eq!(problems, ["CONFLICT visitorId"]);
    let event = recorded(
        &shop,
        sale("3", json!({ "customerExternalId": "d", "visitorId": "visitor-1" })),
    )
    .await;
    assert_eq!(event["attribution"], Value::Null);
    assert_eq!(event["decision"]["reason"], "UNATTRIBUTED");
    assert_eq!(event["decision"]["detail"], "the visitor is tied to another customer");
    // A sale of nobody in particular is credited by the visitor's own touches.
    let guest = json!({ "customerExternalId": null, "visitorId": "visitor-1" });
    assert_eq!(credited(&shop, sale("4", guest)).await.0, json!(ann));
    for partner in [&ann, &bob] {
        shop.assert_sound(partner).await;
    }
}

#[apply(both_databases)]
async fn the_first_event_that_names_both_ties_them(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
    let offer = campaign(&shop, json!({ "binding": "EACH_EVENT" })).await;
    // Also an event that names its partner.
    let named = json!({ "visitorId": "visitor-1", "partnerId": ann, "campaignId": offer });
    recorded(&shop, sale("1", named)).await;
    touched(
        &shop,
        json!([touch("t", "visitor-1", &bob, &offer, "2026-02-28T00:00:00Z")]),
    )
    .await;
    assert_eq!(credited(&shop, sale("2", json!({}))).await.0, json!(bob));
    let refund = json!({ "externalId": "r", "kind": "REFUND", "originalExternalId": "1", "visitorId": "visitor-1",
        "touches": [{ "partnerId": ann, "campaignId": offer }] });
    assert_eq!(shop.refused(refund).await, ["INVALID touches", "INVALID visitorId",]);
    // A move credits by hand: nothing of the touch is left.
    let moved = json!({ "externalId": "2", "partnerId": ann, "campaignId": offer, "reason": "r" });
    let id = shop.staff().data(r#"{ event(externalId: "2") { id } }"#).await["event"]["id"].clone();
    let mut moved = moved;
    moved["eventId"] = id;
    moved.as_object_mut().unwrap().remove("externalId");
    let selection = "event { attribution { via partner { id } link { id } model touchedAt touch { id } } }";
    let after = shop.staff().done("attributeEvent", moved, selection).await;
    assert_eq!(
        after["event"]["attribution"],
        json!({ "via": "NAMED", "partner": { "id": ann }, "link": null, "model": null, "touchedAt": null, "touch": null })
    );
    for partner in [&ann, &bob] {
        shop.assert_sound(partner).await;
    }
}

#[apply(both_databases)]
async fn a_tie_costs_no_statement_and_touches_cost_one(app: TestApp) {
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let offer = campaign(&shop, json!({})).await;
    touched(
        &shop,
        json!([touch("t", "visitor-1", &ann, &offer, "2026-02-28T00:00:00Z")]),
    )
    .await;
    let staff = shop.staff();
    let mut costs = Vec::new();
    for (id, more) in [
        (
            "warm",
            json!({ "partnerId": ann, "campaignId": offer, "customerExternalId": "w" }),
        ),
        (
            "bare",
            json!({ "partnerId": ann, "campaignId": offer, "customerExternalId": "a" }),
        ),
        (
            "tied",
            json!({ "partnerId": ann, "campaignId": offer, "customerExternalId": "b", "visitorId": "visitor-2" }),
        ),
        ("nobody", json!({ "customerExternalId": "n" })),
        (
            "touched",
            json!({ "customerExternalId": "t", "visitorId": "visitor-1" }),
        ),
    ] {
        shop.app.reset_statements();
        staff.done("recordEvent", sale(id, more), "event { id }").await;
        costs.push(shop.app.statements().len());
    }
    println!("{costs:?}");
    if shop.app.is_postgres() {
        assert_eq!(costs[1], costs[2], "{costs:?}");
    }
    // The customer is looked for, too, since the event names no partner.
    assert!(costs[4] <= costs[2] + 2, "{costs:?}");
}
