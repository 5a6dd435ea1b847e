//! Where a tenant wants to hear of what happens.

use super::WebhookEventType;
use crate::Timestamp;
use crate::id::WebhookEndpointId;

/// How many endpoints a tenant has at most.
pub const MOST: u64 = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    pub id: WebhookEndpointId,
    pub url: String,
    pub description: Option<String>,
    /// What it hears of; empty: everything.
    pub event_types: Vec<WebhookEventType>,
    pub api_version: String,
    /// Whether it is sent anything; what happens meanwhile is kept for it.
    pub active: bool,
    /// Why the program switched it off; `None`: it did not.
    pub disabled_reason: Option<String>,
    pub secret_rotated_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted_at: Option<Timestamp>,
}

impl WebhookEndpoint {
    /// The types that it hears of.
    pub fn selected(&self) -> &[WebhookEventType] {
        match self.event_types.as_slice() {
            [] => WebhookEventType::ALL,
            some => some,
        }
    }

    pub fn hears(&self, event_type: WebhookEventType) -> bool {
        self.selected().contains(&event_type)
    }
}
