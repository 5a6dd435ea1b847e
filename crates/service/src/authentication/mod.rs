//! From the Authorization header to a [`Caller`].

mod recent;
mod sign_in;

use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt;

use crate::app::App;
use auth::{Caller, Credentials};
use domain::id::PartnerId;
use store::StoreError;

pub use recent::RecentReads;
pub use sign_in::SignIn;

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

/// Whom an Authorization header identifies.
pub struct Presented {
    /// Its requests may be answered only once `sign_in` is confirmed.
    pub caller: Caller,
    /// The check that remains for a partner's token; `None`: none.
    pub sign_in: Option<Arc<SignIn>>,
}

/// The caller that an Authorization header identifies: `Bearer` with a JWT or an API key, or `Api-Key`. A partner's
/// token is valid only while the partner may sign in, and only if it was issued after the last time that the partner
/// could not; that check costs one indexed read per request.
pub async fn authenticate(app: &App, header: Option<&str>) -> Result<Caller, AuthError> {
    let Presented { caller, sign_in } = presented(app, header, None).await?;
    if let Some(sign_in) = sign_in {
        sign_in.confirm(app).await?;
    }
    Ok(caller)
}

/// The same for a caller that was admitted before and has been listening since: reads made at `since` or later, for any
/// listener, are reused.
pub async fn authenticate_listener(app: &App, header: &str, since: Instant) -> Result<Caller, AuthError> {
    let Presented { caller, sign_in } = presented(app, Some(header), Some(since)).await?;
    if let Some(sign_in) = sign_in {
        sign_in.confirm_since(app, since).await?;
    }
    Ok(caller)
}

/// The same, except that for a partner's token that was valid a short while ago, the sign-in remains to be confirmed: a
/// query that reads the partner's own row confirms it as a side effect. Until then nothing else may be done for the
/// caller. Other tokens are confirmed here, so that one that is no longer valid causes no work and takes nothing from
/// its subject's bucket.
pub async fn present(app: &App, header: Option<&str>) -> Result<Presented, AuthError> {
    let Presented { caller, sign_in } = presented(app, header, None).await?;
    let sign_in = match sign_in {
        Some(sign_in) if !sign_in.is_recent(app) => {
            sign_in.confirm(app).await?;
            None
        }
        sign_in => sign_in,
    };
    Ok(Presented { caller, sign_in })
}

async fn presented(app: &App, header: Option<&str>, since: Option<Instant>) -> Result<Presented, AuthError> {
    let header = header
        .map(str::trim)
        .filter(|header| !header.is_empty())
        .ok_or(AuthError::Missing)?;
    match Credentials::parse(header).ok_or(AuthError::Invalid)? {
        Credentials::Token(token) => by_token(app, token).await,
        Credentials::ApiKey { prefix, text } => by_key(app, prefix, text, since).await,
    }
}

async fn by_token(app: &App, token: &str) -> Result<Presented, AuthError> {
    let now = app.clock.now();
    let claims = auth::verify_token(&app.keys, &app.issuers, token, now)
        .await
        .ok_or(AuthError::Invalid)?;
    let tenant = app
        .tenants
        .find(&app.store, &claims.tenant)
        .await?
        .ok_or(AuthError::Invalid)?;
    let partner: Option<PartnerId> = match &claims.partner {
        Some(partner) => Some(partner.parse().map_err(|_| AuthError::Invalid)?),
        None => None,
    };
    let sign_in = match partner {
        Some(partner) => {
            let issued_at = claims.issued_at(now).ok_or(AuthError::Invalid)?;
            Some(Arc::new(SignIn::new(tenant, partner, issued_at)))
        }
        None => None,
    };
    let caller = Caller::of_token(tenant, &claims, &app.keys, partner);
    Ok(Presented { caller, sign_in })
}

/// The caller who presents an API key. One read decides, with every request, so that nothing outlives a revocation.
async fn by_key(app: &App, prefix: &str, text: &str, since: Option<Instant>) -> Result<Presented, AuthError> {
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
    let caller = Caller::of_api_key(presented.tenant, &presented.key);
    Ok(Presented { caller, sign_in: None })
}
