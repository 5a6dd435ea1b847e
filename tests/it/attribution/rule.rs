//! Each step of the rule, and in which order they hold.

use super::{campaign, credited, link, nobody, recorded, referral, sale, touched};
use serde_json::{Value, json};

use crate::ledger::Shop;
use crate::support::both_databases;

async fn coupon(shop: &Shop<'_>, partner: &str, campaign: &str, code: &str) -> String {
    let input = json!({ "partnerId": partner, "campaignId": campaign, "code": code });
    shop.make("createCoupon", "coupon", input).await
}

#[apply(both_databases)]
async fn the_first_that_holds_decides(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob, cid) = (
        shop.partner("ann").await,
        shop.partner("bob").await,
        shop.partner("cid").await,
    );
    let offer = campaign(&shop, json!({})).await;
    coupon(&shop, &bob, &offer, "BOB").await;
    let touch = referral(&cid, &offer, "2026-02-20T00:00:00Z");
    // 4: the touch.
    let event = recorded(&shop, sale("4", json!({ "touches": [touch] }))).await;
    let attribution = &event["attribution"];
    assert_eq!(
        (&attribution["partner"]["id"], &attribution["via"]),
        (&json!(cid), &json!("REFERRAL"))
    );
    assert_eq!(attribution["touchedAt"], "2026-02-20T00:00:00Z");
    assert_eq!(
        (&attribution["model"], &attribution["touch"]),
        (&json!("LAST"), &Value::Null)
    );
    assert_eq!(event["customer"]["partner"]["id"], json!(cid));
    // 3: the binding, whatever touched since.
    let later = referral(&ann, &offer, "2026-02-28T00:00:00Z");
    let bound = recorded(&shop, sale("3", json!({ "touches": [later] }))).await;
    assert_eq!(bound["attribution"]["via"], "BINDING");
    assert_eq!(bound["attribution"]["partner"]["id"], json!(cid));
    assert_eq!(bound["attribution"]["model"], Value::Null);
    // 2: the coupon.
    let by_coupon = sale("2", json!({ "couponCode": "BOB", "touches": [later] }));
    assert_eq!(credited(&shop, by_coupon).await, (json!(bob), json!("COUPON")));
    // 1: who is named.
    let named = json!({ "partnerId": ann, "campaignId": offer, "couponCode": "BOB", "touches": [touch] });
    assert_eq!(credited(&shop, sale("1", named)).await, (json!(ann), json!("NAMED")));
    // 5: nobody.
    let (reason, _) = nobody(&shop, sale("5", json!({ "customerExternalId": "d" }))).await;
    assert_eq!(reason, "UNATTRIBUTED");
}

#[apply(both_databases)]
async fn a_coupon_may_be_a_touch_at_the_time_of_the_sale(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
    let first = campaign(
        &shop,
        json!({ "model": "FIRST", "couponRule": "IS_A_TOUCH", "binding": "EACH_EVENT" }),
    )
    .await;
    let last = campaign(&shop, json!({ "couponRule": "IS_A_TOUCH", "binding": "EACH_EVENT" })).await;
    coupon(&shop, &bob, &first, "FIRST").await;
    coupon(&shop, &bob, &last, "LAST").await;
    let touch = referral(&ann, &last, "2026-02-20T00:00:00Z");
    // The model is that of the campaign of the latest touch, which the coupon is.
    let under_first = json!({ "couponCode": "FIRST", "touches": [touch] });
    assert_eq!(
        credited(&shop, sale("1", under_first)).await,
        (json!(ann), json!("REFERRAL"))
    );
    let event = recorded(&shop, sale("2", json!({ "couponCode": "LAST", "touches": [touch] }))).await;
    let attribution = &event["attribution"];
    assert_eq!(
        (&attribution["via"], &attribution["coupon"]["code"]),
        (&json!("COUPON"), &json!("LAST"))
    );
    assert_eq!(attribution["touchedAt"], "2026-03-01T12:00:00Z");
    shop.assert_sound(&ann).await;
    shop.assert_sound(&bob).await;
}

