//! Partners and the lifecycle of a partnership.

use super::id::{PartnerGroupId, PartnerId, PartnerTierId};
use super::money::Currency;
use super::{Timestamp, text_enum};
use crate::audit::audited;

text_enum! {
    /// How a partner brings customers.
    PartnerType { Referral = "REFERRAL", Reseller = "RESELLER", Distributor = "DISTRIBUTOR", Affiliate = "AFFILIATE" }
}

text_enum! {
    /// The status of a partnership.
    PartnerStatus { Invited = "INVITED", Active = "ACTIVE", Suspended = "SUSPENDED", Revoked = "REVOKED" }
}

/// A transition of a partnership from one status to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerTransitionKind {
    /// Activates an invited partner, or resumes a suspended one.
    Activate,
    Suspend,
    Revoke,
    /// Activates a revoked partner again.
    Reinstate,
}

impl PartnerStatus {
    /// The status after `transition`; `None` if the state machine has no such transition.
    pub fn after(self, transition: PartnerTransitionKind) -> Option<Self> {
        use PartnerStatus::{Active, Invited, Revoked, Suspended};
        match (transition, self) {
            (PartnerTransitionKind::Activate, Invited | Suspended) => Some(Active),
            (PartnerTransitionKind::Suspend, Invited | Active) => Some(Suspended),
            (PartnerTransitionKind::Revoke, Invited | Active | Suspended) => Some(Revoked),
            (PartnerTransitionKind::Reinstate, Revoked) => Some(Active),
            (PartnerTransitionKind::Activate, Active | Revoked)
            | (PartnerTransitionKind::Suspend, Suspended | Revoked)
            | (PartnerTransitionKind::Revoke, Revoked)
            | (PartnerTransitionKind::Reinstate, Invited | Active | Suspended) => None,
        }
    }

    /// Whether its tokens grant access: those of suspended and revoked partners do not.
    pub fn may_sign_in(self) -> bool {
        match self {
            Self::Invited | Self::Active => true,
            Self::Suspended | Self::Revoked => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Partner {
    pub id: PartnerId,
    pub name: String,
    pub email: String,
    pub external_id: Option<String>,
    pub partner_type: PartnerType,
    pub status: PartnerStatus,
    pub tags: Vec<String>,
    pub metadata: Option<serde_json::Value>,
    /// `None`: the tenant's default group applies.
    pub group_id: Option<PartnerGroupId>,
    pub tier_id: Option<PartnerTierId>,
    pub payout_currency: Option<Currency>,
    /// The payment service's identifier of the partner; `None`: it is paid by its e-mail address.
    pub payout_reference: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub activated_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// Tokens issued before this moment are invalid.
    pub tokens_valid_from: Timestamp,
}

audited!(Partner as "Partner": {
    id: _, name, email, external_id, partner_type, status, tags, metadata, group_id, tier_id, payout_currency,
    payout_reference, created_at: _, updated_at: _, activated_at, revoked_at, tokens_valid_from: _
} => [
    "name": name,
    "email": email,
    "externalId": external_id,
    "type": partner_type.as_str(),
    "status": status.as_str(),
    "tags": tags,
    "metadata": metadata,
    "groupId": group_id,
    "tierId": tier_id,
    "payoutCurrency": payout_currency.map(|currency| currency.code()),
    "payoutReference": payout_reference,
    "activatedAt": activated_at,
    "revokedAt": revoked_at,
]);

impl Partner {
    /// The address of payments to the partner.
    pub fn paid_as(&self) -> &str {
        self.payout_reference.as_deref().unwrap_or(&self.email)
    }

    /// The partner after `transition` at `now`; `None` if the state machine has no such transition.
    pub fn after(self, transition: PartnerTransitionKind, now: Timestamp) -> Option<Self> {
        let before = self.status;
        let status = before.after(transition)?;
        let (activated_at, revoked_at) = match status {
            PartnerStatus::Active => (self.activated_at.or(Some(now)), None),
            PartnerStatus::Revoked => (self.activated_at, Some(now)),
            PartnerStatus::Suspended | PartnerStatus::Invited => (self.activated_at, self.revoked_at),
        };
        // Tokens issued before a suspension or revocation stay invalid, even after reactivation. Tokens of this very
        // microsecond count as issued before; tokens issued from now on get a later timestamp.
        let tokens_valid_from = match before.may_sign_in() && status.may_sign_in() {
            true => self.tokens_valid_from,
            false => now.max(self.tokens_valid_from) + chrono::TimeDelta::microseconds(1),
        };
        Some(Self {
            status,
            activated_at,
            revoked_at,
            tokens_valid_from,
            updated_at: now,
            ..self
        })
    }
}

/// One change of a partner's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerTransition {
    /// `None`: the partner was created.
    pub from: Option<PartnerStatus>,
    pub to: PartnerStatus,
    pub actor: String,
    pub reason: Option<String>,
    pub at: Timestamp,
    /// Its position in the partner's history.
    pub sequence: i64,
}

#[cfg(test)]
mod tests;
