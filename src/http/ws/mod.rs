//! The protocol graphql-transport-ws over WebSockets, with a message loop of our own.
//!
//! - One task per socket reads and writes. It does not read while it cannot write, nor while a subscription begins:
//!   whatever a client asks for after a subscription thus happens after that has begun to listen.
//! - Each operation is a task whose messages go through a short queue: a slow reader holds its operations up, and a
//!   subscription that falls too far behind ends. Nothing piles up.
//! - The token is checked when the client authenticates, with every operation, and before every event.

mod close;
mod message;
mod operation;
mod origin;
mod socket;

use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::HttpState;
use super::authentication::authorization;
use super::connection::ShutdownGuard;
use super::errors::refusal;
use crate::http::codes;
use socket::Socket;

const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Accepts a socket. `open` is held until the socket is closed.
pub fn upgrade(
    state: HttpState,
    request_id: String,
    headers: &HeaderMap,
    open: Option<ShutdownGuard>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !origin::is_allowed(headers, &state.options.cors) {
        let message = "this origin is not allowed to open WebSockets";
        return refusal(StatusCode::FORBIDDEN, codes::FORBIDDEN, message, &request_id);
    }
    let most = state.options.subscriptions.message_bytes;
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(most)
        .max_frame_size(most)
        .read_buffer_size(8 * 1024)
        // Messages are sent at once.
        .write_buffer_size(0);
    let is_ours = upgrade.selected_protocol().is_some();
    // For clients that are not browsers: those cannot set this header.
    let authorization = authorization(headers).map(str::to_owned);
    upgrade.on_upgrade(move |socket| async move {
        let counted = state.app.metrics.socket();
        let socket = Socket::new(state, request_id, authorization, socket);
        socket.run(is_ours).await;
        drop((open, counted));
    })
}
