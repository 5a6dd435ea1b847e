//! Why a socket is closed.

use axum::extract::ws::{CloseFrame, Message};

/// A close code and its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    code: u16,
    reason: String,
}

/// The payload of a close frame has at most 125 bytes, two of them for the code.
const MAX_REASON_BYTES: usize = 120;

impl Close {
    fn new(code: u16, reason: &str) -> Self {
        let reason = reason.chars().scan(0, |bytes, letter| {
            *bytes += letter.len_utf8();
            (*bytes <= MAX_REASON_BYTES).then_some(letter)
        });
        Self {
            code,
            reason: reason.collect(),
        }
    }

    /// The program, or this replica of it, is shutting down.
    pub fn going_away() -> Self {
        Self::new(1001, "Going away")
    }

    pub fn too_large(limit: usize) -> Self {
        Self::new(1009, &format!("A message has at most {limit} bytes"))
    }

    /// The database is unavailable: clients reconnect.
    pub fn later() -> Self {
        Self::new(1013, "Try again later")
    }

    pub fn invalid(message: &str) -> Self {
        Self::new(4400, &format!("Invalid message: {message}"))
    }

    /// The client has not authenticated.
    pub fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized")
    }

    /// The token is not valid, or no longer.
    pub fn forbidden() -> Self {
        Self::new(4403, "Forbidden")
    }

    pub fn subprotocol() -> Self {
        Self::new(4406, "Subprotocol not acceptable")
    }

    pub fn init_timeout() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    pub fn same_name(id: &str) -> Self {
        Self::new(4409, &format!("Subscriber for {id} already exists"))
    }

    pub fn init_twice() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    /// An internal fault.
    pub fn internal() -> Self {
        Self::new(4500, "Internal server error")
    }

    pub fn into_message(self) -> Message {
        Message::Close(Some(CloseFrame {
            code: self.code,
            reason: self.reason.into(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_fit_into_their_frame() {
        let close = Close::same_name(&"ß".repeat(1000));
        assert!(close.reason.len() <= MAX_REASON_BYTES);
        assert!(close.reason.starts_with("Subscriber for ß"));
    }
}
