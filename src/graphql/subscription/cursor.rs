//! Cursors of events, from which a later subscription can resume. Opaque, and valid for the tenant and partner of the
//! token that received the event, whatever the later subscription's arguments are.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use auth::Scope;
use store::outbox::Bookmark;

const VERSION: u8 = 1;

/// Distinguishes the events of a caller's scope from those of others.
fn fingerprint(scope: Scope) -> [u8; 8] {
    Cursors::of((scope, "commissionChanged")).fingerprint()
}

/// The cursor of an event, for callers with this scope.
pub fn write(scope: Scope, bookmark: &Bookmark) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend(fingerprint(scope));
    bytes.extend(bookmark.text().into_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position that a cursor marks. A forged cursor only moves among events that the caller may receive anyway.
pub fn read(scope: Scope, cursor: &str) -> Result<Bookmark, ApiError> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let rest = bytes.strip_prefix(&[VERSION])?.strip_prefix(&fingerprint(scope))?;
        Bookmark::parse(std::str::from_utf8(rest).ok()?)
    };
    read().ok_or_else(foreign)
}

/// The error for a cursor that marks no position among the caller's events.
pub fn foreign() -> ApiError {
    ApiError::bad_user_input("the cursor does not belong to this subscription: subscribe without one")
}

/// The error for a cursor after which events may have been pruned.
pub fn pruned() -> ApiError {
    ApiError::bad_user_input(
        "the events since this cursor are no longer kept: subscribe without one, then query what was missed",
    )
}
