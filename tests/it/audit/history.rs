//! What entries tell of objects, and the histories of objects.

use serde_json::{Value, json};
use tributary::domain::audit::sha256;

use super::{change, log, log_with};
use crate::support::programme::Programme;
use crate::support::{Client, both_databases};

/// The operations of an object's history, newest first.
async fn history(staff: &Client, kind: &str, id: &str) -> Vec<Value> {
    let document = format!(
        "{{ node(id: {id:?}) {{ ... on {kind} {{ history {{ totalCount nodes {{ {} }} }} }} }} }}",
        super::ENTRY
    );
    let data = staff.data(&document).await;
    let history = &data["node"]["history"];
    let nodes = history["nodes"].as_array().unwrap().clone();
    assert_eq!(history["totalCount"], json!(nodes.len()), "{document}");
    nodes
}

fn operations(entries: &[Value]) -> Vec<&str> {
    entries
        .iter()
        .map(|entry| entry["operation"].as_str().unwrap())
        .collect()
}

#[apply(both_databases)]
async fn each_of_the_five_types_has_its_history(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let terms = json!([{ "basis": "PERCENT", "value": "12" }]);
    for (kind, id, update, input) in [
        ("Partner", &p.a, "updatePartner", json!({ "id": p.a, "name": "New" })),
        (
            "PartnerGroup",
            &p.group,
            "updatePartnerGroup",
            json!({ "id": p.group, "name": "New" }),
        ),
        (
            "Campaign",
            &p.campaign,
            "updateCampaign",
            json!({ "id": p.campaign, "name": "New", "terms": terms }),
        ),
        (
            "CommissionRule",
            &p.pipeline.rule,
            "updateCommissionRule",
            json!({ "id": p.pipeline.rule, "label": "New" }),
        ),
        (
            "TieredCommission",
            &p.tiered,
            "updateTieredCommission",
            json!({ "id": p.tiered, "name": "New" }),
        ),
    ] {
        let before = history(&p.staff, kind, id).await;
        let oldest = before.last().unwrap();
        assert_eq!(oldest["operation"], json!(format!("create{kind}")));
        p.staff.done(update, input, "__typename").await;
        let after = history(&p.staff, kind, id).await;
        assert_eq!(after.len(), before.len() + 1, "{kind}");
        assert_eq!(after[1..], before[..], "{kind}");
        assert_eq!(after[0]["operation"], update);
        let name = change(&after[0], if kind == "CommissionRule" { "label" } else { "name" });
        assert_eq!(
            (&name["after"], &name["objectId"], &name["objectType"]),
            (&json!("New"), &json!(id), &json!(kind))
        );
        // It began with this very name.
        let first = change(oldest, if kind == "CommissionRule" { "label" } else { "name" });
        assert_eq!(
            (&first["before"], &first["after"]),
            (&Value::Null, &name["before"]),
            "{kind}"
        );
    }
}

#[apply(both_databases)]
async fn a_partners_history_tells_what_became_of_it(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let terms = json!([{ "basis": "PERCENT", "value": "12" }]);
    let created = json!({
        "name": "Cleo", "email": "Cleo@Example.com", "metadata": { "crm": 7 }, "categoryIds": [p.category],
        "campaignIds": [p.campaign], "commissionSnapshot": { "campaignId": p.campaign, "terms": terms },
    });
    let made = p.staff.done("createPartner", created, "partner { id }").await;
    let id = made["partner"]["id"].as_str().unwrap().to_owned();
    let steps = [
        (
            "updatePartner",
            json!({ "id": id, "metadata": null, "categoryIds": [], "groupId": p.group }),
        ),
        (
            "amendCommissionSnapshot",
            json!({ "partnerId": id, "terms": terms, "reason": "agreed" }),
        ),
        (
            "addPartnerToCampaign",
            json!({ "partnerId": id, "campaignId": p.other_campaign }),
        ),
        (
            "createApiKey",
            json!({ "name": "portal", "scopes": ["partners:read"], "partnerId": id }),
        ),
        (
            "issuePartnerToken",
            json!({ "partnerId": id, "scopes": ["partners:read"] }),
        ),
        ("suspendPartner", json!({ "id": id, "reason": "check" })),
    ];
    for (mutation, input) in steps {
        p.staff.done(mutation, input, "__typename").await;
    }
    let told = history(&p.staff, "Partner", &id).await;
    assert_eq!(
        operations(&told),
        [
            "suspendPartner",
            "issuePartnerToken",
            "addPartnerToCampaign",
            "amendCommissionSnapshot",
            "updatePartner",
            "createPartner",
        ]
    );
    let sides = |entry: &Value, field: &str| {
        let change = change(entry, field);
        (change["before"].clone(), change["after"].clone())
    };
    assert_eq!(sides(&told[0], "status"), (json!("ACTIVE"), json!("SUSPENDED")));
    assert_eq!(sides(&told[0], "apiKeys"), (Value::Null, json!({ "revoked": 1 })));
    assert_eq!(sides(&told[1], "token").1["scopes"], json!(["partners:read"]));
    assert_eq!(sides(&told[2], "campaigns"), (Value::Null, json!(p.other_campaign)));
    assert_eq!(sides(&told[4], "metadata"), (json!({ "crm": 7 }), Value::Null));
    assert_eq!(sides(&told[4], "categoryIds"), (json!([p.category]), json!([])));
    assert_eq!(sides(&told[4], "groupId"), (Value::Null, json!(p.group)));
    assert_eq!(sides(&told[5], "email"), (Value::Null, json!("cleo@example.com")));
    assert_eq!(told[4]["changes"].as_array().unwrap().len(), 3);
    // What was deleted is told as well.
    let tier = p
        .staff
        .done("createPartnerTier", json!({ "label": "Brief" }), "partnerTier { id }")
        .await["partnerTier"]["id"]
        .clone();
    p.staff
        .done("deletePartnerTier", json!({ "id": tier }), "deletedId")
        .await;
    let (count, entries) = log_with(&p.staff, json!({ "objectId": tier })).await;
    assert_eq!(
        (count, operations(&entries)),
        (2, vec!["deletePartnerTier", "createPartnerTier"])
    );
    assert_eq!(sides(&entries[0], "label"), (json!("Brief"), Value::Null));
}

