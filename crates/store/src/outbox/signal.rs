//! Waking the followers: of this process for SQLite, of every replica for PostgreSQL.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use sea_orm::{DbBackend, DbErr, RuntimeErr, Statement};
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::postgres::hosts::Hosts;
use crate::{StoreError, postgres};

const CHANNEL: &str = "tributary_outbox";
const NOTIFY: &str = "NOTIFY tributary_outbox";

/// Minimum interval between two NOTIFY of a replica: the first commit is announced at once, those that follow it
/// closely together. Each NOTIFY is a transaction of its own, and wakes every replica.
const SPACING: Duration = Duration::from_millis(20);

/// How long to wait before a lost connection is reopened.
const PAUSE: Duration = Duration::from_secs(1);

/// After this long a silence the listening connection is checked, and must answer within the same time.
const SILENCE: Duration = Duration::from_secs(5);

/// Announces commits that appended to the outbox, and nothing else: what they appended is read from there.
#[derive(Clone)]
pub struct Signal(Arc<SignalTransport>);

enum SignalTransport {
    InProcess(watch::Sender<()>),
    BetweenReplicas {
        listening: Hosts,
        telling: postgres::Pool,
        state: AtomicU8,
    },
}

/// No NOTIFY is under way.
const QUIET: u8 = 0;
/// A NOTIFY is under way, or was sent within the last [`SPACING`].
const TELLING: u8 = 1;
/// Like [`TELLING`], and another NOTIFY must follow: the first may have been sent before the last commit.
const AGAIN: u8 = 2;

impl Signal {
    pub fn in_process() -> Self {
        Self(Arc::new(SignalTransport::InProcess(watch::Sender::new(()))))
    }

    pub fn between_replicas(listening: Hosts, telling: postgres::Pool) -> Self {
        Self(Arc::new(SignalTransport::BetweenReplicas {
            listening,
            telling,
            state: AtomicU8::new(QUIET),
        }))
    }

    /// Announces that there is something new, without waiting for anything.
    pub fn poke(&self) {
        match &*self.0 {
            SignalTransport::InProcess(sender) => {
                sender.send_replace(());
            }
            SignalTransport::BetweenReplicas { state, .. } => {
                let before = state.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| {
                    Some(if state == QUIET { TELLING } else { AGAIN })
                });
                if before == Ok(QUIET) {
                    tokio::spawn(self.clone().tell());
                }
            }
        }
    }

    /// Sends NOTIFY until no commit came after it.
    async fn tell(self) {
        let SignalTransport::BetweenReplicas { telling, state, .. } = &*self.0 else {
            return;
        };
        loop {
            let notify = Statement::from_sql_and_values(DbBackend::Postgres, NOTIFY, []);
            if let Err(error) = telling.execute(notify).await {
                // Followers poll every second in any case.
                tracing::warn!(%error, "cannot notify the other replicas");
            }
            tokio::time::sleep(SPACING).await;
            if state
                .compare_exchange(TELLING, QUIET, Ordering::SeqCst, Ordering::SeqCst)
                .is_ok()
            {
                return;
            }
            state.store(TELLING, Ordering::SeqCst);
        }
    }

    /// The signal that a follower waits for. It misses nothing that is committed after this.
    pub async fn wakes(&self) -> Result<WakeSignal, StoreError> {
        let mut listening = JoinSet::new();
        let receiver = match &*self.0 {
            SignalTransport::InProcess(sender) => sender.subscribe(),
            SignalTransport::BetweenReplicas { listening: way, .. } => {
                let listener = listen(way).await.map_err(failed)?;
                let (sender, receiver) = watch::channel(());
                listening.spawn(hear(listener, way.clone(), sender));
                receiver
            }
        };
        Ok(WakeSignal { receiver, listening })
    }
}

fn failed(error: sqlx::Error) -> StoreError {
    DbErr::Conn(RuntimeErr::SqlxError(error.into())).into()
}

/// Listens on a connection of its own: a pooled one would be missing from the pool for as long as there are listeners.
async fn listen(way: &Hosts) -> Result<PgListener, sqlx::Error> {
    let single = PgPoolOptions::new().max_connections(1).acquire_timeout(SILENCE);
    let listening = async {
        let mut listener = PgListener::connect_with(&single.connect_lazy_with(way.find().await?)).await?;
        // Nothing else uses this pool.
        listener.ignore_pool_close_event(true);
        listener.listen(CHANNEL).await?;
        Ok(listener)
    };
    within(listening).await
}

async fn hear(mut listener: PgListener, way: Hosts, sender: watch::Sender<()>) {
    loop {
        let heard = match timeout(SILENCE, listener.try_recv()).await {
            // `None`: the connection was lost and reopened, and notifications sent meanwhile are gone. The follower
            // must look then, too.
            Ok(heard) => heard.map(drop),
            // Nothing was committed, or notifications do not get through any more.
            Err(_) => match within(sqlx::query("SELECT 1").execute(&mut listener)).await {
                Ok(_) => continue,
                Err(error) => Err(error),
            },
        };
        if let Err(error) = heard {
            tracing::warn!(%error, "cannot listen to the other replicas; will retry");
            tokio::time::sleep(PAUSE).await;
            if let Ok(again) = listen(&way).await {
                listener = again;
            }
        }
        sender.send_replace(());
    }
}

async fn within<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let silence = |_| Err(io::Error::new(io::ErrorKind::TimedOut, "the connection is silent").into());
    timeout(SILENCE, answer).await.unwrap_or_else(silence)
}

/// Wakes a follower. Several commits may wake it once.
pub struct WakeSignal {
    receiver: watch::Receiver<()>,
    /// The listening task, which ends when this is dropped.
    listening: JoinSet<()>,
}

impl WakeSignal {
    /// Waits until there may be something new.
    pub async fn next(&mut self) {
        let is_gone = self.receiver.changed().await.is_err();
        if is_gone {
            // No signal comes any more: the follower relies on its own pause.
            tracing::error!(listening = self.listening.len(), "nobody hears the other replicas");
            std::future::pending().await
        }
    }
}
