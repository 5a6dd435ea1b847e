//! Where PostgreSQL runs: one server, or several of which one takes writes, in libpq's notation
//! (`postgres://USER@a,b:5433/NAME?target_session_attrs=read-write`). They are tried in their order, beginning with the
//! one that was right last time, so that connections after a failover reach the server that was promoted.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tokio::time::timeout;

use crate::citus::planning;

/// How long each of several servers may take to accept a connection, unless `connect_timeout` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The query that checks a session before it is used.
const FIRST_OF_ALL: &str = "SELECT pg_backend_pid(), pg_is_in_recovery(), \
    current_setting('default_transaction_read_only')::boolean, to_regclass('tenant_slug') IS NOT NULL";

/// Which server is wanted (`target_session_attrs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SessionAttributes {
    Any,
    /// A server that is not a standby.
    Primary,
    /// A server that is neither a standby nor configured to take no writes.
    ReadWrite,
}

/// Clones share which server was right last.
#[derive(Clone)]
pub struct Hosts(Arc<SharedHosts>);

struct SharedHosts {
    hosts: Vec<Host>,
    wanted: SessionAttributes,
    /// How long each may take; `None`: the caller has a timeout of its own.
    limit: Option<Duration>,
    /// The index of the server to try first.
    first: AtomicUsize,
    /// Whether the rows there are distributed over several servers ([`citus`]).
    is_distributed: AtomicBool,
}

struct Host {
    /// The options of the URL.
    bare: PgConnectOptions,
    /// The options of the URL and the settings with which sessions start.
    told: PgConnectOptions,
    /// Its TLS could not be accepted the last time.
    is_plain: AtomicBool,
}

/// A session with the wanted server.
pub struct HostSession {
    pub connection: PgConnection,
    /// The server's process.
    pub process: i32,
    /// Whether the server forwards statements to several others.
    pub is_distributed: bool,
    /// Its index among the hosts.
    index: usize,
}

/// One URL for each host that a URL names.
pub fn each_host(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url
        .split_once("://")
        .filter(|(scheme, _)| scheme.starts_with("postgres"))
    else {
        return vec![url.to_owned()];
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, hosts) = match authority.rsplit_once('@') {
        Some((user, hosts)) => (format!("{user}@"), hosts),
        None => (String::new(), authority),
    };
    let hosts = hosts.split(',');
    hosts.map(|host| format!("{scheme}://{user}{host}{path}")).collect()
}

/// Takes a parameter out of a URL that libpq knows and SQLx does not.
fn take_parameter(url: &mut String, name: &str) -> Option<String> {
    let (before, query) = url.split_once('?')?;
    let is_it = |pair: &&str| pair.split_once('=').is_some_and(|(known, _)| known == name);
    let (_, value) = query.split('&').rfind(is_it)?.split_once('=')?;
    let value = value.to_owned();
    let rest: Vec<_> = query.split('&').filter(|pair| !is_it(pair)).collect();
    *url = match rest.is_empty() {
        true => before.to_owned(),
        false => format!("{before}?{}", rest.join("&")),
    };
    Some(value)
}

impl Hosts {
    /// Parses a URL. `settings` are those with which sessions start. The error says what is wrong with the URL, and
    /// quotes nothing of it.
    pub fn parse(url: &str, settings: &[(&str, String)]) -> Result<Self, String> {
        let mut url = url.to_owned();
        let wanted = take_parameter(&mut url, "target_session_attrs");
        let limit = take_parameter(&mut url, "connect_timeout");
        let urls = each_host(&url);
        let is_one = urls.len() == 1;
        let wanted = match wanted.as_deref() {
            None if is_one => SessionAttributes::Any,
            Some("any") => SessionAttributes::Any,
            Some("primary") => SessionAttributes::Primary,
            None | Some("read-write") => SessionAttributes::ReadWrite,
            Some(_) => return Err("has target_session_attrs that is none of read-write, primary and any".to_owned()),
        };
        let limit = match limit.map(|text| text.parse()) {
            None if is_one => None,
            None => Some(TIMEOUT),
            Some(Ok(seconds)) => Some(Duration::from_secs(seconds)).filter(|limit| !limit.is_zero()),
            Some(Err(_)) => return Err("has a connect_timeout that is no number of seconds".to_owned()),
        };
        let hosts = urls.iter().map(|url| {
            let bare: PgConnectOptions = url.parse().map_err(|error| format!("cannot be read ({error})"))?;
            let bare = bare.disable_statement_logging();
            Ok(Host {
                told: bare.clone().options(settings.iter().map(|(name, value)| (name, value))),
                bare,
                is_plain: AtomicBool::new(false),
            })
        });
        Ok(Self(Arc::new(SharedHosts {
            hosts: hosts.collect::<Result<_, String>>()?,
            wanted,
            limit,
            first: AtomicUsize::new(0),
            is_distributed: AtomicBool::new(false),
        })))
    }

