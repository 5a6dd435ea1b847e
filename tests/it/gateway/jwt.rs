//! The known attacks on JSON Web Tokens, against each kind of key.

use axum::http::{StatusCode, header};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use tributary::app::App;
use tributary::auth::{IssuerSettings, Issuers, Keys};
use tributary::http::HttpOptions;

use super::issuers::issuers;
use super::issuers::provider::Provider;
use super::key_pair::{KeyPair, encode, sign, sign_text};
use crate::support::token::SECRET;
use crate::support::{Client, TestApp};

const ASK: &str = "{ viewer { subject } }";

/// One kind of key: what signs, and what an attacker can know of it.
struct Kind {
    algorithm: Algorithm,
    genuine: EncodingKey,
    /// Another key of the kind.
    foreign: EncodingKey,
    /// The public key's file; empty for secrets.
    public: String,
    keys: Keys,
    /// Who has the key instead, and what it is called there.
    issuers: Issuers,
    key_id: Option<&'static str>,
    provider: Option<Provider>,
}

impl Kind {
    fn of_secret() -> Self {
        Self {
            algorithm: Algorithm::HS256,
            genuine: EncodingKey::from_secret(&SECRET),
            foreign: EncodingKey::from_secret(&[8; 32]),
            public: String::new(),
            keys: Keys::from_secret(&SECRET, "tributary", "tributary").unwrap(),
            issuers: Issuers::default(),
            key_id: None,
            provider: None,
        }
    }

    fn of_pair(algorithm: Algorithm) -> Self {
        let pair = KeyPair::generate(algorithm);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("public.pem");
        std::fs::write(&file, &pair.public).unwrap();
        Self {
            algorithm,
            foreign: KeyPair::generate(algorithm).signing,
            keys: Keys::from_files(&file, None, "tributary", "tributary").unwrap(),
            public: pair.public,
            genuine: pair.signing,
            issuers: Issuers::default(),
            key_id: None,
            provider: None,
        }
    }

    /// The key is served by an issuer, and the gateway's own tokens are others.
    async fn of_issuer(algorithm: Algorithm) -> Self {
        let pair = KeyPair::generate(algorithm);
        let provider = Provider::start().await;
        provider.serve(&[pair.jwk("a")]);
        let settings = IssuerSettings {
            issuer: "tributary".to_owned(),
            jwks_url: Some(provider.keys_url()),
            audiences: vec!["tributary".to_owned()],
            ..IssuerSettings::default()
        };
        Self {
            algorithm,
            foreign: KeyPair::generate(algorithm).signing,
            keys: Keys::from_secret(&SECRET, "ourselves", "tributary").unwrap(),
            public: pair.public,
            genuine: pair.signing,
            issuers: issuers([("default", settings)]),
            key_id: Some("a"),
            provider: Some(provider),
        }
    }

    fn name(&self) -> String {
        format!("{:?}", self.algorithm)
    }

    fn header(&self) -> Value {
        let mut header = json!({ "alg": self.name(), "typ": "JWT" });
        if let Some(id) = self.key_id {
            header["kid"] = json!(id);
        }
        header
    }
}

