//! What is heard, and by whom.

use serde_json::json;

use super::{CHANGES, Gateway, of_partner, replica, token};
use crate::ledger::{Shop, charge};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_backtest_is_heard_of_until_it_has_ended(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let from = app.clock.now().to_rfc3339();
    shop.sale("1", &ann, &campaign, "100").await;
    shop.days_later(1);
    let proposal = json!({ "campaignTerms": { "campaignId": campaign, "terms": [] } });
    let input = json!({ "from": from, "to": app.clock.now().to_rfc3339(), "proposal": proposal });
    let id = shop.make("createBacktest", "backtest", input).await;
    let gateway = Gateway::start(&app).await;
    let document = format!(
        "subscription {{ backtestProgressed(id: {id:?}) {{ status progress {{ events ofEvents }} totals {{ fell disappeared }} }} }}"
    );
    let mut own = gateway.socket(&of_partner(&app, &ann)).await;
    own.subscribe("own", &document).await;
    let mut staff = gateway.events(&token(&app, json!({})), &document).await;
    let heard = |event: &serde_json::Value| event["data"]["backtestProgressed"].clone();
    assert_eq!(heard(&staff.next().await)["status"], "QUEUED");
    tributary::service::backtest::work(&app.app, &|| false).await.unwrap();
    let mut last = json!(null);
    while last["status"] != "DONE" {
        last = heard(&staff.next().await);
    }
    assert_eq!(last["progress"], json!({ "events": 1, "ofEvents": 1 }));
    assert_eq!(last["totals"], json!([{ "fell": 0, "disappeared": 1 }]));
    // A partner's token has heard nothing of it.
    own.say(json!({ "type": "ping" })).await;
    assert_eq!(own.hear().await, json!({ "type": "pong" }));
}

#[apply(both_databases)]
async fn a_commission_is_heard_of_from_accrual_to_payment(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, ben, campaign) = (
        shop.partner("ann").await,
        shop.partner("ben").await,
        shop.percent("10").await,
    );
    app.tenant("other").await;
    let gateway = Gateway::start(&app).await;
    let admin = token(&app, json!({}));
    let mut staff = gateway.socket(&admin).await;
    staff.subscribe("all", CHANGES).await;
    let of_ben = format!("subscription {{ commissionChanged(partnerId: {ben:?}) {{ id status }} }}");
    staff.subscribe("ben", &of_ben).await;
    let mut own = gateway.socket(&of_partner(&app, &ann)).await;
    own.subscribe("own", CHANGES).await;
    let mut stream = gateway.events(&of_partner(&app, &ann), CHANGES).await;
    let mut others = gateway.socket(&of_partner(&app, &ben)).await;
    others.subscribe("own", CHANGES).await;
    let foreign = format!("subscription {{ commissionChanged(partnerId: {ann:?}) {{ id status }} }}");
    others.subscribe("foreign", &foreign).await;
    let mut elsewhere = gateway.socket(&token(&app, json!({ "tenant": "other" }))).await;
    elsewhere.subscribe("all", CHANGES).await;
    elsewhere.subscribe("foreign", &foreign).await;

    let row = shop.sale("1", &ann, &campaign, "100").await;
    for step in ["ACCRUED", "APPROVED", "PAID"] {
        if step == "APPROVED" {
            shop.approve(&[&row]).await;
        } else if step == "PAID" {
            shop.pay().await;
        }
        let event = format!("{step} {row}");
        assert_eq!(staff.changed("all").await, event);
        assert_eq!(own.changed("own").await, event);
        assert_eq!(stream.changed().await, event);
    }
    // What comes to the others first is their own.
    let row = shop.sale("2", &ben, &campaign, "100").await;
    let event = format!("ACCRUED {row}");
    assert_eq!(others.changed("own").await, event);
    let mut both = [staff.hear().await, staff.hear().await];
    both.sort_by_key(|message| message["id"].to_string());
    assert_eq!(
        (both[0]["id"].as_str(), both[1]["id"].as_str()),
        (Some("all"), Some("ben")),
        "{both:?}"
    );
    assert_eq!(both[1]["payload"]["data"]["commissionChanged"]["id"], row.as_str());
    // Nothing came to the other tenant.
    elsewhere.say(json!({ "type": "ping" })).await;
    assert_eq!(elsewhere.hear().await, json!({ "type": "pong" }));
    // And nothing to Ben of Ann.
    others.say(json!({ "type": "ping" })).await;
    assert_eq!(others.hear().await, json!({ "type": "pong" }));
}

#[apply(both_databases)]
async fn every_row_of_a_batch_is_heard_of_in_order(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let mut socket = gateway.socket(&token(&app, json!({}))).await;
    socket.subscribe("all", CHANGES).await;
    let input: Vec<_> = (0..120)
        .map(|number| charge(&number.to_string(), &ann, &campaign, "10"))
        .collect();
    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { commissions { id } userErrors { code } } }";
    let recorded = shop.staff().data_with(document, json!({ "input": input })).await;
    for payload in recorded["recordEvents"].as_array().unwrap() {
        let id = payload["commissions"][0]["id"].as_str().expect("a row");
        assert_eq!(socket.changed("all").await, format!("ACCRUED {id}"));
    }
}

#[apply(both_databases)]
async fn an_event_shows_nothing_that_an_earlier_one_has_read(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let mut stream = gateway
        .events(
            &token(&app, json!({})),
            "subscription S { ...F } fragment F on Subscription { changed: commissionChanged { transitions { to } partner { name commissions { totalCount } } } }",
        )
        .await;
    let row = shop.sale("1", &ann, &campaign, "100").await;
    let first = stream.next().await;
    assert_eq!(
        first["data"],
        json!({ "changed": {
        "transitions": [{ "to": "ACCRUED" }], "partner": { "name": "ann", "commissions": { "totalCount": 1 } },
    } })
    );
    // Four objects, and a count below one of them.
    assert_eq!(
        first["extensions"]["cost"]["actualQueryCost"].as_u64(),
        Some(9),
        "{first}"
    );
    shop.staff()
        .done("updatePartner", json!({ "id": ann, "name": "Anna" }), "partner { id }")
        .await;
    shop.sale("2", &ann, &campaign, "100").await;
    let second = stream.next().await;
    assert_eq!(
        second["data"]["changed"]["partner"],
        json!({ "name": "Anna", "commissions": { "totalCount": 2 } })
    );
    shop.approve(&[&row]).await;
    let third = stream.next().await;
    assert_eq!(
        third["data"]["changed"]["transitions"],
        json!([{ "to": "ACCRUED" }, { "to": "APPROVED" }])
    );
}

#[apply(both_databases)]
async fn replicas_hear_each_other(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let (here, other) = (Gateway::start(&app).await, replica(&app).await);
    let there = Gateway::with(&other, Default::default()).await;
    let mut near = here.socket(&token(&app, json!({}))).await;
    let mut far = there.socket(&token(&app, json!({}))).await;
    near.subscribe("near", CHANGES).await;
    far.subscribe("far", CHANGES).await;
    // SQLite's other processes look every second, PostgreSQL's are woken.
    for number in 0..3 {
        let row = shop.sale(&number.to_string(), &ann, &campaign, "100").await;
        assert_eq!(near.changed("near").await, format!("ACCRUED {row}"));
        assert_eq!(far.changed("far").await, format!("ACCRUED {row}"));
    }
}
