//! Partners and deals go while nothing refers to them.

use serde_json::json;

use crate::ledger::{Shop, charge, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_partner_goes_with_its_history_memberships_keys_and_tokens(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let partner = shop.partner_with("ann", json!({ "campaignIds": [campaign] })).await;
    let staff = shop.staff();
    staff
        .done(
            "suspendPartner",
            json!({ "id": partner, "reason": "x" }),
            "partner { id }",
        )
        .await;
    staff
        .done("activatePartner", json!({ "id": partner }), "partner { id }")
        .await;
    let category = shop
        .make("createPartnerCategory", "partnerCategory", json!({ "label": "Gold" }))
        .await;
    staff
        .done(
            "updatePartner",
            json!({ "id": partner, "categoryIds": [category] }),
            "partner { id }",
        )
        .await;
    let key = json!({ "name": "k", "partnerId": partner, "scopes": ["commissions:read"] });
    staff.done("createApiKey", key, "key").await;
    // Tokens from before the comeback are dead.
    app.clock.advance(std::time::Duration::from_secs(1));
    let portal = app.partner(&shop.tenant, &partner);
    assert_eq!(
        portal.data("{ viewer { partner { id } } }").await["viewer"]["partner"]["id"],
        partner
    );
    let deleted = staff
        .mutate("deletePartner", json!({ "id": partner }), "deletedId")
        .await;
    assert_eq!(deleted["deletedId"], partner);
    assert_eq!(
        staff
            .data_with("query($id: ID!) { partner(id: $id) { id } }", json!({ "id": partner }))
            .await["partner"],
        json!(null)
    );
    for table in [
        "partner_transition",
        "campaign_member",
        "partner_category_member",
        "api_key",
        "partner",
    ] {
        assert_eq!(app.rows().await[table], Vec::<String>::new(), "{table}");
    }
    assert_eq!(
        portal.ask("{ viewer { partner { id } } }").await.codes(),
        ["UNAUTHENTICATED"]
    );
    assert_eq!(
        staff
            .problems("deletePartner", json!({ "id": partner }), "deletedId")
            .await,
        ["NOT_FOUND id"]
    );
    // Its e-mail address is free again.
    shop.partner("ann").await;
}

#[apply(both_databases)]
async fn whoever_anything_refers_to_stays(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let staff = shop.staff();
    let seller = shop.partner("seller").await;
    shop.record(charge("e", &seller, &campaign, "10")).await;
    let promised = shop
        .partner_with(
            "promised",
            json!({ "commissionSnapshot": { "terms": [{ "basis": "PERCENT", "value": "5" }] } }),
        )
        .await;
    let dealer = shop.partner("dealer").await;
    let deal = json!({ "name": "D", "partnerId": dealer, "value": { "amount": "10", "currency": "EUR" } });
    let deal = shop.make("createDeal", "deal", deal).await;
    let before = app.rows().await;
    for (partner, counts) in [
        (&seller, "1 events, 1 commissions"),
        (&promised, "1 commission snapshots"),
        (&dealer, "1 deals"),
    ] {
        let answer = staff
            .mutate("deletePartner", json!({ "id": partner }), "deletedId")
            .await;
        let error = &answer["userErrors"][0];
        assert_eq!(error["code"], "IN_USE");
        let message = text(&error["message"]);
        assert!(counts.split(", ").all(|count| message.contains(count)), "{message}");
    }
    assert_eq!(app.rows().await, before);
    let deleted = staff.mutate("deleteDeal", json!({ "id": deal }), "deletedId").await;
    assert_eq!(deleted["deletedId"], deal);
    let deleted = staff
        .mutate("deletePartner", json!({ "id": dealer }), "deletedId")
        .await;
    assert_eq!(deleted["deletedId"], dealer);
    let readers = app.staff(&shop.tenant, "partners:read deals:read");
    for (field, id) in [("deletePartner", &seller), ("deleteDeal", &deal)] {
        let refused = readers.try_mutate(field, json!({ "id": id }), "deletedId").await;
        assert_eq!(refused.codes(), ["FORBIDDEN"]);
    }
}
