//! Webhook endpoints: the URLs to which a tenant has its events delivered.

use super::WebhookEventType;
use crate::Timestamp;
use crate::id::WebhookEndpointId;

/// Maximum number of endpoints per tenant.
pub const MAX_ENDPOINTS: u64 = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    pub id: WebhookEndpointId,
    pub url: String,
    pub description: Option<String>,
    /// The event types that it receives; empty: all.
    pub event_types: Vec<WebhookEventType>,
    pub api_version: String,
    /// Whether deliveries are sent to it; while it is inactive, they are queued.
    pub active: bool,
    /// Why it was disabled automatically; `None`: it was not.
    pub disabled_reason: Option<String>,
    pub secret_rotated_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
}

impl WebhookEndpoint {
    /// The event types that it receives.
    pub fn selected(&self) -> &[WebhookEventType] {
        match self.event_types.as_slice() {
            [] => WebhookEventType::ALL,
            some => some,
        }
    }

    pub fn receives(&self, event_type: WebhookEventType) -> bool {
        self.selected().contains(&event_type)
    }
}
