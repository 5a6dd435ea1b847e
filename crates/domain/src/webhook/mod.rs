//! Webhooks: signed notifications to other systems, delivered in order per object and retried until received.

pub mod address;
pub mod body;
pub mod endpoint;
pub mod schedule;
pub mod signature;

use serde::{Deserialize, Serialize};

use super::commission::CommissionStatus;
use super::id::{WebhookDeliveryId, WebhookEndpointId};
use super::partner::PartnerTransitionKind;
use super::{Timestamp, text_enum};

pub use endpoint::WebhookEndpoint;

/// The version of the body format.
pub const API_VERSION: &str = "2026-11-01";

text_enum! {
    /// The types of events that endpoints can receive.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    WebhookEventType {
        CommissionAccrued = "COMMISSION_ACCRUED",
        CommissionApproved = "COMMISSION_APPROVED",
        CommissionPaid = "COMMISSION_PAID",
        CommissionReversed = "COMMISSION_REVERSED",
        PayoutCreated = "PAYOUT_CREATED",
        PayoutSettled = "PAYOUT_SETTLED",
        PayoutReturned = "PAYOUT_RETURNED",
        TierAchieved = "TIER_ACHIEVED",
        PartnerCreated = "PARTNER_CREATED",
        PartnerActivated = "PARTNER_ACTIVATED",
        PartnerSuspended = "PARTNER_SUSPENDED",
        PartnerRevoked = "PARTNER_REVOKED",
        PartnerReinstated = "PARTNER_REINSTATED",
        CouponCreated = "COUPON_CREATED",
        LinkCreated = "LINK_CREATED",
        CustomerReassigned = "CUSTOMER_REASSIGNED",
        PartnershipRequestCreated = "PARTNERSHIP_REQUEST_CREATED",
        PartnershipRequestDecided = "PARTNERSHIP_REQUEST_DECIDED",
    }
}

impl WebhookEventType {
    /// The event type for a commission reaching a status.
    pub fn of_commission(status: CommissionStatus) -> Self {
        match status {
            CommissionStatus::Accrued => Self::CommissionAccrued,
            CommissionStatus::Approved => Self::CommissionApproved,
            CommissionStatus::Paid => Self::CommissionPaid,
            CommissionStatus::Reversed => Self::CommissionReversed,
        }
    }

    /// The event type for a partner's transition.
    pub fn of_partner(transition: PartnerTransitionKind) -> Self {
        match transition {
            PartnerTransitionKind::Activate => Self::PartnerActivated,
            PartnerTransitionKind::Suspend => Self::PartnerSuspended,
            PartnerTransitionKind::Revoke => Self::PartnerRevoked,
            PartnerTransitionKind::Reinstate => Self::PartnerReinstated,
        }
    }

    /// The spelling in bodies: the object, a dot, what happened to it.
    pub fn dotted(self) -> String {
        let name = self.as_str().to_lowercase();
        match name.rsplit_once('_') {
            Some((object, what)) => format!("{object}.{what}"),
            None => name,
        }
    }
}

text_enum! {
    /// The state of a delivery.
    WebhookDeliveryStatus {
        /// It will be attempted, possibly again.
        Pending = "PENDING",
        /// The receiver has acknowledged it.
        Delivered = "DELIVERED",
        /// The last attempt failed, too.
        Failed = "FAILED",
        /// Its endpoint was deleted.
        Canceled = "CANCELED",
    }
}

/// The delivery of one event to one endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookDelivery {
    pub id: WebhookDeliveryId,
    pub endpoint_id: WebhookEndpointId,
    pub event_type: WebhookEventType,
    pub status: WebhookDeliveryStatus,
    /// The body as signed and sent.
    pub payload: String,
    pub created_at: Timestamp,
    /// `None`: it is finished, or waits for an earlier delivery about the same object.
    pub next_attempt_at: Option<Timestamp>,
    /// The latest attempts, in order.
    pub attempts: Vec<WebhookAttempt>,
}

/// The result of one attempt to send a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookAttempt {
    pub at: Timestamp,
    /// `None`: there was no response.
    pub status_code: Option<u16>,
    /// Why there was no response, or only an incomplete one.
    pub error: Option<String>,
    pub milliseconds: u32,
    /// The first kilobyte of the response.
    pub answer: Option<String>,
}

impl WebhookAttempt {
    /// Whether the receiver acknowledged the delivery.
    pub fn has_succeeded(&self) -> bool {
        self.status_code.is_some_and(|code| (200..300).contains(&code))
    }

    /// Whether the receiver says that the endpoint no longer exists.
    pub fn is_gone(&self) -> bool {
        self.status_code == Some(410)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_spelt_with_a_dot_before_what_happened() {
        assert_eq!(WebhookEventType::CommissionAccrued.dotted(), "commission.accrued");
        let decided = WebhookEventType::PartnershipRequestDecided;
        assert_eq!(decided.dotted(), "partnership_request.decided");
        for kind in WebhookEventType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn a_status_says_what_became_of_an_attempt() {
        for (status_code, succeeded, gone) in [
            (None, false, false),
            (Some(199), false, false),
            (Some(200), true, false),
            (Some(299), true, false),
            (Some(300), false, false),
            (Some(410), false, true),
        ] {
            let attempt = WebhookAttempt {
                at: Timestamp::UNIX_EPOCH,
                status_code,
                error: None,
                milliseconds: 0,
                answer: None,
            };
            assert_eq!(
                (attempt.has_succeeded(), attempt.is_gone()),
                (succeeded, gone),
                "{status_code:?}"
            );
        }
    }
}
