//! Which addresses requests may be sent to: those of the public internet, according to the IANA special-purpose address
//! registries, and those that the operator allows. An IPv6 address that embeds an IPv4 address is treated like the
//! latter.

mod network;

use std::net::IpAddr;

pub use network::{Network, NotANetwork, is_public};

/// The rules for addresses that requests may be sent to.
#[derive(Clone, Debug, Default)]
pub struct AddressPolicy {
    /// Requires TLS on port 443, except for allowed networks.
    pub production: bool,
    /// Networks allowed by the operator, on any port, with or without TLS.
    pub allowed: Vec<Network>,
}

/// Why no request is sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefusal {
    #[error("must be an https address such as https://example.com/hooks")]
    NotAnAddress,
    #[error("must not contain a user name, a password or a fragment")]
    TooMuch,
    #[error("is too long: at most 2048 characters")]
    TooLong,
    #[error("must not be plain http")]
    Plain,
    #[error("port {0} is not allowed")]
    Port(u16),
    #[error("{0} is not a public internet address")]
    Address(IpAddr),
}

impl AddressPolicy {
    /// For addresses that the operator names, such as that of a collector of traces: all of them, on any port, with or
    /// without TLS.
    pub fn of_operator() -> Self {
        Self {
            production: false,
            allowed: Network::ALL.to_vec(),
        }
    }

    /// Whether the operator has explicitly allowed the address.
    pub fn is_allowed(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(address))
    }

    /// Whether a request may be sent to a port of an address.
    pub fn check(&self, address: IpAddr, port: u16, is_tls: bool) -> Result<(), AddressRefusal> {
        if self.is_allowed(address) {
            return Ok(());
        }
        if !is_public(address) {
            return Err(AddressRefusal::Address(address));
        }
        self.check_port(port, is_tls)
    }

    fn check_port(&self, port: u16, is_tls: bool) -> Result<(), AddressRefusal> {
        if !is_tls && self.production {
            return Err(AddressRefusal::Plain);
        }
        let is_usual = port == 443 || (port == 80 && !self.production);
        if is_usual {
            Ok(())
        } else {
            Err(AddressRefusal::Port(port))
        }
    }

    /// The URL of an endpoint as it is stored, validated as far as possible before its host name is resolved.
    pub fn check_url(&self, text: &str) -> Result<url::Url, AddressRefusal> {
        if text.chars().count() > 2048 {
            return Err(AddressRefusal::TooLong);
        }
        let url = url::Url::parse(text.trim()).map_err(|_| AddressRefusal::NotAnAddress)?;
        let is_tls = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(AddressRefusal::NotAnAddress),
        };
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(AddressRefusal::TooMuch);
        }
        let port = url.port_or_known_default().ok_or(AddressRefusal::NotAnAddress)?;
        match url.host().ok_or(AddressRefusal::NotAnAddress)? {
            url::Host::Ipv4(address) => self.check(address.into(), port, is_tls)?,
            url::Host::Ipv6(address) => self.check(address.into(), port, is_tls)?,
            // The name may resolve to an allowed address.
            url::Host::Domain(_) if !self.allowed.is_empty() => {}
            url::Host::Domain(_) => self.check_port(port, is_tls)?,
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests;