/// Signed by the genuine key, each with one thing wrong in its claims.
fn claims_attacks(now: i64) -> Vec<(&'static str, Value)> {
    vec![
        ("expired", json!({ "exp": now - 31 })),
        ("expired long ago", json!({ "exp": 0 })),
        ("expired before the epoch", json!({ "exp": -1 })),
        ("no expiry", json!({ "exp": null })),
        ("an expiry as a text", json!({ "exp": (now + 60).to_string() })),
        ("an expiry as a list", json!({ "exp": [now + 60] })),
        ("an expiry as an object", json!({ "exp": { "at": now + 60 } })),
        ("an expiry as a truth", json!({ "exp": true })),
        ("not yet valid", json!({ "nbf": now + 31 })),
        ("not before as a text", json!({ "nbf": "0" })),
        ("not before as a truth", json!({ "nbf": false })),
        ("issued at as a text", json!({ "iat": "0" })),
        ("another issuer", json!({ "iss": "mallory" })),
        ("no issuer", json!({ "iss": null })),
        ("an empty issuer", json!({ "iss": "" })),
        ("a list of issuers", json!({ "iss": ["tributary", "mallory"] })),
        ("an issuer in capitals", json!({ "iss": "Tributary" })),
        ("an issuer with a space", json!({ "iss": "tributary " })),
        (
            "an issuer that begins right",
            json!({ "iss": "tributary.mallory.example" }),
        ),
        ("another audience", json!({ "aud": "billing" })),
        ("other audiences", json!({ "aud": ["billing", "crm"] })),
        ("no audience", json!({ "aud": null })),
        ("no audiences", json!({ "aud": [] })),
        ("an audience that begins right", json!({ "aud": "tributary2" })),
        ("an audience as an object", json!({ "aud": { "tributary": true } })),
        ("an audience as a number", json!({ "aud": 1 })),
        ("audiences in a list of lists", json!({ "aud": [["tributary"]] })),
        ("no subject", json!({ "sub": null })),
        ("an empty subject", json!({ "sub": "" })),
        ("a subject of spaces", json!({ "sub": "  " })),
        ("a subject as a number", json!({ "sub": 1 })),
        ("a subject with a line break", json!({ "sub": "ann\nadmin" })),
        ("a long subject", json!({ "sub": "a".repeat(256) })),
        ("the system as the subject", json!({ "sub": "system" })),
        ("staff as the subject", json!({ "sub": "staff" })),
        ("a command as the subject", json!({ "sub": "cli:import" })),
        ("a job as the subject", json!({ "sub": "job:approve_matured" })),
        (
            "an API key as the subject",
            json!({ "sub": "key_01h2xcejqtf2nbrexx3vqjhp41" }),
        ),
        (
            "a partner as the subject",
            json!({ "sub": "par_01h2xcejqtf2nbrexx3vqjhp41" }),
        ),
        (
            "an endpoint as the subject",
            json!({ "sub": "whe_01h2xcejqtf2nbrexx3vqjhp41" }),
        ),
        ("no tenant", json!({ "tenant": null })),
        ("another tenant", json!({ "tenant": "nobody" })),
        ("a list of tenants", json!({ "tenant": ["acme"] })),
        ("a tenant as SQL", json!({ "tenant": "acme' OR '1'='1" })),
        ("any tenant", json!({ "tenant": "%" })),
        ("scopes as a list", json!({ "scope": ["admin"] })),
        (
            "a partner that is none",
            json!({ "partner": "par_01h2xcejqtf2nbrexx3vqjhp41" }),
        ),
        ("a partner as a number", json!({ "partner": 1 })),
        ("an empty partner", json!({ "partner": "" })),
        ("a token's name as a number", json!({ "jti": 1 })),
    ]
}

