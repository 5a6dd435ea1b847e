//! Work that is done beside other work.

use std::panic;

use tokio::task::JoinError;

/// What a task came to. If it panicked, whoever waits for it panics as it did: whatever catches panics there catches this
/// one. Nobody ends a task but by letting go of it, so that there is no other reason to have nothing.
pub fn joined<T>(ended: Result<T, JoinError>) -> T {
    ended.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()))
}
