//! Commissions: rows of the ledger, and their states.

use super::explain::{Outcome, Step};
use super::id::{AttributionId, CampaignId, CommissionId, EventId, PartnerId, PayoutId, SnapshotId};
use super::items::Sight;
use super::money::{Currency, Money};
use super::personal::Content;
use super::terms::BasisKind;
use super::{Timestamp, text_enum};

text_enum! {
    /// The status of a commission. PAID and REVERSED are final.
    CommissionStatus { Accrued = "ACCRUED", Approved = "APPROVED", Paid = "PAID", Reversed = "REVERSED" }
}

text_enum! {
    /// The origin of a commission.
    CommissionKind {
        /// An event earned it.
        Event = "EVENT",
        /// A tier changed the amount that an earlier event earned.
        TierAdjustment = "TIER_ADJUSTMENT",
        /// A deal entered a stage.
        Deal = "DEAL",
        /// A refund, reversal or reassignment took back part or all of the row that it adjusts.
        Clawback = "CLAWBACK",
        /// Staff entered it.
        Manual = "MANUAL",
        /// It was earned in another system and imported as history.
        Opening = "OPENING",
        /// A payment came back after it was made, so that its amount is owed again.
        Returned = "RETURNED",
    }
}

text_enum! {
    /// Who is paid: the partner, or an individual at the partner.
    PaymentTarget { Partnership = "PARTNERSHIP", Individual = "INDIVIDUAL" }
}

text_enum! {
    /// The status of a payout. FAILED, CANCELED and RETURNED are final; PAID becomes RETURNED if the money comes back.
    PayoutStatus {
        Pending = "PENDING",
        Paid = "PAID",
        Failed = "FAILED",
        Canceled = "CANCELED",
        Returned = "RETURNED",
    }
}

text_enum! {
    /// What became of a payment.
    PayoutSettlement {
        Paid = "PAID",
        Failed = "FAILED",
        Canceled = "CANCELED",
        /// The money came back, or never left.
        Returned = "RETURNED",
    }
}

impl PayoutStatus {
    /// The status after a settlement; `None` if the state machine has no such transition.
    pub fn after(self, settlement: PayoutSettlement) -> Option<Self> {
        match (self, settlement) {
            (Self::Pending, PayoutSettlement::Paid) => Some(Self::Paid),
            // Money that came back before anybody knew that it had been paid was never paid.
            (Self::Pending, PayoutSettlement::Failed | PayoutSettlement::Returned) => Some(Self::Failed),
            (Self::Pending, PayoutSettlement::Canceled) => Some(Self::Canceled),
            (Self::Paid, PayoutSettlement::Returned) => Some(Self::Returned),
            (Self::Paid, PayoutSettlement::Paid | PayoutSettlement::Failed | PayoutSettlement::Canceled)
            | (Self::Failed | Self::Canceled | Self::Returned, _) => None,
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
    /// The individual who is paid, once known.
    pub recipient: Option<String>,
    pub partner_id: PartnerId,
    pub campaign_id: Option<CampaignId>,
    pub event_id: Option<EventId>,
    /// What it was made for, for ever: the attribution of its event at that time, or of the row that it takes back.
    pub attribution_id: Option<AttributionId>,
    pub snapshot_id: Option<SnapshotId>,
    /// The row that this one adjusts or claws back.
    pub adjusts_id: Option<CommissionId>,
    /// How the amount was computed, for rows of events.
    pub basis: Option<BasisKind>,
    /// What of its event it was earned for, which is what refunds take it back by.
    pub sight: Sight,
    pub holdback_days: Option<u32>,
    pub accrued_at: Timestamp,
    /// The earliest time at which it may be approved; `None`: it is approved by hand, at any time.
    pub mature_at: Option<Timestamp>,
    pub approved_at: Option<Timestamp>,
    pub paid_at: Option<Timestamp>,
    pub reversed_at: Option<Timestamp>,
    /// The pending or paid payout that contains it.
    pub payout_id: Option<PayoutId>,
    /// The payout whose money came back, of a RETURNED row. It was paid with other rows; this one is owed instead.
    pub returned_payout_id: Option<PayoutId>,
}

/// A ledger row with the explanation of its amount, as it is written. Most readers need, and load, only the row.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedCommission {
    pub row: Commission,
    /// The steps whose amounts add up to the row's amount.
    pub explanation: Vec<Step>,
}

impl Commission {
    /// A new row that has accrued to a partner at `now`, and is approved by hand.
    pub fn accrued(
        id: CommissionId,
        kind: CommissionKind,
        partner_id: PartnerId,
        amount: Money,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            kind,
            status: CommissionStatus::Accrued,
            amount,
            payment_target: PaymentTarget::Partnership,
            recipient: None,
            partner_id,
            campaign_id: None,
            event_id: None,
            attribution_id: None,
            snapshot_id: None,
            adjusts_id: None,
            basis: None,
            sight: Sight::default(),
            holdback_days: None,
            accrued_at: now,
            mature_at: None,
            approved_at: None,
            paid_at: None,
            reversed_at: None,
            payout_id: None,
            returned_payout_id: None,
        }
    }

