//! What a row keeps to salt the hashes of its personal values, before and after some of them were erased.

use super::value_hash::{HASH_BYTES, SALT_BYTES, Salt, ValueHash, column_salt, value_hash};

/// What is stored in a row's `salt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowSalt {
    /// Nothing of the row was erased: the salt that those of its columns are derived from.
    Whole(Salt),
    /// What is left for each personal column of the row, in their order.
    Erased(Vec<ColumnSeal>),
}

/// What is left of the salt of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnSeal {
    /// Its salt: the value was not erased.
    Open(Salt),
    /// The hash of the value that was erased.
    Erased(ValueHash),
    /// The value that was erased was null, which has no hash.
    Null,
}

/// A salt that no version of the program has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither a salt nor what is left of one")]
pub struct MalformedSalt;

const OPEN: u8 = 0;
const ERASED: u8 = 1;
const NULL: u8 = 2;

impl RowSalt {
    /// Reads what a row stores: a salt alone, or for each column a byte that says what follows, and the salt or hash.
    pub fn parse(bytes: &[u8]) -> Result<Self, MalformedSalt> {
        if let Ok(salt) = Salt::try_from(bytes) {
            return Ok(Self::Whole(salt));
        }
        let (mut seals, mut rest) = (Vec::new(), bytes);
        while let Some((kind, after)) = rest.split_first() {
            let size = match *kind {
                OPEN => SALT_BYTES,
                ERASED => HASH_BYTES,
                NULL => HASH_BYTES,
                _ => return Err(MalformedSalt),
            };
            let (value, after) = after.split_at_checked(size).ok_or(MalformedSalt)?;
            seals.push(match *kind {
                OPEN => ColumnSeal::Open(value.try_into().map_err(|_| MalformedSalt)?),
                ERASED => ColumnSeal::Erased(value.try_into().map_err(|_| MalformedSalt)?),
                _ => ColumnSeal::Null,
            });
            rest = after;
        }
        if seals.is_empty() {
            return Err(MalformedSalt);
        }
        Ok(Self::Erased(seals))
    }

    /// The form that is stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Whole(salt) => salt.to_vec(),
            // No 16 bytes, which would be read as a salt: an open column alone takes 17.
            Self::Erased(seals) => {
                let mut bytes = Vec::new();
                for seal in seals {
                    match seal {
                        ColumnSeal::Open(salt) => {
                            bytes.push(OPEN);
                            bytes.extend(salt);
                        }
                        ColumnSeal::Erased(hash) => {
                            bytes.push(ERASED);
                            bytes.extend(hash);
                        }
                        // As long as a hash: what is stored never becomes shorter.
                        ColumnSeal::Null => {
                            bytes.push(NULL);
                            bytes.extend([0; HASH_BYTES]);
                        }
                    }
                }
                bytes
            }
        }
    }

    /// The hash of the value of a column, one of the row's personal `columns`; `value` is what the row holds now, `None`
    /// for null. The result is the same before and after the value was erased; `None`: it is or was null.
    pub fn hash(&self, columns: &[&str], column: &str, value: Option<&[u8]>) -> Option<ValueHash> {
        match self.seal(columns, column)? {
            ColumnSeal::Open(salt) => value.map(|value| value_hash(&salt, column, value)),
            ColumnSeal::Erased(hash) => Some(hash),
            ColumnSeal::Null => None,
        }
    }

    /// Puts the hashes of `erased` values, by their column, in the place of their salts. What was erased before stays as
    /// it is. `columns` are the row's personal columns, always in the same order; new ones are added at their end.
    pub fn erase(&self, columns: &[&str], erased: &[(&str, Option<&[u8]>)]) -> Self {
        let seals = columns.iter().filter_map(|column| {
            let seal = self.seal(columns, column)?;
            let (ColumnSeal::Open(salt), Some((_, value))) = (seal, erased.iter().find(|(name, _)| name == column))
            else {
                return Some(seal);
            };
            Some(match value {
                Some(value) => ColumnSeal::Erased(value_hash(&salt, column, value)),
                None => ColumnSeal::Null,
            })
        });
        Self::Erased(seals.collect())
    }

    fn seal(&self, columns: &[&str], column: &str) -> Option<ColumnSeal> {
        match self {
            Self::Whole(salt) => Some(ColumnSeal::Open(column_salt(salt, column))),
            Self::Erased(seals) => {
                let place = columns.iter().position(|name| *name == column)?;
                seals.get(place).copied()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&str; 3] = ["t.actor", "t.reason", "t.note"];

    fn hashes(salt: &RowSalt, values: [Option<&[u8]>; 3]) -> Vec<Option<ValueHash>> {
        let pairs = COLUMNS.iter().zip(values);
        pairs
            .map(|(column, value)| salt.hash(&COLUMNS, column, value))
            .collect()
    }

    #[test]
    fn hashes_are_the_same_before_and_after_values_are_erased() {
        let whole = RowSalt::Whole([9; 16]);
        let before = hashes(&whole, [Some(b"ann"), Some(b"late"), None]);
        assert!(before[0].is_some() && before[1].is_some() && before[0] != before[1] && before[2].is_none());
        let reason = whole.erase(&COLUMNS, &[("t.reason", Some(b"late"))]);
        assert_eq!(hashes(&reason, [Some(b"ann"), None, None]), before);
        // What was not erased is still compared.
        assert_ne!(hashes(&reason, [Some(b"bob"), None, None])[0], before[0]);
        let all = reason.erase(&COLUMNS, &[("t.actor", Some(b"ann")), ("t.note", None)]);
        assert_eq!(hashes(&all, [Some(b"erased 1"), None, None]), before);
        assert_eq!(all.erase(&COLUMNS, &[("t.actor", Some(b"erased 1"))]), all);
        for salt in [whole, reason, all] {
            assert_eq!(RowSalt::parse(&salt.to_bytes()), Ok(salt));
        }
    }

    #[test]
    fn nothing_that_is_left_opens_a_hash() {
        let erased = RowSalt::Whole([9; 16]).erase(&COLUMNS, &[("t.reason", Some(b"late"))]);
        let left = erased.to_bytes();
        let salt = column_salt(&[9; 16], "t.reason");
        assert!(!left.windows(16).any(|part| part == salt || part == [9; 16]));
    }

    #[test]
    fn what_is_no_salt_is_refused() {
        for bytes in [&[][..], &[3], &[0; 15], &[1; 32], &[0, 1, 2]] {
            assert_eq!(RowSalt::parse(bytes), Err(MalformedSalt), "{bytes:?}");
        }
    }
}
