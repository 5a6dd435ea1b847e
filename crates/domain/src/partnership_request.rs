//! Requests to promote a campaign.

use super::id::{CampaignId, PartnerId, PartnershipRequestId};
use super::{Timestamp, text_enum};
use crate::audit::audited;

text_enum! {
    /// Whether a request was decided, and how.
    PartnershipRequestStatus { Pending = "PENDING", Approved = "APPROVED", Rejected = "REJECTED" }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnershipRequest {
    pub id: PartnershipRequestId,
    pub name: String,
    pub email: String,
    pub campaign_id: CampaignId,
    pub status: PartnershipRequestStatus,
    pub message: Option<String>,
    /// The partner that its approval created or joined to the campaign.
    pub partner_id: Option<PartnerId>,
    pub reason: Option<String>,
    pub created_at: Timestamp,
    pub decided_at: Option<Timestamp>,
}

audited!(PartnershipRequest as "PartnershipRequest": {
    id: _, name, email, campaign_id, status, message, partner_id, reason, created_at: _, decided_at
} => [
    "name": name,
    "email": email,
    "campaignId": campaign_id,
    "status": status.as_str(),
    "message": message,
    "partnerId": partner_id,
    "reason": reason,
    "decidedAt": decided_at,
]);
