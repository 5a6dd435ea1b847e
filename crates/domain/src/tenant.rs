//! Tenants: organisations with a partner programme.

use crate::audit::{self, audited};
use chrono_tz::Tz;

use super::Timestamp;
use super::id::TenantId;
use super::money::{Currency, Money};
use super::problem::Fault;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    pub id: TenantId,
    pub slug: String,
    pub name: String,
    pub base_currency: Currency,
    /// The time zone of calendar arithmetic (months, periods, series).
    pub time_zone: Tz,
    /// At most one per currency; a payout below it is not created.
    pub minimum_payouts: Vec<Money>,
    /// The origins of the pages that may send what visitors did, such as `https://shop.example`.
    pub tracking_origins: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

audited!(Tenant as "Tenant": {
    id: _, slug, name, base_currency, time_zone, minimum_payouts, tracking_origins, created_at: _,
    updated_at: _
} => [
    "slug": slug,
    "name": name,
    "baseCurrency": base_currency.code(),
    "timeZone": time_zone.name(),
    "minimumPayouts": minimum_payouts.iter().map(audit::money).collect::<Vec<_>>(),
    "trackingOrigins": tracking_origins,
]);

/// A short name in lower case, for use in URLs: letters, digits and inner hyphens, at most 63.
pub fn slug(text: &str) -> Result<String, Fault> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.is_empty() || text.len() > 63 || !text.bytes().all(allowed) || text.starts_with('-') || text.ends_with('-')
    {
        return Err(Fault::invalid(
            "must be 1 to 63 lower-case letters, digits and inner hyphens",
        ));
    }
    Ok(text.to_owned())
}

pub fn time_zone(name: &str) -> Result<Tz, Fault> {
    name.parse()
        .map_err(|_| Fault::invalid(format!("must be an IANA time zone such as Europe/Berlin, not {name:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_fits_into_an_address() {
        for right in ["a", "7", "acme-2", &"a".repeat(63)] {
            assert_eq!(slug(right), Ok(right.to_owned()));
        }
        for wrong in ["", "-a", "a-", "A", "a_b", "é", &"a".repeat(64)] {
            assert!(slug(wrong).is_err(), "{wrong}");
        }
        assert_eq!(time_zone("Europe/Berlin"), Ok(Tz::Europe__Berlin));
        assert!(time_zone("Berlin").is_err());
    }
}
