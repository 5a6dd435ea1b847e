//! The form of a token before any cryptography (RFC 7515, RFC 8725): three parts in base 64, and a header that asks for
//! nothing but a known key; and whether that key has signed it.

use std::collections::HashSet;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, crypto};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::public_key::VerificationKey;

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
    /// A JSON object without duplicate names.
    pub claims: Value,
}

impl ParsedToken<'_> {
    /// Whether the key made its signature, by the key's own algorithm.
    pub fn is_signed_by(&self, key: &VerificationKey) -> bool {
        let is_genuine = || crypto::verify(self.signature, self.message.as_bytes(), &key.decoding, key.algorithm);
        self.algorithm == key.algorithm && is_genuine().is_ok_and(|genuine| genuine)
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
    let UniqueMembers(header) = serde_json::from_slice(&header).ok()?;
    if header.iter().any(|(name, _)| REFUSED.contains(&name.as_str())) {
        return None;
    }
    let text = |name: &str| match header.iter().find(|(member, _)| member == name) {
        None => Ok(None),
        Some((_, Value::String(text))) => Ok(Some(text.clone())),
        Some(_) => Err(()),
    };
    let typ = text("typ").ok()?;
    let key_id = text("kid").ok()?;
    if typ.is_some_and(|typ| !["jwt", "at+jwt"].contains(&typ.to_ascii_lowercase().as_str()))
        || key_id
            .as_ref()
            .is_some_and(|id| id.is_empty() || id.len() > MAX_KEY_ID_BYTES)
    {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    // With duplicate claims, other programs might trust the other one.
    let UniqueMembers(claims) = serde_json::from_slice(&payload).ok()?;
    Some(ParsedToken {
        algorithm: text("alg").ok()??.parse().ok()?,
        key_id,
        message,
        signature,
        claims: Value::Object(claims.into_iter().collect()),
    })
}

/// The members of a JSON object without duplicate names.
struct UniqueMembers(Vec<(String, Value)>);

impl<'de> serde::Deserialize<'de> for UniqueMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UniqueMembersVisitor;

        impl<'de> Visitor<'de> for UniqueMembersVisitor {
            type Value = UniqueMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<UniqueMembers, M::Error> {
                let (mut members, mut names) = (Vec::new(), HashSet::new());
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if !names.insert(name.clone()) {
                        return Err(M::Error::custom("a name is given twice"));
                    }
                    members.push((name, value));
                }
                Ok(UniqueMembers(members))
            }
        }

        deserializer.deserialize_map(UniqueMembersVisitor)
    }
}
