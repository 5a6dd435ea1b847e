//! The salts of rows that hold personal values, drawn when the row is made.

use domain::personal::{SALT_BYTES, Salt};

/// A random salt, as it is stored.
pub(crate) fn drawn() -> Vec<u8> {
    draw().to_vec()
}

/// A random salt.
///
/// # Panics
///
/// If the operating system has no random numbers: then it makes no ids, either.
pub(crate) fn draw() -> Salt {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).expect("the system's random number generator works");
    salt
}