    /// Connects to the wanted server.
    pub async fn reach(&self) -> Result<HostSession, sqlx::Error> {
        let SharedHosts { hosts, first, .. } = &*self.0;
        let start = first.load(Ordering::Relaxed);
        let mut failures = Vec::new();
        for index in (0..hosts.len()).map(|step| (start + step) % hosts.len()) {
            // If the caller's timeout cuts this attempt off, the next call continues with the next server.
            first.store((index + 1) % hosts.len(), Ordering::Relaxed);
            match self.reach_one(index).await {
                Ok(reached) => {
                    first.store(index, Ordering::Relaxed);
                    return Ok(reached);
                }
                Err(error) if hosts.len() == 1 => return Err(error),
                Err(error) => failures.push(format!("{}: {error}", hosts[index].name())),
            }
        }
        let error = io::Error::new(io::ErrorKind::NotConnected, failures.join("; "));
        Err(error.into())
    }

    async fn reach_one(&self, index: usize) -> Result<HostSession, sqlx::Error> {
        let reaching = async {
            let mut connection = self.0.hosts[index].connect().await?;
            let (process, is_standby, is_closed, is_distributed) =
                sqlx::query_as(FIRST_OF_ALL).fetch_one(&mut connection).await?;
            if is_distributed {
                sqlx::raw_sql(planning::PLAN).execute(&mut connection).await?;
            }
            self.0.is_distributed.store(is_distributed, Ordering::Relaxed);
            let wrong = match self.0.wanted {
                SessionAttributes::Any => None,
                SessionAttributes::Primary | SessionAttributes::ReadWrite if is_standby => Some("is a standby"),
                SessionAttributes::ReadWrite if is_closed => Some("takes no writes"),
                SessionAttributes::Primary | SessionAttributes::ReadWrite => None,
            };
            match wrong {
                Some(wrong) => Err(io::Error::new(io::ErrorKind::NotConnected, wrong).into()),
                None => Ok(HostSession {
                    connection,
                    process,
                    is_distributed,
                    index,
                }),
            }
        };
        match self.0.limit {
            Some(limit) => timeout(limit, reaching).await.unwrap_or_else(|_| Err(silence())),
            None => reaching.await,
        }
    }

    /// Whether the rows of the database that was reached last are distributed over several servers.
    pub fn is_distributed(&self) -> bool {
        self.0.is_distributed.load(Ordering::Relaxed)
    }

    /// How to reach the wanted server now, with the settings with which sessions start.
    pub async fn find(&self) -> Result<PgConnectOptions, sqlx::Error> {
        let host = self.find_host().await?;
        Ok(host.way(&host.told))
    }

    /// How to reach it with the URL's options only.
    pub async fn find_bare(&self) -> Result<PgConnectOptions, sqlx::Error> {
        let host = self.find_host().await?;
        Ok(host.way(&host.bare))
    }

    async fn find_host(&self) -> Result<&Host, sqlx::Error> {
        let hosts = &self.0.hosts;
        if hosts.len() == 1 {
            return Ok(&hosts[0]);
        }
        let found = self.reach().await?;
        found.connection.close().await?;
        Ok(&hosts[found.index])
    }

    /// The servers as `HOST:PORT`.
    pub fn name(&self) -> String {
        let names: Vec<_> = self.0.hosts.iter().map(Host::name).collect();
        names.join(",")
    }
}

