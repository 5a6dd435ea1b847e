//! Cursors: opaque to callers, and good only for the very list that they came from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::ApiError;
use crate::store::page::Place;

const VERSION: u8 = 1;
const FINGERPRINT_BYTES: usize = 8;

/// Makes and reads the cursors of one list: of one tenant or partner, one parent, one filter and one order.
#[derive(Clone, Copy, Debug)]
pub struct Cursors {
    fingerprint: [u8; FINGERPRINT_BYTES],
}

impl Cursors {
    /// `list` is everything that decides which rows the list has and how they are sorted.
    pub fn of(list: impl std::fmt::Debug) -> Self {
        let hash = Sha256::digest(format!("{list:?}"));
        let mut fingerprint = [0; FINGERPRINT_BYTES];
        fingerprint.copy_from_slice(&hash[..FINGERPRINT_BYTES]);
        Self { fingerprint }
    }

    /// Version, fingerprint, id, and the sort value if there is one, in base 64.
    pub fn encode(&self, place: &Place) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.fingerprint);
        bytes.extend(place.id.as_bytes());
        if let Some(key) = &place.key {
            // Marks that there is a value, which may be empty.
            bytes.push(0);
            bytes.extend(key.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that a cursor marks. The fingerprint is no secret: a forged cursor moves within the rows that its
    /// bearer sees anyway, since tenant and partner filters never come from it.
    pub fn decode(&self, cursor: &str) -> Result<Place, ApiError> {
        self.read(cursor)
            .ok_or_else(|| ApiError::bad_user_input("the cursor does not belong to this list: start again without one"))
    }

    fn read(&self, cursor: &str) -> Option<Place> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (fingerprint, rest) = rest.split_at_checked(FINGERPRINT_BYTES)?;
        let (id, key) = rest.split_at_checked(16)?;
        if *version != VERSION || fingerprint != self.fingerprint {
            return None;
        }
        let key = match key.split_first() {
            None => None,
            Some((0, text)) => Some(
                String::from_utf8(text.to_vec())
                    .ok()
                    .filter(|text| !text.contains('\0'))?,
            ),
            Some(_) => return None,
        };
        Some(Place {
            key,
            id: Uuid::from_slice(id).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_marks_its_place(id: u128, key: Option<String>) {
            let key = key.map(|key| key.replace('\0', ""));
            let (cursors, place) = (Cursors::of("list"), Place { key, id: Uuid::from_u128(id) });
            prop_assert_eq!(cursors.decode(&cursors.encode(&place)).expect("our own"), place);
        }

        #[test]
        fn what_is_no_cursor_is_refused(text: String) {
            prop_assert!(Cursors::of("list").decode(&text).is_err());
        }
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let place = Place {
            key: None,
            id: Uuid::nil(),
        };
        let cursor = Cursors::of(("tenant a", "partners")).encode(&place);
        assert!(Cursors::of(("tenant b", "partners")).decode(&cursor).is_err());
    }
}