/// Signed by the genuine key, each with one thing wrong in its header.
fn header_attacks(kind: &Kind) -> Vec<(&'static str, Value)> {
    let with = |name: &str, value: Value| {
        let mut header = kind.header();
        header[name] = value;
        header
    };
    let mut nameless = Map::new();
    nameless.insert("typ".to_owned(), json!("JWT"));
    vec![
        ("no algorithm", Value::Object(nameless)),
        ("algorithm none", with("alg", json!("none"))),
        ("algorithm None", with("alg", json!("None"))),
        ("algorithm NONE", with("alg", json!("NONE"))),
        ("an empty algorithm", with("alg", json!(""))),
        (
            "the algorithm in lower case",
            with("alg", json!(kind.name().to_lowercase())),
        ),
        ("a list of algorithms", with("alg", json!([kind.name()]))),
        ("algorithm null", with("alg", Value::Null)),
        ("algorithm HS384", with("alg", json!("HS384"))),
        ("algorithm RS512", with("alg", json!("RS512"))),
        ("algorithm PS256", with("alg", json!("PS256"))),
        ("algorithm ES384", with("alg", json!("ES384"))),
        ("an unknown algorithm", with("alg", json!("XS256"))),
        ("critical extensions", with("crit", json!(["exp"]))),
        ("no critical extensions", with("crit", json!([]))),
        ("critical extensions null", with("crit", Value::Null)),
        ("an unencoded payload", with("b64", json!(false))),
        ("compression", with("zip", json!("DEF"))),
        ("encryption", with("enc", json!("A256GCM"))),
        (
            "a key in its header",
            with("jwk", json!({ "kty": "oct", "k": "BwcHBw" })),
        ),
        ("a key null in its header", with("jwk", Value::Null)),
        ("a key's address", with("jku", json!("https://mallory.example/keys"))),
        ("a file's address", with("jku", json!("file:///dev/null"))),
        (
            "a certificate's address",
            with("x5u", json!("https://mallory.example/cert")),
        ),
        ("a certificate", with("x5c", json!(["MIIB"]))),
        ("another type", with("typ", json!("JWE"))),
        ("an ID token's type", with("typ", json!("id_token+jwt"))),
        ("a logout token's type", with("typ", json!("logout+jwt"))),
        ("a type as a list", with("typ", json!(["JWT"]))),
        ("a nested token", with("cty", json!("JWT"))),
        ("a key's name as a number", with("kid", json!(1))),
        ("a key's name as an object", with("kid", json!({ "$ne": null }))),
        ("an empty key's name", with("kid", json!(""))),
        ("an endless key's name", with("kid", json!("x".repeat(300)))),
    ]
}

