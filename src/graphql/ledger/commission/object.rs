//! Commissions as output types.

use async_graphql::{ComplexObject, Enum};

use super::description::COMMISSION;
use crate::graphql::money::ExplanationStep;
use crate::graphql::shared::row;
use domain::commission;
use domain::explain::{Outcome, Step};

/// The status of a commission. PAID and REVERSED are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "commission::CommissionStatus")]
pub enum CommissionStatus {
    /// Earned; waiting for the end of its holdback and for approval.
    Accrued,
    /// Approved for payment.
    Approved,
    /// Paid by a payout.
    Paid,
    /// Reversed before it was paid.
    Reversed,
}

/// The kind of a commission: what it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "commission::CommissionKind")]
pub enum CommissionKind {
    /// An event earned it.
    Event,
    /// A tier changed what an earlier event earned.
    TierAdjustment,
    /// A deal entered a stage.
    Deal,
    /// A refund, reversal or reassignment took back part or all of the row that it adjusts.
    Clawback,
    /// Staff created it by hand.
    Manual,
    /// It was earned in another system and imported; its times here are those of the import.
    Opening,
    /// The money of a payout came back, so that its amount is owed again. It is approved at once, paid by the next run,
    /// and cannot be reversed.
    Returned,
}

/// Who is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "commission::PaymentTarget")]
pub enum PaymentTarget {
    /// The partner.
    Partnership,
    /// An individual at the partner; not part of the partner's balances.
    Individual,
}

row! {
    /// A commission: a row of the ledger.
    pub struct Commission(commission::Commission): COMMISSION, store::commission;
}

/// The steps of an explanation. Partners see only the steps that applied, without their thresholds.
pub(super) fn shown_steps(steps: Vec<Step>, for_partner: bool) -> Vec<ExplanationStep> {
    let shown = steps
        .into_iter()
        .filter(|step| !for_partner || step.outcome == Outcome::Applied);
    let steps = shown.map(|mut step| {
        if for_partner {
            step.threshold = None;
        }
        ExplanationStep::from(step)
    });
    steps.collect()
}

#[ComplexObject]
impl Commission {}
