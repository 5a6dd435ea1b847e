//! Tokens as the providers document them, read with the settings of docs/security.md.

use std::collections::BTreeMap;

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tributary::auth::IssuerSettings;

use super::super::key_pair::KeyPair;
use super::provider::Provider;
use super::{Gateway, NO, OK};
use crate::support::{Client, both_databases};

#[derive(serde::Deserialize)]
struct File {
    issuers: BTreeMap<String, IssuerSettings>,
}

/// What the documentation says to set for a provider.
fn documented(name: &str) -> IssuerSettings {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/security.md")).unwrap();
    let blocks = document.split("```toml\n").skip(1);
    let block = blocks
        .filter_map(|block| block.split_once("```"))
        .find(|(block, _)| block.contains(&format!("[issuers.{name}]")));
    let mut file: File = toml::from_str(block.expect("settings").0).expect("known settings");
    file.issuers.remove(name).expect("the provider")
}

struct Case {
    provider: &'static str,
    header: Value,
    /// Without times.
    claims: Value,
    scopes: &'static [&'static str],
    /// Changes that make the token somebody else's, or none of ours.
    refused: Vec<Value>,
}

/// The access tokens of the providers' documentation, for a user of staff.
fn cases() -> Vec<Case> {
    vec![
        Case {
            provider: "auth0",
            header: json!({ "alg": "RS256", "typ": "JWT", "kid": "key" }),
            claims: json!({
                "https://tributary.example/tenant": "acme",
                "iss": "https://acme.eu.auth0.com/", "sub": "auth0|6553da60a54af58e29493993",
                "aud": ["https://api.acme.example", "https://acme.eu.auth0.com/userinfo"],
                "scope": "openid profile partners:read", "azp": "K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja",
                "permissions": ["partners:read", "partners:write"],
            }),
            scopes: &["partners:read", "partners:write"],
            refused: vec![
                json!({ "aud": "https://acme.eu.auth0.com/userinfo" }),
                json!({ "iss": "https://acme.eu.auth0.com" }),
                json!({ "https://tributary.example/tenant": null }),
                json!({ "permissions": "admin".len() }),
            ],
        },
        // The profile of RFC 9068, of a machine.
        Case {
            provider: "auth0",
            header: json!({ "alg": "RS256", "typ": "at+jwt", "kid": "key" }),
            claims: json!({
                "https://tributary.example/tenant": "acme",
                "iss": "https://acme.eu.auth0.com/", "sub": "awZfdIir8YFdGZWkvCejDoUb7SjTDicx@clients",
                "aud": "https://api.acme.example", "client_id": "awZfdIir8YFdGZWkvCejDoUb7SjTDicx",
                "jti": "73WakrfVbNJBaAmhQtEeDv", "permissions": ["partners:read", "events:write"],
            }),
            scopes: &["partners:read", "events:write"],
            refused: vec![json!({ "aud": [] })],
        },
        Case {
            provider: "keycloak",
            header: json!({ "alg": "RS256", "typ": "JWT", "kid": "key" }),
            claims: json!({
                "jti": "onrtac:312ee6b5", "iss": "https://sso.acme.example/realms/acme",
                "aud": ["tributary", "account"], "sub": "f1c4f64e-2c0c-4cda-8c9f-9f3f8f3a2b0e", "typ": "Bearer",
                "azp": "portal", "sid": "4c0a3a8a", "acr": "1", "allowed-origins": ["https://portal.acme.example"],
                "realm_access": { "roles": ["default-roles-acme", "offline_access", "admin", "uma_authorization"] },
                "resource_access": {
                    "tributary": { "roles": ["partner-manager"] },
                    "account": { "roles": ["manage-account", "view-profile"] },
                },
                "scope": "openid email profile", "email_verified": false, "preferred_username": "ann",
            }),
            scopes: &["partners:read", "partners:write", "commissions:read"],
            refused: vec![
                json!({ "aud": "account" }),
                json!({ "typ": "ID" }),
                json!({ "iss": "https://sso.acme.example/realms/master" }),
                json!({ "resource_access": { "tributary": ["partner-manager"] } }),
            ],
        },
        Case {
            provider: "okta",
            header: json!({ "alg": "RS256", "kid": "key" }),
            claims: json!({
                "ver": 1, "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
                "iss": "https://acme.okta.com/oauth2/default", "aud": "api://tributary",
                "sub": "ann@acme.example", "cid": "nmdP1fcyvdVO11AL7ECm", "uid": "00ujmkLgagxeRrAg20g3",
                "scp": ["openid", "partners:read", "campaigns:read"], "tributaryTenant": "acme",
            }),
            scopes: &["partners:read", "campaigns:read"],
            refused: vec![
                json!({ "aud": "api://default" }),
                // The organisation's own authorization server is another issuer.
                json!({ "iss": "https://acme.okta.com" }),
                json!({ "scp": { "admin": true } }),
                json!({ "tributaryTenant": ["acme"] }),
            ],
        },
        Case {
            provider: "cognito",
            header: json!({ "alg": "RS256", "kid": "key" }),
            claims: json!({
                "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "device_key": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
                "cognito:groups": ["partner-managers", "admin"],
                "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_example",
                "version": 2, "client_id": "1example23456789", "origin_jti": "aaaaaaaa", "event_id": "64f513be",
                "token_use": "access", "scope": "phone openid tributary/campaigns:read aws.cognito.signin.user.admin",
                "jti": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "username": "ann",
            }),
            scopes: &["partners:read", "partners:write", "campaigns:read"],
            refused: vec![
                json!({ "client_id": "another" }),
                json!({ "aud": "https://another.acme.example" }),
                // What an ID token has instead.
                json!({ "client_id": null, "aud": "1example23456789", "token_use": "id" }),
                json!({ "token_use": "id" }),
                json!({ "iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_other" }),
            ],
        },
    ]
}

