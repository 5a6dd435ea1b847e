//! Writing commissions.

use entity::{commission_assignment, commission_state};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::rows::to_explained_row;
use crate::writes::{Conflict, Writes};
use crate::{Connection, StoreError, salt};
use domain::commission::{Commission, ExplainedCommission};
use domain::history::Moment;
use domain::id::{CommissionId, TenantId};

pub fn insert(writes: &mut Writes, tenant: TenantId, commissions: &[ExplainedCommission]) {
    let rows = commissions
        .iter()
        .map(|commission| to_explained_row(tenant, commission).into_active_model());
    writes.add(rows, Conflict::Fail);
}

/// Writes the mutable columns of each row. The caller checked the change under the partner's lock.
pub fn set_state(writes: &mut Writes, tenant: TenantId, commissions: &[Commission]) {
    let rows = commissions.iter().map(|commission| {
        let row = commission_state::Model {
            tenant_id: tenant.uuid(),
            id: commission.id.uuid(),
            status: commission.status.as_str().to_owned(),
            approved_at: commission.approved_at,
            paid_at: commission.paid_at,
            reversed_at: commission.reversed_at,
            payout_id: commission.payout_id.map(|id| id.uuid()),
        };
        row.into_active_model()
    });
    writes.set(rows);
}

/// Sets the individual to whom a row is owed from `at` on, which can be done only once.
pub async fn set_recipient(
    transaction: &Connection,
    tenant: TenantId,
    commission: CommissionId,
    recipient: &str,
    moment: Moment,
) -> Result<(), StoreError> {
    use commission_assignment::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::Recipient, Expr::value(recipient))
        .col_expr(Column::Salt, Expr::col(Column::Salt).if_null(salt::drawn()))
        .col_expr(Column::RecipientAssignedAt, Expr::value(moment.at))
        .col_expr(Column::RecipientAssignedSequence, Expr::value(moment.sequence))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::Id.eq(commission.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}
