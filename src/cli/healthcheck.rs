//! `tributary healthcheck`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::error::CliError;
use super::{open, output};
use crate::config::Config;

/// Shorter than orchestrators wait for a check.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Maximum size of the answer in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Requests /readyz once.
pub async fn run(config: &Config, url: Option<&str>) -> Result<(), CliError> {
    let base = url.map_or_else(
        || {
            format!(
                "http://{}",
                reachable(config.http.health_listen.unwrap_or(config.listen))
            )
        },
        str::to_owned,
    );
    let address = format!("{}/readyz", base.trim_end_matches('/'));
    let outgoing = open::outgoing_of_operator(config, TIMEOUT)?;
    let answer = outgoing.get(&address, MAX_ANSWER_BYTES).await;
    let answer = answer.map_err(|error| format!("{address}: {error}"))?;
    let text = String::from_utf8_lossy(&answer.body);
    if (200..300).contains(&answer.status) {
        return output::line(text.trim_end());
    }
    Err(format!("{address}: {} {}", answer.status, text.trim_end()).into())
}

/// A gateway that listens on every address can be reached on the loopback address.
pub(super) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_asked_on_this_machine() {
        for (listen, asked) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:80", "[::1]:80"),
            ("10.1.2.3:8080", "10.1.2.3:8080"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        }
    }
}
