//! What a request presents to identify its sender, before anything is looked up in the database.

use super::jwt::Claims;
use super::{Issuers, Keys, api_key, parsed_token};
use domain::Timestamp;

/// The value of an Authorization header, read but not verified.
/// It has no `Debug`, which would print secrets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Credentials<'a> {
    /// A JWT, of our own or of an identity provider.
    Token(&'a str),
    ApiKey {
        /// Finds the key in the database.
        prefix: &'a str,
        text: &'a str,
    },
}

impl<'a> Credentials<'a> {
    /// Reads `Bearer` with a JWT or an API key, or `Api-Key` with a key; `None` for anything else.
    pub fn parse(header: &'a str) -> Option<Self> {
        let (scheme, text) = header.split_once(' ')?;
        let text = text.trim_matches(' ');
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        if scheme.eq_ignore_ascii_case("api-key") || is_bearer && api_key::is_marked(text) {
            let prefix = api_key::prefix(text)?;
            return Some(Self::ApiKey { prefix, text });
        }
        is_bearer.then_some(Self::Token(text))
    }
}

/// The claims of a JWT that is genuine and in force at `now`, checked with the keys of the issuer that it names. `None`
/// whatever is wrong with it: callers do not learn the cause.
pub async fn verify_token(keys: &Keys, issuers: &Issuers, token: &str, now: Timestamp) -> Option<Claims> {
    let form = parsed_token::read(token)?;
    match issuers.of(&form.claims) {
        Some(issuer) => issuer.verify(&form, now).await,
        None => keys.verify(&form, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_presents_a_token_or_a_key() {
        let key = format!("trib_{}_{}", "0".repeat(16), "a".repeat(64));
        let prefix = &key[..21];
        let api_key = Some(Credentials::ApiKey { prefix, text: &key });
        for (header, credentials) in [
            ("Bearer a.b.c", Some(Credentials::Token("a.b.c"))),
            ("bearer  a.b.c ", Some(Credentials::Token("a.b.c"))),
            (&format!("Bearer {key}"), api_key),
            (&format!("API-KEY {key}"), api_key),
            ("Bearer trib_short", None),
            ("Api-Key a.b.c", None),
            (&format!("Basic {key}"), None),
            ("Bearer", None),
            ("a.b.c", None),
        ] {
            assert!(Credentials::parse(header) == credentials, "{header}");
        }
    }
}
