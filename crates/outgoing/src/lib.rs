//! Requests to addresses that callers or the settings name. Each goes to an address that was checked: names are
//! resolved here, the connection is made to the address that was found, redirects are not followed, and no proxy is
//! used. Which addresses may be reached is a policy: strict for those that callers name, and
//! [`AddressPolicy::of_operator`] for those that the operator names.

mod authorities;
mod error;
mod exchange;
mod lookups;
mod resolve;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

pub use authorities::{Authorities, AuthoritiesError};
use domain::webhook::address::{AddressPolicy, AddressRefusal};
pub use error::OutgoingError;
pub use exchange::{FullResponse, MAX_KEPT_BYTES, ResponseHead};
use lookups::Lookups;
pub use lookups::TENANT_LOOKUPS;
pub use resolve::{DnsResolver, DnsSettings, Resolve};

/// A stream, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Sends requests.
#[derive(Clone)]
pub struct Outgoing {
    policy: Arc<AddressPolicy>,
    resolver: Arc<dyn Resolve>,
    lookups: Lookups,
    tls: TlsConnector,
    timeout: Duration,
}

impl Outgoing {
    /// `timeout` is the timeout for a whole request, from resolving the name to the answer.
    pub fn new(
        policy: AddressPolicy,
        resolver: Arc<dyn Resolve>,
        timeout: Duration,
        authorities: &Authorities,
    ) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has the usual versions")
            .with_root_certificates(authorities.roots())
            .with_no_client_auth();
        Self {
            policy: Arc::new(policy),
            resolver,
            lookups: Lookups::new(TENANT_LOOKUPS),
            tls: TlsConnector::from(Arc::new(config)),
            timeout,
        }
    }

    /// With this many names that are resolved at once for one tenant.
    pub fn with_tenant_lookups(self, most: usize) -> Self {
        let lookups = Lookups::new(most);
        Self { lookups, ..self }
    }

    /// The policy for the addresses that requests may be sent to.
    pub fn policy(&self) -> &AddressPolicy {
        &self.policy
    }

    /// Posts a JSON body for a tenant, with headers in addition to the usual ones.
    pub async fn post(
        &self,
        tenant: &str,
        url: &str,
        headers: &[(&str, String)],
        body: String,
    ) -> Result<ResponseHead, OutgoingError> {
        let deadline = Instant::now() + self.timeout;
        let post = |stream, url| async move { exchange::post(stream, &url, headers, body, deadline).await };
        self.ask(Some(tenant), url, deadline, post).await
    }

    /// Gets a document of at most `longest` bytes.
    pub async fn get(&self, url: &str, longest: usize) -> Result<FullResponse, OutgoingError> {
        let get = |stream, url| async move { exchange::get(stream, &url, longest).await };
        self.ask(None, url, Instant::now() + self.timeout, get).await
    }

    /// Sends a request to the URL in it, and reads the whole answer of at most `longest` bytes.
    pub async fn send(&self, request: Request<Bytes>, longest: usize) -> Result<Response<Bytes>, OutgoingError> {
        let url = request.uri().to_string();
        let send = |stream, url| async move { exchange::send(stream, &url, request, longest).await };
        self.ask(None, &url, Instant::now() + self.timeout, send).await
    }

    /// Connects to the server of a URL, and sends nothing.
    pub async fn reach(&self, url: &str) -> Result<(), OutgoingError> {
        let nothing = |_, _| async { Ok(()) };
        self.ask(None, url, Instant::now() + self.timeout, nothing).await
    }

    /// Connects to the address of a URL, if that is allowed, and sends the request; all before `deadline`.
    async fn ask<T, F: Future<Output = Result<T, OutgoingError>>>(
        &self,
        tenant: Option<&str>,
        url: &str,
        deadline: Instant,
        ask: impl FnOnce(Box<dyn Stream>, Url) -> F,
    ) -> Result<T, OutgoingError> {
        let late = |_| OutgoingError::Timeout(self.timeout);
        let url = self.policy.check_url(url)?;
        let stream = timeout_at(deadline, self.connect(tenant, &url)).await.map_err(late)??;
        timeout_at(deadline, ask(stream, url)).await.map_err(late)?
    }

    async fn connect(&self, tenant: Option<&str>, url: &Url) -> Result<Box<dyn Stream>, OutgoingError> {
        let is_tls = url.scheme() == "https";
        let port = url.port_or_known_default().ok_or(AddressRefusal::NotAnAddress)?;
        let host = url.host().ok_or(AddressRefusal::NotAnAddress)?;
        let (found, is_name) = match host {
            Host::Ipv4(address) => (vec![IpAddr::from(address)], false),
            Host::Ipv6(address) => (vec![IpAddr::from(address)], false),
            Host::Domain(name) => {
                let found = match tenant {
                    Some(tenant) => self.lookups.resolve(&self.resolver, tenant, name).await?,
                    None => self
                        .resolver
                        .resolve(name)
                        .await
                        .map_err(|_| OutgoingError::Unresolved)?,
                };
                (found, true)
            }
        };
        let mut refused = None;
        let mut reached = None;
        for address in found {
            if let Err(why) = self.policy.check(address, port, is_tls) {
                refused = refused.or(Some(why));
                continue;
            }
            match TcpStream::connect(SocketAddr::new(address, port)).await {
                Ok(stream) => {
                    reached = Some(stream);
                    break;
                }
                Err(_) => refused = None,
            }
        }
        let stream = match (reached, refused) {
            (Some(stream), _) => stream,
            (None, Some(_)) if is_name => return Err(OutgoingError::Unreachable),
            (None, Some(why)) => return Err(why.into()),
            (None, None) => return Err(OutgoingError::NoConnection),
        };
        // Each request is one piece; waiting for more to send would only delay it.
        let _ = stream.set_nodelay(true);
        if !is_tls {
            return Ok(Box::new(stream));
        }
        let name = match host {
            Host::Ipv4(address) => ServerName::from(IpAddr::from(address)),
            Host::Ipv6(address) => ServerName::from(IpAddr::from(address)),
            Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(|_| AddressRefusal::NotAnAddress)?,
        };
        let stream = self.tls.connect(name, stream).await.map_err(|_| OutgoingError::Tls)?;
        Ok(Box::new(stream))
    }
}
