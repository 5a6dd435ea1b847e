//! The rows of the ledger and their histories, to be checked against each other row by row.

use std::collections::HashMap;

use entity::commission::{Column, Entity};
use entity::{commission, commission_assignment, commission_transition, commission_written};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, FromQueryResult, Order, QueryFilter, QueryResult, QuerySelect};
use uuid::Uuid;

use crate::scope::visible;
use crate::{Connection, StoreError, many, row};
use auth::Scope;
use domain::Timestamp;
use domain::commission::{Commission, CommissionStatus, ExplainedCommission};

/// A row with the explanation of its amount, and when the individual to whom it is owed was assigned, if that was
/// later.
#[derive(Clone, Debug)]
pub struct LedgerRow {
    pub explained: ExplainedCommission,
    pub assigned_at: Option<Timestamp>,
}

/// A change of a row's status.
#[derive(Clone, Copy, Debug)]
pub struct StatusMove {
    pub from: Option<CommissionStatus>,
    pub to: CommissionStatus,
    pub at: Timestamp,
    pub sequence: i64,
    /// The audit log entry of the transaction that changed it.
    pub audit_entry: Option<Uuid>,
}

struct LedgerModel {
    row: commission::Model,
    explanation: String,
    assigned_at: Option<Timestamp>,
}

impl FromQueryResult for LedgerModel {
    fn from_query_result(result: &QueryResult, prefix: &str) -> Result<Self, sea_orm::DbErr> {
        Ok(Self {
            row: commission::Model::from_query_result(result, prefix)?,
            explanation: result.try_get(prefix, "explanation")?,
            assigned_at: result.try_get(prefix, "assigned_at")?,
        })
    }
}

/// The next rows of these partners, at most `limit`: partner by partner in the order of accrual, which is that of the
/// index by which they are found, so that nothing is sorted.
pub async fn rows_after(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
    after: Option<&Commission>,
    limit: u64,
) -> Result<Vec<LedgerRow>, StoreError> {
    let column = |column: Column| Expr::col(column.as_column_ref());
    let one_of = many::among(database, Column::PartnerId, partners);
    let mut select = visible::<Entity>(scope).filter(one_of);
    if let Some(last) = after {
        let place = Expr::tuple([Column::PartnerId, Column::AccruedAt, Column::Id].map(column));
        let last = Expr::tuple([
            Expr::val(last.partner_id.uuid()),
            Expr::val(last.accrued_at),
            Expr::val(last.id.uuid()),
        ]);
        select = select.filter(place.gt(last));
    }
    // As text: a tree of values would be built only to be taken apart.
    let explanation = Expr::col(commission_written::Column::Explanation.as_column_ref()).cast_as("text");
    let assigned_at = Expr::col(commission_assignment::Column::RecipientAssignedAt.as_column_ref());
    let mut select = select
        .column_as(explanation, "explanation")
        .column_as(assigned_at, "assigned_at");
    QuerySelect::query(&mut select)
        .order_by(Column::PartnerId.as_column_ref(), Order::Asc)
        .order_by(Column::AccruedAt.as_column_ref(), Order::Asc)
        .order_by(Column::Id.as_column_ref(), Order::Asc)
        .limit(limit);
    let found = select.into_model::<LedgerModel>().all(database).await?;
    let read = |found: LedgerModel| {
        let steps = serde_json::from_str(&found.explanation);
        let explanation = row::text("commission", "explanation", &found.explanation, |_| steps.ok())?;
        Ok(LedgerRow {
            explained: crate::commission::from_row(found.row)?.explained(explanation),
            assigned_at: found.assigned_at,
        })
    };
    found.into_iter().map(read).collect()
}

/// The status changes of rows, in the order of recording.
pub async fn moves_of(
    database: &Connection,
    scope: &Scope,
    rows: &[Uuid],
) -> Result<HashMap<Uuid, Vec<StatusMove>>, StoreError> {
    use commission_transition::{Column, Entity};
    const TABLE: &str = "commission_transition";
    let one_of = many::among(database, Column::CommissionId, rows);
    let select = visible::<Entity>(scope).filter(one_of).select_only().columns([
        Column::CommissionId,
        Column::FromStatus,
        Column::ToStatus,
        Column::At,
        Column::Sequence,
        Column::AuditEntryId,
    ]);
    type Found = (Uuid, Option<String>, String, Timestamp, i64, Option<Uuid>);
    let found: Vec<Found> = select.into_tuple().all(database).await?;
    let mut moves: HashMap<Uuid, Vec<StatusMove>> = HashMap::with_capacity(rows.len());
    for (commission, from, to, at, sequence, audit_entry) in found {
        let from = from.map(|from| row::text(TABLE, "from_status", &from, CommissionStatus::parse));
        moves.entry(commission).or_default().push(StatusMove {
            from: from.transpose()?,
            to: row::text(TABLE, "to_status", &to, CommissionStatus::parse)?,
            at,
            sequence,
            audit_entry,
        });
    }
    for history in moves.values_mut() {
        history.sort_by_key(|step| step.sequence);
    }
    Ok(moves)
}
