//! Which addresses requests may be sent to: those of the public internet, by the IANA special-purpose address registries,
//! and what the operator allows. An IPv6 address that stands for an IPv4 address is as good as that one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A block of addresses, such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    prefix: u8,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a block of addresses such as 10.0.0.0/8")]
pub struct NotANetwork(String);

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (base, prefix) = text.split_once('/').ok_or_else(wrong)?;
        let base: IpAddr = base.parse().map_err(|_| wrong())?;
        let prefix = prefix.parse().map_err(|_| wrong())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        if prefix > most {
            return Err(wrong());
        }
        Ok(Self { base, prefix })
    }
}

impl Network {
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => within_v4(address, base, self.prefix),
            (IpAddr::V6(base), IpAddr::V6(address)) => within_v6(address, base, self.prefix),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

fn within_v4(address: Ipv4Addr, base: Ipv4Addr, prefix: u8) -> bool {
    let shift = 32 - u32::from(prefix);
    u32::from(address).checked_shr(shift) == u32::from(base).checked_shr(shift)
}

fn within_v6(address: Ipv6Addr, base: Ipv6Addr, prefix: u8) -> bool {
    let shift = 128 - u32::from(prefix);
    u128::from(address).checked_shr(shift) == u128::from(base).checked_shr(shift)
}

/// What the registry of IPv4 says is not globally reachable, and multicast.
const SPECIAL_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// What the registry of IPv6 says is not globally reachable of the block that global unicast addresses are from. What is
/// outside that block is refused as a whole.
const SPECIAL_V6: [(Ipv6Addr, u8); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

const GLOBAL_UNICAST: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const TEREDO: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32);
const SIX_TO_FOUR: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16);
const NAT64: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Whether an address is one of the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4
        .iter()
        .any(|(base, prefix)| within_v4(address, *base, *prefix))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let is_of = |(base, prefix): (Ipv6Addr, u8)| within_v6(address, base, prefix);
    let bits = u128::from(address);
    let part = |shift: u32| Ipv4Addr::from(u32::try_from((bits >> shift) & 0xffff_ffff).expect("32 bits"));
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    if is_of(NAT64) {
        return is_public_v4(part(0));
    }
    if is_of(SIX_TO_FOUR) {
        return is_public_v4(part(80));
    }
    if is_of(TEREDO) {
        // Its server, and the client, which is written with all bits turned round.
        let client = Ipv4Addr::from(!u32::from(part(0)));
        return is_public_v4(part(64)) && is_public_v4(client);
    }
    is_of(GLOBAL_UNICAST) && !SPECIAL_V6.iter().any(|special| is_of(*special))
}

/// What requests may be sent to.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Only TLS on its own port, but to what is allowed.
    pub production: bool,
    /// What the operator allows: any port of it, with or without TLS.
    pub allowed: Vec<Network>,
}

/// Why no request is sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
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
    #[error("{0} is not an address of the public internet")]
    Address(IpAddr),
}

