//! Issuers of tokens other than this program: identity providers, whose keys are fetched, and whose claims are
//! interpreted according to the settings.
//!
//! A token belongs to the issuer that its claim `iss` names, and is verified only by that issuer's keys. They are
//! fetched when the program starts, periodically after that, and when a token names an unknown key: one fetch at a
//! time, each in a task of its own, so that the request that started it may end earlier.

mod cache;
mod path;
mod rules;
mod settings;
mod source;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, join_all};
use jsonwebtoken::Algorithm;
use serde_json::Value;
use tokio::time::timeout;

use super::jwt::Claims;
use super::parsed_token::ParsedToken;
use super::public_key::{KeySet, VerificationKey, choose};
use cache::{Cache, Times};
use domain::Timestamp;
use outgoing::Outgoing;
pub use path::ClaimPath;
use rules::ClaimRules;
pub use settings::{IssuerError, IssuerSettings, KeyFetching};
use source::{KeySource, SourceError, discovery_url};
use telemetry::metrics::{IssuerKeys, Metrics};

/// How long a request waits at most for keys that are being fetched; later requests find them.
const WAIT: Duration = Duration::from_secs(2);

/// The issuers in the settings. Clones share them.
#[derive(Clone, Default)]
pub struct Issuers(Arc<[Arc<Issuer>]>);

/// One issuer.
pub struct Issuer {
    name: String,
    source: KeySource,
    algorithms: Vec<Algorithm>,
    rules: ClaimRules,
    times: Times,
    outgoing: Outgoing,
    /// Timeout for a whole fetch.
    timeout: Duration,
    state: Mutex<IssuerState>,
    series: IssuerKeys,
}

#[derive(Default)]
struct IssuerState {
    cache: Cache,
    /// The fetch in progress.
    running: Option<Running>,
    /// The reasons last logged for keys that were not accepted.
    refused: Vec<String>,
}

type Running = Shared<BoxFuture<'static, ()>>;

impl Issuers {
    /// The issuers by their names. `own` is the `iss` of this program's own tokens, which no issuer may use.
    pub fn new(
        settings: &BTreeMap<String, IssuerSettings>,
        fetching: &KeyFetching,
        own: &str,
        outgoing: &Outgoing,
        metrics: &Metrics,
    ) -> Result<Self, IssuerError> {
        let mut known = vec![own];
        for (name, settings) in settings {
            settings.check(name)?;
            if known.contains(&settings.issuer.as_str()) {
                let reason = format!("the issuer {:?} is configured twice", settings.issuer);
                return Err(IssuerError(name.clone(), reason));
            }
            known.push(&settings.issuer);
        }
        let issuers = settings.iter().map(|(name, settings)| {
            let issuer = Issuer::new(name, settings, fetching, outgoing, metrics)?;
            Ok(Arc::new(issuer))
        });
        Ok(Self(issuers.collect::<Result<_, _>>()?))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The issuer of a token with these claims, if the token is genuine.
    pub(super) fn of(&self, claims: &Value) -> Option<&Arc<Issuer>> {
        let named = claims.get("iss")?.as_str()?;
        self.0.iter().find(|issuer| issuer.rules.issuer == named)
    }

    /// Fetches the keys of the issuers that are due, and waits for them.
    pub async fn refresh(&self, now: Timestamp) {
        let due = self.0.iter().filter_map(|issuer| issuer.fetching(now, Cache::is_due));
        join_all(due.collect::<Vec<_>>()).await;
    }

    /// Fetches the keys of each issuer once, without using them: the issuers' names, and the errors.
    pub async fn probe(&self) -> Vec<(&str, Result<(), SourceError>)> {
        let each = self.0.iter().map(|issuer| async move {
            let fetched = issuer.fetch().await;
            (issuer.name.as_str(), fetched.map(|_| ()))
        });
        join_all(each).await
    }
}

impl Issuer {
    fn new(
        name: &str,
        settings: &IssuerSettings,
        fetching: &KeyFetching,
        outgoing: &Outgoing,
        metrics: &Metrics,
    ) -> Result<Self, IssuerError> {
        let source = match (&settings.jwks_url, &settings.discovery_url) {
            (Some(url), _) => KeySource::Keys { url: url.clone() },
            (None, url) => KeySource::Discovery {
                url: url.clone().unwrap_or_else(|| discovery_url(&settings.issuer)),
                issuer: settings.issuer.clone(),
            },
        };
        let checked = outgoing.policy().check_url(source.url());
        checked.map_err(|why| IssuerError(name.to_owned(), format!("the address {:?} {why}", source.url())))?;
        let seconds = |seconds: u32| TimeDelta::seconds(seconds.into());
        Ok(Self {
            name: name.to_owned(),
            source,
            algorithms: settings.algorithms.clone(),
            rules: ClaimRules::new(settings),
            times: Times {
                refresh: seconds(fetching.refresh_seconds),
                outage: seconds(fetching.outage_seconds),
                unknown_key: seconds(fetching.unknown_key_seconds),
            },
            outgoing: outgoing.clone(),
            timeout: Duration::from_secs(fetching.answer_seconds.into()),
            state: Mutex::default(),
            series: metrics.issuers.of(name),
        })
    }

