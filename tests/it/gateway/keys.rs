//! API keys: what each kind opens, and that nothing else does.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tokio::sync::watch;
use tributary::app::App;
use tributary::http::HttpOptions;
use tributary::service::api_key::write_uses;

use super::run;
use crate::support::programme::{BY_PARTNERS, Programme, made_by};
use crate::support::{Answer, Client, TestApp, both_databases};

const ASK: &str = "{ viewer { subject scopes partner { id } } }";
const MADE: &str = "apiKey { id name prefix scopes partner { id } createdAt expiresAt lastUsedAt revokedAt } key";

/// A key made by `staff`: its id and its text.
async fn make(staff: &Client, input: Value) -> (String, String) {
    let payload = staff.done("createApiKey", input, MADE).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (text(&payload["apiKey"]["id"]), text(&payload["key"]))
}

async fn make_with(staff: &Client, scopes: &[&str]) -> (String, String) {
    make(staff, json!({ "name": "K", "scopes": scopes })).await
}

/// Asks with exactly this header.
async fn ask_as(app: &TestApp, authorization: &str, document: &str) -> Answer {
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, authorization)
        .body(Body::from(json!({ "query": document }).to_string()));
    app.client(None).send(request.unwrap()).await
}

async fn is_alive(app: &TestApp, key: &str) -> bool {
    let answer = app.client(Some(key.to_owned())).ask(ASK).await;
    match answer.status {
        StatusCode::UNAUTHORIZED => false,
        _ => answer.data()["viewer"]["subject"].is_string(),
    }
}

async fn listed(staff: &Client, id: &str) -> Value {
    let fields = "... on ApiKey { id name prefix scopes createdAt expiresAt lastUsedAt revokedAt }";
    let data = staff.data(&format!("{{ node(id: {id:?}) {{ {fields} }} }}")).await;
    data["node"].clone()
}

/// `key` with the digit at `place` changed.
fn changed(key: &str, place: usize) -> String {
    let digit = if &key[place..=place] == "0" { "1" } else { "0" };
    format!("{}{digit}{}", &key[..place], &key[place + 1..])
}

#[apply(both_databases)]
async fn a_key_is_shown_once_and_opens_what_it_says(app: TestApp) {
    let admin = app.admin().await;
    let input = json!({ "name": " Shop ", "scopes": ["campaigns:read", "partners:read", "partners:read"] });
    let payload = admin.done("createApiKey", input, MADE).await;
    let (made, key) = (payload["apiKey"].clone(), payload["key"].as_str().unwrap().to_owned());
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["name"], "Shop");
    assert_eq!(made["scopes"], json!(["partners:read", "campaigns:read"]));
    assert_eq!(made["createdAt"], "2026-03-01T12:00:00Z");
    for absent in ["partner", "expiresAt", "lastUsedAt", "revokedAt"] {
        assert_eq!(made[absent], Value::Null, "{absent}");
    }
    let prefix = made["prefix"].as_str().unwrap();
    let secret = key
        .strip_prefix(&format!("{prefix}_"))
        .expect("the key begins with its prefix");
    assert_eq!(secret.len(), 64);
    for header in [
        format!("Bearer {key}"),
        format!("bearer  {key} "),
        format!("Api-Key {key}"),
        format!("API-KEY {key}"),
    ] {
        let viewer = ask_as(&app, &header, ASK).await.data()["viewer"].clone();
        let scopes = &made["scopes"];
        assert_eq!(
            viewer,
            json!({ "subject": id, "scopes": scopes, "partner": null }),
            "{header}"
        );
    }
    let holder = app.client(Some(key.clone()));
    holder
        .data("{ partners { totalCount } campaigns { totalCount } }")
        .await;
    assert_eq!(holder.ask("{ deals { totalCount } }").await.codes(), ["FORBIDDEN"]);
    let wanted = json!({ "name": "N", "email": "n@n.example" });
    let refused = holder.try_mutate("createPartner", wanted, "partner { id }").await;
    assert_eq!(refused.codes(), ["FORBIDDEN"]);
    // Neither the database nor the list knows the secret.
    let rows = app.rows().await;
    assert_eq!(rows["api_key"].len(), 1);
    assert!(!format!("{rows:?}").contains(secret));
    let list = admin.data("{ apiKeys { nodes { id prefix name } totalCount } }").await;
    assert_eq!(
        list["apiKeys"],
        json!({ "nodes": [{ "id": id, "prefix": prefix, "name": "Shop" }], "totalCount": 1 })
    );
}