impl Host {
    fn name(&self) -> String {
        match self.bare.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", self.bare.get_host(), self.bare.get_port()),
        }
    }

    /// Like libpq with `sslmode=prefer`, the default: where TLS cannot be negotiated, it continues without.
    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        match self.told.connect().await {
            Err(error) if is_of_tls(&error) && matches!(self.told.get_ssl_mode(), PgSslMode::Prefer) => {
                if !self.is_plain.swap(true, Ordering::Relaxed) {
                    let server = self.name();
                    tracing::warn!(
                        server, %error,
                        "the database's TLS cannot be accepted: going on without (sslmode=prefer). Give it a certificate of \
                         version 3 and set sslmode=verify-full, or sslmode=disable if this is meant"
                    );
                }
                self.way(&self.told).connect().await
            }
            connected => {
                self.is_plain.store(false, Ordering::Relaxed);
                connected
            }
        }
    }

    fn way(&self, options: &PgConnectOptions) -> PgConnectOptions {
        match self.is_plain.load(Ordering::Relaxed) {
            true => options.clone().ssl_mode(PgSslMode::Disable),
            false => options.clone(),
        }
    }
}

/// Whether the handshake failed, such as because of a certificate of X.509 version 1.
fn is_of_tls(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Tls(_) => true,
        sqlx::Error::Io(error) => error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()),
        _ => false,
    }
}

fn silence() -> sqlx::Error {
    io::Error::new(io::ErrorKind::TimedOut, "does not answer").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_may_name_several_hosts() {
        let url = "postgres://ann:a%40b@db1,[::1]:5433,db3:1/books?sslmode=require";
        let each = [
            "postgres://ann:a%40b@db1/books?sslmode=require",
            "postgres://ann:a%40b@[::1]:5433/books?sslmode=require",
            "postgres://ann:a%40b@db3:1/books?sslmode=require",
        ];
        assert_eq!(each_host(url), each);
        for one in [
            "postgres:///books",
            "postgresql://db",
            "sqlite://a,b.db?mode=rwc",
            "nonsense",
        ] {
            assert_eq!(each_host(one), [one]);
        }
        let hosts = Hosts::parse(url, &[]).unwrap();
        assert_eq!(hosts.name(), "db1:5432,[::1]:5433,db3:1");
        assert_eq!(
            (hosts.0.wanted, hosts.0.limit),
            (SessionAttributes::ReadWrite, Some(TIMEOUT))
        );
        assert!(
            hosts
                .0
                .hosts
                .iter()
                .all(|host| host.bare.get_database() == Some("books"))
        );
    }

    #[test]
    fn one_host_is_taken_as_it_is_unless_the_url_says_more() {
        let read = |url| Hosts::parse(url, &[]).map(|hosts| (hosts.0.wanted, hosts.0.limit));
        assert_eq!(read("postgres://db/books"), Ok((SessionAttributes::Any, None)));
        let url = "postgres://db/books?connect_timeout=7&sslmode=disable&target_session_attrs=primary";
        assert_eq!(
            read(url),
            Ok((SessionAttributes::Primary, Some(Duration::from_secs(7))))
        );
        for url in [
            "postgres://a,b/books?target_session_attrs=standby",
            "postgres://db/books?connect_timeout=soon",
            "postgres://db:x/books",
        ] {
            assert!(read(url).is_err(), "{url}");
        }
    }

    #[test]
    fn parameters_of_libpq_are_taken_out() {
        let mut url = "postgres://db/books?a=1&target_session_attrs=any&b=2".to_owned();
        assert_eq!(take_parameter(&mut url, "target_session_attrs").as_deref(), Some("any"));
        assert_eq!(url, "postgres://db/books?a=1&b=2");
        assert_eq!(take_parameter(&mut url, "target_session_attrs"), None);
        let mut only = "postgres://db/books?connect_timeout=1".to_owned();
        assert_eq!(take_parameter(&mut only, "connect_timeout").as_deref(), Some("1"));
        assert_eq!(only, "postgres://db/books");
    }
}