    /// A new clawback of this row, which accrues at `now` and matures with the row. It has no event: the rows of a
    /// refund's event must be only those by which the refund took back.
    pub fn clawback(&self, id: CommissionId, amount: Money, status: CommissionStatus, now: Timestamp) -> Self {
        Self {
            status,
            payment_target: self.payment_target,
            recipient: self.recipient.clone(),
            campaign_id: self.campaign_id,
            attribution_id: self.attribution_id,
            snapshot_id: self.snapshot_id,
            adjusts_id: Some(self.id),
            holdback_days: self.holdback_days,
            mature_at: self.mature_at,
            approved_at: (status == CommissionStatus::Approved).then_some(now),
            ..Self::accrued(id, CommissionKind::Clawback, self.partner_id, amount, now)
        }
    }

    pub fn explained(self, explanation: Vec<Step>) -> ExplainedCommission {
        ExplainedCommission { row: self, explanation }
    }

    /// Whether a pending payout has reserved it.
    pub fn is_reserved(&self) -> bool {
        self.payout_id.is_some() && self.status == CommissionStatus::Approved
    }

    /// Whether the row deducts from the row that it adjusts, and is therefore approved together with it: clawbacks,
    /// including clawbacks of deductions, and negative adjustments.
    pub fn takes(&self) -> bool {
        match self.kind {
            CommissionKind::Clawback => true,
            CommissionKind::TierAdjustment => self.amount.minor() < 0,
            CommissionKind::Event
            | CommissionKind::Deal
            | CommissionKind::Manual
            | CommissionKind::Opening
            | CommissionKind::Returned => false,
        }
    }

    /// What the row changes of the sum of what was paid: a paid row adds its amount, and a returned payment takes off
    /// the amount that came back, so that paying it again does not count twice.
    pub fn paid_minor(&self) -> i128 {
        let minor = i128::from(self.amount.minor());
        let paid = if self.status == CommissionStatus::Paid {
            minor
        } else {
            0
        };
        let returned = if self.kind == CommissionKind::Returned {
            minor
        } else {
            0
        };
        paid - returned
    }

    /// Whether it was undone and no longer counts for or against the partner.
    pub fn is_reversed(&self) -> bool {
        self.status == CommissionStatus::Reversed
    }

    /// The row after a transition to `status`; `None` if the state machine has no such transition.
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

/// Details of a row that was entered by hand or imported. Rows of events have none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entered {
    /// The identifier of an OPENING row in its source system; unique in the tenant.
    pub external_id: Option<String>,
    /// The reason for a MANUAL row, also shown to the partner.
    pub reason: Option<String>,
    /// Visible to staff only.
    pub note: Option<String>,
    /// A hash of the input that an OPENING row was imported from.
    pub content: Option<Content>,
    pub source: SourceTimes,
}

/// When an OPENING row was earned, approved and paid according to its source system; `None`: not stated. These times
/// are only displayed and used by reports by occurrence; the ledger's own times are those of the import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceTimes {
    pub accrued_at: Option<Timestamp>,
    pub approved_at: Option<Timestamp>,
    pub paid_at: Option<Timestamp>,
}

