//! Maps the claims of an issuer's tokens to ours. Knows nothing of keys.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::path::{ClaimPath, UnfitClaims};
use super::settings::IssuerSettings;
use crate::jwt::{Claims, TokenAudience, there};
use crate::{Permission, subject};
use domain::Timestamp;

/// What an issuer's tokens must contain, and what it means.
pub struct ClaimRules {
    pub issuer: String,
    audiences: Vec<String>,
    audience_claim: ClaimPath,
    tenant: TenantClaim,
    partner_claim: ClaimPath,
    partner_required: bool,
    scope_claims: Vec<ClaimPath>,
    scopes: ScopeNames,
    required: Vec<(ClaimPath, String)>,
}

enum TenantClaim {
    Fixed(String),
    Claim(ClaimPath),
}

/// The issuer's names for our scopes.
struct ScopeNames {
    ours: BTreeMap<String, String>,
    prefix: Option<String>,
}

/// The claims that are in the same place with every issuer.
#[derive(Deserialize)]
struct RegisteredClaims {
    iss: String,
    sub: String,
    exp: f64,
    #[serde(default, deserialize_with = "there")]
    aud: Option<TokenAudience>,
    #[serde(default, deserialize_with = "there")]
    nbf: Option<f64>,
    #[serde(default, deserialize_with = "there")]
    iat: Option<f64>,
    #[serde(default, deserialize_with = "there")]
    jti: Option<String>,
}

impl ClaimRules {
    pub fn new(settings: &IssuerSettings) -> Self {
        // Settings that map names grant no others by their own names: a role "admin" may mean something else.
        let prefix = match &settings.scope_prefix {
            None if settings.scopes.is_empty() => Some(String::new()),
            prefix => prefix.clone(),
        };
        let required = settings.required_claims.iter();
        Self {
            issuer: settings.issuer.clone(),
            audiences: settings.audiences.clone(),
            audience_claim: settings.audience_claim.clone(),
            tenant: match (&settings.tenant, &settings.tenant_claim) {
                (Some(tenant), _) => TenantClaim::Fixed(tenant.clone()),
                (None, Some(claim)) => TenantClaim::Claim(claim.clone()),
                (None, None) => TenantClaim::Claim("tenant".into()),
            },
            partner_claim: settings.partner_claim.clone(),
            partner_required: settings.partner_required,
            scope_claims: settings.scope_claims.clone(),
            scopes: ScopeNames {
                ours: settings.scopes.clone(),
                prefix,
            },
            required: required
                .map(|(path, value)| (path.as_str().into(), value.clone()))
                .collect(),
        }
    }

    /// The claims of a token in our terms; `None` if it is not for us, not in force at `now`, or malformed.
    pub fn read(&self, claims: &Value, now: Timestamp) -> Option<Claims> {
        let claims = self.claims(claims).ok()?;
        claims.are_in_force(now).then_some(claims)
    }

    fn claims(&self, claims: &Value) -> Result<Claims, UnfitClaims> {
        let registered = RegisteredClaims::deserialize(claims).map_err(|_| UnfitClaims)?;
        let claims = claims.as_object().ok_or(UnfitClaims)?;
        let has_all = self.required.iter().all(|(path, value)| says(path.find(claims), value));
        if registered.iss != self.issuer || !has_all || subject::is_reserved(&registered.sub) {
            return Err(UnfitClaims);
        }
        let partner = optional_text(self.partner_claim.find(claims)?)?;
        if self.partner_required && partner.is_none() {
            return Err(UnfitClaims);
        }
        Ok(Claims {
            iss: registered.iss,
            aud: self.audience(claims, registered.aud)?,
            sub: registered.sub,
            exp: registered.exp,
            nbf: registered.nbf,
            iat: registered.iat,
            jti: registered.jti,
            tenant: match &self.tenant {
                TenantClaim::Fixed(tenant) => tenant.clone(),
                TenantClaim::Claim(path) => optional_text(path.find(claims)?)?.ok_or(UnfitClaims)?,
            },
            scope: self.scope(claims)?,
            partner,
        })
    }

    /// The audience of a token. If a claim other than `aud` gives it, `aud` must not contradict it: a recipient that
    /// `aud` does not name has to refuse the token (RFC 7519, 4.1.3).
    fn audience(&self, claims: &Map<String, Value>, aud: Option<TokenAudience>) -> Result<TokenAudience, UnfitClaims> {
        let named = self.audience_claim.find(claims)?.ok_or(UnfitClaims)?;
        let named = TokenAudience::deserialize(named).map_err(|_| UnfitClaims)?;
        let is_ours = |audience: &TokenAudience| self.audiences.iter().any(|ours| audience.has(ours));
        match is_ours(&named) && aud.as_ref().is_none_or(is_ours) {
            true => Ok(named),
            false => Err(UnfitClaims),
        }
    }

    /// Our scopes, separated by spaces: those that any of the claims grants.
    fn scope(&self, claims: &Map<String, Value>) -> Result<String, UnfitClaims> {
        let mut granted = Vec::new();
        for path in &self.scope_claims {
            match path.find(claims)? {
                None => {}
                Some(Value::String(text)) => {
                    granted.extend(text.split_whitespace().filter_map(|name| self.scopes.of(name)))
                }
                // The registered claim is a string (RFC 8693, 4.2).
                Some(Value::Array(_)) if path.is("scope") => return Err(UnfitClaims),
                Some(Value::Array(names)) => {
                    for name in names {
                        granted.extend(self.scopes.of(name.as_str().ok_or(UnfitClaims)?));
                    }
                }
                Some(_) => return Err(UnfitClaims),
            }
        }
        Ok(granted.join(" "))
    }
}

impl ScopeNames {
    /// Our scope that one of the issuer's names grants, if any.
    fn of<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        if let Some(ours) = self.ours.get(name) {
            return Some(ours);
        }
        let rest = name.strip_prefix(self.prefix.as_deref()?)?;
        Permission::parse(rest).map(|_| rest)
    }
}

/// Whether a claim is this text, or a list that contains it.
fn says(claim: Result<Option<&Value>, UnfitClaims>, value: &str) -> bool {
    match claim {
        Ok(Some(Value::String(text))) => text == value,
        Ok(Some(Value::Array(texts))) => texts.iter().any(|text| text == value),
        _ => false,
    }
}

/// A claim that may be missing, but otherwise must be a text.
fn optional_text(claim: Option<&Value>) -> Result<Option<String>, UnfitClaims> {
    match claim {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(UnfitClaims),
    }
}

#[cfg(test)]
mod tests;
