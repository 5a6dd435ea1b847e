//! The settings of an issuer, and what is wrong with them.

use std::collections::BTreeMap;

use jsonwebtoken::Algorithm;

use super::path::ClaimPath;
use crate::public_key::{ASYMMETRIC, USUAL};
use crate::{Permission, subject};

/// An issuer of tokens, such as an identity provider.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IssuerSettings {
    /// The exact claim `iss` of its tokens.
    pub issuer: String,
    /// The URL of its discovery document; by default below the issuer's own URL.
    pub discovery_url: Option<String>,
    /// The URL of its keys, instead of the one in a discovery document.
    pub jwks_url: Option<String>,
    /// The audiences, one of which a token must have.
    pub audiences: Vec<String>,
    /// The claim that holds the audience.
    pub audience_claim: ClaimPath,
    /// The algorithms that its keys may be used with.
    pub algorithms: Vec<Algorithm>,
    /// The tenant of all its tokens, by slug or id, instead of a claim.
    pub tenant: Option<String>,
    pub tenant_claim: Option<ClaimPath>,
    /// The claim that holds a partner's id. A token without it is for the tenant's staff.
    pub partner_claim: ClaimPath,
    /// Whether tokens without a partner are refused.
    pub partner_required: bool,
    pub scope_claims: Vec<ClaimPath>,
    /// A prefix of scope names that is followed by a scope of ours.
    pub scope_prefix: Option<String>,
    /// Our scopes by the issuer's names of scopes, roles or groups.
    pub scopes: BTreeMap<String, String>,
    /// Claims that tokens must have, and their required values.
    pub required_claims: BTreeMap<String, String>,
}

impl Default for IssuerSettings {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            discovery_url: None,
            jwks_url: None,
            audiences: Vec::new(),
            audience_claim: "aud".into(),
            algorithms: USUAL.to_vec(),
            tenant: None,
            tenant_claim: None,
            partner_claim: "partner".into(),
            partner_required: false,
            scope_claims: vec!["scope".into()],
            scope_prefix: None,
            scopes: BTreeMap::new(),
            required_claims: BTreeMap::new(),
        }
    }
}

/// How the keys of all issuers are fetched.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeyFetching {
    pub refresh_seconds: u32,
    pub outage_seconds: u32,
    pub unknown_key_seconds: u32,
    pub answer_seconds: u32,
    pub allowed_networks: Vec<String>,
}

impl Default for KeyFetching {
    fn default() -> Self {
        Self {
            refresh_seconds: 300,
            outage_seconds: 24 * 60 * 60,
            unknown_key_seconds: 10,
            answer_seconds: 5,
            allowed_networks: Vec::new(),
        }
    }
}

/// Why the settings of an issuer are invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("issuers.{0}: {1}")]
pub struct IssuerError(pub String, pub String);

impl IssuerSettings {
    /// Checks the settings, as far as that is possible without using them.
    pub fn check(&self, name: &str) -> Result<(), IssuerError> {
        let fault = self.fault(name);
        fault.map_or(Ok(()), |reason| Err(IssuerError(name.to_owned(), reason)))
    }

    fn fault(&self, name: &str) -> Option<String> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        let paths = [&self.audience_claim, &self.partner_claim];
        let mut paths = paths.into_iter().chain(&self.tenant_claim).chain(&self.scope_claims);
        let fault = match self {
            _ if name.is_empty() || !name.bytes().all(is_plain) => {
                "its name may have only lower-case letters, digits, hyphens and underscores"
            }
            Self { issuer, .. } if !issuer.is_empty() && !subject::is_issuer(issuer) => {
                "`issuer` takes at most 255 characters, without \"|\" and control characters"
            }
            Self { issuer, .. } if issuer.is_empty() => "set `issuer` to the `iss` claim of its tokens",
            Self { audiences, .. } if audiences.is_empty() || audiences.contains(&String::new()) => {
                "set `audiences` to the `aud` claims of its tokens for this gateway"
            }
            Self {
                discovery_url: Some(_),
                jwks_url: Some(_),
                ..
            } => "set either `discovery_url` or `jwks_url`, not both",
            Self { algorithms, .. } if algorithms.is_empty() => "`algorithms` must not be empty",
            Self { algorithms, .. } if algorithms.iter().any(|algorithm| !ASYMMETRIC.contains(algorithm)) => {
                "`algorithms` must be asymmetric (no HS256)"
            }
            Self {
                tenant: Some(_),
                tenant_claim: Some(_),
                ..
            } => "set either `tenant` or `tenant_claim`, not both",
            Self {
                tenant: Some(tenant), ..
            } if tenant.is_empty() => "`tenant` is empty",
            Self { scope_claims, .. } if scope_claims.is_empty() => "`scope_claims` must not be empty",
            _ if !paths.all(ClaimPath::is_sound) => "a claim has no name",
            _ if self
                .required_claims
                .keys()
                .any(|path| !ClaimPath::from(path.as_str()).is_sound()) =>
            {
                "a claim of `required_claims` has no name"
            }
            _ => return self.unknown_scope(),
        };
        Some(fault.to_owned())
    }

    fn unknown_scope(&self) -> Option<String> {
        let mut ours = self.scopes.values().flat_map(|scopes| scopes.split_whitespace());
        let unknown = ours.find(|scope| Permission::parse(scope).is_none())?;
        Some(format!("`scopes` has {unknown:?}, which is not a scope"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        let settings: IssuerSettings = toml::from_str(text).expect("known settings");
        settings
            .check("default")
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn settings_that_cannot_be_meant_are_refused_with_the_reason() {
        let sound = "issuer = 'https://a.example'\naudiences = ['us']\n";
        assert_eq!(fault(sound), "");
        for (text, says) in [
            ("audiences = ['us']", "set `issuer`"),
            ("issuer = 'a'", "set `audiences`"),
            ("issuer = 'a'\naudiences = ['us', '']", "set `audiences`"),
            (&format!("{sound}algorithms = []"), "names none"),
            (&format!("{sound}algorithms = ['RS256', 'HS256']"), "public keys only"),
            (&format!("{sound}discovery_url = 'a'\njwks_url = 'b'"), "not both"),
            (&format!("{sound}tenant = 'acme'\ntenant_claim = 't'"), "not both"),
            (&format!("{sound}tenant = ''"), "empty"),
            (&format!("{sound}scope_claims = []"), "names none"),
            (&format!("{sound}scope_claims = ['a..b']"), "has no name"),
            (
                &format!("{sound}scopes.boss = 'admin partners:reed'"),
                "\"partners:reed\"",
            ),
            (&format!("{sound}required_claims.'' = 'x'"), "has no name"),
        ] {
            assert!(
                fault(text).starts_with("issuers.default: ") && fault(text).contains(says),
                "{text}: {}",
                fault(text)
            );
        }
        for text in ["algorithms = ['none']", "algorithms = ['ES521']", "isuer = 'x'"] {
            assert!(toml::from_str::<IssuerSettings>(text).is_err(), "{text}");
        }
        let settings: IssuerSettings = toml::from_str(sound).expect("known settings");
        assert!(settings.check("Auth 0").is_err() && settings.check("auth0").is_ok());
    }
}
