//! Cursors: opaque to callers, and valid only for the list that they came from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Datelike;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::ApiError;
use domain::Timestamp;
use store::page::{RowPosition, SortKey};

const VERSION: u8 = 1;
const FINGERPRINT_BYTES: usize = 8;

/// A hash that identifies a list.
pub type Fingerprint = [u8; FINGERPRINT_BYTES];

/// The kind of sort value that follows the id.
const TEXT: u8 = 0;
const TIME: u8 = 1;
const INTEGER: u8 = 2;

/// Encodes and decodes the cursors of one list: of one tenant or partner, one parent, one filter and one order.
#[derive(Clone, Debug)]
pub struct Cursors {
    fingerprint: Fingerprint,
    /// An example of the list's sort values, for their kind; `None`: sorted by id alone.
    key: Option<SortKey>,
}

impl Cursors {
    /// `list` is everything that decides which rows the list has and how they are sorted.
    pub fn of(list: impl std::fmt::Debug) -> Self {
        let hash = Sha256::digest(format!("{list:?}"));
        let mut fingerprint = [0; FINGERPRINT_BYTES];
        fingerprint.copy_from_slice(&hash[..FINGERPRINT_BYTES]);
        Self { fingerprint, key: None }
    }

    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The cursors of the list sorted by values of the same kind as this example; `None`: by id alone.
    pub fn sorted_by(self, example: Option<SortKey>) -> Self {
        Self { key: example, ..self }
    }

    /// An example of the list's sort values, for their kind; `None`: sorted by id alone.
    pub fn key(&self) -> Option<&SortKey> {
        self.key.as_ref()
    }

    /// Version, fingerprint, id, and the sort value if there is one, in base 64.
    pub fn encode(&self, place: &RowPosition) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.fingerprint);
        bytes.extend(place.id.as_bytes());
        match &place.key {
            None => {}
            Some(SortKey::Text(text)) => {
                bytes.push(TEXT);
                bytes.extend(text.as_bytes());
            }
            Some(SortKey::Time(moment)) => {
                bytes.push(TIME);
                bytes.extend(moment.timestamp_micros().to_be_bytes());
            }
            Some(SortKey::Integer(number)) => {
                bytes.push(INTEGER);
                bytes.extend(number.to_be_bytes());
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The position that a cursor marks. The fingerprint is no secret: a forged cursor only moves among rows that the
    /// caller may see anyway, since tenant and partner filters never come from it.
    pub fn decode(&self, cursor: &str) -> Result<RowPosition, ApiError> {
        self.read(cursor).ok_or_else(Self::foreign)
    }

    /// The error for a cursor that marks no position of this list.
    pub fn foreign() -> ApiError {
        ApiError::bad_user_input("the cursor does not belong to this list: start again without one")
    }

    fn read(&self, cursor: &str) -> Option<RowPosition> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (fingerprint, rest) = rest.split_at_checked(FINGERPRINT_BYTES)?;
        let (id, key) = rest.split_at_checked(16)?;
        if *version != VERSION || fingerprint != self.fingerprint {
            return None;
        }
        let key = match key.split_first() {
            None => None,
            Some((&TEXT, text)) => {
                let text = String::from_utf8(text.to_vec())
                    .ok()
                    .filter(|text| !text.contains('\0'))?;
                Some(SortKey::Text(text))
            }
            Some((&TIME, micros)) => {
                let moment = Timestamp::from_timestamp_micros(i64::from_be_bytes(micros.try_into().ok()?))?;
                // Databases disagree about timestamps outside these years.
                Some(SortKey::Time(moment)).filter(|_| (1..=9999).contains(&moment.year()))
            }
            Some((&INTEGER, number)) => Some(SortKey::Integer(i64::from_be_bytes(number.try_into().ok()?))),
            Some(_) => return None,
        };
        if key.as_ref().map(std::mem::discriminant) != self.key.as_ref().map(std::mem::discriminant) {
            return None;
        }
        Some(RowPosition {
            key,
            id: Uuid::from_slice(id).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_key() -> impl Strategy<Value = Option<SortKey>> {
        prop_oneof![
            Just(None),
            any::<String>().prop_map(|text| Some(SortKey::Text(text.replace('\0', "")))),
            any::<i64>().prop_map(|number| Some(SortKey::Integer(number))),
            (0..4_000_000_000_000_000i64)
                .prop_map(|micros| Timestamp::from_timestamp_micros(micros).map(SortKey::Time)),
        ]
    }

    proptest! {
        #[test]
        fn a_cursor_marks_its_place(id: u128, key in any_key()) {
            let cursors = Cursors::of("list").sorted_by(key.clone());
            let place = RowPosition { key, id: Uuid::from_u128(id) };
            prop_assert_eq!(cursors.decode(&cursors.encode(&place)).expect("our own"), place);
        }

        #[test]
        fn a_cursor_with_another_kind_of_sort_value_is_refused(id: u128, key in any_key(), other in any_key()) {
            prop_assume!(key.as_ref().map(std::mem::discriminant) != other.as_ref().map(std::mem::discriminant));
            let cursor = Cursors::of("list").encode(&RowPosition { key, id: Uuid::from_u128(id) });
            prop_assert!(Cursors::of("list").sorted_by(other).decode(&cursor).is_err());
        }

        #[test]
        fn what_is_no_cursor_is_refused(text: String) {
            prop_assert!(Cursors::of("list").decode(&text).is_err());
        }
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let place = RowPosition {
            key: None,
            id: Uuid::nil(),
        };
        let cursor = Cursors::of(("tenant a", "partners")).encode(&place);
        assert!(Cursors::of(("tenant b", "partners")).decode(&cursor).is_err());
    }
}