impl Reach {
    /// Whether the operator allows an address as such.
    pub fn is_allowed(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(address))
    }

    /// Whether a request may go to a port of an address.
    pub fn check(&self, address: IpAddr, port: u16, is_tls: bool) -> Result<(), Refused> {
        if self.is_allowed(address) {
            return Ok(());
        }
        if !is_public(address) {
            return Err(Refused::Address(address));
        }
        self.check_port(port, is_tls)
    }

    fn check_port(&self, port: u16, is_tls: bool) -> Result<(), Refused> {
        if !is_tls && self.production {
            return Err(Refused::Plain);
        }
        let is_usual = port == 443 || (port == 80 && !self.production);
        if is_usual { Ok(()) } else { Err(Refused::Port(port)) }
    }

    /// The URL of an endpoint as it is kept, as far as can be told before its name is resolved.
    pub fn check_url(&self, text: &str) -> Result<url::Url, Refused> {
        if text.chars().count() > 2048 {
            return Err(Refused::TooLong);
        }
        let url = url::Url::parse(text.trim()).map_err(|_| Refused::NotAnAddress)?;
        let is_tls = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(Refused::NotAnAddress),
        };
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(Refused::TooMuch);
        }
        let port = url.port_or_known_default().ok_or(Refused::NotAnAddress)?;
        match url.host().ok_or(Refused::NotAnAddress)? {
            url::Host::Ipv4(address) => self.check(address.into(), port, is_tls)?,
            url::Host::Ipv6(address) => self.check(address.into(), port, is_tls)?,
            // What it resolves to may be allowed.
            url::Host::Domain(_) if !self.allowed.is_empty() => {}
            url::Host::Domain(_) => self.check_port(port, is_tls)?,
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn special_addresses_are_not_public() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "64:ff9b:1::8.8.8.8",
            "100::1",
            "100:0:0:1::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2002:a9fe:a9fe::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
            "4000::1",
            "e000::1",
            // A public server, and a client 127.0.0.1; a private server, and a public client.
            "2001:0:808:808::80ff:fffe",
            "2001:0:a00:1::f7f7:f7f7",
        ] {
            assert!(!is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn others_are_public_whatever_they_are_written_as() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
            "2001:200::1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2001:0:808:808::f7f7:f7f7",
        ] {
            assert!(is_public(ip(text)), "{text}");
        }
    }

    #[test]
    fn what_is_allowed_is_allowed_with_any_port() {
        let allowed = vec!["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let reach = Reach {
            production: true,
            allowed,
        };
        for (address, port, is_tls, expected) in [
            ("127.0.0.1", 8080, false, Ok(())),
            ("::ffff:127.0.0.1", 8080, false, Ok(())),
            ("fd00::1", 80, false, Ok(())),
            ("8.8.8.8", 443, true, Ok(())),
            ("8.8.8.8", 8443, true, Err(Refused::Port(8443))),
            ("8.8.8.8", 80, true, Err(Refused::Port(80))),
            ("8.8.8.8", 80, false, Err(Refused::Plain)),
            ("10.0.0.1", 443, true, Err(Refused::Address(ip("10.0.0.1")))),
            ("2002:7f00:1::", 443, true, Err(Refused::Address(ip("2002:7f00:1::")))),
        ] {
            assert_eq!(reach.check(ip(address), port, is_tls), expected, "{address} {port}");
        }
        assert_eq!(Reach::default().check(ip("8.8.8.8"), 80, false), Ok(()));
    }

    #[test]
    fn blocks_are_read_or_refused() {
        let contains = |block: &str, address: &str| block.parse::<Network>().unwrap().contains(ip(address));
        assert!(contains("0.0.0.0/0", "8.8.8.8") && contains("::/0", "2001::1") && !contains("0.0.0.0/0", "::1"));
        assert!(contains("10.1.2.3/32", "10.1.2.3") && !contains("10.1.2.3/32", "10.1.2.4"));
        for text in ["", "10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "ten/8"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }

    #[test]
    fn urls_are_checked_as_far_as_they_say_where_they_lead() {
        let reach = Reach {
            production: true,
            allowed: Vec::new(),
        };
        let checked = |text: &str| reach.check_url(text).map(|url| url.to_string());
        assert_eq!(
            checked("https://example.com/hooks?a=1"),
            Ok("https://example.com/hooks?a=1".to_owned())
        );
        let private = |text| Err(Refused::Address(ip(text)));
        for (text, expected) in [
            ("example.com", Err(Refused::NotAnAddress)),
            ("ftp://example.com", Err(Refused::NotAnAddress)),
            ("https://", Err(Refused::NotAnAddress)),
            ("https://ann:secret@example.com", Err(Refused::TooMuch)),
            ("https://example.com/#top", Err(Refused::TooMuch)),
            ("http://example.com", Err(Refused::Plain)),
            ("https://example.com:8443", Err(Refused::Port(8443))),
            ("https://127.0.0.1/", private("127.0.0.1")),
            // The other spellings of the same.
            ("https://2130706433/", private("127.0.0.1")),
            ("https://0x7f.1/", private("127.0.0.1")),
            ("https://[::ffff:7f00:1]/", private("::ffff:127.0.0.1")),
            ("https://[fe80::1]/", private("fe80::1")),
        ] {
            assert_eq!(checked(text), expected, "{text}");
        }
        assert_eq!(
            checked(&format!("https://example.com/{}", "a".repeat(2048))),
            Err(Refused::TooLong)
        );
        assert!(Reach::default().check_url("http://example.com").is_ok());
    }
}
