//! What was read recently:
//!
//! - [`ReadCache`]: reads that listeners share whose access is checked at the same time. New requests never use them.
//! - [`ConfirmedTokens`]: partners' tokens that were valid a short while ago. Their queries may start before the
//!   partner's row is read again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use domain::id::{PartnerId, TenantId};
use store::StoreError;
use store::partner::SignInState;
use store::presented_key::PresentedKey;

/// Number of entries at which old ones are evicted.
const EVICT_ABOVE: usize = 1_000;
/// The age of old entries: no listener accepts older ones.
const OLD: Duration = Duration::from_secs(1);

/// How long a token counts as recently confirmed.
const RECENT: Duration = Duration::from_secs(60);
/// Maximum number of tokens that are remembered.
const TOKENS: usize = 10_000;

/// The reads that decide whether listeners are still admitted, and partners' tokens that were valid recently.
#[derive(Default)]
pub struct RecentReads {
    pub(super) tokens: ConfirmedTokens,
    pub(super) partners: ReadCache<(TenantId, PartnerId), Option<SignInState>>,
    pub(super) keys: ReadCache<String, Option<PresentedKey>>,
}

/// Partners' tokens that were valid when this process last checked. This does not prove that they are valid now, only
/// that running a query before checking again is probably worthwhile.
#[derive(Default)]
pub struct ConfirmedTokens(Mutex<HashMap<TokenKey, Instant>>);

/// The tenant, the partner, and when the token was issued.
pub type TokenKey = (TenantId, PartnerId, u64);

impl ConfirmedTokens {
    pub fn is_recent(&self, key: &TokenKey) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).is_some_and(|since| since.elapsed() < RECENT)
    }

    pub fn note(&self, key: TokenKey, is_valid: bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_valid {
            known.remove(&key);
            return;
        }
        if known.len() >= TOKENS && !known.contains_key(&key) {
            known.retain(|_, since| since.elapsed() < RECENT);
            // Makes room for many tokens, so that this is not repeated for each. A forgotten token costs a check,
            // nothing else.
            if known.len() > TOKENS / 2 {
                known.clear();
            }
        }
        known.insert(key, Instant::now());
    }
}

/// When a read began, and its value. `None`: the read failed.
type Known<V> = (Instant, Shared<BoxFuture<'static, Option<V>>>);

pub struct ReadCache<K, V: Clone>(Mutex<HashMap<K, Known<V>>>);

impl<K, V: Clone> Default for ReadCache<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V: Clone + Send + Sync + 'static> ReadCache<K, V> {
    /// The value of `read`, or of an earlier read for another listener that began at `since` or later. If that one
    /// failed, `read` runs again, so that every listener gets an error of its own.
    pub async fn since(
        &self,
        since: Instant,
        key: K,
        read: impl Fn() -> BoxFuture<'static, Result<V, StoreError>>,
    ) -> Result<V, StoreError> {
        let reading = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match known.get(&key).filter(|(begun, _)| *begun >= since) {
                Some((_, reading)) => reading.clone(),
                None => {
                    let now = Instant::now();
                    if known.len() >= EVICT_ABOVE {
                        known.retain(|_, (begun, _)| now.duration_since(*begun) < OLD);
                    }
                    // A task of its own continues when the listener that started it stops waiting.
                    let task = tokio::spawn(read());
                    let reading = async move { task.await.ok().and_then(Result::ok) }.boxed().shared();
                    known.insert(key, (now, reading.clone()));
                    reading
                }
            }
        };
        match reading.await {
            Some(value) => Ok(value),
            None => read().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn key(number: u64) -> TokenKey {
        let tenant = TenantId::from_uuid(Uuid::from_u128(1));
        (tenant, PartnerId::from_uuid(Uuid::from_u128(2)), number)
    }

    #[test]
    fn a_token_is_recent_until_it_is_found_invalid() {
        let tokens = ConfirmedTokens::default();
        assert!(!tokens.is_recent(&key(1)));
        tokens.note(key(1), true);
        assert!(tokens.is_recent(&key(1)) && !tokens.is_recent(&key(2)));
        tokens.note(key(1), false);
        assert!(!tokens.is_recent(&key(1)));
    }

    #[test]
    fn any_number_of_tokens_takes_bounded_space() {
        let tokens = ConfirmedTokens::default();
        for number in 0..3 * TOKENS as u64 {
            tokens.note(key(number), true);
            assert!(tokens.is_recent(&key(number)));
        }
        assert!(tokens.0.lock().expect("nothing panicked").len() <= TOKENS);
    }
}
