//! Commissions as output types.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum};
use paged::paged;

use super::connection::CommissionConnection;
use super::description::COMMISSION;
use super::list::commissions_of;
use super::transition::CommissionTransition;
use crate::graphql::campaign::Campaign;
use crate::graphql::context::request;
use crate::graphql::deal::Deal;
use crate::graphql::error::{ApiError, Nullable, existing, nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::ledger::event::{Attribution, Event};
use crate::graphql::money::ExplanationStep;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::Partner;
use crate::graphql::payout::Payout;
use crate::graphql::shared::row;
use crate::graphql::terms::CommissionSnapshot;
use auth::Resource;
use domain::commission;
use domain::explain::{Outcome, Step};
use domain::id::{CommissionId, DealId};
use store::commission::CommissionParent;

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
    load: Commissions, commission, CommissionId;
}

impl Commission {
    /// The details that were entered with it, if it was created by hand or imported.
    async fn entered(&self, ctx: &Context<'_>) -> Result<Option<Arc<commission::Entered>>, ApiError> {
        use commission::CommissionKind::{Clawback, Deal, Event, Manual, Opening, Returned, TierAdjustment};
        match self.0.kind {
            Manual | Opening => Ok(request(ctx).loaders().commission_entered.load(self.0.id.uuid()).await?),
            Event | TierAdjustment | Deal | Clawback | Returned => Ok(None),
        }
    }
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

#[paged]
#[ComplexObject]
impl Commission {
    /// The reason of a MANUAL row; null for other kinds, and for rows created before reasons were shown.
    async fn reason(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async { Ok(self.entered(ctx).await?.and_then(|entered| entered.reason.clone())) }).await
    }

    /// The staff's note on a MANUAL row; null if there is none, for other kinds, and for a partner's token.
    async fn note(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async { Ok(self.entered(ctx).await?.and_then(|entered| entered.note.clone())) }).await
    }

    /// The id of an OPENING row in the system from which it was imported; null for other kinds.
    async fn external_id(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async { Ok(self.entered(ctx).await?.and_then(|entered| entered.external_id.clone())) }).await
    }

    /// The partner that earned it.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner_id).await?;
        existing(partner, "commission", "partner_id", self.0.partner_id)
    }

    /// The campaign in which it was earned; null if there is none.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.0.campaign_id, |id| identity::campaign(ctx, id)).await
    }

    /// The event that it comes from; for the clawback of a refund, the refund. Null for deals, manual rows and other
    /// clawbacks.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        nullable_link(self.0.event_id, |id| identity::event(ctx, id)).await
    }

    /// The attribution that it was made for, even if the event has been moved since: that of the event, or that of the
    /// row from which it takes back. Null for deals and manual rows.
    async fn attribution(&self, ctx: &Context<'_>) -> Nullable<Attribution> {
        nullable_link(self.0.attribution_id, |id| identity::attribution(ctx, id)).await
    }

    /// The deal that it comes from; null for other kinds.
    async fn deal(&self, ctx: &Context<'_>) -> Nullable<Deal> {
        nullable(async {
            if self.0.kind != commission::CommissionKind::Deal {
                return Ok(None);
            }
            let request = request(ctx);
            request.caller.read(Resource::Deals)?;
            match request.loaders().deal_of_commission.load(self.0.id.uuid()).await? {
                Some(deal) => Deal::load(ctx, DealId::from_uuid(deal)).await,
                None => Ok(None),
            }
        })
        .await
    }

    /// The snapshot whose terms paid; null if none did.
    async fn snapshot(&self, ctx: &Context<'_>) -> Nullable<CommissionSnapshot> {
        nullable_link(self.0.snapshot_id, |id| CommissionSnapshot::load(ctx, id)).await
    }

    /// The row that it adjusts or claws back; null if there is none.
    async fn adjusts(&self, ctx: &Context<'_>) -> Nullable<Commission> {
        nullable_link(self.0.adjusts_id, |id| Commission::load(ctx, id)).await
    }

    /// The rows that adjust it, newest first.
    async fn adjustments(&self, ctx: &Context<'_>, page: PageArguments) -> Result<CommissionConnection, ApiError> {
        commissions_of(ctx, CommissionParent::Adjusted, self.0.id.uuid(), &page, None, None)
    }

    /// The payout that contains it, pending or paid; null if there is none.
    async fn payout(&self, ctx: &Context<'_>) -> Nullable<Payout> {
        nullable_link(self.0.payout_id, |id| Payout::load(ctx, id)).await
    }

    /// The payout whose money came back, of a RETURNED row; null for other kinds.
    async fn returned_payout(&self, ctx: &Context<'_>) -> Nullable<Payout> {
        nullable_link(self.0.returned_payout_id, |id| Payout::load(ctx, id)).await
    }

    /// How the amount was calculated. A partner's token can read only the steps that applied, without thresholds.
    async fn explanation(&self, ctx: &Context<'_>) -> Result<Vec<ExplanationStep>, ApiError> {
        let request = request(ctx);
        let steps = request.loaders().commission_explanation.load(self.0.id.uuid()).await?;
        let steps = steps.map(Arc::unwrap_or_clone).unwrap_or_default();
        Ok(shown_steps(steps, request.is_partner()))
    }

    /// The changes of its status, oldest first. For a partner's token they have no reasons, and staff are shown only as
    /// "staff".
    async fn transitions(&self, ctx: &Context<'_>) -> Result<Vec<CommissionTransition>, ApiError> {
        let request = request(ctx);
        let transitions = request.loaders().commission_transitions.load(self.0.id.uuid()).await?;
        let shown = transitions.iter().flat_map(|list| list.iter());
        let shown = shown.map(|transition| CommissionTransition::shown(transition, request.is_partner()));
        Ok(shown.collect())
    }
}