    /// The claims of a token that is genuine and in force at `now`; otherwise `None`. If its key is unknown, waits
    /// briefly for a fetch that may bring it.
    pub(super) async fn verify(self: &Arc<Self>, form: &ParsedToken<'_>, now: Timestamp) -> Option<Claims> {
        // A token that would be refused anyway does not justify a fetch.
        let claims = self.rules.read(&form.claims, now)?;
        if !self.algorithms.contains(&form.algorithm) {
            return None;
        }
        let id = form.key_id.as_deref();
        let mut keys = self.keys(id, now);
        if keys.is_empty() {
            let _ = timeout(WAIT, self.fetching(now, Cache::may_look_again)?).await;
            keys = self.keys(id, now);
        }
        form.is_signed_by(&keys).then_some(claims)
    }

    fn keys(&self, id: Option<&str>, now: Timestamp) -> Vec<VerificationKey> {
        let keys = self.state().cache.keys(now, &self.times);
        choose(&keys, id)
    }

    /// The fetch in progress, or one that begins now, if it is time for it.
    fn fetching(self: &Arc<Self>, now: Timestamp, is_time: fn(&Cache, Timestamp, &Times) -> bool) -> Option<Running> {
        let mut state = self.state();
        // A fetch that has ended and is still listed here was cut off.
        if let Some(running) = state.running.as_ref().filter(|running| running.peek().is_none()) {
            return Some(running.clone());
        }
        if !is_time(&state.cache, now, &self.times) {
            return None;
        }
        state.cache.tries(now);
        let issuer = self.clone();
        let task = tokio::spawn(async move {
            let fetched = issuer.fetch().await;
            issuer.keep(fetched, now);
        });
        let running = async move {
            let _ = task.await;
        };
        let running = running.boxed().shared();
        state.running = Some(running.clone());
        Some(running)
    }

    async fn fetch(&self) -> Result<KeySet, SourceError> {
        let fetching = self.source.fetch(&self.outgoing, &self.algorithms);
        // The timeout is for a discovery document and the keys together.
        let fetched = timeout(self.timeout, fetching).await;
        fetched.unwrap_or_else(|_| Err(SourceError::late(self.source.url(), self.timeout)))
    }

    /// Records the result of a fetch that began at `now`.
    fn keep(&self, fetched: Result<KeySet, SourceError>, now: Timestamp) {
        let mut state = self.state();
        let (state, issuer) = (&mut *state, &self.name);
        state.running = None;
        match fetched {
            Ok(KeySet { keys, refused }) => {
                self.series.fetched(keys.len(), now);
                if state.refused != refused {
                    for reason in &refused {
                        tracing::warn!(issuer, reason, "ignored a key of the issuer");
                    }
                }
                state.refused = refused;
                if state.cache.changes(&keys) {
                    tracing::info!(issuer, keys = keys.len(), "the keys of the issuer have changed");
                }
                state.cache.succeeded(keys, now);
            }
            Err(error) => {
                self.series.failed();
                state.cache.failed();
                tracing::warn!(issuer, %error, "could not fetch the keys of the issuer; will retry");
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, IssuerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
