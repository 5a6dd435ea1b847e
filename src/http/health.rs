//! Liveness and readiness: whether the program runs, and whether it can serve.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;

use super::HttpState;
use service::app::App;

/// Pause between two checks of the database.
const PAUSE: Duration = Duration::from_secs(1);

/// How long the database may take to answer a check.
const TIMEOUT: Duration = Duration::from_secs(2);

/// How long the result of a check remains valid.
const MAX_AGE: Duration = Duration::from_secs(5);

/// The result of the last check of the database.
pub struct Readiness {
    app: Arc<App>,
    /// When it was checked, and whether it could serve; `None`: no task watches it.
    seen: Mutex<Option<(Instant, bool)>>,
}

impl Readiness {
    pub fn new(app: Arc<App>) -> Self {
        let seen = Mutex::default();
        Self { app, seen }
    }

    /// Checks the database periodically.
    pub async fn watch(&self) {
        loop {
            tokio::time::sleep(PAUSE).await;
            self.look().await;
        }
    }

    /// Checks the database now.
    pub async fn look(&self) {
        let answered = tokio::time::timeout(TIMEOUT, self.app.store.ping()).await;
        let before = self.seen();
        let is_ready = matches!(answered, Ok(Ok(())));
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), is_ready));
        if before != Some(is_ready) {
            match answered {
                Ok(Ok(())) => tracing::info!("the database can serve"),
                Ok(Err(error)) => tracing::warn!(%error, "the database cannot serve"),
                Err(_) => tracing::warn!("the database does not answer"),
            }
        }
    }

    fn seen(&self) -> Option<bool> {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.map(|(when, is_ready)| is_ready && when.elapsed() < MAX_AGE)
    }
}

/// Liveness: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Readiness: the database answers and accepts writes, and the program is not about to shut down.
pub async fn ready(State(state): State<HttpState>) -> (StatusCode, &'static str) {
    if *state.ending.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n");
    }
    let is_ready = match state.readiness.seen() {
        Some(is_ready) => is_ready,
        // Routes that are served without the accepting thread: no task checks the database.
        None => state.app.store.ping().await.is_ok(),
    };
    match is_ready {
        true => (StatusCode::OK, "ready\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot serve\n"),
    }
}
