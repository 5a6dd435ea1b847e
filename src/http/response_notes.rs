//! What becomes known about a request's answer while it is made, noted in a task-local. The outcome is reported from it
//! once the answer is complete (see `observe`).

use std::cell::RefCell;

use async_graphql::parser::types::OperationType;
use async_graphql::{ServerError, Value};

use telemetry::metrics::known_code;

tokio::task_local! {
    static NOTES: RefCell<ResponseNotes>;
}

/// What is known about a request's answer.
#[derive(Default)]
pub struct ResponseNotes {
    /// The type, name and actual cost of the operation that ran, if one did.
    pub operation: Option<(OperationType, Option<String>, u64)>,
    /// The codes of the errors in the answer.
    pub codes: Vec<&'static str>,
}

/// Awaits the making of an answer. Returns it with what was noted along the way.
pub async fn collect<T>(making: impl Future<Output = T>) -> (T, ResponseNotes) {
    let noted = async { (making.await, NOTES.with(RefCell::take)) };
    NOTES.scope(RefCell::default(), noted).await
}

/// Notes something, within a request whose outcome is reported.
pub fn note(change: impl FnOnce(&mut ResponseNotes)) {
    // Fails outside of a request whose outcome is reported.
    let _ = NOTES.try_with(|notes| change(&mut notes.borrow_mut()));
}

/// Notes that the answer contains only errors, with these codes.
pub fn refused(codes: impl IntoIterator<Item = &'static str>) {
    note(|notes| {
        // An operation that ran has noted its codes already.
        if notes.operation.is_none() {
            notes.codes.extend(codes);
        }
    });
}

/// Forgets what was noted: another answer takes the place of the one that was prepared.
pub fn forget() {
    note(|notes| *notes = ResponseNotes::default());
}

/// The codes of completed errors.
pub fn codes(errors: &[ServerError]) -> Vec<&'static str> {
    let code = |error: &ServerError| match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(known_code(code)),
        _ => None,
    };
    errors
        .iter()
        .map(|error| code(error).unwrap_or(known_code("")))
        .collect()
}
