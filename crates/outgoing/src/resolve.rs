//! Name resolution, without threads: whoever stops waiting for an answer ends the work.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use futures::FutureExt;
use futures::future::BoxFuture;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use tokio::time::timeout;

/// Resolves a name to its addresses. Tests have their own resolver.
pub trait Resolve: Send + Sync {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// What the system's resolver reads: the servers and search domains, and the names that it needs no server for.
const SYSTEM_FILES: [&str; 2] = ["/etc/resolv.conf", "/etc/hosts"];

/// How often to look whether these files have changed.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);

/// How long answers are kept at most, whatever their servers say: an address that exists, and that there is none.
const KEPT: Duration = Duration::from_secs(300);
const KEPT_NEGATIVE: Duration = Duration::from_secs(30);

/// How names are resolved.
#[derive(Clone, Debug)]
pub struct DnsSettings {
    /// The servers; none: those of /etc/resolv.conf.
    pub servers: Vec<SocketAddr>,
    /// How long resolving a name may take.
    pub timeout: Duration,
}

impl Default for DnsSettings {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            timeout: Duration::from_secs(5),
        }
    }
}

/// Asks the servers of the settings or of the system, after /etc/hosts.
#[derive(Debug, Default)]
pub struct DnsResolver {
    settings: DnsSettings,
    loaded: Mutex<Option<Loaded>>,
}

#[derive(Debug)]
struct Loaded {
    resolver: TokioResolver,
    /// When the system's files had been changed last.
    changed: [Option<SystemTime>; 2],
    checked: Instant,
}

impl DnsResolver {
    pub fn new(settings: DnsSettings) -> Self {
        let loaded = Mutex::default();
        Self { settings, loaded }
    }

    /// The resolver for the system's files as they are.
    fn current(&self) -> io::Result<TokioResolver> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match &mut *loaded {
            Some(loaded) if loaded.checked.elapsed() < CHECK_INTERVAL => return Ok(loaded.resolver.clone()),
            Some(loaded) => {
                loaded.checked = Instant::now();
                Some((loaded.changed, loaded.resolver.clone()))
            }
            None => None,
        };
        let changed = SYSTEM_FILES.map(|file| std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok());
        match before {
            Some((before, resolver)) if before == changed => Ok(resolver),
            _ => {
                let resolver = self.settings.resolver()?;
                *loaded = Some(Loaded {
                    resolver: resolver.clone(),
                    changed,
                    checked: Instant::now(),
                });
                Ok(resolver)
            }
        }
    }
}

impl DnsSettings {
    fn resolver(&self) -> io::Result<TokioResolver> {
        let mut builder = match self.servers.as_slice() {
            // Without that file, the server is on this machine (resolv.conf(5)).
            [] => TokioResolver::builder_tokio()
                .unwrap_or_else(|_| asking(&[SocketAddr::from((Ipv4Addr::LOCALHOST, 53))])),
            servers => asking(servers),
        };
        let options = builder.options_mut();
        options.timeout = options.timeout.min(self.timeout);
        options.use_hosts_file = ResolveHosts::Always;
        options.positive_max_ttl = Some(KEPT);
        options.negative_max_ttl = Some(KEPT_NEGATIVE);
        builder.build().map_err(io::Error::other)
    }
}

fn asking(servers: &[SocketAddr]) -> hickory_resolver::ResolverBuilder<TokioRuntimeProvider> {
    let servers = servers.iter().map(|server| {
        let on_port = |mut connection: ConnectionConfig| {
            connection.port = server.port();
            connection
        };
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
        NameServerConfig::new(server.ip(), true, connections.map(on_port).into())
    });
    let config = ResolverConfig::from_name_servers(servers.collect());
    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
}

impl Resolve for DnsResolver {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        async move {
            let resolver = self.current()?;
            let found = timeout(self.settings.timeout, resolver.lookup_ip(name)).await;
            let found = found.map_err(|_| io::ErrorKind::TimedOut)?.map_err(io::Error::other)?;
            let mut addresses: Vec<_> = found.iter().collect();
            // They are tried in turn: a machine without IPv6 notices that at once, one whose way to IPv6 is broken does not.
            addresses.sort_by_key(IpAddr::is_ipv6);
            Ok(addresses)
        }
        .boxed()
    }
}
