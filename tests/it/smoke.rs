//! The main job, as a newcomer would try it.

use serde_json::json;

use crate::support::both_databases;

#[apply(both_databases)]
async fn a_programme_is_set_up_and_read_back(app: TestApp) {
    let admin = app.admin().await;
    let group = admin
        .done(
            "createPartnerGroup",
            json!({
                "name": "Standard", "default": true, "tags": ["managed"],
                "rules": [{ "recurring": { "percentage": "12.345678" } }],
            }),
            "partnerGroup { id version }",
        )
        .await;
    let partner = admin
        .done(
            "createPartner",
            json!({
                "name": "Blue Agency", "email": "Info@Blue.example", "groupId": group["partnerGroup"]["id"],
                "metadata": { "crm": 7 },
            }),
            "partner { id }",
        )
        .await;
    let id = &partner["partner"]["id"];
    let data = admin.data_with(
        "query($id: ID!) { partner(id: $id) { email status metadata group { name rules { ... on RecurringRule { percentage } } } }
             node(id: $id) { __typename id } partners { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage } } }",
        json!({ "id": id }),
    ).await;
    assert_eq!(
        data,
        json!({
            "partner": {
                "email": "info@blue.example", "status": "ACTIVE", "metadata": { "crm": 7 },
                "group": { "name": "Standard", "rules": [{ "percentage": "12.345678" }] },
            },
            "node": { "__typename": "Partner", "id": id },
            "partners": {
                "totalCount": 1, "nodes": [{ "id": id }], "edges": [{ "cursor": data["partners"]["edges"][0]["cursor"] }],
                "pageInfo": { "hasNextPage": false },
            },
        })
    );
}