#[apply(both_databases)]
async fn what_a_key_does_is_on_record_as_its_own(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let (id, key) = make_with(&p.staff, &["partners:write", "partners:read"]).await;
    let holder = app.client(Some(key));
    holder
        .done("suspendPartner", json!({ "id": p.b, "reason": "r" }), "partner { id }")
        .await;
    let document = format!("{{ partner(id: {:?}) {{ transitions {{ actor }} }} }}", p.b);
    assert!(p.staff.data(&document).await.to_string().contains(&id));
}

#[apply(both_databases)]
async fn every_misuse_is_refused_alike_and_like_a_bad_token(app: TestApp) {
    let admin = app.admin().await;
    let (_, key) = make_with(&admin, &["admin"]).await;
    let (_, other) = make_with(&admin, &["admin"]).await;
    let (revoked_id, revoked) = make_with(&admin, &["admin"]).await;
    admin
        .done("revokeApiKey", json!({ "id": revoked_id }), "deletedId")
        .await;
    let soon = json!({ "name": "K", "scopes": ["admin"], "expiresAt": "2026-03-01T12:00:01Z" });
    let (_, expired) = make(&admin, soon).await;
    app.clock.advance(Duration::from_secs(1));
    let (prefix, secret) = (&key[..21], &key[22..]);
    let token = app.sign(&json!({}));
    let zulu = app.tenant("zulu").await;
    let (_, foreign) = make_with(&app.staff(&zulu, "admin"), &["admin"]).await;
    let mut headers = vec![
        ("another prefix", format!("Bearer {}", changed(&key, 7))),
        ("another secret's first digit", format!("Bearer {}", changed(&key, 22))),
        (
            "another secret's last digit",
            format!("Bearer {}", changed(&key, key.len() - 1)),
        ),
        ("another key's secret", format!("Bearer {prefix}_{}", &other[22..])),
        (
            "another tenant's key's secret",
            format!("Bearer {prefix}_{}", &foreign[22..]),
        ),
        ("another tenant's prefix", format!("Bearer {}_{secret}", &foreign[..21])),
        ("its prefix", format!("Bearer {prefix}")),
        ("its prefix and no secret", format!("Bearer {prefix}_")),
        ("its secret", format!("Bearer {secret}")),
        ("one digit less", format!("Bearer {}", &key[..key.len() - 1])),
        ("one digit more", format!("Bearer {key}0")),
        ("in capitals", format!("Bearer {}", key.to_uppercase())),
        ("with SQL", format!("Bearer {prefix}' OR '1'='1")),
        ("a wildcard", format!("Bearer trib_%_{secret}")),
        ("revoked", format!("Bearer {revoked}")),
        ("expired", format!("Bearer {expired}")),
        ("as a password", format!("Basic {key}")),
        ("a token as key", format!("Api-Key {token}")),
        ("no key", "Api-Key ".to_owned()),
        ("only the scheme", "Api-Key".to_owned()),
        ("two keys", format!("Api-Key {key} {key}")),
        ("two keys with a comma", format!("Bearer {key},{other}")),
        ("a long one", format!("Bearer trib_{}", "0".repeat(8000))),
    ];
    for scheme in ["Bearer", "Api-Key"] {
        headers.push(("nothing but the mark", format!("{scheme} trib_")));
    }
    let bad_token = ask_as(&app, "Bearer nonsense", ASK).await.comparable();
    for (name, header) in headers {
        let answer = ask_as(&app, &header, ASK).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {}", answer.body);
        assert_eq!(
            answer.headers[header::WWW_AUTHENTICATE],
            "Bearer error=\"invalid_token\"",
            "{name}"
        );
        assert_eq!(answer.comparable(), bad_token, "{name}");
    }
    assert!(is_alive(&app, &key).await && is_alive(&app, &other).await && is_alive(&app, &foreign).await);
}