/// Whole tokens that are wrong in their making.
fn made_attacks(kind: &Kind, good: &Value, now: i64) -> Vec<(&'static str, String)> {
    let header = kind.header();
    let token = sign(&header, good, &kind.genuine, kind.algorithm);
    let parts: Vec<&str> = token.split('.').collect();
    let (h, p, s) = (parts[0], parts[1], parts[2]);
    let with_header = |header: Value| encode(header.to_string());
    let admin = encode(json!({ "sub": "mallory" }).to_string());
    // The public key is known to everybody: as a secret it must open nothing.
    let hmac = |secret: &[u8]| {
        sign(
            &json!({ "alg": "HS256", "typ": "JWT" }),
            good,
            &EncodingKey::from_secret(secret),
            Algorithm::HS256,
        )
    };
    let text = |header: &str, claims: &str| sign_text(header, claims, &kind.genuine, kind.algorithm);
    let (header_text, claims_text) = (header.to_string(), good.to_string());
    let doubled = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    vec![
        ("another key", sign(&header, good, &kind.foreign, kind.algorithm)),
        ("no signature", format!("{h}.{p}.")),
        ("no signature and no dot", format!("{h}.{p}")),
        (
            "algorithm none without signature",
            format!("{}.{p}.", with_header(json!({ "alg": "none" }))),
        ),
        (
            "algorithm none with the signature",
            format!("{}.{p}.{s}", with_header(json!({ "alg": "none" }))),
        ),
        ("other claims under the signature", format!("{h}.{admin}.{s}")),
        (
            "another header over the signature",
            format!("{}.{p}.{s}", with_header(json!({ "alg": kind.name() }))),
        ),
        ("a cut signature", format!("{h}.{p}.{}", &s[..s.len() - 4])),
        ("a longer signature", format!("{token}AAAA")),
        ("a signature of zeros", format!("{h}.{p}.{}", encode([0_u8; 64]))),
        (
            "an ECDSA signature of nothing",
            format!("{h}.{p}.{}", encode([0_u8; 8])),
        ),
        (
            "a changed signature",
            format!("{h}.{p}.{}{}", if s.starts_with('A') { 'B' } else { 'A' }, &s[1..]),
        ),
        ("padding", format!("{h}.{p}.{s}==")),
        ("padding in the claims", format!("{h}.{p}=.{s}")),
        ("base 64 of the other alphabet", format!("{h}.{p}.+/{}", &s[2..])),
        ("a space within", format!("{h}. {p}.{s}")),
        ("a tab within", format!("{h}.\t{p}.{s}")),
        ("percent signs", format!("{h}%2E{p}%2E{s}")),
        ("four parts", format!("{token}.{s}")),
        ("five parts", format!("{token}.{s}.{s}")),
        ("an empty first part", format!(".{p}.{s}")),
        ("an empty second part", format!("{h}..{s}")),
        ("three empty parts", "..".to_owned()),
        ("nothing", String::new()),
        ("nonsense", "nonsense".to_owned()),
        ("two tokens", format!("{token},{token}")),
        (
            "JSON serialisation",
            json!({ "protected": h, "payload": p, "signature": s }).to_string(),
        ),
        (
            "more than 8 KB",
            text(
                &header_text,
                &doubled(&claims_text, &format!("\"pad\":\"{}\"", "x".repeat(8192))),
            ),
        ),
        (
            "the expiry twice",
            text(&header_text, &doubled(&claims_text, &format!("\"exp\":{}", now + 60))),
        ),
        (
            "the tenant twice",
            text(&header_text, &doubled(&claims_text, "\"tenant\":\"zulu\"")),
        ),
        (
            "an unknown claim twice",
            text(&header_text, &doubled(&doubled(&claims_text, "\"x\":1"), "\"x\":2")),
        ),
        (
            "the algorithm twice",
            text(&doubled(&header_text, "\"alg\":\"none\""), &claims_text),
        ),
        (
            "the expiry twice, once escaped",
            text(&header_text, &doubled(&claims_text, "\"\\u0065xp\":1")),
        ),
        (
            "claims that are a list",
            text(&header_text, &format!("[{claims_text}]")),
        ),
        (
            "claims that are a text",
            text(&header_text, &json!(claims_text).to_string()),
        ),
        ("claims that are no JSON", text(&header_text, "claims")),
        ("claims and more", text(&header_text, &format!("{claims_text}{{}}"))),
        (
            "a header that is a list",
            text(&format!("[{header_text}]"), &claims_text),
        ),
        ("a header that is null", text("null", &claims_text)),
        ("a header that is no JSON", text("header", &claims_text)),
        (
            "an expiry beyond all numbers",
            text(
                &header_text,
                &claims_text.replace(&format!("\"exp\":{}", now + 3600), "\"exp\":1e999"),
            ),
        ),
        (
            "an expiry that is no number",
            text(
                &header_text,
                &claims_text.replace(&format!("\"exp\":{}", now + 3600), "\"exp\":NaN"),
            ),
        ),
        ("the public key as a secret", hmac(kind.public.as_bytes())),
        (
            "the public key as a secret, trimmed",
            hmac(kind.public.trim().as_bytes()),
        ),
        ("an empty secret", hmac(b"")),
        ("a guessed secret", hmac(b"secret")),
        ("a secret of zeros", hmac(&[0; 32])),
    ]
}

