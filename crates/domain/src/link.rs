//! Links: addresses that partners hand out. Whoever follows one is led to its destination, and a click is recorded.

use super::id::{CampaignId, LinkId, PartnerId};
use super::problem::Fault;
use super::{Timestamp, text_enum};
use crate::audit::audited;

text_enum! {
    /// Whether following a link records a click. A disabled one still leads on.
    LinkStatus { Active = "ACTIVE", Disabled = "DISABLED" }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub id: LinkId,
    pub partner_id: PartnerId,
    pub campaign_id: CampaignId,
    /// The last part of its address; unique in the tenant, compared exactly.
    pub key: String,
    /// Where it leads; `None`: to the campaign's destination.
    pub destination_url: Option<String>,
    pub external_id: Option<String>,
    pub status: LinkStatus,
    /// Since when it is disabled; `None`: it is not.
    pub disabled_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

audited!(Link as "Link": {
    id: _, partner_id, campaign_id, key, destination_url, external_id, status, disabled_at: _, created_at: _,
    updated_at: _
} => [
    "partnerId": partner_id,
    "campaignId": campaign_id,
    "key": key,
    "destinationUrl": destination_url,
    "externalId": external_id,
    "status": status.as_str(),
]);

/// Maximum number of characters of a key.
const MAX_KEY: usize = 64;

/// The letters of keys that are made here: those that are not mistaken for another.
const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// A key as it is entered.
pub fn key(text: &str) -> Result<String, Fault> {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    match text {
        "" => Err(Fault::required()),
        text if text.len() <= MAX_KEY && text.chars().all(is_allowed) => Ok(text.to_owned()),
        _ => Err(Fault::invalid(format!(
            "must have at most {MAX_KEY} characters, of A-Z, a-z, 0-9, - and _"
        ))),
    }
}

/// A key of 8 letters and digits, from random bytes.
pub fn made_key(random: [u8; 8]) -> String {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]);
    random.iter().map(letter).collect()
}

impl Link {
    /// Whether it was disabled at a moment, as far as that is known: of a link that is active now, earlier times at which
    /// it was not are forgotten.
    pub fn was_disabled(&self, at: Timestamp) -> bool {
        self.disabled_at.is_some_and(|since| at >= since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_consists_of_letters_digits_hyphens_and_underscores() {
        for good in ["a", "Spring_2026-x", &"x".repeat(64)] {
            assert_eq!(key(good).as_deref(), Ok(good));
        }
        for wrong in ["", " ", "a b", "ä", "a/b", "a.b", &"x".repeat(65)] {
            assert!(key(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn keys_that_are_made_have_no_letters_that_look_alike() {
        for byte in 0..=u8::MAX {
            let made = made_key([byte; 8]);
            assert_eq!(key(&made).as_ref(), Ok(&made));
            assert!(!made.contains(['0', '1', 'i', 'l', 'o']), "{made}");
        }
    }

    #[test]
    fn a_link_is_disabled_from_then_on() {
        let (start, instant) = (Timestamp::UNIX_EPOCH, chrono::TimeDelta::microseconds(1));
        let link = Link {
            id: LinkId::new(start),
            partner_id: PartnerId::new(start),
            campaign_id: CampaignId::new(start),
            key: "a".to_owned(),
            destination_url: None,
            external_id: None,
            status: LinkStatus::Disabled,
            disabled_at: Some(start + instant),
            created_at: start,
            updated_at: start,
        };
        assert!(!link.was_disabled(start));
        assert!(link.was_disabled(start + instant));
    }
}
