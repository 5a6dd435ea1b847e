//! Tokens that Tributary issues itself, so that a portal needs no other identity service.

use std::time::Duration;

use serde_json::{Value, json};

use crate::app::App;
use crate::audit::note_token;
use crate::ids::named;
use crate::once::{Answer, begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Permission, Permissions, Resource, Scope};
use domain::Timestamp;
use domain::problem::{Fault, ProblemCode, Problems};
use store::{Store, StoreError};

/// Maximum lifetime of a partner's token: a day. Portals request a new one for as long as they trust their user.
const MAX_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// The resources that a partner's token may give access to at all.
const FOR_PARTNERS: [Resource; 10] = [
    Resource::Partners,
    Resource::PartnerGroups,
    Resource::Campaigns,
    Resource::Coupons,
    Resource::Links,
    Resource::Events,
    Resource::Commissions,
    Resource::Payouts,
    Resource::Deals,
    Resource::TieredCommissions,
];

/// A token and its expiry.
#[derive(Clone, Debug)]
pub struct Issued {
    pub token: String,
    pub expires_at: Timestamp,
}

/// A token issued for a partner: `None` if the call is a repetition, since it is shown only once.
#[derive(Clone, Debug)]
pub struct PartnerToken {
    pub token: Option<String>,
    pub expires_at: Timestamp,
}

impl Answer for PartnerToken {
    fn to_stored(&self) -> Value {
        json!(self.expires_at)
    }

    async fn reload(_store: &Store, _scope: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        let expires_at = kept.as_str().and_then(|text| text.parse().ok());
        Ok(expires_at.map(|expires_at| Self {
            token: None,
            expires_at,
        }))
    }
}

/// Issues a token that reads one partner's data. `scopes` defaults to every read scope for partners that the caller
/// has; callers cannot grant scopes that they lack.
pub async fn issue_for_partner(
    app: &App,
    caller: &Caller,
    partner_id: &str,
    scopes: Option<&[String]>,
    ttl_seconds: i32,
) -> Result<PartnerToken, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    if !app.keys.can_mint() {
        let message = "this gateway has no signing key: tokens are issued elsewhere";
        problems.add("partnerId", ProblemCode::Conflict, message);
        return Err(problems.into());
    }
    // Nothing is written but that the token was issued.
    let transaction = begin(app, &writer).await?;
    let permissions = match scopes {
        None => grantable(caller).collect(),
        Some(scopes) => granted(caller, scopes, true, &mut problems),
    };
    let ttl = u64::try_from(ttl_seconds)
        .ok()
        .map(Duration::from_secs)
        .filter(|ttl| !ttl.is_zero() && *ttl <= MAX_TTL);
    let message = format!("must be from 1 to {} seconds", MAX_TTL.as_secs());
    let ttl = problems.take("ttlSeconds", ttl.ok_or_else(|| Fault::invalid(message)));
    let find = async |id| store::partner::find(&transaction, &writer.scope(), id).await;
    let partner = named("partnerId", partner_id, &mut problems, find).await?;
    if let Some(partner) = &partner
        && !partner.status.may_sign_in()
    {
        let message = format!("is {}: its tokens would be refused", partner.status.as_str());
        problems.add("partnerId", ProblemCode::Conflict, message);
    }
    require!(problems; partner, ttl);
    let now = app.clock.now();
    if let Err(most) = app.live_tokens.add(writer.tenant(), now, now + ttl) {
        let message = format!(
            "this tenant has {most} unexpired partner tokens, the maximum: use shorter lifetimes, or try again when some \
             have expired"
        );
        problems.add("ttlSeconds", ProblemCode::Conflict, message);
        return Err(problems.into());
    }
    let scope = Scope::of_partner(writer.tenant(), partner.id);
    // Not earlier than `tokens_valid_from`, which a reactivation in this very microsecond has set to the next one.
    let issued_at = now.max(partner.tokens_valid_from);
    let issued = mint_at(app, &partner.id.to_string(), &scope, permissions, issued_at, ttl);
    let token = PartnerToken {
        token: Some(issued.token),
        expires_at: issued.expires_at,
    };
    note_token(&transaction, &scope, permissions, issued.expires_at);
    commit(app, transaction, &writer, &token).await?;
    Ok(token)
}

/// A token for the rows of `scope`. For services that have authorised it, and for the command line. Needs keys that can
/// sign.
pub fn mint(app: &App, subject: &str, scope: &Scope, permissions: Permissions, ttl: Duration) -> Issued {
    mint_at(app, subject, scope, permissions, app.clock.now(), ttl)
}

fn mint_at(
    app: &App,
    subject: &str,
    scope: &Scope,
    permissions: Permissions,
    issued_at: Timestamp,
    ttl: Duration,
) -> Issued {
    let expires_at = issued_at + ttl;
    let (tenant, partner) = (
        scope.tenant().to_string(),
        scope.partner().map(|partner| partner.to_string()),
    );
    let token = app
        .keys
        .mint(
            subject,
            &tenant,
            &permissions.to_string(),
            partner,
            issued_at,
            expires_at,
        )
        .expect("the callers asked whether the keys can sign, and claims are plain text and numbers");
    Issued { token, expires_at }
}

/// What partners may write, of their own, if that is granted by name.
const WRITTEN_BY_PARTNERS: [Resource; 1] = [Resource::Links];

/// What a partner's token is for by default.
fn grantable(caller: &Caller) -> impl Iterator<Item = Permission> {
    let permissions = caller.permissions();
    FOR_PARTNERS
        .into_iter()
        .map(Permission::Read)
        .filter(move |permission| permissions.allow(*permission))
}

/// Everything that a partner can be granted, by name: for portals, in which partners make links of their own.
pub fn all_for_partners() -> Vec<String> {
    let reads = FOR_PARTNERS.into_iter().map(Permission::Read);
    let writes = WRITTEN_BY_PARTNERS.into_iter().map(Permission::Write);
    reads.chain(writes).map(|permission| permission.to_string()).collect()
}

fn is_for_partners(permission: Permission) -> bool {
    match permission {
        Permission::Read(resource) => FOR_PARTNERS.contains(&resource),
        Permission::Write(resource) => WRITTEN_BY_PARTNERS.contains(&resource),
        Permission::Admin => false,
    }
}

/// The named scopes, each of which must be one that the caller has and, `for_partner`, one for partners.
pub(super) fn granted(caller: &Caller, scopes: &[String], for_partner: bool, problems: &mut Problems) -> Permissions {
    let each = scopes.iter().enumerate().filter_map(|(index, name)| {
        let permission = match Permission::parse(name) {
            None => Err(Fault::invalid(format!("{name:?} is not a scope"))),
            Some(permission) if !caller.permissions().allow(permission) => Err(Fault::invalid(format!(
                "{permission} cannot be granted by a caller who does not have it"
            ))),
            Some(permission) if for_partner && !is_for_partners(permission) => Err(Fault::invalid(format!(
                "{permission} cannot be granted to a partner: its tokens read what is its own, and write links only"
            ))),
            Some(permission) => Ok(permission),
        };
        problems.take(&format!("scopes.{index}"), permission)
    });
    each.collect()
}
