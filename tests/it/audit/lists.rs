//! Paging, filters, and what lists cost.

use std::time::Duration;

use serde_json::{Value, json};

use super::{log, log_with};
use crate::support::both_databases;

#[apply(both_databases)]
async fn filters_hold_together(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let (ann, bob) = (app.staff(&tenant, "admin"), app.staff_called("bob", &tenant, "admin"));
    let minute = Duration::from_secs(60);
    let mut moments = vec![app.clock.now()];
    let mut ids = Vec::new();
    for (number, staff) in [&ann, &bob, &ann, &bob].into_iter().enumerate() {
        app.clock.advance(minute);
        moments.push(app.clock.now());
        let (field, input) = match number < 2 {
            true => ("createPartnerTier", json!({ "label": format!("t{number}") })),
            false => (
                "updatePartnerTier",
                json!({ "id": ids[number - 2], "label": format!("n{number}") }),
            ),
        };
        ids.push(staff.done(field, input, "partnerTier { id }").await["partnerTier"]["id"].clone());
    }
    let found = async |filter: Value| {
        let (count, entries) = log_with(&ann, filter).await;
        assert_eq!(count, entries.len() as u64);
        entries
            .iter()
            .map(|entry| entry["at"].as_str().unwrap().parse().unwrap())
            .collect::<Vec<tributary::domain::Timestamp>>()
    };
    assert_eq!(
        found(json!({})).await,
        moments.iter().rev().copied().collect::<Vec<_>>()
    );
    assert_eq!(found(json!({ "actor": "bob" })).await, [moments[4], moments[2]]);
    assert_eq!(found(json!({ "actor": "cli:tenant" })).await, [moments[0]]);
    assert_eq!(
        found(json!({ "operation": "updatePartnerTier" })).await,
        [moments[4], moments[3]]
    );
    assert_eq!(found(json!({ "objectId": ids[0] })).await, [moments[3], moments[1]]);
    assert_eq!(
        found(json!({ "from": moments[2], "to": moments[4] })).await,
        [moments[3], moments[2]]
    );
    assert_eq!(
        found(json!({ "objectId": ids[1], "actor": "bob", "from": moments[3] })).await,
        [moments[4]]
    );
    assert!(found(json!({ "objectId": ids[1], "actor": "ann" })).await.is_empty());
    let answer = ann
        .ask(r#"{ auditLog(filter: { objectId: "x" }) { totalCount } }"#)
        .await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
}

#[apply(both_databases)]
async fn pages_follow_each_other(app: TestApp) {
    let staff = app.admin().await;
    for number in 0..12 {
        staff
            .done(
                "createPartnerTier",
                json!({ "label": format!("t{number}") }),
                "partnerTier { id }",
            )
            .await;
    }
    let (_, all) = log(&staff).await;
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let document = "query($after: String) { auditLog(first: 5, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }";
        let page = staff.data_with(document, json!({ "after": after })).await["auditLog"].clone();
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, all.iter().map(|entry| entry["id"].clone()).collect::<Vec<_>>());
}

#[apply(both_databases)]
async fn lists_cost_a_statement_a_level(app: TestApp) {
    let staff = app.admin().await;
    for number in 0..20 {
        let partner = json!({ "name": "n", "email": format!("p{number}@example.com") });
        staff.done("createPartner", partner, "partner { id }").await;
    }
    for (cost, document) in [
        (
            1,
            "{ auditLog(first: SIZE) { nodes { id actor operation changes { field before after } apiKey { id } partner { name } } } }",
        ),
        (2, "{ auditLog(first: SIZE) { totalCount nodes { id } } }"),
        (
            2,
            "{ partners(first: SIZE) { nodes { name history(first: 3) { nodes { at changes { field } } } } } }",
        ),
        (2, "{ partners(first: SIZE) { nodes { name history { totalCount } } } }"),
    ] {
        for size in ["1", "20"] {
            app.reset_statements();
            staff.data(&document.replace("SIZE", size)).await;
            assert_eq!(app.statements().len(), cost, "{document}: {:#?}", app.statements());
        }
    }
}

#[apply(both_databases)]
async fn recording_an_event_costs_no_statement_more(app: TestApp) {
    let stage = crate::idempotency::Stage::new(&app, 0).await;
    let staff = &stage.p.staff;
    staff
        .done("recordEvent", stage.input("recordEvent").await, "event { id }")
        .await;
    let mut event = stage.input("recordEvent").await;
    event["externalId"] = json!("another");
    app.reset_statements();
    staff.done("recordEvent", event, "event { id }").await;
    let statements = app.statements();
    let writing: Vec<_> = statements
        .iter()
        .filter(|sql| sql.contains("INSERT INTO \"audit_entry\""))
        .collect();
    // It goes along with the event itself, and what that earns.
    assert_eq!(writing.len(), 1, "{statements:#?}");
    assert!(writing[0].contains("INSERT INTO \"event\""), "{writing:#?}");
    assert!(
        !statements.iter().any(|sql| sql.contains("audit_object")),
        "{statements:#?}"
    );
}
