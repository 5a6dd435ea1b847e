//! Salted hashes of personal values. What proves the history of a ledger names such a value only by its hash, so that
//! the value can be erased while the proof stays valid; the salt makes sure that the hash tells nothing to who guesses
//! values.
//!
//! A row that holds personal values has one salt, from which each of its columns gets its own ([`RowSalt`]). To erase a
//! value is to put its hash in the place of its column's salt: nothing that is left opens the hash. The salts of the
//! row's other columns stay, so that these can still be compared with their hashes.

mod content;
mod row_salt;
mod value_hash;

pub use content::{CONTENT, Compared, Content};
pub use row_salt::{ColumnSeal, MalformedSalt, RowSalt};
pub use value_hash::{HASH_BYTES, SALT_BYTES, Salt, ValueHash, value_hash};
