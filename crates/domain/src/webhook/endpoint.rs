//! Webhook endpoints: the URLs to which a tenant has its events delivered.

use super::WebhookEventType;
use crate::Timestamp;
use crate::audit::audited;
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

audited!(WebhookEndpoint as "WebhookEndpoint": {
    id: _, url, description, event_types, api_version, active, disabled_reason, secret_rotated_at: _, created_at: _,
    updated_at: _, deleted_at: _
} => [
    "url": url,
    "description": description,
    "eventTypes": event_types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
    "apiVersion": api_version,
    "active": active,
    "disabledReason": disabled_reason,
]);

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

#[cfg(test)]
mod tests {
    use super::*;
    use WebhookEventType::{CommissionPaid, PayoutSettled};

    #[test]
    fn an_endpoint_receives_what_it_selects_or_everything() {
        let endpoint = |event_types| WebhookEndpoint {
            id: WebhookEndpointId::from_uuid(uuid::Uuid::nil()),
            url: "https://example.com/".to_owned(),
            description: None,
            event_types,
            api_version: super::super::API_VERSION.to_owned(),
            active: true,
            disabled_reason: None,
            secret_rotated_at: None,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            deleted_at: None,
        };
        let some = endpoint(vec![PayoutSettled]);
        assert_eq!(
            (some.receives(PayoutSettled), some.receives(CommissionPaid)),
            (true, false)
        );
        let all = endpoint(Vec::new());
        assert_eq!(all.selected(), WebhookEventType::ALL);
        assert!(all.receives(CommissionPaid));
    }
}
