//! Queries that are read from standbys of PostgreSQL, servers that die, and what replaces them. The servers are real ones that
//! stream to each other.

mod failover;
mod faults;
mod lag;
mod own_writes;
mod pgbouncer;
mod program;
mod tls;

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::support::cluster::Server;
use crate::support::{Answer, TestApp};

/// What nobody lags by in a test that is not about it.
const NEVER: Duration = Duration::from_secs(3600);

/// Longer than anything here takes on a machine that has other things to do.
const LONG: Duration = Duration::from_secs(60);

const POSITION: &str = "tributary-position";

/// The labels of the tenant's partner tiers.
const TIERS: &str = "{ partnerTiers { label } }";

/// A gateway that reads from one standby.
struct Pair {
    // Ends before the servers.
    app: TestApp,
    standby: Server,
    primary: Server,
}

impl Pair {
    /// With the tenant `acme`, which the standby has, too. `None` where there is no server to start.
    async fn new(most_lag: Duration) -> Option<Self> {
        let primary = Server::primary()?;
        let standby = primary.standby("");
        let app = TestApp::over(primary.url(), vec![standby.url()], most_lag).await;
        let pair = Self { app, standby, primary };
        pair.app.tenant("acme").await;
        pair.catch_up().await;
        Some(pair)
    }

    /// Lets the standby catch up, and has the gateway see that.
    async fn catch_up(&self) {
        self.standby.catches_up_with(&self.primary).await;
        // The server writes by itself, too.
        seen(&self.app, &self.standby, "").await;
    }

    /// The standby shows nothing new until it catches up again.
    async fn pause(&self) {
        self.standby.sql("SELECT pg_wal_replay_pause()::text").await;
        while self
            .standby
            .sql("SELECT pg_get_wal_replay_pause_state()")
            .await
            .as_deref()
            != Some("paused")
        {
            tokio::task::yield_now().await;
        }
    }

    async fn resume(&self) {
        self.standby.sql("SELECT pg_wal_replay_resume()::text").await;
        self.catch_up().await;
    }

    fn caller(&self, subject: &str) -> Caller {
        Caller::of(&self.app, subject)
    }

    /// Why nobody reads from the standby; `None`: callers do.
    fn left(&self) -> Option<String> {
        state(&self.app, &self.standby).err()
    }

    /// How many queries were read there so far: from the primary, from the standby, and from the primary after the standby.
    fn reads(&self) -> [u64; 3] {
        reads(&self.app)
    }
}

/// Has the gateway look until it sees why nobody reads there, which begins so; empty: callers do. On a busy machine a server may
/// not say in time how it is.
async fn seen(app: &TestApp, server: &Server, expected: &str) {
    let began = Instant::now();
    loop {
        app.store().look_at_standbys().await;
        let state = state(app, server);
        match &state {
            Ok(()) if expected.is_empty() => return,
            Err(why) if !expected.is_empty() && why.starts_with(expected) => return,
            _ => assert!(began.elapsed() < LONG, "{expected:?}: {state:?}"),
        }
    }
}

/// Whether callers read there, or why not.
fn state(app: &TestApp, server: &Server) -> Result<(), String> {
    let standbys = app.store().standbys().into_iter();
    let of_it = standbys.filter(|(name, _)| *name == server.name());
    of_it.map(|(_, state)| state.map(drop)).next().expect("it is known")
}

fn reads(app: &TestApp) -> [u64; 3] {
    let text = app.app.metrics.render(&[], None);
    ["primary", "replica", "again"].map(|place| {
        let series = format!("tributary_database_reads_total{{place=\"{place}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(series.as_str()));
        line.expect("it is counted").parse().unwrap()
    })
}

/// An admin of `acme`, who keeps nothing of what is answered.
#[derive(Clone)]
struct Caller {
    router: Router,
    token: String,
}

impl Caller {
    fn of(app: &TestApp, subject: &str) -> Self {
        Self::at(app.router(), app, subject)
    }

    fn at(router: Router, app: &TestApp, subject: &str) -> Self {
        let token = app.sign(&json!({ "sub": subject }));
        Self { router, token }
    }

    async fn ask(&self, document: &str, position: Option<&str>) -> Answer {
        let body = json!({ "query": document }).to_string();
        let mut request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if let Some(position) = position {
            request = request.header(POSITION, position);
        }
        let client = crate::support::Client::new(self.router.clone(), None);
        client.send(request.body(Body::from(body)).unwrap()).await
    }

    /// The labels of all tiers that it is shown.
    async fn tiers(&self, position: Option<&str>) -> Vec<String> {
        let data = self.ask(TIERS, position).await.data();
        let tiers = data["partnerTiers"].as_array().expect("a list");
        let label = |tier: &Value| tier["label"].as_str().expect("a text").to_owned();
        tiers.iter().map(label).collect()
    }

    /// Makes a tier.
    async fn write(&self, label: &str) -> Answer {
        let input = format!("{{ label: \"{label}\" }}");
        let document = format!(
            "mutation {{ createPartnerTier(input: {input}) {{ partnerTier {{ id }} userErrors {{ code }} }} }}"
        );
        self.ask(&document, None).await
    }

    /// The same, which must succeed. Says what the answer's header does.
    async fn writes(&self, label: &str) -> String {
        let answer = self.write(label).await;
        let position = position(&answer).expect("the header").to_owned();
        let data = answer.data();
        assert!(data["createPartnerTier"]["partnerTier"]["id"].is_string(), "{data}");
        position
    }
}

fn position(answer: &Answer) -> Option<&str> {
    answer.headers.get(POSITION).map(|value| value.to_str().unwrap())
}
