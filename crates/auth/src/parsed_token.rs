//! The form of a token before any cryptography (RFC 7515, RFC 8725): three parts in base 64, and a header that asks for
//! nothing but a known key; and whether that key has signed it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, crypto};
use serde_json::Value;

use super::public_key::VerificationKey;
use super::unique_json;

/// Maximum length of a token; longer ones are refused before any decoding.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// Maximum length of a key's name.
const MAX_KEY_ID_BYTES: usize = 256;
/// The members that a header must not have: keys and key locations of its own, extensions that must be understood,
/// encryption, compression, nesting. Other members are ignored.
const REFUSED: [&str; 15] = [
    "crit", "jwk", "jku", "x5u", "x5c", "b64", "zip", "enc", "cty", "epk", "apu", "apv", "p2s", "p2c", "tag",
];

/// A parsed token. Nothing in it is trusted yet.
pub struct ParsedToken<'a> {
    pub algorithm: Algorithm,
    pub key_id: Option<String>,
    /// What is signed: the first two parts with the dot between them.
    pub message: &'a str,
    /// In base 64.
    pub signature: &'a str,
    /// A JSON object without duplicate names at any depth.
    pub claims: Value,
}

impl ParsedToken<'_> {
    /// Whether one of the keys made its signature, by the key's own algorithm.
    pub fn is_signed_by(&self, keys: &[VerificationKey]) -> bool {
        let message = self.message.as_bytes();
        keys.iter().filter(|key| self.algorithm == key.algorithm).any(|key| {
            let verified = crypto::verify(self.signature, message, &key.decoding, key.algorithm);
            verified.is_ok_and(|genuine| genuine)
        })
    }
}

/// Parses a token; `None` if it is not one.
pub fn read(token: &str) -> Option<ParsedToken<'_>> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if token.len() > MAX_TOKEN_BYTES || !token.bytes().all(is_plain) {
        return None;
    }
    let (message, signature) = token.rsplit_once('.')?;
    let (header, payload) = message.split_once('.')?;
    if payload.contains('.') || [header, payload, signature].iter().any(|part| part.is_empty()) {
        return None;
    }
    let header = URL_SAFE_NO_PAD.decode(header).ok()?;
    let header = unique_json::object(&header)?;
    if REFUSED.iter().any(|name| header.contains_key(*name)) {
        return None;
    }
    let text = |name: &str| match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(()),
    };
    let typ = text("typ").ok()?;
    let key_id = text("kid").ok()?;
    if typ.is_some_and(|typ| !is_accepted(&typ))
        || key_id
            .as_ref()
            .is_some_and(|id| id.is_empty() || id.len() > MAX_KEY_ID_BYTES)
    {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    Some(ParsedToken {
        algorithm: text("alg").ok()??.parse().ok()?,
        key_id,
        message,
        signature,
        // With duplicate claims, other programs might trust the other one.
        claims: Value::Object(unique_json::object(&payload)?),
    })
}

/// Whether a token may be of this type. It is a media type, of which `application/` may be left out (RFC 7515, 4.1.9).
fn is_accepted(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    let name = typ.strip_prefix("application/").unwrap_or(&typ);
    ["jwt", "at+jwt"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}.{claims}.c2lnbmF0dXJl")
    }

    #[test]
    fn a_type_may_be_written_in_full() {
        for (typ, accepted) in [
            ("JWT", true),
            ("at+jwt", true),
            ("application/at+jwt", true),
            ("Application/AT+JWT", true),
            ("application/jwt", true),
            ("application/", false),
            ("application/application/jwt", false),
            ("application/json", false),
            ("text/jwt", false),
            ("id_token+jwt", false),
            ("", false),
        ] {
            let token = token(&format!(r#"{{"alg":"RS256","typ":"{typ}"}}"#), "{}");
            assert_eq!(read(&token).is_some(), accepted, "{typ}");
        }
    }

    #[test]
    fn no_member_is_given_twice_at_any_depth() {
        let sound = r#"{"alg":"RS256"}"#;
        for (claims, accepted) in [
            (r#"{"a":{"b":1},"c":{"b":1},"d":[{"b":1},{"b":1}]}"#, true),
            (r#"{"a":1,"a":1}"#, false),
            (r#"{"a":{"b":1,"b":2}}"#, false),
            (r#"{"a":{"b":1,"\u0062":2}}"#, false),
            (r#"{"a":[0,[{"b":{"c":1,"c":1}}]]}"#, false),
            (r#"[{"a":1}]"#, false),
            ("null", false),
        ] {
            assert_eq!(read(&token(sound, claims)).is_some(), accepted, "{claims}");
        }
        let header = r#"{"alg":"RS256","more":{"a":1,"a":1}}"#;
        assert!(read(&token(header, "{}")).is_none());
    }
}