#[apply(both_databases)]
async fn a_key_opens_its_own_tenant_only(app: TestApp) {
    let foreign = Programme::new(&app, "zulu", "zulu", "yankee").await;
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let (id, key) = make_with(&p.staff, &["admin"]).await;
    let holder = app.client(Some(key.clone()));
    let list = holder
        .data("{ partners { nodes { name } } viewer { tenant { slug } } }")
        .await;
    assert_eq!(list["viewer"]["tenant"]["slug"], "acme");
    assert!(!list.to_string().contains("zulu") && list.to_string().contains("alpha"));
    assert_eq!(
        holder.data(&format!("{{ node(id: {:?}) {{ id }} }}", foreign.a)).await["node"],
        Value::Null
    );
    // The other tenant neither sees nor ends it.
    assert_eq!(listed(&foreign.staff, &id).await, Value::Null);
    assert!(
        !foreign
            .staff
            .data("{ apiKeys { nodes { id } } }")
            .await
            .to_string()
            .contains(&id)
    );
    assert_eq!(
        foreign
            .staff
            .problems("revokeApiKey", json!({ "id": id }), "deletedId")
            .await,
        ["NOT_FOUND id"]
    );
    let bound = json!({ "name": "K", "scopes": ["partners:read"], "partnerId": p.a });
    assert_eq!(
        foreign.staff.problems("createApiKey", bound, "apiKey").await,
        ["NOT_FOUND partnerId"]
    );
    assert!(is_alive(&app, &key).await);
}

#[apply(both_databases)]
async fn a_revoked_key_is_out_at_once_on_every_replica_and_for_good(app: TestApp) {
    let admin = app.admin().await;
    let (id, key) = make_with(&admin, &["admin"]).await;
    let (_, stays) = make_with(&admin, &["admin"]).await;
    // Another replica: a program of its own over the same database, which has let the key in before.
    let secret = tributary::auth::Keys::from_secret(&crate::support::token::SECRET, "tributary", "tributary").unwrap();
    let replica = Arc::new(App::new(app.store().clone(), app.clock.clone(), secret));
    let (_, ending) = watch::channel(false);
    let router = tributary::http::router(replica, HttpOptions::default(), ending).unwrap();
    let there = Client::new(router, Some(key.clone()));
    there.data(ASK).await;
    // With the key itself, too: nothing is checked but the caller's scope.
    let holder = app.client(Some(key.clone()));
    assert_eq!(
        holder.done("revokeApiKey", json!({ "id": id }), "deletedId").await["deletedId"],
        *id
    );
    assert_eq!(there.ask(ASK).await.status, StatusCode::UNAUTHORIZED);
    assert!(!is_alive(&app, &key).await && is_alive(&app, &stays).await);
    assert_eq!(listed(&admin, &id).await["revokedAt"], "2026-03-01T12:00:00Z");
    app.clock.advance(Duration::from_secs(5));
    admin.done("revokeApiKey", json!({ "id": id }), "deletedId").await;
    assert_eq!(listed(&admin, &id).await["revokedAt"], "2026-03-01T12:00:00Z");
    assert_eq!(
        admin.data("{ apiKeys { totalCount } }").await["apiKeys"]["totalCount"],
        2
    );
}

#[apply(both_databases)]
async fn a_key_ends_when_it_says(app: TestApp) {
    let admin = app.admin().await;
    let input = |moment: &str| json!({ "name": "K", "scopes": ["admin"], "expiresAt": moment });
    for moment in ["2026-03-01T12:00:00Z", "2026-02-28T12:00:00Z"] {
        assert_eq!(
            admin.problems("createApiKey", input(moment), "apiKey").await,
            ["INVALID expiresAt"],
            "{moment}"
        );
    }
    let (id, key) = make(&admin, input("2026-03-01T13:00:00+00:30")).await;
    assert_eq!(listed(&admin, &id).await["expiresAt"], "2026-03-01T12:30:00Z");
    let (_, lasting) = make_with(&admin, &["admin"]).await;
    app.clock.advance(Duration::from_micros(1_800_000_000 - 1));
    assert!(is_alive(&app, &key).await);
    app.clock.advance(Duration::from_micros(1));
    assert!(!is_alive(&app, &key).await);
    app.clock.advance(Duration::from_secs(50 * 365 * 24 * 3600));
    assert!(is_alive(&app, &lasting).await);
}

