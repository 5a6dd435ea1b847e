//! Recording touches by themselves, and reading them.

use super::{campaign, credited, sale, touched};
use serde_json::{Value, json};

use crate::ledger::Shop;
use crate::support::both_databases;

async fn results(shop: &Shop<'_>, touches: Value) -> Vec<Value> {
    let document = "mutation($input: [RecordTouchInput!]!) {
        recordTouches(input: $input) { touch { id } duplicate userErrors { code message field } } }";
    let data = shop.staff().data_with(document, json!({ "input": touches })).await;
    data["recordTouches"].as_array().expect("results").clone()
}

#[apply(both_databases)]
async fn a_touch_is_recorded_once(app: TestApp) {
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let offer = campaign(&shop, json!({})).await;
    let touch = |id: &str, visitor: &str| {
        json!({ "externalId": id, "visitorId": visitor, "partnerId": ann, "campaignId": offer,
            "occurredAt": "2026-02-28T00:00:00Z" })
    };
    let first = touched(&shop, json!([touch("1", "visitor-1"), touch("1", "visitor-1")])).await;
    assert_eq!(
        (&first[0]["duplicate"], &first[1]["duplicate"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(first[0]["touch"]["id"], first[1]["touch"]["id"]);
    let again = results(
        &shop,
        json!([touch("1", "visitor-1"), touch("1", "visitor-2"), touch("2", "visitor-2"),
            { "externalId": "3" }, { "externalId": "4", "visitorId": "short", "linkKey": "none" },
            { "externalId": "5", "customerExternalId": "nobody", "couponCode": "NONE" }]),
    )
    .await;
    assert_eq!(
        (&again[0]["duplicate"], &again[0]["touch"]["id"]),
        (&json!(true), &first[0]["touch"]["id"])
    );
    assert_eq!(again[1]["userErrors"][0]["code"], "CONFLICT");
    assert_eq!(again[2]["userErrors"], json!([]));
    let codes = |place: usize| {
        let errors = again[place]["userErrors"].as_array().unwrap().iter();
        errors.map(|error| error["field"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(codes(3), [r#"["visitorId"]"#, "null"]);
    assert_eq!(codes(4), [r#"["visitorId"]"#]);
    assert_eq!(codes(5), [r#"["customerExternalId"]"#, r#"["couponCode"]"#]);
    let data = shop.staff().data("{ touches { totalCount } }").await;
    assert_eq!(data["touches"]["totalCount"], 2);
}

#[apply(both_databases)]
async fn a_partner_reads_its_own_touches_and_not_whose_they_were(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, bob) = (shop.partner("ann").await, shop.partner("bob").await);
    let offer = campaign(&shop, json!({})).await;
    let customer = json!({ "visitorId": "visitor-0", "customerExternalId": "c" });
    shop.staff().done("identifyCustomer", customer, "customer { id }").await;
    let touches = json!([
        { "externalId": "1", "visitorId": "visitor-1", "partnerId": ann, "campaignId": offer },
        { "externalId": "2", "customerExternalId": "c", "partnerId": bob, "campaignId": offer },
    ]);
    touched(&shop, touches).await;
    let now = shop.app.clock.now().to_rfc3339();
    let (partner, via) = credited(&shop, sale("s", json!({ "occurredAt": now }))).await;
    assert_eq!((partner, via), (json!(bob), json!("REFERRAL")));
    let document = "{ touches { nodes { kind partner { id } visitorId externalId customer { id } timeStated
        attributions { via weight: id partner { id } } } } }";
    let all = shop.staff().data(document).await;
    let nodes = all["touches"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 2);
    assert_eq!(
        (&nodes[1]["visitorId"], &nodes[1]["externalId"]),
        (&json!("visitor-1"), &json!("1"))
    );
    assert!(nodes[0]["customer"]["id"].is_string() && nodes[0]["attributions"][0]["via"] == "REFERRAL");
    let own = shop.app.partner(&shop.tenant, &bob).data(document).await;
    let own = own["touches"]["nodes"].as_array().unwrap();
    assert_eq!(own.len(), 1);
    for hidden in ["visitorId", "externalId", "customer"] {
        assert_eq!(own[0][hidden], Value::Null, "{hidden}");
    }
    assert_eq!(own[0]["attributions"][0]["partner"]["id"], json!(bob));
    let guess = r#"{ touches(filter: { visitorIds: ["visitor-1"] }) { totalCount } }"#;
    let refused = shop.app.partner(&shop.tenant, &bob).ask(guess).await;
    assert_eq!(refused.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let found = shop.staff().data(guess).await;
    assert_eq!(found["touches"]["totalCount"], 1);
}
