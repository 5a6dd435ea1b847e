//! Keys as files and issuers have them.

use serde_json::{Value, json};

use super::read::MAX_KEYS;
use super::*;

/// RFC 8037, A.2; RFC 7517, A.1 (its elliptic curve and its RSA key).
const ED25519_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const P256: (&str, &str) = (
    "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
);
const RSA_N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj\
    hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n\
    91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

fn ed(id: &str) -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "x": ED25519_X, "kid": id })
}

fn ec(id: &str) -> Value {
    json!({ "kty": "EC", "crv": "P-256", "x": P256.0, "y": P256.1, "kid": id })
}

fn rsa(id: &str, changes: Value) -> Value {
    let mut key = json!({ "kty": "RSA", "n": RSA_N, "e": "AQAB", "kid": id });
    key.as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    key
}

/// The names and algorithms that are taken, and how many are refused.
fn read(keys: &[Value], algorithms: &[Algorithm]) -> (Vec<(String, Algorithm)>, usize) {
    let set = read_served_set(json!({ "keys": keys }).to_string().as_bytes(), algorithms).unwrap();
    let taken = set
        .keys
        .iter()
        .map(|key| (key.id.clone().unwrap_or_default(), key.algorithm));
    (taken.collect(), set.refused.len())
}

#[test]
fn a_key_is_for_the_algorithm_that_it_names_if_that_fits_and_is_allowed() {
    let named = |algorithm: &str| rsa("a", json!({ "alg": algorithm }));
    let a = |algorithm| (vec![("a".to_owned(), algorithm)], 0);
    assert_eq!(read(&[named("RS256")], &USUAL), a(Algorithm::RS256));
    assert_eq!(read(&[rsa("a", json!({}))], &USUAL), a(Algorithm::RS256));
    assert_eq!(read(&[named("PS512")], &ASYMMETRIC), a(Algorithm::PS512));
    assert_eq!(
        read(&[rsa("a", json!({}))], &[Algorithm::PS256, Algorithm::RS256]),
        a(Algorithm::PS256)
    );
    assert_eq!(read(&[ec("a")], &USUAL), a(Algorithm::ES256));
    assert_eq!(read(&[ed("a")], &USUAL), a(Algorithm::EdDSA));
    for unfit in ["RS512", "ES256", "HS256", "EdDSA", "none", "rs256", "RSA-OAEP"] {
        assert_eq!(read(&[named(unfit)], &USUAL), (Vec::new(), 1), "{unfit}");
    }
    assert_eq!(read(&[ec("a"), ed("b")], &[Algorithm::RS256]), (Vec::new(), 2));
}

#[test]
fn keys_that_sign_nothing_are_passed_over() {
    let others = [
        rsa("a", json!({ "use": "enc", "alg": "RSA-OAEP" })),
        rsa("b", json!({ "use": "tls" })),
        rsa("c", json!({ "key_ops": ["encrypt"] })),
    ];
    assert_eq!(read(&others, &USUAL), (Vec::new(), 0));
    let verifies = rsa(
        "d",
        json!({ "key_ops": ["verify"], "use": "sig", "x5c": ["MIIB"], "x5t": "x" }),
    );
    assert_eq!(read(&[verifies], &USUAL).0.len(), 1);
}

#[test]
fn what_is_no_sound_key_is_left_out_and_the_rest_is_good() {
    let good = ed("good");
    for wrong in [
        json!({ "kty": "oct", "k": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", "kid": "s", "alg": "HS256" }),
        json!({ "kty": "EC", "crv": "P-256", "x": P256.0, "y": P256.0, "kid": "off the curve" }),
        json!({ "kty": "EC", "crv": "secp256k1", "x": P256.0, "y": P256.1, "kid": "another curve" }),
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "short" }),
        json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "short" }),
        json!({ "kty": "RSA", "n": "!", "e": "AQAB", "kid": "no base 64" }),
        json!({ "kty": "RSA", "n": RSA_N, "e": "AQAB", "kid": 7 }),
        json!({ "kid": "nothing" }),
        json!("text"),
        json!(null),
    ] {
        let (taken, refused) = read(&[wrong.clone(), good.clone()], &USUAL);
        assert_eq!(
            (taken, refused),
            (vec![("good".to_owned(), Algorithm::EdDSA)], 1),
            "{wrong}"
        );
    }
}

#[test]
fn of_entries_of_one_name_all_that_can_be_used_are() {
    let a = |algorithms: &[Algorithm]| -> Vec<_> { algorithms.iter().map(|of| ("a".to_owned(), *of)).collect() };
    let rs256 = rsa("a", json!({ "alg": "RS256" }));
    for (others, algorithms, refused) in [
        // Written twice, with more or less said about it.
        (vec![rs256.clone()], &[Algorithm::RS256][..], 0),
        (vec![rsa("a", json!({}))], &[Algorithm::RS256], 0),
        (
            vec![rsa("a", json!({ "x5t": "T", "use": "sig" }))],
            &[Algorithm::RS256],
            0,
        ),
        // Keys of other kinds, of which a token's algorithm chooses one.
        (
            vec![ed("a"), ec("a")],
            &[Algorithm::RS256, Algorithm::EdDSA, Algorithm::ES256],
            0,
        ),
        // Entries that cannot be used.
        (vec![rsa("a", json!({ "alg": "RS512" }))], &[Algorithm::RS256], 1),
        (vec![rsa("a", json!({ "use": "enc" }))], &[Algorithm::RS256], 0),
        (
            vec![json!({ "kty": "AKP", "kid": "a", "alg": "ML-DSA-44", "pub": "AA" })],
            &[Algorithm::RS256],
            1,
        ),
        (
            vec![json!({ "kty": "oct", "kid": "a", "k": "AA" }), json!(null)],
            &[Algorithm::RS256],
            2,
        ),
    ] {
        for at_end in [false, true] {
            let mut keys = others.clone();
            keys.insert(if at_end { others.len() } else { 0 }, rs256.clone());
            let (mut taken, count) = read(&keys, &USUAL);
            let mut expected = a(algorithms);
            taken.sort_by_key(|(_, algorithm)| format!("{algorithm:?}"));
            expected.sort_by_key(|(_, algorithm)| format!("{algorithm:?}"));
            assert_eq!((taken, count), (expected, refused), "{others:?}");
        }
    }
    let text = json!({ "keys": [rs256, { "kty": "new", "kid": "b" }, rsa("a", json!({ "x5t": "T" }))] }).to_string();
    assert_eq!(read_set(&text).unwrap().keys.len(), 1, "a file is read in the same way");
}

#[test]
fn a_token_names_all_keys_of_its_name() {
    let set = json!({ "keys": [rsa("a", json!({})), ed("a"), ec("b")] }).to_string();
    let keys = read_set(&set).unwrap().keys;
    let named = |id| choose(&keys, id).len();
    assert_eq!(
        [named(Some("a")), named(Some("b")), named(Some("c")), named(None)],
        [2, 1, 0, 0]
    );
    assert_eq!(choose(&keys[2..], None).len(), 1);
}

#[test]
fn what_is_no_set_is_an_error_and_an_empty_one_is_none() {
    assert_eq!(read(&[], &USUAL), (Vec::new(), 0));
    let many: Vec<_> = (0..=MAX_KEYS).map(|id| ed(&id.to_string())).collect();
    let many = json!({ "keys": many }).to_string();
    for text in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"keys":null}"#,
        r#"{"keys":{}}"#,
        "<html>",
        &many,
    ] {
        assert!(read_served_set(text.as_bytes(), &USUAL).is_err(), "{text:.20}");
    }
}