#[apply(both_databases)]
async fn nobody_grants_a_scope_that_they_lack(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let staff = app.staff(&p.tenant, "api_keys:write partners:read deals:write");
    let input = |scopes: &[&str]| json!({ "name": "K", "scopes": scopes });
    let mine = input(&["deals:write", "partners:read", "api_keys:write"]);
    let made = staff.done("createApiKey", mine, "key").await;
    let key = made["key"].as_str().expect("a key").to_owned();
    // A key grants no more than it has, either.
    for giver in [&staff, &app.client(Some(key))] {
        giver
            .done("createApiKey", input(&["partners:read"]), "apiKey { id }")
            .await;
        for scope in ["admin", "partners:write", "deals:read", "api_keys:read", "payouts:read"] {
            let problems = giver
                .problems("createApiKey", input(&["partners:read", scope]), "apiKey")
                .await;
            assert_eq!(problems, ["INVALID scopes.1"], "{scope}");
        }
    }
    for scope in [
        "",
        "Admin",
        "*",
        "partners",
        "partners:*",
        "partners:read deals:write",
        "deals:write ",
    ] {
        let problems = p.staff.problems("createApiKey", input(&[scope]), "apiKey").await;
        assert_eq!(problems, ["INVALID scopes.0"], "{scope:?}");
    }
    assert_eq!(
        p.staff.problems("createApiKey", input(&[]), "apiKey").await,
        ["REQUIRED scopes"]
    );
    let nameless = json!({ "name": " ", "scopes": ["admin"] });
    assert_eq!(
        p.staff.problems("createApiKey", nameless, "apiKey").await,
        ["REQUIRED name"]
    );
    let bound = |scope: &str| json!({ "name": "K", "scopes": [scope], "partnerId": p.a });
    for scope in ["admin", "partners:write", "commission_rules:read", "api_keys:read"] {
        assert_eq!(
            p.staff.problems("createApiKey", bound(scope), "apiKey").await,
            ["INVALID scopes.0"],
            "{scope}"
        );
    }
    assert_eq!(
        staff.problems("createApiKey", bound("payouts:read"), "apiKey").await,
        ["INVALID scopes.0"]
    );
    staff
        .done("createApiKey", bound("partners:read"), "apiKey { id }")
        .await;
    // What was refused left nothing.
    let keys = p.staff.data("{ apiKeys { totalCount } }").await;
    assert_eq!(keys["apiKeys"]["totalCount"], 5);
}

#[apply(both_databases)]
async fn a_key_bound_to_a_partner_reads_what_is_its_own_and_writes_nothing(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let scopes = ["partners:read", "deals:read", "commissions:read", "campaigns:read"];
    let input = json!({ "name": "K", "scopes": scopes, "partnerId": p.a });
    let (id, key) = make(&p.staff, input).await;
    let holder = app.client(Some(key));
    let asked = "{ viewer { partner { id } } partners { nodes { name } } deals { nodes { name } } }";
    let data = holder.data(asked).await;
    assert_eq!(data["viewer"]["partner"]["id"], *p.a);
    assert_eq!(data["partners"]["nodes"], json!([{ "name": "alpha partner" }]));
    assert_eq!(data["deals"]["nodes"], json!([{ "name": "alpha deal" }]));
    let other = holder.data(&format!("{{ partner(id: {:?}) {{ id }} }}", p.b)).await;
    assert_eq!(other["partner"], Value::Null);
    assert_eq!(
        holder.ask(&format!("{{ node(id: {id:?}) {{ id }} }}")).await.codes(),
        ["FORBIDDEN"]
    );
    assert_eq!(holder.ask("{ payouts { totalCount } }").await.codes(), ["FORBIDDEN"]);
    // Whatever its row says: past the program's own granting, which would refuse it.
    let transaction = app.store().begin_unaudited().await.unwrap();
    run(&*transaction, "UPDATE api_key SET scopes = 'admin'").await;
    transaction.commit().await.unwrap();
    let before = app.rows().await;
    let selections = p
        .inputs()
        .into_iter()
        .filter(|(mutation, _)| !BY_PARTNERS.contains(mutation))
        .map(|(mutation, input)| (mutation, input, made_by(mutation)));
    for (mutation, input, selection) in selections {
        let answer = holder.try_mutate(mutation, input, selection).await;
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{mutation}: {}", answer.body);
    }
    assert_eq!(app.rows().await, before);
    assert_eq!(
        holder.data("{ apiKeys { totalCount nodes { id } } }").await["apiKeys"],
        json!({ "totalCount": 0, "nodes": [] })
    );
}