#[apply(both_databases)]
async fn another_default_group_is_told_of_both(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    p.staff
        .done(
            "updatePartnerGroup",
            json!({ "id": p.group, "default": true }),
            "__typename",
        )
        .await;
    let (_, entries) = log(&p.staff).await;
    let changes = entries[0]["changes"].as_array().unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|change| {
            (
                &change["objectId"],
                &change["field"],
                &change["before"],
                &change["after"],
            )
        })
        .collect();
    let (yes, no, field) = (json!(true), json!(false), json!("default"));
    assert_eq!(
        told,
        [
            (&json!(p.default_group), &field, &yes, &no),
            (&json!(p.group), &field, &no, &yes)
        ]
    );
    for group in [&p.default_group, &p.group] {
        assert_eq!(
            history(&p.staff, "PartnerGroup", group).await[0]["id"],
            entries[0]["id"]
        );
    }
}

#[apply(both_databases)]
async fn of_long_values_a_hash_is_told(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let (short, long) = (json!({ "text": "x".repeat(1013) }), json!({ "text": "x".repeat(1014) }));
    assert_eq!((short.to_string().len(), long.to_string().len()), (1024, 1025));
    for metadata in [&short, &long] {
        p.staff
            .done(
                "updatePartner",
                json!({ "id": p.a, "metadata": metadata }),
                "partner { id }",
            )
            .await;
    }
    let told = history(&p.staff, "Partner", &p.a).await;
    let hash = json!({ "sha256": sha256(long.to_string().as_bytes()), "bytes": 1025 });
    let metadata = change(&told[0], "metadata");
    assert_eq!((&metadata["before"], &metadata["after"]), (&short, &hash));
}

#[apply(both_databases)]
async fn versions_name_their_entries(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let rules = json!([{ "recurring": { "percentage": "20" } }]);
    let terms = json!([{ "basis": "PERCENT", "value": "12" }]);
    p.staff
        .done(
            "updatePartnerGroup",
            json!({ "id": p.group, "rules": rules, "default": true }),
            "__typename",
        )
        .await;
    p.staff
        .done(
            "updateCampaign",
            json!({ "id": p.campaign, "terms": terms }),
            "__typename",
        )
        .await;
    p.staff
        .done(
            "updateTieredCommission",
            json!({ "id": p.tiered, "name": "New" }),
            "__typename",
        )
        .await;
    for table in [
        "campaign_version",
        "partner_group_version",
        "default_group_version",
        "tiered_commission_version",
    ] {
        let versions = app.texts(&format!("SELECT CAST(COUNT(*) AS text) FROM {table}")).await;
        let named = app
            .texts(&format!(
                "SELECT CAST(COUNT(*) AS text) FROM {table} AS version JOIN audit_entry AS entry
                   ON entry.tenant_id = version.tenant_id AND entry.id = version.audit_entry_id"
            ))
            .await;
        assert_eq!(versions, named, "{table}");
        assert_ne!(versions, ["0"], "{table}");
    }
}
