//! Who reads the audit log, and that no secret is in it or anywhere else.

use serde_json::{Value, json};

use super::{change, log};
use crate::idempotency::Stage;
use crate::support::both_databases;
use crate::support::programme::Programme;

const ASKING: &str = "{ auditLog { totalCount nodes { id } } }";

#[apply(both_databases)]
async fn it_takes_its_own_scope(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let others: Vec<_> = tributary::auth::Resource::ALL
        .iter()
        .map(|resource| resource.as_str())
        .filter(|name| *name != "audit")
        .collect();
    let others: Vec<_> = others
        .iter()
        .flat_map(|name| [format!("{name}:read"), format!("{name}:write")])
        .collect();
    let without = app.staff(&p.tenant, &format!("{} audit:write", others.join(" ")));
    assert_eq!(without.ask(ASKING).await.codes(), ["FORBIDDEN"]);
    let histories = format!(
        "{{ a: partner(id: {:?}) {{ name history {{ nodes {{ id }} }} }} }}",
        p.a
    );
    assert_eq!(without.ask(&histories).await.codes(), ["FORBIDDEN"]);
    let with = app.staff(&p.tenant, "audit:read");
    assert!(with.data(ASKING).await["auditLog"]["totalCount"].as_u64() > Some(20));
    // It shows what was changed, and not the key and the partner behind it beyond their identity.
    let key = json!({ "name": "k", "scopes": ["partners:write", "partners:read"] });
    let key = p.staff.done("createApiKey", key, "key apiKey { id }").await;
    let by_key = app.client(Some(key["key"].as_str().unwrap().to_owned()));
    by_key
        .done("createPartnerTier", json!({ "label": "By key" }), "partnerTier { id }")
        .await;
    let (_, entries) = log(&p.staff).await;
    assert_eq!(
        (&entries[0]["actor"], &entries[0]["apiKey"]),
        (&key["apiKey"]["id"], &key["apiKey"])
    );
    assert!(entries[0]["tokenId"].is_null());
    let answer = with
        .ask("{ auditLog(first: 1) { nodes { actor apiKey { id } } } }")
        .await;
    assert_eq!(answer.codes(), ["FORBIDDEN"]);
    assert_eq!(
        answer.body["data"]["auditLog"]["nodes"][0]["actor"],
        key["apiKey"]["id"]
    );
}

#[apply(both_databases)]
async fn partners_see_nothing_of_it(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let entry = log(&p.staff).await.1[0]["id"].as_str().unwrap().to_owned();
    let histories = "history { totalCount nodes { id } pageInfo { hasNextPage } }";
    let document = format!(
        "{{ viewer {{ partner {{ name {histories} group {{ {histories} }} campaigns {{ nodes {{ {histories} }} }} }} }}
                node(id: {entry:?}) {{ id }} auditLog {{ totalCount nodes {{ id }} }} }}"
    );
    let answer = app.partner(&p.tenant, &p.a).ask(&document).await;
    assert_eq!(answer.codes(), [""; 0], "{}", answer.body);
    let data = &answer.body["data"];
    assert_eq!(
        (&data["node"], &data["auditLog"]),
        (&Value::Null, &json!({ "totalCount": 0, "nodes": [] }))
    );
    let nothing = json!({ "totalCount": 0, "nodes": [], "pageInfo": { "hasNextPage": false } });
    let partner = &data["viewer"]["partner"];
    assert_eq!(
        (&partner["history"], &partner["group"]["history"]),
        (&nothing, &nothing)
    );
    assert_eq!(partner["campaigns"]["nodes"][0]["history"], nothing);
    // Nor does it take its neighbours away where the scope is lacking.
    let portal = app.partner_with(&p.tenant, &p.a, "partners:read");
    let data = portal
        .data(&format!("{{ viewer {{ partner {{ email {histories} }} }} }}"))
        .await;
    assert_eq!(data["viewer"]["partner"]["history"], nothing);
}

#[apply(both_databases)]
async fn tenants_see_their_own(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let foreign = Programme::new(&app, "other", "foreign", "elsewhere").await;
    let own = log(&p.staff).await.1;
    assert!(!json!(own).to_string().contains("foreign"));
    for entry in own.iter().take(3) {
        let data = foreign
            .staff
            .data(&format!("{{ node(id: {}) {{ id }} }}", entry["id"]))
            .await;
        assert!(data["node"].is_null());
    }
    let filter = format!(
        "{{ auditLog(filter: {{ objectId: {:?} }}) {{ totalCount nodes {{ id }} }} }}",
        p.a
    );
    assert_eq!(
        foreign.staff.data(&filter).await["auditLog"],
        json!({ "totalCount": 0, "nodes": [] })
    );
    assert!(p.staff.data(&filter).await["auditLog"]["totalCount"].as_u64() > Some(0));
}

#[apply(both_databases)]
async fn no_secret_is_in_it(app: TestApp) {
    let stage = Stage::new(&app, 0).await;
    let p = &stage.p;
    let mut secrets = Vec::new();
    for (mutation, secret, field) in [
        ("createApiKey", "key", "key"),
        ("createWebhookEndpoint", "secret", "secret"),
        ("rotateWebhookSecret", "secret", "secret"),
        ("issuePartnerToken", "token", "token"),
    ] {
        let made = p.staff.done(mutation, stage.input(mutation).await, secret).await;
        let secret = made[secret].as_str().expect("it is shown").to_owned();
        let (_, entries) = log(&p.staff).await;
        assert_eq!(entries[0]["operation"], mutation);
        let told = change(&entries[0], field);
        match mutation {
            "issuePartnerToken" => assert!(told["after"]["expiresAt"].is_string(), "{told}"),
            _ => assert_eq!(told["after"], "changed"),
        }
        // What follows the part of a key that everybody may see; the signature of a token.
        let mark = if secret.contains('.') { '.' } else { '_' };
        let part = secret.rsplit(mark).next().unwrap().to_lowercase();
        assert!(part.len() > 30, "{secret}");
        secrets.push(part);
    }
    let tables: Vec<_> = app.rows().await.into_values().flatten().collect();
    let text = tables.join("\n").to_lowercase();
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret}");
    }
}
