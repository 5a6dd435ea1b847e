//! One issuer of tokens as flags and environment variables; the settings file may name several.

use std::collections::BTreeMap;

use clap::Args;
use toml::{Table, Value};

use auth::{ClaimPath, IssuerSettings};

/// The name of the flags' issuer in the settings file.
pub const NAME: &str = "default";

#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct IssuerFlags {
    /// An identity provider whose tokens are accepted, too: their claim `iss`, such as https://acme.eu.auth0.com/. Its
    /// keys are found by OpenID Connect discovery. This and the following flags are [issuers.default] of the settings
    /// file
    #[arg(long, global = true, env = "TRIBUTARY_OIDC_ISSUER", value_name = "URL")]
    oidc_issuer: Option<String>,
    /// Where its keys are, instead of the URL in its discovery document
    #[arg(long, global = true, env = "TRIBUTARY_OIDC_JWKS_URL", value_name = "URL")]
    oidc_jwks_url: Option<String>,
    /// The audiences, one of which its tokens must have, separated by commas
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_OIDC_AUDIENCE",
        value_name = "NAME",
        value_delimiter = ','
    )]
    oidc_audience: Option<Vec<String>>,
    /// The claim that holds the audience [default: aud]
    #[arg(long, global = true, env = "TRIBUTARY_OIDC_AUDIENCE_CLAIM", value_name = "CLAIM")]
    oidc_audience_claim: Option<String>,
    /// The tenant of all its tokens, by slug or id
    #[arg(long, global = true, env = "TRIBUTARY_OIDC_TENANT", value_name = "TENANT")]
    oidc_tenant: Option<String>,
    /// The claim that holds the tenant, if tokens are for different ones [default: tenant]
    #[arg(long, global = true, env = "TRIBUTARY_OIDC_TENANT_CLAIM", value_name = "CLAIM")]
    oidc_tenant_claim: Option<String>,
    /// The claim that holds the id of the partner whose token it is [default: partner]
    #[arg(long, global = true, env = "TRIBUTARY_OIDC_PARTNER_CLAIM", value_name = "CLAIM")]
    oidc_partner_claim: Option<String>,
    /// The claims with scopes, separated by commas, such as scp or realm_access.roles [default: scope]
    #[arg(
        long,
        global = true,
        env = "TRIBUTARY_OIDC_SCOPE_CLAIM",
        value_name = "CLAIM",
        value_delimiter = ','
    )]
    oidc_scope_claim: Option<Vec<String>>,
    /// The prefix of Tributary's scopes in its tokens, such as tributary/ in tributary/partners:read
    #[arg(long, global = true, env = "TRIBUTARY_OIDC_SCOPE_PREFIX", value_name = "TEXT")]
    oidc_scope_prefix: Option<String>,
}

impl IssuerFlags {
    /// What is set, as in the settings file.
    pub fn table(&self) -> Table {
        let text = |text: &Option<String>| text.clone().map(Value::from);
        let list = |list: &Option<Vec<String>>| list.clone().map(Value::from);
        let all = [
            ("issuer", text(&self.oidc_issuer)),
            ("jwks_url", text(&self.oidc_jwks_url)),
            ("audiences", list(&self.oidc_audience)),
            ("audience_claim", text(&self.oidc_audience_claim)),
            ("tenant", text(&self.oidc_tenant)),
            ("tenant_claim", text(&self.oidc_tenant_claim)),
            ("partner_claim", text(&self.oidc_partner_claim)),
            ("scope_claims", list(&self.oidc_scope_claim)),
            ("scope_prefix", text(&self.oidc_scope_prefix)),
        ];
        all.into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }

    /// The issuers of the file, with the flags applied to theirs.
    pub fn over(self, mut file: BTreeMap<String, IssuerSettings>) -> BTreeMap<String, IssuerSettings> {
        if self == Self::default() {
            return file;
        }
        let claim = |text: String| ClaimPath::from(text.as_str());
        let mut issuer = file.remove(NAME).unwrap_or_default();
        issuer.issuer = self.oidc_issuer.unwrap_or(issuer.issuer);
        if let Some(url) = self.oidc_jwks_url {
            (issuer.jwks_url, issuer.discovery_url) = (Some(url), None);
        }
        issuer.audiences = self.oidc_audience.unwrap_or(issuer.audiences);
        issuer.audience_claim = self.oidc_audience_claim.map_or(issuer.audience_claim, claim);
        match (self.oidc_tenant, self.oidc_tenant_claim) {
            (None, None) => {}
            // If both are given, the check refuses them as contradictory.
            (tenant, path) => (issuer.tenant, issuer.tenant_claim) = (tenant, path.map(claim)),
        }
        issuer.partner_claim = self.oidc_partner_claim.map_or(issuer.partner_claim, claim);
        if let Some(claims) = self.oidc_scope_claim {
            issuer.scope_claims = claims.into_iter().map(claim).collect();
        }
        issuer.scope_prefix = self.oidc_scope_prefix.or(issuer.scope_prefix);
        file.insert(NAME.to_owned(), issuer);
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_file_and_leave_the_rest() {
        let issuer = IssuerSettings {
            issuer: "https://a.example".to_owned(),
            tenant_claim: Some("t".into()),
            discovery_url: Some("https://a.example/d".to_owned()),
            partner_required: true,
            ..IssuerSettings::default()
        };
        let file = BTreeMap::from([(NAME.to_owned(), issuer.clone()), ("other".to_owned(), issuer)]);
        let same = IssuerFlags::default().over(file.clone());
        assert_eq!(format!("{same:?}"), format!("{file:?}"));
        let flags = IssuerFlags {
            oidc_jwks_url: Some("https://a.example/keys".to_owned()),
            oidc_tenant: Some("acme".to_owned()),
            oidc_scope_claim: Some(vec!["scp".to_owned(), "realm_access.roles".to_owned()]),
            ..IssuerFlags::default()
        };
        let merged = flags.over(file.clone());
        let (ours, other) = (&merged[NAME], &merged["other"]);
        assert_eq!(
            (ours.issuer.as_str(), ours.partner_required),
            ("https://a.example", true)
        );
        assert_eq!((ours.tenant.as_deref(), &ours.tenant_claim), (Some("acme"), &None));
        assert_eq!((&ours.discovery_url, ours.jwks_url.is_some()), (&None, true));
        assert_eq!(ours.scope_claims, ["scp".into(), "realm_access.roles".into()]);
        assert_eq!(format!("{other:?}"), format!("{:?}", file["other"]));
    }
}