#[apply(both_databases)]
async fn a_partners_keys_end_with_the_partnership_and_stay_ended(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let bound = |partner: &String| json!({ "name": "K", "scopes": ["partners:read"], "partnerId": partner });
    let (_, other) = make(&p.staff, bound(&p.b)).await;
    let (_, staffs) = make_with(&p.staff, &["partners:read"]).await;
    // The clock stands still: even within one microsecond the order of things decides.
    for (end, comeback) in [
        ("suspendPartner", "activatePartner"),
        ("revokePartner", "reinstatePartner"),
    ] {
        let (id, key) = make(&p.staff, bound(&p.a)).await;
        assert!(is_alive(&app, &key).await, "{end}");
        p.staff
            .done(end, json!({ "id": p.a, "reason": "r" }), "partner { id }")
            .await;
        assert!(!is_alive(&app, &key).await, "{end}");
        assert!(listed(&p.staff, &id).await["revokedAt"].is_string(), "{end}");
        assert_eq!(
            p.staff.problems("createApiKey", bound(&p.a), "apiKey").await,
            ["CONFLICT partnerId"]
        );
        p.staff.done(comeback, json!({ "id": p.a }), "partner { id }").await;
        assert!(!is_alive(&app, &key).await, "{comeback}");
        // Not even where the row had not been ended: the statement that finds it looks at the partner.
        let transaction = app.store().begin_unaudited().await.unwrap();
        run(&*transaction, "UPDATE api_key SET revoked_at = NULL").await;
        transaction.commit().await.unwrap();
        assert!(!is_alive(&app, &key).await, "{comeback}");
        let (_, new) = make(&p.staff, bound(&p.a)).await;
        assert!(is_alive(&app, &new).await && is_alive(&app, &other).await && is_alive(&app, &staffs).await);
    }
}

#[apply(both_databases)]
async fn a_request_with_a_key_costs_one_statement_and_its_use_is_written_later(app: TestApp) {
    let admin = app.admin().await;
    let (id, key) = make_with(&admin, &["partners:read"]).await;
    let holder = app.client(Some(key.clone()));
    app.reset_statements();
    holder.data("{ viewer { subject } }").await;
    let statements = app.statements();
    assert_eq!(statements.len(), 1, "{statements:?}");
    assert!(!statements[0].contains(&key[22..]), "the secret stays out of SQL");
    assert_eq!(listed(&admin, &id).await["lastUsedAt"], Value::Null);
    write_uses(&app.app).await.unwrap();
    assert_eq!(listed(&admin, &id).await["lastUsedAt"], "2026-03-01T12:00:00Z");
    // A replica that writes down an earlier use takes nothing back; a refused key is not used.
    app.clock.advance(Duration::from_secs(60));
    assert!(!is_alive(&app, &changed(&key, 40)).await);
    write_uses(&app.app).await.unwrap();
    assert_eq!(listed(&admin, &id).await["lastUsedAt"], "2026-03-01T12:00:00Z");
    holder.data("{ viewer { subject } }").await;
    write_uses(&app.app).await.unwrap();
    let key = id.parse().unwrap();
    let tenant = admin.data("{ viewer { tenant { id } } }").await["viewer"]["tenant"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    app.app
        .key_uses
        .note(tenant, key, "2026-03-01T12:00:30Z".parse().unwrap());
    write_uses(&app.app).await.unwrap();
    assert_eq!(listed(&admin, &id).await["lastUsedAt"], "2026-03-01T12:01:00Z");
    app.reset_statements();
    write_uses(&app.app).await.unwrap();
    assert_eq!(app.statements(), Vec::<String>::new());
}
