//! From the Authorization header to a [`Caller`].

mod recent;

use std::time::Instant;

use futures::FutureExt;

use crate::app::App;
use auth::{Caller, Claims, Credentials};
use domain::id::{PartnerId, TenantId};
use store::StoreError;

pub use recent::RecentReads;

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
    match Credentials::parse(header).ok_or(AuthError::Invalid)? {
        Credentials::Token(token) => by_token(app, token, since).await,
        Credentials::ApiKey { prefix, text } => by_key(app, prefix, text, since).await,
    }
}

async fn by_token(app: &App, token: &str, since: Option<Instant>) -> Result<Caller, AuthError> {
    let claims = auth::verify_token(&app.keys, &app.issuers, token, app.clock.now())
        .await
        .ok_or(AuthError::Invalid)?;
    let tenant = app
        .tenants
        .find(&app.store, &claims.tenant)
        .await?
        .ok_or(AuthError::Invalid)?;
    let partner = match &claims.partner {
        Some(partner) => Some(signed_in_partner(app, tenant, partner, &claims, since).await?),
        None => None,
    };
    Ok(Caller::of_token(tenant, &claims, partner))
}

/// The caller who presents an API key. One read decides, with every request, so that nothing outlives a revocation.
async fn by_key(app: &App, prefix: &str, text: &str, since: Option<Instant>) -> Result<Caller, AuthError> {
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
    app.key_uses.note(presented.tenant, presented.key.id, now);
    Ok(Caller::of_api_key(presented.tenant, &presented.key))
}

async fn signed_in_partner(
    app: &App,
    tenant: TenantId,
    partner: &str,
    claims: &Claims,
    since: Option<Instant>,
) -> Result<PartnerId, AuthError> {
    let id: PartnerId = partner.parse().map_err(|_| AuthError::Invalid)?;
    let issued_at = claims.issued_at(app.clock.now()).ok_or(AuthError::Invalid)?;
    let read = || {
        let reader = app.store.reader().clone();
        async move { store::partner::sign_in(&reader, tenant, id).await }.boxed()
    };
    let partner = match since {
        Some(since) => app.recent.partners.since(since, (tenant, id), read).await?,
        None => store::partner::sign_in(app.store.reader(), tenant, id).await?,
    };
    match partner {
        Some((status, valid_from)) if status.may_sign_in() && issued_at.is_since(valid_from) => Ok(id),
        _ => Err(AuthError::Invalid),
    }
}
