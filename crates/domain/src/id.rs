//! Typed ids. On the wire an id is a TypeID: a prefix that names the kind, `_`, and a UUIDv7 in 26 characters of
//! Crockford's base 32 (`par_01h2xcejqtf2nbrexx3vqjhp41`). See the TypeID specification 0.3.

use std::fmt::{self, Debug};
use std::hash::Hash;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use uuid::Uuid;

use super::Timestamp;

/// The kind of object that an id identifies; defines the id's prefix.
pub trait Kind: Copy + Ord + Hash + Debug + Send + Sync + 'static {
    const PREFIX: &'static str;
}

/// The id of a `K`. Sorts by creation time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id<K: Kind>(Uuid, PhantomData<fn() -> K>);

macro_rules! kinds {
    ($($kind:ident $alias:ident $prefix:literal;)+) => {
        $(
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $kind {}
            impl Kind for $kind {
                const PREFIX: &'static str = $prefix;
            }
            pub type $alias = Id<$kind>;
        )+

        /// The prefixes of all kinds.
        const PREFIXES: &[&str] = &[$($prefix),+];
    };
}

kinds! {
    Tenant TenantId "ten";
    ApiKey ApiKeyId "key";
    Partner PartnerId "par";
    PartnerGroup PartnerGroupId "grp";
    PartnerTier PartnerTierId "tir";
    PartnerCategory PartnerCategoryId "cat";
    Advertiser AdvertiserId "adv";
    Campaign CampaignId "cmp";
    Snapshot SnapshotId "snp";
    PartnershipRequest PartnershipRequestId "req";
    PartnerTransition PartnerTransitionId "ptr";
    Customer CustomerId "cus";
    Event EventId "evt";
    Attribution AttributionId "att";
    Coupon CouponId "cpn";
    Link LinkId "lnk";
    Touch TouchId "tch";
    Visitor VisitorId "vis";
    Commission CommissionId "com";
    CommissionTransition CommissionTransitionId "ctr";
    Payout PayoutId "pay";
    PayoutRun PayoutRunId "run";
    PayoutItem PayoutItemId "pit";
    TieredCommission TieredCommissionId "tie";
    TieredCommissionReference TieredCommissionReferenceId "trf";
    TierResult TierResultId "trs";
    Answer AnswerId "ans";
    Backtest BacktestId "bkt";
    Reassignment ReassignmentId "rea";
    EventMove EventMoveId "mov";
    CommissionRule CommissionRuleId "rul";
    PaymentStage PaymentStageId "stg";
    CustomField CustomFieldId "fld";
    CustomFieldOption CustomFieldOptionId "opt";
    Deal DealId "dea";
    DealPayment DealPaymentId "dpy";
    CommissionRuleVersion CommissionRuleVersionId "rvn";
    CommissionRuleReference CommissionRuleReferenceId "rrf";
    WebhookEndpoint WebhookEndpointId "whe";
    WebhookDelivery WebhookDeliveryId "whd";
    AuditEntry AuditEntryId "aud";
    Erasure ErasureId "era";
}

impl<K: Kind> Id<K> {
    /// A new id created at `now`. Ids from one process sort in creation order; ids from different replicas sort by
    /// their clocks, to the microsecond.
    pub fn new(now: Timestamp) -> Self {
        static SEQUENCE: AtomicU32 = AtomicU32::new(0);
        Self::from_parts(now, SEQUENCE.fetch_add(1, Ordering::Relaxed), fastrand::u64(..))
    }

    /// The id composed of exactly these parts (RFC 9562, 6.2: method 3, then method 1): 48 bits of milliseconds, 12 of
    /// the fraction of the millisecond, 22 of `sequence` and 40 of `random`. For reproducible data.
    pub fn from_parts(now: Timestamp, sequence: u32, random: u64) -> Self {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        let micros = now.timestamp_subsec_micros() % 1000;
        let fraction = u128::from(micros * 4096 / 1000);
        let low = (u128::from(sequence & 0x3f_ffff) << 40) | u128::from(random & 0xff_ffff_ffff);
        // Builder takes the 74 free bits as ten bytes: 12 after the version nibble, 62 after the two variant bits.
        let bits = (fraction << 64) | low;
        let bytes = bits.to_be_bytes();
        let free: [u8; 10] = bytes[6..].try_into().expect("ten of sixteen bytes");
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &free).into_uuid())
    }

    /// The first and the last id whose text begins with `start`, which is in upper case and without the underscore
    /// (`PAY01H2XCEJQT`); `None` if no id does.
    pub fn beginning_with(start: &str) -> Option<(Self, Self)> {
        let start = start.to_ascii_lowercase();
        let suffix = start.strip_prefix(K::PREFIX).filter(|suffix| !suffix.is_empty())?;
        let filled = |with: char| {
            let filler = std::iter::repeat_n(with, 26_usize.saturating_sub(suffix.len()));
            let text: String = suffix.chars().chain(filler).collect();
            Some(Self::from_uuid(Uuid::from_u128(decode(text.as_bytes())?)))
        };
        Some((filled('0')?, filled('z')?))
    }

    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    pub fn uuid(self) -> Uuid {
        self.0
    }
}

/// Why a text is not an id of the expected kind.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("is not an id: ids look like {0}_01h2xcejqtf2nbrexx3vqjhp41")]
    Malformed(&'static str),
    #[error("is not the id of the right kind: it must start with {0}_")]
    WrongKind(&'static str),
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (prefix, uuid) = parse_any(text).ok_or(IdError::Malformed(K::PREFIX))?;
        if prefix != K::PREFIX {
            return Err(IdError::WrongKind(K::PREFIX));
        }
        Ok(Self::from_uuid(uuid))
    }
}