#[apply(both_databases)]
async fn each_event_may_be_credited_by_its_own_touches(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
    let offer = campaign(&shop, json!({ "binding": "EACH_EVENT" })).await;
    let touches = json!([
        { "externalId": "t1", "visitorId": "visitor-1", "partnerId": ann, "campaignId": offer, "occurredAt": "2026-02-01T00:00:00Z" },
        { "externalId": "t2", "visitorId": "visitor-1", "partnerId": bob, "campaignId": offer, "occurredAt": "2026-03-01T13:00:00Z" },
    ]);
    touched(&shop, touches).await;
    let first = sale("1", json!({ "visitorId": "visitor-1" }));
    assert_eq!(credited(&shop, first).await.0, json!(ann));
    // Without the visitor, whom the first event tied to the customer.
    let second = sale("2", json!({ "occurredAt": "2026-03-02T00:00:00Z" }));
    assert_eq!(credited(&shop, second).await.0, json!(bob));
    // Its customer stays bound to the first.
    let (reason, _) = nobody(&shop, sale("3", json!({ "occurredAt": "2025-12-01T00:00:00Z" }))).await;
    assert_eq!(reason, "UNATTRIBUTED");
}

#[apply(both_databases)]
async fn a_binding_decides_only_for_its_campaign(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
    let (one, two) = (campaign(&shop, json!({})).await, campaign(&shop, json!({})).await);
    let named = json!({ "partnerId": ann, "campaignId": one });
    recorded(&shop, sale("1", named)).await;
    let touch = referral(&bob, &two, "2026-02-28T00:00:00Z");
    let other = json!({ "campaignId": two, "touches": [touch] });
    assert_eq!(credited(&shop, sale("2", other)).await, (json!(bob), json!("REFERRAL")));
    assert_eq!(
        credited(&shop, sale("3", json!({ "campaignId": one }))).await,
        (json!(ann), json!("BINDING"))
    );
    // Only the campaign's own touches count.
    let foreign = json!({ "campaignId": two, "customerExternalId": "d", "touches": [referral(&ann, &one, "2026-02-28T00:00:00Z")] });
    assert_eq!(nobody(&shop, sale("4", foreign)).await.0, "UNATTRIBUTED");
    // Where nothing was given that could say who it was, the partner must be named.
    let bare = sale("5", json!({ "campaignId": two, "customerExternalId": "d" }));
    let refused = shop.refused(bare).await;
    assert_eq!(refused, ["REQUIRED partnerId"]);
    let visitor = sale(
        "6",
        json!({ "campaignId": two, "customerExternalId": "d", "visitorId": "visitor-6" }),
    );
    assert_eq!(nobody(&shop, visitor).await.0, "UNATTRIBUTED");
}

#[apply(both_databases)]
async fn both_ends_of_the_window_count(app: TestApp) {
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let week = campaign(&shop, json!({ "windowDays": 7, "binding": "EACH_EVENT" })).await;
    let cases = [
        ("2026-02-22T12:00:00Z", Some(())),
        ("2026-02-22T11:59:59.999999Z", None),
        ("2026-03-01T12:00:00Z", Some(())),
        ("2026-03-01T12:05:00Z", Some(())),
        ("2026-03-01T12:05:00.000001Z", None),
    ];
    for (number, (at, counts)) in cases.into_iter().enumerate() {
        // Inline, and recorded.
        let customer = format!("c{number}");
        let inline = json!({ "customerExternalId": format!("i{number}"), "touches": [referral(&ann, &week, at)] });
        let event = recorded(&shop, sale(&format!("inline-{number}"), inline)).await;
        assert_eq!(event["attribution"].is_object(), counts.is_some(), "{at}");
        let visitor = format!("visitor-{number}");
        let touch = json!([{ "externalId": visitor, "visitorId": visitor, "partnerId": ann, "campaignId": week, "occurredAt": at }]);
        touched(&shop, touch).await;
        let stored = json!({ "customerExternalId": customer, "visitorId": visitor });
        let event = recorded(&shop, sale(&format!("stored-{number}"), stored)).await;
        assert_eq!(event["attribution"].is_object(), counts.is_some(), "{at}");
        if number == 1 {
            assert_eq!(event["decision"]["reason"], "OUTSIDE_WINDOW");
            assert_eq!(
                event["decision"]["detail"],
                "the latest touch was at 2026-02-22T11:59:59.999999Z, and touches of its campaign count for 7 days"
            );
        }
    }
    shop.assert_sound(&ann).await;
}

