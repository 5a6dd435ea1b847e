//! IP networks, and which addresses are public.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// An IP network in CIDR notation, such as `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(IpNet);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a block of addresses such as 10.0.0.0/8")]
pub struct NotANetwork(String);

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        text.parse().map(Self).map_err(|_| NotANetwork(text.to_owned()))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Network {
    /// All addresses.
    pub const ALL: [Self; 2] = [Self(IpNet::V4(v4([0, 0, 0, 0], 0))), Self(IpNet::V6(v6([0, 0], 0)))];

    pub fn base(self) -> IpAddr {
        self.0.addr()
    }

    pub fn prefix(self) -> u8 {
        self.0.prefix_len()
    }

    /// Whether it has IPv4 addresses in the spelling of IPv6, and more of them than any IPv4 network should have.
    pub fn covers_mapped_v4(self) -> bool {
        let is_mapped = matches!(self.0, IpNet::V6(network) if network.addr().to_ipv4_mapped().is_some());
        is_mapped && self.prefix() < 96 + 8
    }

    pub fn contains(self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

/// The first two groups of the base; all others are 0.
const fn v6([a, b]: [u16; 2], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

/// The networks that the IPv4 special-purpose registry lists as not globally reachable, and multicast.
const SPECIAL_V4: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

/// The networks within the global unicast block that the IPv6 special-purpose registry lists as not globally reachable.
/// Everything outside that block is refused.
const SPECIAL_V6: [Ipv6Net; 3] = [v6([0x2001, 0], 23), v6([0x2001, 0xdb8], 32), v6([0x3fff, 0], 20)];

const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0], 3);

const TEREDO: Ipv6Net = v6([0x2001, 0], 32);

const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0], 16);

const NAT64: Ipv6Net = v6([0x64, 0xff9b], 96);

/// Whether an address belongs to the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|network| network.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let bits = u128::from(address);
    let part = |shift: u32| Ipv4Addr::from(u32::try_from((bits >> shift) & 0xffff_ffff).expect("32 bits"));
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    if NAT64.contains(&address) {
        return is_public_v4(part(0));
    }
    if SIX_TO_FOUR.contains(&address) {
        return is_public_v4(part(80));
    }
    if TEREDO.contains(&address) {
        // Contains the server's address and the client's, the latter with all bits inverted.
        let client = Ipv4Addr::from(!u32::from(part(0)));
        return is_public_v4(part(64)) && is_public_v4(client);
    }
    GLOBAL_UNICAST.contains(&address) && !SPECIAL_V6.iter().any(|network| network.contains(&address))
}
