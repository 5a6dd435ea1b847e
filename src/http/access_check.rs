//! Checks that a caller still has access while it is sent events or rows.

use std::time::{Duration, Instant};

use auth::Caller;
use service::app::App;
use service::authentication::{AuthError, authenticate_listener};

/// How long a check remains valid: access ends within a second everywhere.
const VALIDITY: Duration = Duration::from_millis(250);

pub struct AccessCheck {
    /// The caller's credentials, as in an Authorization header.
    authorization: String,
    /// When the caller's access was last checked.
    checked: Instant,
}

impl AccessCheck {
    /// For a request that was authenticated just now.
    pub fn new(authorization: String) -> Self {
        Self {
            authorization,
            checked: Instant::now(),
        }
    }

    pub fn is_due(&self) -> bool {
        self.checked.elapsed() > VALIDITY
    }

    /// Checks the caller's access as for every request.
    pub async fn recheck(&mut self, app: &App) -> Result<Caller, AuthError> {
        let now = Instant::now();
        self.recheck_since(app, now.checked_sub(VALIDITY).unwrap_or(now)).await
    }

    /// The same, by what was read at `since` or later.
    pub async fn recheck_since(&mut self, app: &App, since: Instant) -> Result<Caller, AuthError> {
        let caller = authenticate_listener(app, &self.authorization, since).await?;
        self.checked = Instant::now();
        Ok(caller)
    }
}
