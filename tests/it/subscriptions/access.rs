//! Who may listen, and that everything the schema has to offer here is tried.

use serde_json::json;
use tributary::auth::{Permission, Resource};

use super::{CHANGES, Events, Gateway, codes, of_partner, token};
use crate::ledger::Shop;
use crate::support::{Sdl, both_databases};

/// Whoever adds a subscription says here who may listen, and to what.
#[test]
fn every_subscription_is_tried() {
    assert_eq!(
        Sdl::read().names("Subscription"),
        ["backtestProgressed", "commissionChanged"]
    );
}

#[apply(both_databases)]
async fn listening_to_commissions_needs_the_scope_to_read_them(app: TestApp) {
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let each = Resource::ALL
        .iter()
        .flat_map(|resource| [Permission::Read(*resource), Permission::Write(*resource)]);
    let others: Vec<_> = each
        .map(|scope| scope.to_string())
        .filter(|scope| scope != "commissions:read")
        .collect();
    let mut socket = gateway.socket(&token(&app, json!({ "scope": others.join(" ") }))).await;
    socket.start("1", CHANGES).await;
    let refused = socket.hear().await;
    assert_eq!(
        (&refused["type"], &refused["id"]),
        (&json!("error"), &json!("1")),
        "{refused}"
    );
    assert_eq!(codes(&refused["payload"]), ["FORBIDDEN"]);
    assert_eq!(app.app.changes.listeners(), 0);
    let mut socket = gateway
        .socket(&token(&app, json!({ "scope": "commissions:read" })))
        .await;
    socket.subscribe("1", CHANGES).await;
    assert_eq!(app.app.changes.listeners(), 1);
}

#[apply(both_databases)]
async fn a_partner_sees_of_an_event_what_it_sees_of_the_row(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let row = "id status amount { amount } partner { name status } campaign { name } explanation { detail } \
            transitions { from to actor reason } adjustments { totalCount } event { externalId }";
    let mut stream = gateway
        .events(
            &of_partner(&app, &ann),
            &format!("subscription {{ commissionChanged {{ {row} }} }}"),
        )
        .await;
    let id = shop.sale("1", &ann, &campaign, "100").await;
    for approved in [false, true] {
        if approved {
            shop.approve(&[&id]).await;
        }
        let event = stream.next().await;
        let shown = app
            .client(Some(of_partner(&app, &ann)))
            .ask(&format!("{{ commission(id: {id:?}) {{ {row} }} }}"))
            .await;
        assert_eq!(event["data"]["commissionChanged"], shown.body["data"]["commission"]);
        assert_eq!(event["data"]["commissionChanged"]["transitions"][0]["actor"], "staff");
        assert!(
            event["errors"].is_null() && shown.body["errors"].is_null(),
            "{event} {shown:?}",
            shown = shown.body
        );
    }
}

#[apply(both_databases)]
async fn unknown_and_foreign_partners_read_the_same(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let other = app.tenant("other").await;
    let elsewhere = app
        .staff(&other, "admin")
        .done(
            "createPartner",
            json!({ "name": "eve", "email": "eve@example.com" }),
            "partner { id }",
        )
        .await;
    let gateway = Gateway::start(&app).await;
    let foreign = elsewhere["partner"]["id"].as_str().unwrap();
    let (body, last) = foreign.split_at(foreign.len() - 1);
    let nobody = format!("{body}{}", if last == "0" { "1" } else { "0" });
    for partner in [foreign, &nobody] {
        let document = format!("subscription {{ commissionChanged(partnerId: {partner:?}) {{ id status }} }}");
        let mut quiet = gateway.events(&token(&app, json!({})), &document).await;
        let mut heard = gateway.events(&token(&app, json!({})), CHANGES).await;
        shop.sale(partner, &ann, &campaign, "100").await;
        heard.changed().await;
        assert_eq!(quiet.piece().await.as_deref(), Some(":"));
        // Only the end comes, because Ann's row did not.
        gateway.tell.send_replace(true);
        assert_eq!(quiet.piece().await, None);
        gateway.tell.send_replace(false);
    }
    let wrong = json!({ "query": "subscription { commissionChanged(partnerId: \"x\") { id } }" });
    let mut stream = Events::of(gateway.stream(&token(&app, json!({})), &wrong).await);
    let refused = stream.next().await;
    assert_eq!(codes(&refused["errors"]), ["BAD_USER_INPUT"], "{refused}");
    assert!(refused.get("data").is_none(), "{refused}");
}
