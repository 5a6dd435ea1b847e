//! The protocol graphql-transport-ws over WebSockets, with a loop of our own.
//!
//! - One task a socket reads and writes. It reads no further while it cannot write, and while a subscription begins:
//!   so whatever a client asks for after a subscription happens after that has begun to listen.
//! - Each operation is a task, whose messages go through a short queue: a reader who is slow holds its operations up,
//!   and what they cannot keep up with is their end. Nothing piles up.
//! - A token is looked at when the socket says who it is, with every operation, and before every event.

mod close;
mod message;
mod operation;
mod origin;
mod socket;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::HttpState;
use super::errors::refusal;
use super::graphql::authorization;
use super::serve::ShutdownGuard;
use socket::Socket;

const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Lets a socket in. `open` is held until it is closed.
pub fn upgrade(
    front: HttpState,
    request_id: String,
    headers: &HeaderMap,
    open: Option<ShutdownGuard>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !origin::is_allowed(headers, &front.options.cors) {
        let message = "pages of this origin may not open sockets here";
        return refusal(StatusCode::FORBIDDEN, "FORBIDDEN", message, &request_id);
    }
    let most = front.options.subscriptions.message_bytes;
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(most)
        .max_frame_size(most)
        .read_buffer_size(8 * 1024)
        // What is written goes out at once.
        .write_buffer_size(0);
    let is_ours = upgrade.selected_protocol().is_some();
    // For clients that are no browsers; those cannot send it here.
    let authorization = authorization(headers).map(str::to_owned);
    upgrade.on_upgrade(move |socket| async move {
        let counted = front.app.metrics.socket();
        let socket = Socket::new(front, request_id, authorization, socket);
        socket.run(is_ours).await;
        drop((open, counted));
    })
}
