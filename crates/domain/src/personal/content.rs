//! The hash of an input by which a repetition is recognised, salted as personal values are.

use super::row_salt::{MalformedSalt, RowSalt};
use super::value_hash::{Salt, ValueHash, value_hash};

/// The column of an event or of an answer that recognises repetitions, as the hashes name it.
pub const CONTENT: &str = "content";

/// The hash of an input by which a repetition is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Not stored yet.
    Given(Vec<u8>),
    /// As it is stored: salted.
    Stored { salt: Vec<u8>, hash: Vec<u8> },
}

/// What comparing an input with what is stored says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    Same,
    Different,
    /// What it would be compared with was erased.
    Erased,
}

impl Content {
    /// The hash to be stored in a row with this salt.
    pub fn salted(&self, salt: &Salt) -> Vec<u8> {
        match self {
            Self::Given(plain) => content_hash(salt, plain).to_vec(),
            Self::Stored { hash, .. } => hash.clone(),
        }
    }

    /// Compares it with the plain hash of an input.
    pub fn compare(&self, plain: &[u8]) -> Compared {
        let is_same = match self {
            Self::Given(own) => own == plain,
            Self::Stored { salt, hash } => match RowSalt::parse(salt) {
                Ok(RowSalt::Whole(salt)) => content_hash(&salt, plain)[..] == hash[..],
                Ok(RowSalt::Erased(_)) | Err(MalformedSalt) => return Compared::Erased,
            },
        };
        if is_same { Compared::Same } else { Compared::Different }
    }
}

/// Salted with the row's own salt, which is gone as soon as anything of the row is erased.
fn content_hash(salt: &Salt, plain: &[u8]) -> ValueHash {
    value_hash(salt, CONTENT, plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_recognised_until_its_row_is_erased() {
        let given = Content::Given(b"plain".to_vec());
        let stored = |salt: Vec<u8>| Content::Stored {
            hash: given.salted(&[3; 16]),
            salt,
        };
        assert_eq!(given.compare(b"plain"), Compared::Same);
        assert_eq!(given.compare(b"other"), Compared::Different);
        assert_eq!(stored(vec![3; 16]).compare(b"plain"), Compared::Same);
        assert_eq!(stored(vec![3; 16]).compare(b"other"), Compared::Different);
        assert_eq!(stored(vec![4; 16]).compare(b"plain"), Compared::Different);
        let erased = RowSalt::Whole([3; 16]).erase(&["event.external_id"], &[("event.external_id", Some(b"a"))]);
        assert_eq!(stored(erased.to_bytes()).compare(b"plain"), Compared::Erased);
        assert_ne!(given.salted(&[3; 16]), given.salted(&[4; 16]));
        assert_ne!(given.salted(&[3; 16]), b"plain");
    }
}
