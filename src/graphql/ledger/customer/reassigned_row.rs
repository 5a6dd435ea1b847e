//! Rows of the ledger before and after a reassignment.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};

use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::ledger::commission::Commission;
use crate::graphql::ledger::event::Event;
use crate::graphql::scalar::DateTime;
use crate::graphql::terms::SimulatedCommission;
use crate::graphql::user_error::may_show;
use auth::Resource;
use domain::reassignment;
use service::ledger::reassign::{After, MovedRow};

/// The outcome for a row of a moved event, or for the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "reassignment::ReassignmentOutcome")]
pub enum ReassignmentOutcome {
    /// The row was not paid and is reversed.
    Reversed,
    /// The row was paid and is kept; its event earns nothing for the new partner.
    KeptPaid,
    /// The row was paid, and what was left of it is clawed back.
    ClawedBack,
    /// The event earned a row for the new partner, or an adjustment because it reached the goals of a tier.
    Earned,
    /// The event had earned nothing, and earns nothing.
    Nothing,
}

/// A row before and after a reassignment.
#[derive(Clone)]
pub struct ReassignedRow {
    pub(super) number: i64,
    pub(super) row: Arc<MovedRow>,
    pub(super) is_preview: bool,
}

/// A row before and after a reassignment.
#[Object]
impl ReassignedRow {
    /// The event of the row.
    async fn event(&self, ctx: &Context<'_>) -> Result<Event, ApiError> {
        may_show(ctx, Resource::Events)?;
        Ok(self.row.event.clone().into())
    }

    /// The outcome.
    async fn outcome(&self) -> ReassignmentOutcome {
        self.row.outcome.into()
    }

    /// The existing row, as the reassignment leaves it; null if there was none, and for new rows.
    async fn before(&self, ctx: &Context<'_>) -> Nullable<Commission> {
        commission(ctx, self.row.before.as_ref())
    }

    /// What the new partner earns, or what a recorded refund takes back from that; null if nothing. `event` is the index of the event among those that are moved;
    /// `term` is 0 for a tier's adjustments and for clawbacks.
    async fn after(&self, ctx: &Context<'_>) -> Nullable<SimulatedCommission> {
        let after = self.row.after.as_ref()?;
        Some(may_show(ctx, Resource::Commissions).map(|()| simulated(self.row.place, after)))
    }

    /// The row that the new partner earns; null if there is none, and in a preview.
    async fn commission(&self, ctx: &Context<'_>) -> Nullable<Commission> {
        let after = self.row.earned().filter(|_| !self.is_preview);
        commission(ctx, after.map(|after| &after.commission.row))
    }

    /// The clawback from the existing row, or one by which a recorded refund takes from a new row and which is listed for
    /// itself; null if there is none, and in a preview.
    async fn clawback(&self, ctx: &Context<'_>) -> Nullable<Commission> {
        commission(ctx, self.row.clawback.as_ref().filter(|_| !self.is_preview))
    }
}

fn commission(ctx: &Context<'_>, row: Option<&domain::commission::Commission>) -> Nullable<Commission> {
    row.map(|row| may_show(ctx, Resource::Commissions).map(|()| row.clone().into()))
}

fn simulated(place: u32, after: &After) -> SimulatedCommission {
    SimulatedCommission {
        event: place as usize,
        term: after.term.unwrap_or_default() as usize,
        amount: after.commission.row.amount.into(),
        holdback_days: after.commission.row.holdback_days,
        mature_at: after.commission.row.mature_at.map(DateTime),
        explanation: after.commission.explanation.iter().cloned().map(Into::into).collect(),
    }
}