/// When a commission accrued at `accrued_at` may be approved: after its holdback, in days of 24 hours.
pub fn mature_at(accrued_at: Timestamp, holdback_days: Option<u32>) -> Option<Timestamp> {
    holdback_days.map(|days| accrued_at + chrono::TimeDelta::days(i64::from(days)))
}

/// One transition of a commission's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommissionTransition {
    /// `None`: the row was created.
    pub from: Option<CommissionStatus>,
    pub to: CommissionStatus,
    pub actor: String,
    pub reason: Option<String>,
    pub at: Timestamp,
    /// Its position in the partner's history.
    pub sequence: i64,
}

/// A partner's sums in one currency, in minor units. Rows owed to individuals are not included. `paid` is what was paid
/// less what came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    pub currency: Currency,
    pub accrued: i64,
    pub approved: i64,
    pub paid: i64,
    pub reversed: i64,
    /// The part of `approved` that is reserved by pending payouts.
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

    /// The sum that rows of this status contribute to.
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
    /// If set, the payee is this individual, not the partner.
    pub recipient: Option<String>,
    pub amount: Money,
    pub status: PayoutStatus,
    pub created_at: Timestamp,
    pub settled_at: Option<Timestamp>,
    /// The payment system's reference for the payment.
    pub reference: Option<String>,
    /// How the payment service identifies the payee, as of the creation of the payout: for a partner its payout
    /// reference or else its e-mail address, for an individual the name.
    pub payout_reference: String,
    pub created_by: String,
    /// `None`: it is pending.
    pub settled_by: Option<String>,
    /// The position of its creation in the partner's history.
    pub sequence: i64,
    /// The position of its settlement.
    pub settled_sequence: Option<i64>,
    /// What statements of banks can carry to identify it ([`crate::bank_reference`]).
    pub bank_reference: String,
    /// When, through whom and why the money came back; `None`: it did not.
    pub returned_at: Option<Timestamp>,
    pub returned_by: Option<String>,
    pub return_reason: Option<String>,
    /// The position of its return in the partner's history.
    pub returned_sequence: Option<i64>,
}

impl Payout {
    /// Whether it has already ended as a settlement says. The first of two files about a payment may be read again after
    /// the second one.
    pub fn has_ended_as(&self, settlement: PayoutSettlement, reference: Option<&str>) -> bool {
        let has_reference = self.reference.as_deref() == reference;
        match (self.status, settlement) {
            (PayoutStatus::Paid | PayoutStatus::Returned, PayoutSettlement::Paid)
            | (PayoutStatus::Failed, PayoutSettlement::Failed)
            | (PayoutStatus::Canceled, PayoutSettlement::Canceled) => has_reference,
            // The money is back, whatever the payment that brought it is called.
            (PayoutStatus::Failed | PayoutStatus::Returned, PayoutSettlement::Returned) => true,
            _ => false,
        }
    }

    /// The row by which the amount of a payout is owed again once its money has come back. It can be paid at once.
    pub fn returned_row(&self, id: CommissionId, now: Timestamp) -> ExplainedCommission {
        let step = Step {
            source: "returned payment".to_owned(),
            outcome: Outcome::Applied,
            detail: format!("the payment {} of {} came back", self.bank_reference, self.amount),
            threshold: None,
            amount: Some(self.amount.amount().normalize()),
        };
        let row = Commission {
            status: CommissionStatus::Approved,
            payment_target: match self.recipient {
                None => PaymentTarget::Partnership,
                Some(_) => PaymentTarget::Individual,
            },
            recipient: self.recipient.clone(),
            approved_at: Some(now),
            returned_payout_id: Some(self.id),
            ..Commission::accrued(id, CommissionKind::Returned, self.partner_id, self.amount, now)
        };
        row.explained(vec![step])
    }
}

/// One run that created payouts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutRun {
    pub id: super::id::PayoutRunId,
    pub created_at: Timestamp,
    /// Only rows that accrued before this moment, and clawbacks of these, were paid; `None`: all.
    pub accrued_before: Option<Timestamp>,
    pub created_by: String,
}

#[cfg(test)]
mod tests;
