//! Which tokens open anything.

use std::time::Duration;

use axum::http::{StatusCode, header};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tributary::domain::tenant::Tenant;

use crate::support::token::{SECRET, encode, sign};
use crate::support::{Answer, TestApp, both_databases};

const ASK: &str = "{ viewer { subject } }";

async fn ask(app: &TestApp, token: &str) -> Answer {
    app.client(Some(token.to_owned())).ask(ASK).await
}

/// Tokens of tenant `acme` that open nothing, each for one reason.
async fn bad_tokens(app: &TestApp, acme: &Tenant) -> Vec<(&'static str, String)> {
    let now = app.clock.now().timestamp();
    let zulu = app.tenant("zulu").await;
    let partner = |tenant: &Tenant| {
        let staff = app.staff(tenant, "admin");
        async move {
            let input = json!({ "name": "A", "email": "a@a.example" });
            let payload = staff.done("createPartner", input, "partner { id }").await;
            payload["partner"]["id"].as_str().unwrap().to_owned()
        }
    };
    let (own, foreign) = (partner(acme).await, partner(&zulu).await);
    let mut tokens = Vec::new();
    for (name, claims) in [
        ("expired", json!({ "exp": now - 31 })),
        ("not yet valid", json!({ "nbf": now + 31 })),
        ("another issuer", json!({ "iss": "mallory" })),
        ("another audience", json!({ "aud": "billing" })),
        ("other audiences", json!({ "aud": ["billing", "crm"] })),
        ("no expiry", json!({ "exp": null })),
        ("an expiry that is no number", json!({ "exp": "never" })),
        ("no subject", json!({ "sub": null })),
        ("an empty subject", json!({ "sub": "" })),
        ("a subject with control characters", json!({ "sub": "ann\u{0}" })),
        ("no issuer", json!({ "iss": null })),
        ("no audience", json!({ "aud": null })),
        ("no tenant", json!({ "tenant": null })),
        ("an unknown tenant", json!({ "tenant": "nobody" })),
        (
            "an unknown tenant's id",
            json!({ "tenant": "ten_01h2xcejqtf2nbrexx3vqjhp41" }),
        ),
        ("an empty tenant", json!({ "tenant": "" })),
        ("a tenant that no database takes", json!({ "tenant": "acme\u{0}" })),
        ("a tenant as SQL", json!({ "tenant": "acme' OR '1'='1" })),
        ("a tenant in capitals", json!({ "tenant": "ACME" })),
        ("a partner's id as tenant", json!({ "tenant": own })),
        (
            "an unknown partner",
            json!({ "partner": "par_01h2xcejqtf2nbrexx3vqjhp41" }),
        ),
        ("a partner of another tenant", json!({ "partner": foreign })),
        (
            "an id of another kind as partner",
            json!({ "partner": acme.id.to_string() }),
        ),
        ("an empty partner", json!({ "partner": "" })),
        (
            "a partner without a time of issue",
            json!({ "partner": own, "iat": null }),
        ),
        (
            "a partner's, from before it was created",
            json!({ "partner": own, "iat": now - 1 }),
        ),
        ("scopes as a list", json!({ "scope": ["admin"] })),
    ] {
        tokens.push((name, app.sign(&claims)));
    }
    let good = app.claims(&json!({}));
    let plain = json!({ "alg": "HS256", "typ": "JWT" });
    let with = |name: &str, value: Value| {
        let mut header = plain.clone();
        header[name] = value;
        sign(&header, &good, &SECRET, Algorithm::HS256)
    };
    let key = json!({ "kty": "oct", "k": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc" });
    tokens.extend([
        ("another key", sign(&plain, &good, &[8; 32], Algorithm::HS256)),
        (
            "no signature",
            format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&good)),
        ),
        (
            "alg none in capitals",
            format!("{}.{}.", encode(&json!({ "alg": "NONE" })), encode(&good)),
        ),
        ("a cut signature", format!("{}.{}.", encode(&plain), encode(&good))),
        (
            "HS384",
            sign(&json!({ "alg": "HS384" }), &good, &SECRET, Algorithm::HS384),
        ),
        (
            "HS512",
            sign(&json!({ "alg": "HS512" }), &good, &SECRET, Algorithm::HS512),
        ),
        ("HS384 named HS256", sign(&plain, &good, &SECRET, Algorithm::HS384)),
        ("a key in its header", with("jwk", key)),
        (
            "a key's address in its header",
            with("jku", json!("https://mallory.example/keys")),
        ),
        (
            "a certificate's address in its header",
            with("x5u", json!("https://mallory.example/cert")),
        ),
        ("a certificate in its header", with("x5c", json!(["MIIB"]))),
        ("critical extensions", with("crit", json!(["exp"]))),
        ("another type", with("typ", json!("JWE"))),
        ("no token at all", String::new()),
        ("nonsense", "nonsense".to_owned()),
        ("three empty parts", "..".to_owned()),
        (
            "more than 8 KB",
            sign(
                &plain,
                &app.claims(&json!({ "pad": "x".repeat(8192) })),
                &SECRET,
                Algorithm::HS256,
            ),
        ),
    ]);
    tokens
}

#[apply(both_databases)]
async fn every_bad_token_is_refused_alike(app: TestApp) {
    let acme = app.tenant("acme").await;
    let mut texts = Vec::new();
    for (name, token) in bad_tokens(&app, &acme).await {
        let answer = ask(&app, &token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {}", answer.body);
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{name}");
        assert!(answer.body.get("data").is_none(), "{name}");
        assert_eq!(
            answer.headers[header::WWW_AUTHENTICATE],
            "Bearer error=\"invalid_token\"",
            "{name}"
        );
        texts.push(answer.comparable());
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "one answer for every cause: {texts:?}");
}

#[apply(both_databases)]
async fn a_good_token_is_good_until_it_ends(app: TestApp) {
    let acme = app.tenant("acme").await;
    let now = app.clock.now().timestamp();
    for claims in [
        json!({}),
        json!({ "tenant": acme.id.to_string() }),
        json!({ "aud": ["billing", "tributary"] }),
        json!({ "iat": null }),
        json!({ "nbf": now }),
        json!({ "unknown": { "claim": 1 } }),
        json!({ "scope": "" }),
        json!({ "scope": null }),
    ] {
        let answer = ask(&app, &app.sign(&claims)).await;
        assert_eq!(answer.data()["viewer"]["subject"], "ann", "{claims}");
    }
    let token = app.sign(&json!({ "exp": now + 60 }));
    app.clock.advance(Duration::from_secs(59));
    ask(&app, &token).await.data();
    // Clocks may differ a little.
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(ask(&app, &token).await.status, StatusCode::UNAUTHORIZED);
}

#[apply(both_databases)]
async fn without_a_token_the_gateway_says_what_to_send(app: TestApp) {
    app.tenant("acme").await;
    let answer = app.client(None).ask(ASK).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.codes(), ["UNAUTHENTICATED"]);
    assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    assert!(
        answer.body["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("Authorization: Bearer")
    );
    for document in [
        "{",
        "",
        "{ nothing }",
        "mutation { updateTenant(input: {}) { tenant { id } } }",
        "{ __schema { types { name } } }",
    ] {
        assert_eq!(
            app.client(None).ask(document).await.status,
            StatusCode::UNAUTHORIZED,
            "{document}"
        );
    }
}
