//! Webhooks (domain.md 15): telling other systems what happened, signed, in order for each object, until they have it.

pub mod address;
pub mod body;
pub mod endpoint;
pub mod schedule;
pub mod signature;

use serde::{Deserialize, Serialize};

use super::commission::CommissionStatus;
use super::id::{WebhookDeliveryId, WebhookEndpointId};
use super::partner::PartnerMove;
use super::{Timestamp, text_enum};

pub use endpoint::WebhookEndpoint;

/// The form of the bodies that are sent now.
pub const API_VERSION: &str = "2026-11-01";

text_enum! {
    /// What can happen.
    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    WebhookEventType {
        CommissionAccrued = "COMMISSION_ACCRUED",
        CommissionApproved = "COMMISSION_APPROVED",
        CommissionPaid = "COMMISSION_PAID",
        CommissionReversed = "COMMISSION_REVERSED",
        PayoutCreated = "PAYOUT_CREATED",
        PayoutSettled = "PAYOUT_SETTLED",
        TierAchieved = "TIER_ACHIEVED",
        PartnerCreated = "PARTNER_CREATED",
        PartnerActivated = "PARTNER_ACTIVATED",
        PartnerSuspended = "PARTNER_SUSPENDED",
        PartnerRevoked = "PARTNER_REVOKED",
        PartnerReinstated = "PARTNER_REINSTATED",
        CustomerReassigned = "CUSTOMER_REASSIGNED",
        PartnershipRequestCreated = "PARTNERSHIP_REQUEST_CREATED",
        PartnershipRequestDecided = "PARTNERSHIP_REQUEST_DECIDED",
    }
}

impl WebhookEventType {
    /// What it means for a commission to come to a status.
    pub fn of_commission(status: CommissionStatus) -> Self {
        match status {
            CommissionStatus::Accrued => Self::CommissionAccrued,
            CommissionStatus::Approved => Self::CommissionApproved,
            CommissionStatus::Paid => Self::CommissionPaid,
            CommissionStatus::Reversed => Self::CommissionReversed,
        }
    }

    /// What a move of a partner is called.
    pub fn of_partner(the_move: PartnerMove) -> Self {
        match the_move {
            PartnerMove::Activate => Self::PartnerActivated,
            PartnerMove::Suspend => Self::PartnerSuspended,
            PartnerMove::Revoke => Self::PartnerRevoked,
            PartnerMove::Reinstate => Self::PartnerReinstated,
        }
    }

    /// As bodies spell it: the object, a dot, what happened to it.
    pub fn dotted(self) -> String {
        let name = self.as_str().to_lowercase();
        match name.rsplit_once('_') {
            Some((object, what)) => format!("{object}.{what}"),
            None => name,
        }
    }
}

text_enum! {
    /// How far a delivery is.
    WebhookDeliveryStatus {
        /// It will be tried, or tried again.
        Pending = "PENDING",
        /// The receiver has answered that it has it.
        Delivered = "DELIVERED",
        /// The last attempt failed, too.
        Failed = "FAILED",
        /// Its endpoint was deleted.
        Canceled = "CANCELED",
    }
}

/// One thing that an endpoint is told.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookDelivery {
    pub id: WebhookDeliveryId,
    pub endpoint_id: WebhookEndpointId,
    pub event_type: WebhookEventType,
    pub status: WebhookDeliveryStatus,
    /// The body, as it is signed and sent.
    pub payload: String,
    pub created_at: Timestamp,
    /// `None`: it has come to its end, or waits for an earlier one of its object.
    pub next_attempt_at: Option<Timestamp>,
    /// The last ones, in their order.
    pub attempts: Vec<WebhookAttempt>,
}

/// What came of sending a delivery once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookAttempt {
    pub at: Timestamp,
    /// `None`: there was no answer.
    pub status_code: Option<u16>,
    /// Why there was no answer, or no whole one.
    pub error: Option<String>,
    pub milliseconds: u32,
    /// The first kilobyte of what the receiver said.
    pub answer: Option<String>,
}

impl WebhookAttempt {
    /// Whether the receiver has it.
    pub fn has_succeeded(&self) -> bool {
        self.status_code.is_some_and(|code| (200..300).contains(&code))
    }

    /// Whether the receiver says that it is there no more.
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
}