async fn attack(kind: Kind) {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let now = app.clock.now().timestamp();
    let good = app.claims(&json!({}));
    let with_keys = Arc::new(
        App::new(app.store().clone(), app.clock.clone(), kind.keys.clone()).with_issuers(kind.issuers.clone()),
    );
    let (_, ending) = tokio::sync::watch::channel(false);
    let router = tributary::http::router(with_keys, HttpOptions::default(), ending).unwrap();
    let ask = |token: String| {
        let client = Client::new(router.clone(), Some(token));
        async move { client.ask(ASK).await }
    };

    let mut tokens: Vec<(&str, String)> = Vec::new();
    for (name, changes) in claims_attacks(now) {
        tokens.push((
            name,
            sign(&kind.header(), &app.claims(&changes), &kind.genuine, kind.algorithm),
        ));
    }
    for (name, header) in header_attacks(&kind) {
        tokens.push((name, sign(&header, &good, &kind.genuine, kind.algorithm)));
    }
    // A claim that is there and null, also where it need not be there.
    for name in [
        "iss", "aud", "sub", "exp", "nbf", "iat", "jti", "tenant", "scope", "partner",
    ] {
        let mut claims = good.clone();
        claims[name] = Value::Null;
        tokens.push((name, sign(&kind.header(), &claims, &kind.genuine, kind.algorithm)));
    }
    tokens.extend(made_attacks(&kind, &good, now));
    assert!(tokens.len() >= 110, "{}", tokens.len());

    let mut texts = Vec::new();
    for (name, token) in tokens {
        // What no header can carry never arrives.
        if token.contains(['\n', '\r']) {
            continue;
        }
        let answer = ask(token).await;
        assert_eq!(
            answer.status,
            StatusCode::UNAUTHORIZED,
            "{:?}, {name}: {}",
            kind.algorithm,
            answer.body
        );
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
    assert_eq!(texts.len(), 1, "one answer for every cause");

    // And the honest ones, in every form that they may have.
    let expected = match kind.provider {
        Some(_) => format!("{}|ann", good["iss"].as_str().unwrap()),
        None => "ann".to_owned(),
    };
    for header in [
        kind.header(),
        json!({ "alg": kind.name() }),
        json!({ "alg": kind.name(), "typ": "at+jwt" }),
        json!({ "alg": kind.name(), "typ": "application/at+jwt" }),
        json!({ "alg": kind.name(), "typ": "jwt", "kid": kind.key_id.unwrap_or("2026"), "nonce": "x" }),
    ] {
        let token = sign(&header, &good, &kind.genuine, kind.algorithm);
        assert_eq!(
            ask(token).await.data()["viewer"]["subject"],
            expected.as_str(),
            "{header}"
        );
    }
    if let Some(provider) = kind.provider {
        assert_eq!(provider.asked(), 1, "attacks cause no fetches");
    }
}

#[tokio::test]
async fn no_attack_opens_a_gateway_with_a_secret() {
    attack(Kind::of_secret()).await;
}

#[tokio::test]
async fn no_attack_opens_a_gateway_with_an_rsa_key() {
    attack(Kind::of_pair(Algorithm::RS256)).await;
}

#[tokio::test]
async fn no_attack_opens_a_gateway_with_a_p256_key() {
    attack(Kind::of_pair(Algorithm::ES256)).await;
}

#[tokio::test]
async fn no_attack_opens_a_gateway_with_an_ed25519_key() {
    attack(Kind::of_pair(Algorithm::EdDSA)).await;
}

#[tokio::test]
async fn no_attack_opens_a_gateway_with_an_issuers_rsa_key() {
    attack(Kind::of_issuer(Algorithm::RS256).await).await;
}

#[tokio::test]
async fn no_attack_opens_a_gateway_with_an_issuers_p256_key() {
    attack(Kind::of_issuer(Algorithm::ES256).await).await;
}

#[tokio::test]
async fn no_attack_opens_a_gateway_with_an_issuers_ed25519_key() {
    attack(Kind::of_issuer(Algorithm::EdDSA).await).await;
}

#[tokio::test]
async fn two_authorization_headers_are_no_token() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let bearer = format!("Bearer {}", app.sign(&json!({})));
    let request = axum::http::Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, &bearer)
        .header(header::AUTHORIZATION, &bearer)
        .body(json!({ "query": ASK }).to_string().into())
        .unwrap();
    assert_eq!(app.client(None).send(request).await.status, StatusCode::UNAUTHORIZED);
}
