//! What a federation gateway asks a subgraph: entities by type and id, and the schema.

use serde_json::{Value, json};

use crate::support::programme::{Programme, unknown};
use crate::support::{Answer, Client, both_databases};

async fn entities(client: &Client, representations: Value) -> Answer {
    let document = "query($representations: [_Any!]!) { _entities(representations: $representations) { __typename
        ... on Campaign { id name } ... on Commission { id amount { amount } } ... on Partner { id name } ... on PartnerGroup { id name } } }";
    client
        .ask_with(document, json!({ "representations": representations }))
        .await
}

/// Types and ids, some of them twice over and mixed.
fn representations(p: &Programme) -> Value {
    json!([
        { "__typename": "Partner", "id": p.a },
        { "__typename": "Commission", "id": p.commission },
        { "__typename": "PartnerGroup", "id": p.group },
        { "__typename": "Partner", "id": p.b, "email": "a gateway may send what it knows" },
        { "__typename": "Campaign", "id": p.campaign },
        { "__typename": "Campaign", "id": p.second_campaign },
        { "__typename": "Partner", "id": p.a },
        { "__typename": "Commission", "id": p.other_commission },
        { "__typename": "PartnerGroup", "id": p.other_group },
    ])
}

#[apply(both_databases)]
async fn entities_come_in_their_order_by_one_statement_a_type(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    // The first request of a process looks the tenant's name up.
    p.staff.data("{ viewer { subject } }").await;
    let asked = representations(&p);
    app.reset_statements();
    let found = entities(&p.staff, asked.clone()).await.data();
    assert_eq!(app.statements().len(), 4, "{:#?}", app.statements());
    let name = |entity: &Value| json!({ "__typename": entity["__typename"], "id": entity["id"] });
    let found: Vec<Value> = found["_entities"].as_array().unwrap().iter().map(name).collect();
    let asked: Vec<Value> = asked.as_array().unwrap().iter().map(name).collect();
    assert_eq!(found, asked);
}

#[apply(both_databases)]
async fn a_partner_gets_its_own_entities_and_null_for_the_rest(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "zulu", "yankee").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let ids = |answer: Answer| -> Vec<Value> {
        answer.data()["_entities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entity| entity["id"].clone())
            .collect()
    };
    let a = app.partner(&p.tenant, &p.a);
    let none = Value::Null;
    assert_eq!(
        ids(entities(&a, representations(&p)).await),
        [
            &json!(p.a),
            &json!(p.commission),
            &json!(p.group),
            &none,
            &json!(p.campaign),
            &json!(p.second_campaign),
            &json!(p.a),
            &none,
            &none
        ]
        .map(Value::clone),
    );
    assert_eq!(ids(entities(&a, representations(&foreign)).await), vec![Value::Null; 9]);
    assert_eq!(
        ids(entities(&p.staff, representations(&foreign)).await),
        vec![Value::Null; 9]
    );
    assert_eq!(
        ids(entities(&p.staff, json!([{ "__typename": "Partner", "id": unknown(&p.a) }])).await),
        [Value::Null]
    );
    assert_eq!(ids(entities(&p.staff, json!([])).await), Vec::<Value>::new());
}

#[apply(both_databases)]
async fn what_the_token_does_not_allow_leaves_the_other_entities(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let answer = entities(&app.staff(&p.tenant, "partners:read"), representations(&p)).await;
    assert_eq!(answer.codes(), ["FORBIDDEN"; 6], "{}", answer.body);
    let entities = answer.body["data"]["_entities"].as_array().unwrap();
    let names: Vec<_> = entities.iter().map(|entity| entity["__typename"].as_str()).collect();
    let partner = Some("Partner");
    assert_eq!(names, [partner, None, None, partner, None, None, partner, None, None]);
}

#[apply(both_databases)]
async fn a_wrong_representation_is_the_askers_mistake(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for (wrong, says) in [
        (json!({ "id": p.a }), "must have the text __typename"),
        (json!({ "__typename": 1, "id": p.a }), "must have the text __typename"),
        (
            json!({ "__typename": null, "id": p.a }),
            "must have the text __typename",
        ),
        (json!({ "__typename": "Partner" }), "must have the text id"),
        (json!({ "__typename": "Partner", "id": 5 }), "must have the text id"),
        (json!({ "__typename": "Partner", "id": "five" }), "is not an id"),
        (
            json!({ "__typename": "Partner", "id": p.campaign }),
            "must start with par_",
        ),
        (
            json!({ "__typename": "Deal", "id": p.pipeline.deal }),
            "__typename must be one of Campaign, Commission, Partner, PartnerGroup",
        ),
        (
            json!({ "__typename": "partner", "id": p.a }),
            "__typename must be one of",
        ),
        (json!([{ "__typename": "Partner", "id": p.a }]), "must be an object"),
    ] {
        let answer = entities(&p.staff, json!([wrong, { "__typename": "Partner", "id": p.a }])).await;
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{wrong}: {}", answer.body);
        assert!(
            answer.body["errors"][0]["message"].as_str().unwrap().contains(says),
            "{wrong}: {}",
            answer.body
        );
        assert_eq!(answer.body["errors"][0]["path"], json!(["_entities", 0]), "{wrong}");
        // The mistake is that one's alone.
        assert_eq!(answer.body["data"]["_entities"][0], Value::Null, "{wrong}");
        assert_eq!(answer.body["data"]["_entities"][1]["id"], p.a, "{wrong}");
    }
    for wrong in [
        json!(["par_01h2xcejqtf2nbrexx3vqjhp41"]),
        json!([5]),
        json!([null]),
        json!(null),
        json!("all"),
    ] {
        let answer = entities(&p.staff, wrong.clone()).await;
        assert_eq!(
            (answer.codes(), answer.body.get("data")),
            (vec!["BAD_USER_INPUT"], None),
            "{wrong}: {}",
            answer.body
        );
    }
}

#[apply(both_databases)]
async fn the_subgraph_shows_its_schema(app: TestApp) {
    let data = app.admin().await.data("{ _service { sdl } }").await;
    assert_eq!(data["_service"]["sdl"], tributary::graphql::subgraph_sdl());
}