fn changed(claims: &Value, changes: &Value) -> Value {
    let mut claims = claims.clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

/// What a token of this provider calls a partner.
fn partner_claim(provider: &str) -> &'static str {
    match provider {
        "auth0" => "https://tributary.example/partner",
        "okta" => "tributaryPartner",
        _ => "tributary_partner",
    }
}

#[apply(both_databases)]
async fn documented_tokens_of_the_providers_open_what_they_should(app: TestApp) {
    let admin = app.admin().await;
    let made = admin
        .done(
            "createPartner",
            json!({ "name": "A", "email": "a@a.example" }),
            "partner { id }",
        )
        .await;
    let partner = made["partner"]["id"].clone();
    let pair = KeyPair::generate(Algorithm::RS256);
    let other = admin
        .done(
            "createPartner",
            json!({ "name": "B", "email": "b@b.example" }),
            "partner { id }",
        )
        .await;
    for case in cases() {
        let provider = Provider::start().await;
        // As they serve it: with what is for encryption beside it.
        let mut key = pair.jwk("key");
        let mut encrypts = key.clone();
        key["use"] = json!("sig");
        (encrypts["use"], encrypts["alg"], encrypts["kid"]) = (json!("enc"), json!("RSA-OAEP"), json!("other"));
        provider.serve(&[encrypts, key]);
        let settings = IssuerSettings {
            jwks_url: Some(provider.keys_url()),
            ..documented(case.provider)
        };
        let gateway = Gateway::with(&app, provider, settings);
        let now = app.clock.now().timestamp();
        let times = json!({ "iat": now, "exp": now + 3600, "auth_time": now });
        let token = |changes: &Value| pair.sign(&case.header, &changed(&changed(&case.claims, &times), changes));

        let client = Client::new(gateway.router.clone(), Some(token(&json!({}))));
        let viewer = client
            .data("{ viewer { subject scopes partner { id } tenant { slug } } }")
            .await["viewer"]
            .clone();
        let expected = json!({
            "subject": format!("{}|{}", case.claims["iss"].as_str().unwrap(), case.claims["sub"].as_str().unwrap()), "scopes": viewer["scopes"], "partner": null, "tenant": { "slug": "acme" },
        });
        assert_eq!(viewer, expected, "{}", case.provider);
        let mut scopes: Vec<_> = viewer["scopes"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let mut expected = case.scopes.to_vec();
        scopes.sort_unstable();
        expected.sort_unstable();
        assert_eq!(scopes, expected, "{}", case.provider);
        for changes in &case.refused {
            assert_eq!(gateway.status(token(changes)).await, NO, "{}: {changes}", case.provider);
        }

        // The same provider's token of a partner shows what is the partner's.
        let name = partner_claim(case.provider);
        let bound = Client::new(gateway.router.clone(), Some(token(&json!({ name: partner }))));
        let document = "query($other: ID!) { viewer { partner { id } } partner(id: $other) { id } }";
        let seen = bound
            .data_with(document, json!({ "other": other["partner"]["id"] }))
            .await;
        assert_eq!(seen["viewer"]["partner"]["id"], partner, "{}", case.provider);
        assert_eq!(seen["partner"], Value::Null, "{}", case.provider);
        for wrong in [json!([partner]), json!("par_01h2xcejqtf2nbrexx3vqjhp41"), json!("")] {
            assert_eq!(
                gateway.status(token(&json!({ name: wrong }))).await,
                NO,
                "{}: {wrong}",
                case.provider
            );
        }
        let mut nothing = changed(&case.claims, &times);
        nothing[name] = Value::Null;
        assert_eq!(
            gateway.status(pair.sign(&case.header, &nothing)).await,
            NO,
            "{}",
            case.provider
        );
        assert_eq!(gateway.status(token(&json!({}))).await, OK);
    }
}

#[test]
fn what_is_documented_can_be_meant() {
    for name in ["auth0", "keycloak", "okta", "cognito"] {
        assert_eq!(documented(name).check(name), Ok(()));
    }
}
