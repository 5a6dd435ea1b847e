//! Commissions: rows of the ledger, and the states that they move through.

use super::explain::Step;
use super::id::{CampaignId, CommissionId, EventId, PartnerId, PayoutId, SnapshotId};
use super::money::{Currency, Money};
use super::terms::BasisKind;
use super::{Timestamp, text_enum};

text_enum! {
    /// Where a commission stands. PAID and REVERSED are final.
    CommissionStatus { Accrued = "ACCRUED", Approved = "APPROVED", Paid = "PAID", Reversed = "REVERSED" }
}

text_enum! {
    /// How a commission came about.
    CommissionKind {
        /// An event earned it.
        Event = "EVENT",
        /// A tier changed what an earlier event earned.
        TierAdjustment = "TIER_ADJUSTMENT",
        /// A deal entered a stage.
        Deal = "DEAL",
        /// A refund took back from the row that it adjusts.
        Clawback = "CLAWBACK",
        /// Staff entered it.
        Manual = "MANUAL",
        /// It was earned elsewhere and brought in as history.
        Opening = "OPENING",
    }
}

text_enum! {
    /// Who is paid: the partner, or an individual there.
    PaymentTarget { Partnership = "PARTNERSHIP", Individual = "INDIVIDUAL" }
}

text_enum! {
    /// Where a payout stands. All but PENDING are final.
    PayoutStatus { Pending = "PENDING", Paid = "PAID", Failed = "FAILED", Canceled = "CANCELED" }
}

text_enum! {
    /// How a payout ended.
    PayoutSettlement { Paid = "PAID", Failed = "FAILED", Canceled = "CANCELED" }
}

impl From<PayoutSettlement> for PayoutStatus {
    fn from(settlement: PayoutSettlement) -> Self {
        match settlement {
            PayoutSettlement::Paid => Self::Paid,
            PayoutSettlement::Failed => Self::Failed,
            PayoutSettlement::Canceled => Self::Canceled,
        }
    }
}

/// A row of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Commission {
    pub id: CommissionId,
    pub kind: CommissionKind,
    pub status: CommissionStatus,
    pub amount: Money,
    pub payment_target: PaymentTarget,
    /// The individual who is paid, once it is known.
    pub recipient: Option<String>,
    pub partner_id: PartnerId,
    pub campaign_id: Option<CampaignId>,
    pub event_id: Option<EventId>,
    pub snapshot_id: Option<SnapshotId>,
    /// The row that it adjusts or claws back.
    pub adjusts_id: Option<CommissionId>,
    /// How its amount came about, for rows of events.
    pub basis: Option<BasisKind>,
    pub holdback_days: Option<u32>,
    pub accrued_at: Timestamp,
    /// From when on it may be approved; `None`: by hand, at any time.
    pub mature_at: Option<Timestamp>,
    pub approved_at: Option<Timestamp>,
    pub paid_at: Option<Timestamp>,
    pub reversed_at: Option<Timestamp>,
    /// The payout that it is in, open or paid.
    pub payout_id: Option<PayoutId>,
}

/// A row of the ledger and how its amount came about: what is written. Most readers need only the row, and read only that.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedCommission {
    pub row: Commission,
    /// The steps whose amounts add up to that of the row.
    pub explanation: Vec<Step>,
}

impl Commission {
    pub fn explained(self, explanation: Vec<Step>) -> ExplainedCommission {
        ExplainedCommission { row: self, explanation }
    }

    /// Whether an open payout holds it.
    pub fn is_reserved(&self) -> bool {
        self.payout_id.is_some() && self.status == CommissionStatus::Approved
    }

    /// Whether it takes from the row that it adjusts, and so is approved together with it: clawbacks, also those of what
    /// takes, and adjustments below 0.
    pub fn takes(&self) -> bool {
        match self.kind {
            CommissionKind::Clawback => true,
            CommissionKind::TierAdjustment => self.amount.minor() < 0,
            CommissionKind::Event | CommissionKind::Deal | CommissionKind::Manual | CommissionKind::Opening => false,
        }
    }

    /// Whether it still counts for or against the partner.
    pub fn is_reversed(&self) -> bool {
        self.status == CommissionStatus::Reversed
    }

