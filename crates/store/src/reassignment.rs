//! Moves of events to other partners. Append-only.

use entity::reassignment::{self, Column, Entity};
use entity::{event_move, reassigned_row};
use sea_orm::{ColumnTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, row, salt};
use crate::table_functions::table_functions;
use auth::Scope;
use domain::event::{Attribution, Event};
use domain::id::{CampaignId, CommissionId, CustomerId, EventId, EventMoveId, PartnerId, ReassignmentId, TenantId};
use domain::reassignment::{MoveSteps, Reassignment, ReassignmentOutcome};

const TABLE: &str = "reassignment";

/// What happened to a row of an event, by ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowOutcome {
    pub event: EventId,
    /// The event's index among those that were moved, from 0.
    pub place: u32,
    /// The component of the terms that gave the new row; `None`: a tier did, or there is no new row.
    pub term: Option<u32>,
    pub outcome: ReassignmentOutcome,
    pub before: Option<CommissionId>,
    pub commission: Option<CommissionId>,
    pub clawback: Option<CommissionId>,
    pub steps: MoveSteps,
}

table_functions!(Reassignment: by_ids);

/// The last reassignment of the customer.
pub async fn last_of(
    database: &Connection,
    scope: &Scope,
    customer: CustomerId,
) -> Result<Option<Reassignment>, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::CustomerId.eq(customer.uuid()));
    let last = select.order_by_desc(Column::Id).one(database).await?;
    last.map(from_row).transpose()
}

/// How many events a reassignment moved.
pub async fn count_moved(database: &Connection, scope: &Scope, id: ReassignmentId) -> Result<u64, StoreError> {
    use event_move::{Column, Entity};
    let moves = visible::<Entity>(scope).filter(Column::ReassignmentId.eq(id.uuid()));
    Ok(moves.count(database).await?)
}

/// What happened to the rows, in their order.
pub async fn entries(database: &Connection, scope: &Scope, id: ReassignmentId) -> Result<Vec<RowOutcome>, StoreError> {
    use reassigned_row::{Column, Entity};
    let select = visible::<Entity>(scope).filter(Column::ReassignmentId.eq(id.uuid()));
    let rows = select.order_by_asc(Column::Position).all(database).await?;
    let entries = rows.into_iter().map(|row| {
        Ok(RowOutcome {
            event: EventId::from_uuid(row.event_id),
            place: row::unsigned("reassigned_row", "place", row.place)?,
            term: row
                .term
                .map(|term| row::unsigned("reassigned_row", "term", term))
                .transpose()?,
            outcome: row::text("reassigned_row", "outcome", &row.outcome, ReassignmentOutcome::parse)?,
            before: row.before_id.map(CommissionId::from_uuid),
            commission: row.commission_id.map(CommissionId::from_uuid),
            clawback: row.clawback_id.map(CommissionId::from_uuid),
            steps: MoveSteps {
                from: row.from_sequence,
                to: row.sequence,
            },
        })
    });
    entries.collect()
}

/// Writes a move: of which events, each as it was before and as it is now, and what happened to their rows. `entry` is
/// the id of the audit log entry ([`Transaction::audit_entry`](super::Transaction::audit_entry)).
pub fn add(
    writes: &mut Writes,
    tenant: TenantId,
    (reassignment, entry): (&Reassignment, Option<Uuid>),
    moved: &[(Option<Attribution>, &Event)],
    entries: &[RowOutcome],
) {
    let row = reassignment::Model {
        audit_entry_id: entry,
        ..to_row(tenant, reassignment)
    };
    writes.add([row.into_active_model()], Conflict::Fail);
    let moves = moved.iter().map(|(from, event)| {
        let row = event_move::Model {
            tenant_id: tenant.uuid(),
            id: EventMoveId::new(reassignment.at).uuid(),
            event_id: event.id.uuid(),
            reassignment_id: reassignment.id.uuid(),
            from_attribution_id: from.map(|from| from.id.uuid()),
            from_partner_id: from.map(|from| from.partner_id.uuid()),
            from_campaign_id: from.and_then(|from| from.campaign_id).map(|id| id.uuid()),
            attribution_id: event.attribution.map(|to| to.id.uuid()),
            partner_id: event.attribution.map(|to| to.partner_id.uuid()),
            campaign_id: event.attribution.and_then(|to| to.campaign_id).map(|id| id.uuid()),
            at: reassignment.at,
        };
        row.into_active_model()
    });
    writes.add(moves, Conflict::Fail);
    let rows = entries.iter().zip(0..).map(|(entry, position)| {
        let row = reassigned_row::Model {
            tenant_id: tenant.uuid(),
            reassignment_id: reassignment.id.uuid(),
            position,
            event_id: entry.event.uuid(),
            place: row::signed(entry.place),
            term: entry.term.map(row::signed),
            outcome: entry.outcome.as_str().to_owned(),
            before_id: entry.before.map(|id| id.uuid()),
            commission_id: entry.commission.map(|id| id.uuid()),
            clawback_id: entry.clawback.map(|id| id.uuid()),
            from_sequence: entry.steps.from,
            sequence: entry.steps.to,
        };
        row.into_active_model()
    });
    writes.add(rows, Conflict::Fail);
}

fn from_row(row: reassignment::Model) -> Result<Reassignment, StoreError> {
    let remaining = u64::try_from(row.remaining).map_err(|_| StoreError::Corrupt {
        table: TABLE,
        column: "remaining",
        value: row.remaining.to_string(),
    })?;
    Ok(Reassignment {
        id: ReassignmentId::from_uuid(row.id),
        customer_id: row.customer_id.map(CustomerId::from_uuid),
        event_id: row.event_id.map(EventId::from_uuid),
        from_partner: row.from_partner_id.map(PartnerId::from_uuid),
        partner: row.partner_id.map(PartnerId::from_uuid),
        campaign: row.campaign_id.map(CampaignId::from_uuid),
        since: row.since,
        claw_back_paid: row.claw_back_paid,
        reason: row.reason,
        actor: row.actor,
        at: row.at,
        remaining,
        steps: MoveSteps {
            from: row.from_sequence,
            to: row.sequence,
        },
    })
}

/// The row without a reference to its audit log entry.
fn to_row(tenant: TenantId, reassignment: &Reassignment) -> reassignment::Model {
    reassignment::Model {
        tenant_id: tenant.uuid(),
        id: reassignment.id.uuid(),
        customer_id: reassignment.customer_id.map(|id| id.uuid()),
        event_id: reassignment.event_id.map(|id| id.uuid()),
        from_partner_id: reassignment.from_partner.map(|id| id.uuid()),
        partner_id: reassignment.partner.map(|id| id.uuid()),
        campaign_id: reassignment.campaign.map(|id| id.uuid()),
        since: reassignment.since,
        claw_back_paid: reassignment.claw_back_paid,
        reason: reassignment.reason.clone(),
        actor: reassignment.actor.clone(),
        at: reassignment.at,
        remaining: i64::try_from(reassignment.remaining).unwrap_or(i64::MAX),
        from_sequence: reassignment.steps.from,
        sequence: reassignment.steps.to,
        salt: salt::drawn(),
        audit_entry_id: None,
    }
}
