//! Tokens of partners that were suspended or revoked, and the tokens that staff issues to partners.

use std::time::Duration;

use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use crate::support::programme::Programme;
use crate::support::{Client, TestApp, both_databases};

async fn issue(staff: &Client, input: Value) -> Value {
    staff.mutate("issuePartnerToken", input, "token expiresAt").await
}

/// A partner's portal with a freshly issued token.
async fn portal(app: &TestApp, p: &Programme) -> Client {
    let payload = issue(&p.staff, json!({ "partnerId": p.a })).await;
    app.client(Some(
        payload["token"]
            .as_str()
            .unwrap_or_else(|| panic!("{payload}"))
            .to_owned(),
    ))
}

async fn is_alive(portal: &Client) -> bool {
    let answer = portal.ask("{ viewer { partner { id } } }").await;
    match answer.status {
        StatusCode::UNAUTHORIZED => false,
        _ => answer.data()["viewer"]["partner"]["id"].is_string(),
    }
}

async fn problems(staff: &Client, input: Value) -> Vec<(String, String)> {
    let payload = issue(staff, input).await;
    assert!(
        payload["token"].is_null() && payload["expiresAt"].is_null(),
        "{payload}"
    );
    let errors = payload["userErrors"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_default();
    errors
        .map(|error| {
            let path: Vec<_> = error["field"].as_array().unwrap().iter().map(text).collect();
            (text(&error["code"]), path.join("."))
        })
        .collect()
}

fn problem(code: &str, path: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), path.to_owned())]
}

#[apply(both_databases)]
async fn tokens_die_with_the_partnership_and_stay_dead_after_a_comeback(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let reason = "fraud";
    // The clock stands still: even within one microsecond the order of things decides.
    for pause in [
        Duration::ZERO,
        Duration::from_micros(1),
        Duration::from_millis(300),
        Duration::from_secs(2),
    ] {
        for (end, comeback) in [
            ("suspendPartner", "activatePartner"),
            ("revokePartner", "reinstatePartner"),
        ] {
            let before = portal(&app, &p).await;
            assert!(is_alive(&before).await, "{end} after {pause:?}");
            app.clock.advance(pause);
            p.staff
                .done(end, json!({ "id": p.a, "reason": reason }), "partner { id }")
                .await;
            assert!(!is_alive(&before).await, "a token survived {end}");
            assert_eq!(
                problems(&p.staff, json!({ "partnerId": p.a })).await,
                problem("CONFLICT", "partnerId")
            );
            // One that somebody else's identity service made meanwhile.
            let claims = json!({ "partner": p.a, "iat": app.clock.now().timestamp_micros() as f64 / 1e6 });
            let meanwhile = app.client(Some(app.sign(&claims)));
            assert!(!is_alive(&meanwhile).await);
            app.clock.advance(pause);
            p.staff.done(comeback, json!({ "id": p.a }), "partner { id }").await;
            let after = portal(&app, &p).await;
            assert!(
                is_alive(&after).await,
                "a new token is dead after {comeback}, {pause:?}"
            );
            assert!(
                !is_alive(&before).await,
                "an old token came back with {comeback}, {pause:?}"
            );
            assert!(
                !is_alive(&meanwhile).await,
                "a token from between came back with {comeback}, {pause:?}"
            );
        }
    }
    // From suspended to revoked and back, and other partners live on.
    let (before, other) = (portal(&app, &p).await, app.partner(&p.tenant, &p.b));
    for (mutation, input) in [
        ("suspendPartner", json!({ "id": p.a, "reason": reason })),
        ("revokePartner", json!({ "id": p.a, "reason": reason })),
        ("reinstatePartner", json!({ "id": p.a })),
    ] {
        p.staff.done(mutation, input, "partner { id }").await;
    }
    assert!(!is_alive(&before).await && is_alive(&portal(&app, &p).await).await && is_alive(&other).await);
}

#[apply(both_databases)]
async fn a_suspended_partner_is_refused_whatever_is_asked(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let own = "{ viewer { partner { id name commissions { nodes { id } } } } }".to_owned();
    let twice = format!(
        "{{ a: partner(id: {:?}) {{ id }} b: partner(id: {:?}) {{ name }} }}",
        p.a, p.b
    );
    let deep = format!("{{ viewer {}{} }}", "{ partner ".repeat(99), "}".repeat(99));
    // Its own row, other rows, none, none that is read, documents that do not run, and operations of other kinds.
    let documents = [
        own.as_str(),
        &twice,
        "{ commissions { nodes { id } } }",
        "{ viewer { subject scopes } }",
        "{ __typename }",
        "{ partner(id: \"nonsense\") { id } }",
        "{ nothing }",
        "{",
        &deep,
        "mutation { deletePartner(input: { id: \"nonsense\" }) { deletedId } }",
        "subscription { commissionChanged { id } }",
    ];
    let input = json!({ "id": p.a, "reason": "fraud" });
    let mut token = 0;
    for document in documents {
        for accept in [
            "application/json",
            "application/graphql-response+json",
            "text/event-stream",
        ] {
            // A token that was valid when it was last looked at.
            token += 1;
            let claims = json!({ "partner": p.a, "jti": token.to_string() });
            let portal = app.client(Some(app.sign(&claims)));
            assert!(is_alive(&portal).await);
            p.staff.done("suspendPartner", input.clone(), "partner { id }").await;
            // The first request may read before it is refused, the others are refused before they do anything.
            for turn in 0..2 {
                let request = portal.post(&json!({ "query": document }), Some(accept));
                app.reset_statements();
                let answer = portal.send(request).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{document}: {answer:?}");
                assert_eq!(
                    answer.headers[header::WWW_AUTHENTICATE],
                    "Bearer error=\"invalid_token\""
                );
                assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
                assert!(answer.body.get("data").is_none(), "{document}: {answer:?}");
                let reads_more = document == twice || document.contains("commissions");
                let most = if turn == 0 && reads_more { 3 } else { 1 };
                assert!(app.statements().len() <= most, "{document}: {:#?}", app.statements());
            }
            p.staff
                .done("activatePartner", json!({ "id": p.a }), "partner { id }")
                .await;
            app.clock.advance(Duration::from_secs(1));
        }
    }
}