    /// Moves it to `status`, if the state machine has such a move.
    pub fn moved(mut self, status: CommissionStatus, now: Timestamp) -> Option<Self> {
        use CommissionStatus::{Accrued, Approved, Paid, Reversed};
        match (self.status, status) {
            (Accrued, Approved) => self.approved_at = Some(now),
            (Approved, Paid) => self.paid_at = Some(now),
            (Accrued | Approved, Reversed) => self.reversed_at = Some(now),
            (Accrued, Accrued | Paid) | (Approved, Accrued | Approved) | (Paid | Reversed, _) => return None,
        }
        self.status = status;
        Some(self)
    }
}

/// What a row that was entered by hand or brought in says of itself. Rows of events say none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// What another system calls an OPENING row; unique in the tenant.
    pub external_id: Option<String>,
    /// Why there is a MANUAL row, for the partner, too. `None`: it is from before that was kept.
    pub reason: Option<String>,
    /// What only staff sees of it.
    pub note: Option<String>,
    /// A hash of what an OPENING row was brought in as.
    pub content: Option<Vec<u8>>,
    pub source: SourceTimes,
}

/// When the system that an OPENING row comes from says that it was earned, approved and paid; `None`: it does not say. Only
/// shown, and what reports by occurrence go by: the ledger's times are those of bringing it in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceTimes {
    pub accrued_at: Option<Timestamp>,
    pub approved_at: Option<Timestamp>,
    pub paid_at: Option<Timestamp>,
}

/// When a commission accrued at `accrued_at` may be approved: its holdback in days of 24 hours later.
pub fn mature_at(accrued_at: Timestamp, holdback_days: Option<u32>) -> Option<Timestamp> {
    holdback_days.map(|days| accrued_at + chrono::TimeDelta::days(i64::from(days)))
}

/// One move of a commission's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommissionTransition {
    /// `None`: the row was written.
    pub from: Option<CommissionStatus>,
    pub to: CommissionStatus,
    pub actor: String,
    pub reason: Option<String>,
    pub at: Timestamp,
    /// Its place in the partner's history; `None`: from before there were numbers.
    pub sequence: Option<i64>,
}

/// A partner's sums in one currency, in minor units. Rows owed to individuals stand outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    pub currency: Currency,
    pub accrued: i64,
    pub approved: i64,
    pub paid: i64,
    pub reversed: i64,
    /// The part of `approved` that open payouts hold.
    pub reserved: i64,
}

impl Balance {
    pub fn zero(currency: Currency) -> Self {
        Self {
            currency,
            accrued: 0,
            approved: 0,
            paid: 0,
            reversed: 0,
            reserved: 0,
        }
    }

    pub fn payable(&self) -> i64 {
        self.approved - self.reserved
    }

    /// The sum that rows of this status are counted in.
    pub fn of(&mut self, status: CommissionStatus) -> &mut i64 {
        match status {
            CommissionStatus::Accrued => &mut self.accrued,
            CommissionStatus::Approved => &mut self.approved,
            CommissionStatus::Paid => &mut self.paid,
            CommissionStatus::Reversed => &mut self.reversed,
        }
    }
}

/// Approved commissions of one payee in one currency, paid together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    pub id: PayoutId,
    pub run_id: super::id::PayoutRunId,
    pub partner_id: PartnerId,
    /// Set: the payee is this individual, not the partner.
    pub recipient: Option<String>,
    pub amount: Money,
    pub status: PayoutStatus,
    pub created_at: Timestamp,
    pub settled_at: Option<Timestamp>,
    /// What the payment system calls the payment.
    pub reference: Option<String>,
    /// What the payment service calls the payee, as it was when the run made the payout: of a partner its payout reference
    /// or else its e-mail address, of an individual its name. `None`: from before that was kept.
    pub payout_reference: Option<String>,
    /// `None`: from before that was kept.
    pub created_by: Option<String>,
    /// `None`: it is pending, or was settled before that was kept.
    pub settled_by: Option<String>,
}

/// One run that made payouts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutRun {
    pub id: super::id::PayoutRunId,
    pub created_at: Timestamp,
    /// Only rows that accrued before this moment, and clawbacks of these; `None`: all.
    pub accrued_before: Option<Timestamp>,
    /// `None`: from before that was kept.
    pub created_by: Option<String>,
}

#[cfg(test)]
mod tests;
