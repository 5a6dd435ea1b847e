//! What tiers did to events. Append-only, beside the rows of the ledger.

use std::collections::HashMap;

use entity::tier_result::{self, Column, Entity};
use entity::{attribution, event};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::attribution::with_first;
use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, many, row, view};
use auth::Scope;
use domain::id::{CommissionId, EventId, TenantId, TierResultId, TieredCommissionId};
use domain::money::Money;
use domain::tiered::Side;
use domain::{Timestamp, text_enum};

const TABLE: &str = "tier_result";

text_enum! {
    /// How a tier acted.
    ResultKind {
        /// On the rate, when the event was recorded.
        Rate = "RATE",
        /// Retroactively.
        Adjustment = "ADJUSTMENT",
    }
}

/// What a tier did to an amount of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierResult {
    pub id: TierResultId,
    pub tier: TieredCommissionId,
    pub event: EventId,
    /// The event whose recording caused it: a rate acts on its own event, an adjustment mostly on earlier ones.
    pub cause: EventId,
    pub side: Side,
    pub kind: ResultKind,
    /// What a rate was applied to; `None` for adjustments.
    pub base_minor: Option<i64>,
    /// The result of a rate, or the adjustment.
    pub amount: Money,
    /// Whether the base is a fixed amount, which is taken back as a whole.
    pub is_fixed: bool,
    /// The row of the ledger; `None` for revenue, and where the result of a rate was 0.
    pub commission: Option<CommissionId>,
    pub at: Timestamp,
}

/// The revenue of events after the rate of a tier; events without such a rate are left out.
pub async fn final_revenues(
    database: &Connection,
    scope: &Scope,
    events: &[Uuid],
) -> Result<HashMap<Uuid, Money>, StoreError> {
    let one_of = many::among(database, Column::EventId, events);
    let select = of_revenue(scope)
        .filter(one_of)
        .filter(Column::Kind.eq(ResultKind::Rate.as_str()));
    let rows = select.all(database).await?.into_iter();
    rows.map(|row| Ok((row.event_id, from_row(row)?.amount))).collect()
}

/// The retroactive adjustments of events' revenue, newest first.
pub fn list_of_events() -> view::List {
    let select = |_, scope: &Scope, event| adjustments(scope, event).into_query();
    view::List::new(&view::TIER_RESULT, Some("event".to_owned()), select)
}

/// The results for revenue since the present attribution of their event.
fn of_revenue(scope: &Scope) -> Select<Entity> {
    let at = Expr::col(Column::At.as_column_ref());
    let events = visible::<event::Entity>(scope)
        .filter(Expr::col(event::Column::Id.as_column_ref()).equals(Column::EventId.as_column_ref()));
    let since = Expr::col(attribution::Column::MovedAt.as_column_ref()).if_null(at.clone());
    // For an event that was moved to nobody there is no such time, and nothing counts.
    let since = with_first(scope, events)
        .filter(attribution::Column::Id.is_not_null())
        .select_only()
        .expr(since)
        .into_query();
    let since = Expr::SubQuery(None, Box::new(since.into()));
    visible::<Entity>(scope)
        .filter(Column::Side.eq(Side::Revenue.as_str()))
        .filter(at.gte(since))
}

fn adjustments(scope: &Scope, event: Expr) -> Select<Entity> {
    of_revenue(scope)
        .filter(Column::Kind.eq(ResultKind::Adjustment.as_str()))
        .filter(Expr::col(Column::EventId.as_column_ref()).eq(event))
}

/// How many payouts the recording of an event adjusted.
pub async fn count_caused(database: &Connection, scope: &Scope, cause: EventId) -> Result<u64, StoreError> {
    let adjustments = visible::<Entity>(scope)
        .filter(Column::CauseId.eq(cause.uuid()))
        .filter(Column::Kind.eq(ResultKind::Adjustment.as_str()))
        .filter(Column::Side.eq(Side::Payout.as_str()));
    Ok(adjustments.count(database).await?)
}

/// Writes what tiers did in one step of the partner's history.
pub fn insert(writes: &mut Writes, tenant: TenantId, results: &[TierResult], sequence: i64) {
    let rows = results.iter().map(|result| {
        let row = tier_result::Model {
            tenant_id: tenant.uuid(),
            id: result.id.uuid(),
            tier_id: result.tier.uuid(),
            event_id: result.event.uuid(),
            cause_id: result.cause.uuid(),
            side: result.side.as_str().to_owned(),
            kind: result.kind.as_str().to_owned(),
            base_minor: result.base_minor,
            amount_minor: result.amount.minor(),
            currency: result.amount.currency().code().to_owned(),
            is_fixed: result.is_fixed,
            commission_id: result.commission.map(|id| id.uuid()),
            at: result.at,
            sequence,
        };
        row.into_active_model()
    });
    writes.add(rows, Conflict::Fail);
}

/// Decodes a row whose columns were all read under names with this prefix.
pub fn whole(row: &view::Row, prefix: &str) -> Result<TierResult, StoreError> {
    from_row(view::whole(row, prefix)?)
}

pub(super) fn from_row(row: tier_result::Model) -> Result<TierResult, StoreError> {
    let currency = row::currency(TABLE, "currency", &row.currency)?;
    Ok(TierResult {
        id: TierResultId::from_uuid(row.id),
        tier: TieredCommissionId::from_uuid(row.tier_id),
        event: EventId::from_uuid(row.event_id),
        cause: EventId::from_uuid(row.cause_id),
        side: row::text(TABLE, "side", &row.side, Side::parse)?,
        kind: row::text(TABLE, "kind", &row.kind, ResultKind::parse)?,
        base_minor: row.base_minor,
        amount: row::money(TABLE, "amount_minor", row.amount_minor, currency)?,
        is_fixed: row.is_fixed,
        commission: row.commission_id.map(CommissionId::from_uuid),
        at: row.at,
    })
}