#[apply(both_databases)]
async fn an_invited_partners_token_lives_on_when_it_is_activated(app: TestApp) {
    let mut p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let input = json!({ "name": "New", "email": "new@new.example", "sendInvite": true });
    let payload = p.staff.done("createPartner", input, "partner { id status }").await;
    assert_eq!(payload["partner"]["status"], "INVITED");
    p.a = payload["partner"]["id"].as_str().unwrap().to_owned();
    let portal = portal(&app, &p).await;
    assert!(is_alive(&portal).await);
    p.staff
        .done("activatePartner", json!({ "id": p.a }), "partner { id }")
        .await;
    assert!(is_alive(&portal).await);
}

#[apply(both_databases)]
async fn an_issued_token_reads_what_was_granted_until_it_ends(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let payload = issue(
        &p.staff,
        json!({ "partnerId": p.a, "scopes": ["partners:read", "deals:read"], "ttlSeconds": 60 }),
    )
    .await;
    assert_eq!(payload["expiresAt"], "2026-03-01T12:01:01Z");
    let portal = app.client(Some(payload["token"].as_str().unwrap().to_owned()));
    let viewer = portal
        .data("{ viewer { scopes partner { id } tenant { slug } } }")
        .await;
    assert_eq!(
        viewer["viewer"],
        json!({ "scopes": ["partners:read", "deals:read"], "partner": { "id": p.a }, "tenant": { "slug": "acme" } })
    );
    app.clock.advance(Duration::from_secs(59));
    assert!(is_alive(&portal).await);
    app.clock.advance(Duration::from_secs(31));
    assert!(!is_alive(&portal).await);
    // By default everything for partners that the caller has, and never more.
    for (scopes, granted) in [
        (
            "admin",
            json!([
                "partners:read",
                "partner_groups:read",
                "campaigns:read",
                "coupons:read",
                "links:read",
                "events:read",
                "commissions:read",
                "payouts:read",
                "deals:read",
                "tiered_commissions:read"
            ]),
        ),
        (
            "partners:write campaigns:read api_keys:read commission_rules:read",
            json!(["campaigns:read"]),
        ),
        ("partners:write", json!([])),
    ] {
        let payload = issue(&app.staff(&p.tenant, scopes), json!({ "partnerId": p.a })).await;
        let portal = app.client(Some(payload["token"].as_str().unwrap().to_owned()));
        assert_eq!(
            portal.data("{ viewer { scopes } }").await["viewer"]["scopes"],
            granted,
            "{scopes}"
        );
    }
}

#[apply(both_databases)]
async fn nobody_grants_what_they_lack_nor_what_is_not_for_partners(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let clerk = app.staff(&p.tenant, "partners:write campaigns:read");
    let ask = |scopes: &[&str]| json!({ "partnerId": p.a, "scopes": scopes });
    for scope in [
        "partners:read",
        "events:read",
        "commissions:read",
        "admin",
        "partners:write",
        "nonsense",
        "",
    ] {
        assert_eq!(
            problems(&clerk, ask(&["campaigns:read", scope])).await,
            problem("INVALID", "scopes.1"),
            "{scope}"
        );
    }
    for scope in [
        "admin",
        "partners:write",
        "campaigns:write",
        "api_keys:read",
        "commission_rules:read",
        "partners:read campaigns:read",
        "Partners:read",
    ] {
        assert_eq!(
            problems(&p.staff, ask(&[scope])).await,
            problem("INVALID", "scopes.0"),
            "{scope}"
        );
    }
    let both = [problem("INVALID", "scopes.0"), problem("INVALID", "scopes.2")].concat();
    assert_eq!(
        problems(&p.staff, ask(&["admin", "deals:read", "nonsense"])).await,
        both
    );
    for ttl in [0, -1, 86_401, i32::MAX, i32::MIN] {
        assert_eq!(
            problems(&p.staff, json!({ "partnerId": p.a, "ttlSeconds": ttl })).await,
            problem("INVALID", "ttlSeconds")
        );
    }
    for ttl in [1, 86_400] {
        assert!(issue(&p.staff, json!({ "partnerId": p.a, "ttlSeconds": ttl })).await["token"].is_string());
    }
}
