//! Claims as providers document them, and claims that are refused.

use serde_json::json;

use super::*;

fn now() -> Timestamp {
    Timestamp::from_timestamp(1_700_000_000, 0).unwrap()
}

fn rules(settings: &str) -> ClaimRules {
    let sound = format!("issuer = 'https://a.example'\n{settings}");
    let settings: IssuerSettings = toml::from_str(&sound).expect("known settings");
    ClaimRules::new(&settings)
}

/// The claims of a token for `us`, changed; null leaves one out.
fn claims(changes: Value) -> Value {
    let mut claims = json!({
        "iss": "https://a.example", "aud": "us", "sub": "ann", "iat": 1_700_000_000, "exp": 1_700_000_060,
        "tenant": "acme", "scope": "partners:read",
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

fn scope(rules: &ClaimRules, changes: Value) -> Option<String> {
    rules.read(&claims(changes), now()).map(|claims| claims.scope)
}

#[test]
fn scopes_are_texts_or_lists_at_any_place() {
    let rules = rules("audiences = ['us']\nscope_claims = ['scope', 'scp', 'realm_access.roles']");
    for (changes, granted) in [
        (json!({}), Some("partners:read")),
        (json!({ "scope": null }), Some("")),
        (json!({ "scope": " openid  admin offline_access " }), Some("admin")),
        (
            json!({ "scp": ["openid", "campaigns:read"] }),
            Some("partners:read campaigns:read"),
        ),
        (
            json!({ "scp": "campaigns:read email" }),
            Some("partners:read campaigns:read"),
        ),
        (json!({ "scp": [] }), Some("partners:read")),
        (
            json!({ "realm_access": { "roles": ["offline_access", "events:write"] } }),
            Some("partners:read events:write"),
        ),
        // A name with a space is one name, which no scope of ours has.
        (json!({ "scp": ["campaigns:read admin"] }), Some("partners:read")),
        (json!({ "scope": ["partners:read"] }), None),
        (json!({ "scp": [["admin"]] }), None),
        (json!({ "scp": [null] }), None),
        (json!({ "scp": { "admin": true } }), None),
        (json!({ "scp": true }), None),
        (json!({ "realm_access": "admin" }), None),
        (json!({ "realm_access": { "roles": 1 } }), None),
    ] {
        assert_eq!(scope(&rules, changes.clone()).as_deref(), granted, "{changes}");
    }
    for path in ["scope", "scp", "realm_access"] {
        let mut claims = claims(json!({}));
        claims[path] = Value::Null;
        assert!(rules.read(&claims, now()).is_none(), "{path} is null");
    }
}

#[test]
fn an_issuers_own_names_mean_what_the_settings_say_and_nothing_else() {
    let names =
        json!({ "roles": ["admin", "Partner managers", "t/campaigns:read", "t/nonsense", "t/", "partners:read"] });
    let with = |settings: &str| {
        scope(
            &rules(&format!("audiences = ['us']\nscope_claims = ['roles']\n{settings}")),
            names.clone(),
        )
    };
    assert_eq!(with("").as_deref(), Some("admin partners:read"));
    assert_eq!(with("scope_prefix = 't/'").as_deref(), Some("campaigns:read"));
    // If the settings map names, a role that happens to be called "admin" grants nothing.
    let managers = "scopes.'Partner managers' = 'partners:read partners:write'";
    assert_eq!(with(managers).as_deref(), Some("partners:read partners:write"));
    let both = format!("{managers}\nscope_prefix = 't/'");
    assert_eq!(
        with(&both).as_deref(),
        Some("partners:read partners:write campaigns:read")
    );
    assert_eq!(
        with(&format!("{managers}\nscope_prefix = ''")).as_deref(),
        Some("admin partners:read partners:write partners:read")
    );
}

#[test]
fn a_tenant_is_a_text_of_the_token_or_of_the_settings() {
    let tenant = |rules: &ClaimRules, changes: Value| rules.read(&claims(changes), now()).map(|claims| claims.tenant);
    let fixed = rules("audiences = ['us']\ntenant = 'acme'");
    assert_eq!(tenant(&fixed, json!({ "tenant": "other" })).as_deref(), Some("acme"));
    let named = rules("audiences = ['us']\ntenant_claim = 'https://t.example/tenant'");
    assert_eq!(
        tenant(&named, json!({ "https://t.example/tenant": "zulu" })).as_deref(),
        Some("zulu")
    );
    assert_eq!(tenant(&named, json!({})), None);
    for wrong in [json!(["acme"]), json!(1), json!({ "slug": "acme" })] {
        assert_eq!(
            tenant(&named, json!({ "https://t.example/tenant": wrong })),
            None,
            "{wrong}"
        );
    }
}

#[test]
fn a_token_is_staffs_only_where_nothing_is_said_of_a_partner() {
    let partner = |rules: &ClaimRules, changes: Value| rules.read(&claims(changes), now()).map(|claims| claims.partner);
    let optional = rules("audiences = ['us']\npartner_claim = 'tributary.partner'");
    assert_eq!(partner(&optional, json!({})), Some(None));
    let bound = json!({ "tributary": { "partner": "par_1" } });
    assert_eq!(partner(&optional, bound.clone()), Some(Some("par_1".to_owned())));
    // It is unclear whether any of these means staff.
    for wrong in [
        json!({ "partner": null }),
        json!({ "partner": ["par_1"] }),
        json!({ "partner": 1 }),
        json!("par_1"),
        json!([]),
        json!(false),
    ] {
        assert_eq!(partner(&optional, json!({ "tributary": wrong })), None, "{wrong}");
    }
    let mut nothing = claims(json!({}));
    nothing["tributary"] = Value::Null;
    assert!(optional.read(&nothing, now()).is_none());
    let required = rules("audiences = ['us']\npartner_claim = 'tributary.partner'\npartner_required = true");
    assert_eq!(partner(&required, json!({})), None);
    assert_eq!(partner(&required, bound), Some(Some("par_1".to_owned())));
}

#[test]
fn a_token_is_for_one_of_our_audiences() {
    let is_ours = |rules: &ClaimRules, changes: Value| rules.read(&claims(changes), now()).is_some();
    let usual = rules("audiences = ['us', 'https://api.example']");
    for (aud, expected) in [
        (json!("us"), true),
        (json!(["https://a.example/userinfo", "https://api.example"]), true),
        (json!("account"), false),
        (json!(["account"]), false),
        (json!([]), false),
        (json!(null), false),
        (json!(1), false),
        (json!([["us"]]), false),
    ] {
        assert_eq!(is_ours(&usual, json!({ "aud": aud })), expected, "{aud}");
    }
    let by_client = rules("audiences = ['client']\naudience_claim = 'client_id'");
    let client = |changes: Value| {
        let mut all = json!({ "aud": null, "client_id": "client" });
        all.as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        is_ours(&by_client, all)
    };
    assert!(client(json!({})));
    assert!(!client(json!({ "client_id": "another" })));
    assert!(
        !client(json!({ "client_id": null, "aud": "client" })),
        "an ID token of the same client"
    );
    assert!(
        !client(json!({ "aud": "https://another.example" })),
        "it is for somebody else"
    );
    assert!(client(json!({ "aud": ["client", "https://another.example"] })));
}

#[test]
fn required_claims_must_say_what_they_must() {
    let rules = rules("audiences = ['us']\nrequired_claims = { token_use = 'access', 'groups.names' = 'staff' }");
    let reads = |changes: Value| rules.read(&claims(changes), now()).is_some();
    assert!(reads(
        json!({ "token_use": "access", "groups": { "names": ["a", "staff"] } })
    ));
    for wrong in [
        json!({}),
        json!({ "token_use": "access" }),
        json!({ "token_use": "id", "groups": { "names": "staff" } }),
        json!({ "token_use": "access", "groups": "staff" }),
        json!({ "token_use": true, "groups": { "names": "staff" } }),
    ] {
        assert!(!reads(wrong.clone()), "{wrong}");
    }
}

#[test]
fn what_every_token_must_have_is_looked_at() {
    let rules = rules("audiences = ['us']");
    let reads = |changes: Value| rules.read(&claims(changes), now()).is_some();
    assert!(reads(json!({})) && reads(json!({ "exp": 1_700_000_000.5, "nbf": 1_700_000_004, "jti": "x" })));
    for (name, wrong) in [
        ("iss", json!("https://b.example")),
        ("iss", json!("https://a.example/")),
        ("iss", json!(["https://a.example"])),
        ("sub", json!("")),
        ("sub", json!("a\nb")),
        ("sub", json!(1)),
        ("sub", json!("system")),
        ("sub", json!("cli:import")),
        ("sub", json!("job:approve_matured")),
        ("sub", json!("key_01h2xcejqtf2nbrexx3vqjhp41")),
        ("sub", json!("par_01h2xcejqtf2nbrexx3vqjhp41")),
        ("sub", json!("staff")),
        ("sub", json!("é".repeat(256))),
        ("exp", json!(1_699_999_994)),
        ("exp", json!("1700000060")),
        ("nbf", json!(1_700_000_006)),
        ("iat", json!("1700000000")),
        ("jti", json!(1)),
    ] {
        assert!(!reads(json!({ name: wrong })), "{name}: {wrong}");
    }
    for name in ["iss", "sub", "exp", "aud", "tenant"] {
        assert!(!reads(json!({ name: null })), "without {name}");
    }
    assert!(rules.read(&json!([]), now()).is_none() && rules.read(&json!(null), now()).is_none());
}
