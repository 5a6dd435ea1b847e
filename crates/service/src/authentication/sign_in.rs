//! Whether the partner that a token names may sign in.

use std::sync::OnceLock;
use std::time::Instant;

use futures::FutureExt;

use super::AuthError;
use super::recent::TokenKey;
use crate::app::App;
use auth::IssuedAt;
use domain::id::{PartnerId, TenantId};
use store::partner::SignInState;

/// The check that remains for a partner's token with a valid signature: may the partner sign in? The first read of the
/// partner's row since the request arrived decides.
#[derive(Debug)]
pub struct SignIn {
    tenant: TenantId,
    partner: PartnerId,
    issued_at: IssuedAt,
    decision: OnceLock<bool>,
}

impl SignIn {
    pub(super) fn new(tenant: TenantId, partner: PartnerId, issued_at: IssuedAt) -> Self {
        Self {
            tenant,
            partner,
            issued_at,
            decision: OnceLock::new(),
        }
    }

    /// Whether the row of this partner would decide the check.
    pub fn awaits(&self, partner: PartnerId) -> bool {
        self.partner == partner && self.decision.get().is_none()
    }

    /// Decides by the partner's row as read from the primary; `None`: there is no such row.
    pub fn decide(&self, state: Option<&SignInState>) {
        let may =
            state.is_some_and(|state| state.status.may_sign_in() && self.issued_at.is_since(state.tokens_valid_from));
        let _ = self.decision.set(may);
    }

    /// Reads the row unless it was read already; the error says that the token is not valid.
    pub async fn confirm(&self, app: &App) -> Result<(), AuthError> {
        if self.decision.get().is_none() {
            let state = store::partner::sign_in(app.store.reader(), self.tenant, self.partner).await?;
            self.decide(state.as_ref());
        }
        let decided = self.decided();
        app.recent.tokens.note(self.key(), decided.is_ok());
        decided
    }

    /// The same, with a read at `since` or later that was made for any listener.
    pub(super) async fn confirm_since(&self, app: &App, since: Instant) -> Result<(), AuthError> {
        let (tenant, partner) = (self.tenant, self.partner);
        let read = || {
            let reader = app.store.reader().clone();
            async move { store::partner::sign_in(&reader, tenant, partner).await }.boxed()
        };
        let state = app.recent.partners.since(since, (tenant, partner), read).await?;
        self.decide(state.as_ref());
        self.decided()
    }

    /// Whether this process found the token valid a short while ago.
    pub(super) fn is_recent(&self, app: &App) -> bool {
        app.recent.tokens.is_recent(&self.key())
    }

    fn key(&self) -> TokenKey {
        (self.tenant, self.partner, self.issued_at.bits())
    }

    fn decided(&self) -> Result<(), AuthError> {
        match self.decision.get() {
            Some(true) => Ok(()),
            _ => Err(AuthError::Invalid),
        }
    }
}
