//! From the Authorization header to a [`Caller`].

use std::time::Instant;

use futures::FutureExt;

use super::keys::{LEEWAY_SECONDS, moment, numeric_date};
use super::{Caller, Claims, Permissions, Scope, api_key, token_form};
use crate::app::App;
use crate::domain::id::{PartnerId, TenantId};
use crate::store::{self, StoreError};

/// Why a caller could not be authenticated.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    #[error("no token: send the header \"Authorization: Bearer <token>\"")]
    Missing,
    /// One text for every cause, so that guessing reveals nothing.
    #[error("the token is not valid")]
    Invalid,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The caller that an Authorization header identifies: `Bearer` with a JWT or an API key, or `Api-Key`. A partner's
/// token is valid only while the partner may sign in, and only if it was issued after the last time that the partner
/// could not; that check costs one indexed read per request.
pub async fn authenticate(app: &App, header: Option<&str>) -> Result<Caller, AuthError> {
    admit(app, header, None).await
}

/// The same for a caller that was admitted before and has been listening since: reads made at `since` or later, for any
/// listener, are reused.
pub async fn authenticate_listener(app: &App, header: &str, since: Instant) -> Result<Caller, AuthError> {
    admit(app, Some(header), Some(since)).await
}

async fn admit(app: &App, header: Option<&str>, since: Option<Instant>) -> Result<Caller, AuthError> {
    let header = header
        .map(str::trim)
        .filter(|header| !header.is_empty())
        .ok_or(AuthError::Missing)?;
    let (scheme, token) = header.split_once(' ').ok_or(AuthError::Invalid)?;
    let token = token.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("api-key") {
        return by_key(app, token, since).await;
    }
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AuthError::Invalid);
    }
    if api_key::is_marked(token) {
        return by_key(app, token, since).await;
    }
    let claims = genuine(app, token).await.ok_or(AuthError::Invalid)?;
    let tenant = app
        .tenants
        .find(&app.store, &claims.tenant)
        .await?
        .ok_or(AuthError::Invalid)?;
    let partner = match &claims.partner {
        Some(partner) => Some(signed_in_partner(app, tenant, partner, claims.iat, since).await?),
        None => None,
    };
    let caller = Caller::new(tenant, claims.sub, Permissions::parse(&claims.scope), partner);
    Ok(caller.by_token(claims.jti.as_deref()).until(moment(claims.exp)))
}

/// The claims of a JWT, verified by the keys of the issuer that it names.
async fn genuine(app: &App, token: &str) -> Option<Claims> {
    let form = token_form::read(token)?;
    let now = app.clock.now();
    match app.issuers.of(&form.claims) {
        Some(issuer) => issuer.verify(&form, now).await,
        None => app.keys.verify(&form, now),
    }
}

/// The caller who presents an API key. One read decides, with every request, so that nothing outlives a revocation.
async fn by_key(app: &App, text: &str, since: Option<Instant>) -> Result<Caller, AuthError> {
    let prefix = api_key::prefix(text).ok_or(AuthError::Invalid)?;
    let now = app.clock.now();
    let read = || {
        let (reader, prefix) = (app.store.reader().clone(), prefix.to_owned());
        async move { store::presented_key::find(&reader, &prefix, now).await }.boxed()
    };
    let found = match since {
        Some(since) => app.recent.keys.since(since, prefix.to_owned(), read).await?,
        None => store::presented_key::find(app.store.reader(), prefix, now).await?,
    };
    let presented = found
        .filter(|presented| presented.hash.is_of(text))
        .ok_or(AuthError::Invalid)?;
    let (tenant, key) = (presented.tenant, presented.key);
    app.key_uses.note(tenant, key.id, now);
    let caller = Caller::new(tenant, key.id.to_string(), key.permissions, key.partner_id);
    Ok(caller.by_key(key.id).until(key.expires_at))
}

async fn signed_in_partner(
    app: &App,
    tenant: TenantId,
    partner: &str,
    issued_at: Option<f64>,
    since: Option<Instant>,
) -> Result<PartnerId, AuthError> {
    let id: PartnerId = partner.parse().map_err(|_| AuthError::Invalid)?;
    // A token from the future would outlive the next revocation.
    let latest = numeric_date(app.clock.now()) + LEEWAY_SECONDS;
    let issued_at = issued_at.filter(|moment| *moment <= latest).ok_or(AuthError::Invalid)?;
    let scope = Scope::of_partner(tenant, id);
    let read = || {
        let reader = app.store.reader().clone();
        async move { store::partner::sign_in(&reader, &scope, id).await }.boxed()
    };
    let partner = match since {
        Some(since) => app.recent.partners.since(since, (tenant, id), read).await?,
        None => store::partner::sign_in(app.store.reader(), &scope, id).await?,
    };
    match partner {
        Some((status, valid_from)) if status.may_sign_in() && issued_at >= numeric_date(valid_from) => Ok(id),
        _ => Err(AuthError::Invalid),
    }
}