#[apply(both_databases)]
async fn touches_of_the_revoked_and_of_disabled_links_credit_nobody(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, rob, sue) = (
        shop.partner("ann").await,
        shop.partner("rob").await,
        shop.partner("sue").await,
    );
    let offer = campaign(&shop, json!({ "binding": "EACH_EVENT" })).await;
    let at = |time: &str| time.parse().unwrap();
    let live = link(&shop, &ann, &offer, "live", None).await;
    link(&shop, &ann, &offer, "dead", Some(at("2026-02-20T00:00:00Z"))).await;
    let click = |key: &str, time: &str| json!({ "linkKey": key, "occurredAt": time });
    let event = recorded(
        &shop,
        sale("1", json!({ "touches": [click("live", "2026-02-10T00:00:00Z")] })),
    )
    .await;
    assert_eq!(event["attribution"]["via"], "LINK");
    assert_eq!(event["attribution"]["link"]["id"], json!(live));
    // It was disabled later, or had been before.
    let before = json!({ "touches": [click("dead", "2026-02-19T23:59:59Z")] });
    assert_eq!(credited(&shop, sale("2", before)).await.1, json!("LINK"));
    let after = json!({ "touches": [click("dead", "2026-02-20T00:00:00Z")] });
    assert_eq!(nobody(&shop, sale("3", after)).await.0, "UNATTRIBUTED");
    for partner in [&rob, &sue] {
        let touch = json!([{ "externalId": partner, "visitorId": format!("visitor-{partner}"), "partnerId": partner,
            "campaignId": offer, "occurredAt": "2026-02-28T00:00:00Z" }]);
        touched(&shop, touch).await;
    }
    shop.make("revokePartner", "partner", json!({ "id": rob, "reason": "r" }))
        .await;
    shop.make("suspendPartner", "partner", json!({ "id": sue, "reason": "r" }))
        .await;
    let by = |partner: &str| json!({ "visitorId": format!("visitor-{partner}"), "customerExternalId": partner });
    assert_eq!(nobody(&shop, sale("4", by(&rob))).await.0, "UNATTRIBUTED");
    // A suspended partner is credited, and earns nothing.
    let event = recorded(&shop, sale("5", by(&sue))).await;
    assert_eq!(event["attribution"]["partner"]["id"], json!(sue));
    assert_eq!(event["decision"]["reason"], "PARTNER_SUSPENDED");
    // Others' touches are looked at instead.
    let both = json!({ "customerExternalId": "e", "touches": [
        referral(&rob, &offer, "2026-02-28T00:00:00Z"), referral(&ann, &offer, "2026-02-01T00:00:00Z") ] });
    assert_eq!(credited(&shop, sale("6", both)).await.0, json!(ann));
}