/// Splits an id of any kind into its prefix and UUID; `None` if it is not an id. Only the canonical spelling is
/// accepted.
pub fn parse_any(text: &str) -> Option<(&str, Uuid)> {
    let (prefix, suffix) = text.rsplit_once('_')?;
    Some((prefix, Uuid::from_u128(decode(suffix.as_bytes())?)))
}

/// Whether a text is an id that an object here may have.
pub fn is_of_any_kind(text: &str) -> bool {
    parse_any(text).is_some_and(|(prefix, _)| PREFIXES.contains(&prefix))
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn encode(mut value: u128) -> [u8; 26] {
    let mut text = [0; 26];
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    text
}

fn decode(text: &[u8]) -> Option<u128> {
    // 26 characters hold 130 bits; only three of the first one's five are used.
    if text.len() != 26 || text[0] > b'7' {
        return None;
    }
    text.iter().try_fold(0u128, |value, byte| {
        let digit = ALPHABET.iter().position(|letter| letter == byte)?;
        Some((value << 5) | digit as u128)
    })
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffix = encode(self.0.as_u128());
        write!(
            f,
            "{}_{}",
            K::PREFIX,
            std::str::from_utf8(&suffix).expect("the alphabet is ASCII")
        )
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// JSON documents in the database store ids in their wire format.
impl<K: Kind> serde::Serialize for Id<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: Kind> serde::Deserialize<'de> for Id<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_timestamp_micros(micros).expect("in range")
    }

    #[test]
    fn ids_are_found_by_their_beginning() {
        let id: PayoutId = "pay_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap();
        for start in [
            "PAY01H2XC",
            "PAY01H2XCEJQTF2NBREXX3VQJHP4",
            "PAY01H2XCEJQTF2NBREXX3VQJHP41",
        ] {
            let (first, last) = PayoutId::beginning_with(start).unwrap();
            assert!(first <= id && id <= last, "{start}");
            assert_eq!(first == last, start.len() == 29);
        }
        let (first, last) = PayoutId::beginning_with("PAY01H2XD").unwrap();
        assert!(id < first && first < last);
        // Another kind, nothing behind the prefix, no letters of ids, beyond the largest id, too long.
        let long = format!("PAY{}", "0".repeat(27));
        for start in ["PAR01H2XC", "PAY", "PAYMENT4711", "PAY0U", "PAY8", &long] {
            assert_eq!(PayoutId::beginning_with(start), None, "{start}");
        }
    }

    #[test]
    fn spells_the_examples_of_the_typeid_specification() {
        for (text, uuid) in [
            ("par_00000000000000000000000000", Uuid::nil()),
            ("par_7zzzzzzzzzzzzzzzzzzzzzzzzz", Uuid::max()),
            (
                "par_01h455vb4pex5vsknk084sn02q",
                Uuid::from_u128(0x01890a5d_ac96_774b_bcce_b302099a8057),
            ),
        ] {
            assert_eq!(PartnerId::from_uuid(uuid).to_string(), text);
            assert_eq!(text.parse(), Ok(PartnerId::from_uuid(uuid)));
        }
    }

    #[test]
    fn refuses_what_is_no_id_of_the_kind() {
        assert_eq!(
            "grp_01h455vb4pex5vsknk084sn02q".parse::<PartnerId>(),
            Err(IdError::WrongKind("par"))
        );
        for text in [
            "",
            "par",
            "par_",
            "par_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "par_01H455VB4PEX5VSKNK084SN02Q",
            "par_01h455vb4pex5vsknk084sn02",
        ] {
            assert_eq!(text.parse::<PartnerId>(), Err(IdError::Malformed("par")), "{text}");
        }
    }

    #[test]
    fn ids_of_one_moment_sort_in_the_order_of_making() {
        let ids: Vec<_> = (0..1000).map(|_| PartnerId::new(at(1_700_000_000_000_123))).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert_eq!(ids[0].uuid().get_version_num(), 7);
    }

    #[test]
    fn every_part_has_its_bits() {
        let id = PartnerId::from_parts(at(1_700_000_000_123_456), 5, 7);
        // 456 microseconds are 1,867 of the 4,096 parts of a millisecond.
        let bits = 1_700_000_000_123 << 80 | 7 << 76 | 1_867 << 64 | 0b10 << 62 | 5 << 40 | 7;
        assert_eq!(id.uuid(), Uuid::from_u128(bits));
        // What exceeds its bits is cut off.
        assert_eq!(
            PartnerId::from_parts(at(1_700_000_000_123_456), 5 + (1 << 22), 7 + (1 << 40)),
            id
        );
        assert_eq!(format!("{id:?}"), id.to_string());
    }

    #[test]
    fn different_ids_have_different_hashes() {
        use std::hash::{BuildHasher, RandomState};
        let state = RandomState::new();
        let [a, b] = [1, 2].map(|bits| PartnerId::from_uuid(Uuid::from_u128(bits)));
        assert_ne!(state.hash_one(a), state.hash_one(b));
    }

    proptest! {
        #[test]
        fn ids_sort_by_time(a in 0i64..4_000_000_000_000_000, b in 0i64..4_000_000_000_000_000, random: u64) {
            let (x, y) = (PartnerId::from_parts(at(a), 7, random), PartnerId::from_parts(at(b), 7, random));
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        }

        #[test]
        fn every_id_survives_the_round_trip(bits: u128) {
            let id = PartnerId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
