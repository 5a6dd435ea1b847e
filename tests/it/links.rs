//! Links: staff makes them for any partner, and a partner with the scope for itself.

use serde_json::{Value, json};

use crate::ledger::{Shop, merged, text};
use crate::support::both_databases;

/// A campaign whose links lead to shop.example.
async fn campaign(shop: &Shop<'_>) -> String {
    let campaign = shop.percent("10").await;
    let leads_to = json!({ "id": campaign, "destinationUrl": "https://shop.example/" });
    shop.staff().done("updateCampaign", leads_to, "campaign { id }").await;
    campaign
}

#[apply(both_databases)]
async fn links_are_made_changed_and_deleted(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, campaign(&shop).await);
    let staff = shop.staff();
    let input = json!({ "partnerId": ann, "campaignId": campaign, "destinationUrl": "https://shop.example/spring" });
    let selection = "link { id key status disabledAt destinationUrl partner { id } campaign { id } }";
    let made = staff.done("createLink", input, selection).await["link"].clone();
    assert_eq!(text(&made["key"]).len(), 8, "{made}");
    assert_eq!(
        (&made["status"], &made["disabledAt"], &made["destinationUrl"]),
        (&json!("ACTIVE"), &Value::Null, &json!("https://shop.example/spring"))
    );
    let id = text(&made["id"]);
    let change = json!({ "id": id, "status": "DISABLED", "destinationUrl": null, "externalId": "spring" });
    let selection = "link { status disabledAt destinationUrl externalId history { totalCount } }";
    let changed = staff.done("updateLink", change, selection).await["link"].clone();
    assert!(changed["disabledAt"].is_string(), "{changed}");
    assert_eq!(
        (
            &changed["destinationUrl"],
            &changed["externalId"],
            &changed["history"]["totalCount"]
        ),
        (&Value::Null, &json!("spring"), &json!(2))
    );
    let list = "query($id: ID!) { links(filter: { search: \"PRIN\", status: [DISABLED] }) { totalCount nodes { id } }
        partner(id: $id) { links(first: 5) { totalCount nodes { key campaign { id } } } } }";
    app.reset_statements();
    let data = staff.data_with(list, json!({ "id": ann })).await;
    assert!(app.statements().len() <= 5, "{:#?}", app.statements());
    assert_eq!(data["links"], json!({ "totalCount": 1, "nodes": [{ "id": id }] }));
    assert_eq!(data["partner"]["links"]["nodes"][0]["campaign"]["id"], *campaign);
    staff.done("deleteLink", json!({ "id": id }), "deletedId").await;
    let none = "query($id: ID!) { link(id: $id) { id } }";
    assert_eq!(staff.data_with(none, json!({ "id": id })).await["link"], Value::Null);
}

#[apply(both_databases)]
async fn a_partner_makes_links_of_its_own_where_it_belongs(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
    let (own, other) = (campaign(&shop).await, campaign(&shop).await);
    let membership = json!({ "partnerId": ann, "campaignId": own });
    shop.staff()
        .mutate("addPartnerToCampaign", membership, "partner { id }")
        .await;
    let foreign = json!({ "partnerId": bob, "campaignId": own, "key": "bob" });
    let foreign = shop.make("createLink", "link", foreign).await;
    let partner = app.partner_with(&shop.tenant, &ann, "links:read links:write");
    let input = |more| merged(json!({ "campaignId": own, "key": "ann" }), more);
    let made = partner
        .done("createLink", input(json!({})), "link { id partner { id } }")
        .await["link"]
        .clone();
    assert_eq!(made["partner"]["id"], *ann);
    for (more, problems) in [
        (json!({ "partnerId": bob, "key": "x" }), ["NOT_FOUND partnerId"]),
        (json!({ "campaignId": other, "key": "x" }), ["NOT_FOUND campaignId"]),
        (json!({ "key": "bob" }), ["TAKEN key"]),
    ] {
        assert_eq!(
            partner.problems("createLink", input(more), "link { id }").await,
            problems
        );
    }
    let disabled = json!({ "id": made["id"], "status": "DISABLED" });
    partner.done("updateLink", disabled, "link { id }").await;
    let others = json!({ "id": foreign, "status": "DISABLED" });
    assert_eq!(
        partner.problems("updateLink", others, "link { id }").await,
        ["NOT_FOUND id"]
    );
    let refused = partner
        .try_mutate("deleteLink", json!({ "id": made["id"] }), "deletedId")
        .await;
    assert_eq!(refused.codes(), ["FORBIDDEN"]);
    let reads = app.partner_with(&shop.tenant, &ann, "links:read");
    let refused = reads
        .try_mutate("createLink", input(json!({ "key": "y" })), "link { id }")
        .await;
    assert_eq!(refused.codes(), ["FORBIDDEN"]);
    let seen = partner.data("{ links { nodes { key } } }").await;
    assert_eq!(seen["links"]["nodes"], json!([{ "key": "ann" }]));
}