#[apply(both_databases)]
async fn a_code_that_is_not_valid_is_the_first_reason(app: TestApp) {
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let offer = campaign(&shop, json!({ "windowDays": 1 })).await;
    let old = referral(&ann, &offer, "2026-02-01T00:00:00Z");
    let (reason, detail) = nobody(&shop, sale("1", json!({ "couponCode": "NONE", "touches": [old] }))).await;
    assert_eq!(
        (reason.as_str(), detail.as_str()),
        ("COUPON_INVALID", "the coupon \"NONE\" is unknown")
    );
    assert_eq!(
        nobody(&shop, sale("2", json!({ "touches": [old] }))).await.0,
        "OUTSIDE_WINDOW"
    );
    // A touch that counts decides all the same.
    let new = referral(&ann, &offer, "2026-03-01T00:00:00Z");
    let touched = json!({ "couponCode": "NONE", "touches": [new] });
    assert_eq!(credited(&shop, sale("3", touched)).await.0, json!(ann));
    let problems = shop
        .refused(sale(
            "4",
            json!({ "touches": [{ "linkKey": "none" }, { "couponCode": "NONE" }, {}] }),
        ))
        .await;
    assert_eq!(problems, ["INVALID touches.2"]);
    let problems = shop
        .refused(sale(
            "5",
            json!({ "touches": [{ "linkKey": "none" }, { "couponCode": "NONE" }] }),
        ))
        .await;
    assert_eq!(
        problems,
        ["NOT_FOUND touches.0.linkKey", "NOT_FOUND touches.1.couponCode"]
    );
}

#[apply(both_databases)]
async fn a_list_comes_to_the_same_as_its_events_one_by_one(app: TestApp) {
    let mut results = Vec::new();
    for (slug, together) in [("one", false), ("all", true)] {
        let shop = Shop::of(&app, slug).await;
        let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
        let each = campaign(&shop, json!({ "binding": "EACH_EVENT" })).await;
        let first = campaign(&shop, json!({})).await;
        let touch = |id: &str, visitor: &str, partner: &str, campaign: &str| {
            json!({ "externalId": id, "visitorId": visitor, "partnerId": partner, "campaignId": campaign,
                "occurredAt": "2026-02-28T00:00:00Z" })
        };
        touched(
            &shop,
            json!([
                touch("t1", "visitor-1", &ann, &each),
                touch("t2", "visitor-2", &bob, &first)
            ]),
        )
        .await;
        let events = json!([
            sale(
                "1",
                json!({ "partnerId": bob, "campaignId": each, "customerExternalId": "a" })
            ),
            sale("2", json!({ "customerExternalId": "a" })),
            sale("3", json!({ "customerExternalId": "a", "visitorId": "visitor-1" })),
            sale("4", json!({ "customerExternalId": "a" })),
            sale("5", json!({ "customerExternalId": "b", "visitorId": "visitor-2" })),
            sale("6", json!({ "customerExternalId": "b" })),
            sale("7", json!({ "customerExternalId": "b", "visitorId": "visitor-1" })),
            sale("8", json!({ "customerExternalId": null, "visitorId": "visitor-1" })),
        ]);
        let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) {
            event { attribution { via partner { name } } decision { reason detail } } userErrors { message } } }";
        let mut told = Vec::new();
        let lists: Vec<Value> = match together {
            true => vec![events],
            false => events.as_array().unwrap().iter().map(|event| json!([event])).collect(),
        };
        for list in lists {
            let data = shop.staff().data_with(document, json!({ "input": list })).await;
            told.extend(data["recordEvents"].as_array().unwrap().iter().cloned());
        }
        let partners: Vec<_> = told
            .iter()
            .map(|told| {
                (
                    told["event"]["attribution"]["partner"]["name"].clone(),
                    told["event"]["attribution"]["via"].clone(),
                )
            })
            .collect();
        let (ann, bob, none) = (json!("ann"), json!("bob"), Value::Null);
        let (named, binding, referral) = (json!("NAMED"), json!("BINDING"), json!("REFERRAL"));
        assert_eq!(
            partners,
            [
                (bob.clone(), named),
                (none.clone(), none),
                (ann.clone(), referral.clone()),
                (ann.clone(), referral.clone()),
                (bob.clone(), referral.clone()),
                (bob.clone(), binding.clone()),
                (bob, binding),
                (ann, referral),
            ]
        );
        assert_eq!(
            told[6]["event"]["decision"]["detail"],
            "the visitor is tied to another customer"
        );
        results.push(told);
    }
    assert_eq!(results[0], results[1]);
}
