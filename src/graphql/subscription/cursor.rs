//! Cursors of events: where a subscription can go on later. Opaque, and good for the tenant and partner of the token that
//! heard the event, whatever else is then asked for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use auth::Scope;
use store::outbox::Bookmark;

const VERSION: u8 = 1;

/// What tells the events of a caller from those of others.
fn fingerprint(scope: Scope) -> [u8; 8] {
    Cursors::of((scope, "commissionChanged")).fingerprint()
}

/// The cursor of an event, for whoever has this scope.
pub fn write(scope: Scope, bookmark: &Bookmark) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend(fingerprint(scope));
    bytes.extend(bookmark.text().into_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place that a cursor marks. A forged one moves among the events that its bearer may hear anyway.
pub fn read(scope: Scope, cursor: &str) -> Result<Bookmark, ApiError> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let rest = bytes.strip_prefix(&[VERSION])?.strip_prefix(&fingerprint(scope))?;
        Bookmark::parse(std::str::from_utf8(rest).ok()?)
    };
    read().ok_or_else(foreign)
}

/// The error of a cursor that marks no place among the events of the caller.
pub fn foreign() -> ApiError {
    ApiError::bad_user_input("the cursor is of no event of this subscription: subscribe without one")
}

/// The error of a cursor behind which something may be missing.
pub fn pruned() -> ApiError {
    ApiError::bad_user_input(
        "what happened since this cursor is no longer kept: subscribe without one, then read what was missed",
    )
}
