//! Tiers are found by name, status, partner, campaign and advertiser.

use serde_json::{Value, json};

use super::{Network, names};
use crate::support::both_databases;

const DOCUMENT: &str =
    "query($filter: TieredCommissionFilter) { tieredCommissions(filter: $filter) { totalCount nodes { name } } }";

async fn found(network: &Network<'_>, filter: Value) -> Vec<String> {
    let data = network
        .shop
        .staff()
        .data_with(DOCUMENT, json!({ "filter": filter }))
        .await;
    let list = &data["tieredCommissions"];
    let names = names(&list["nodes"]);
    assert_eq!(list["totalCount"], names.len(), "{filter}");
    names
}

#[apply(both_databases)]
async fn tiers_are_found_by_everything_that_a_filter_takes(app: TestApp) {
    let network = Network::new(&app).await;
    let of_ann = json!({ "applyToAllPartners": false, "partnerIds": [network.ann] });
    for more in [
        json!({ "name": "Ärger" }),
        json!({ "name": "Silver_1", "status": "INACTIVE", "applyToAllPartners": false, "partnerIds": of_ann["partnerIds"] }),
        json!({ "name": "Gold", "campaignIds": [network.hats, network.shoes], "applyToAllPartners": false, "partnerIds": [network.ben] }),
        json!({ "name": "Brand", "campaignIds": [], "advertiserIds": [network.brand] }),
    ] {
        network.create(more).await;
    }
    let (all, none): (&[&str], &[&str]) = (&["Brand", "Gold", "Silver_1", "Ärger"], &[]);
    for (filter, expected) in [
        (Value::Null, all),
        (json!({}), all),
        (json!({ "search": "ÄRG" }), &["Ärger"]),
        (json!({ "search": "_" }), &["Silver_1"]),
        (json!({ "search": "%" }), none),
        (json!({ "status": ["INACTIVE"] }), &["Silver_1"]),
        (json!({ "status": ["INACTIVE", "ACTIVE"] }), all),
        (json!({ "status": [] }), none),
        (json!({ "partnerId": network.ann }), &["Brand", "Silver_1", "Ärger"]),
        (json!({ "partnerId": network.ben }), &["Brand", "Gold", "Ärger"]),
        (json!({ "campaignId": network.hats }), &["Gold"]),
        (json!({ "campaignId": network.shoes }), &["Gold", "Silver_1", "Ärger"]),
        (json!({ "advertiserId": network.brand }), &["Brand"]),
        (
            json!({ "campaignId": network.shoes, "partnerId": network.ben, "status": ["ACTIVE"] }),
            &["Gold", "Ärger"],
        ),
        (
            json!({ "advertiserId": network.brand, "campaignId": network.shoes }),
            none,
        ),
    ] {
        assert_eq!(found(&network, filter.clone()).await, expected, "{filter}");
    }
    for filter in [
        json!({ "search": "x".repeat(201) }),
        json!({ "search": "\u{0}" }),
        json!({ "partnerId": network.shoes }),
        json!({ "campaignId": network.ann }),
        json!({ "advertiserId": "x" }),
    ] {
        let answer = network
            .shop
            .staff()
            .ask_with(DOCUMENT, json!({ "filter": filter }))
            .await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{filter}");
    }
}
