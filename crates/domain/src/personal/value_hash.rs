//! The hash of a personal value, and the salt of a column.

use sha2::{Digest, Sha256};

/// Size of a salt in bytes.
pub const SALT_BYTES: usize = 16;

/// Size of a hash in bytes.
pub const HASH_BYTES: usize = 32;

/// The random salt of a row, or of one of its columns.
pub type Salt = [u8; SALT_BYTES];

/// The hash of a personal value.
pub type ValueHash = [u8; HASH_BYTES];

/// Separates these hashes from all others.
const LABEL: &str = "tributary personal value";

/// Separates the derivation of salts from the hashes of values.
const COLUMN_LABEL: &str = "tributary column salt";

/// SHA-256 of label, salt, column (`table.column`) and value, each after its length in 8 bytes, most significant first:
/// no two different inputs are the same bytes. Text is hashed as UTF-8, a document as its canonical JSON (RFC 8785).
pub fn value_hash(salt: &Salt, column: &str, value: &[u8]) -> ValueHash {
    of_parts(&[LABEL.as_bytes(), salt, column.as_bytes(), value])
}

/// The salt of a column of a row with this salt.
pub(super) fn column_salt(row: &Salt, column: &str) -> Salt {
    let hash = of_parts(&[COLUMN_LABEL.as_bytes(), row, column.as_bytes()]);
    let mut salt = [0; SALT_BYTES];
    salt.copy_from_slice(&hash[..SALT_BYTES]);
    salt
}

fn of_parts(parts: &[&[u8]]) -> [u8; HASH_BYTES] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_every_part_and_where_each_ends() {
        let hash = value_hash(&[1; 16], "partner.reason", b"moved");
        assert_eq!(hash, value_hash(&[1; 16], "partner.reason", b"moved"));
        for other in [
            value_hash(&[2; 16], "partner.reason", b"moved"),
            value_hash(&[1; 16], "partner.note", b"moved"),
            value_hash(&[1; 16], "partner.reason", b"moved!"),
            value_hash(&[1; 16], "partner.reasonm", b"oved"),
            value_hash(&[1; 16], "partner.reason", b""),
        ] {
            assert_ne!(hash, other);
        }
    }

    /// The bytes that other programs have to reproduce.
    #[test]
    fn the_form_of_a_hash_does_not_change() {
        let mut bytes = Vec::new();
        for part in [
            "tributary personal value".as_bytes(),
            &[7; 16],
            b"event.external_id",
            b"order-1",
        ] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        let expected: [u8; 32] = Sha256::digest(bytes).into();
        assert_eq!(value_hash(&[7; 16], "event.external_id", b"order-1"), expected);
    }
}
