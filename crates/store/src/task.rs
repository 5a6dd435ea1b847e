//! Work done in separate tasks.

use std::panic;

use tokio::task::JoinError;

/// The result of a task. If the task panicked, the awaiting task panics with the same payload, so that whatever catches
/// panics there catches this one. Tasks are cancelled only by dropping their handles, so a result is missing for no
/// other reason.
pub fn joined<T>(ended: Result<T, JoinError>) -> T {
    ended.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()))
}
