//! Commissions that were entered manually or imported, and the details given for them.

use std::collections::HashMap;

use entity::commission_entered;
use sea_orm::{IntoActiveModel, QueryFilter, QuerySelect};

use super::rows::to_explained_row;
use crate::scope::visible;
use crate::writes::{Conflict, Writes};
use crate::{Connection, StoreError, many, salt};
use auth::Scope;
use domain::commission::{Entered, ExplainedCommission};
use domain::id::TenantId;
use domain::personal::Content;

/// Inserts rows that were entered manually or imported, with the details given for them.
pub fn insert_entered(writes: &mut Writes, tenant: TenantId, rows: &[(ExplainedCommission, Entered)]) {
    let rows = rows
        .iter()
        .map(|(commission, entered)| to_entered_row(tenant, commission, entered).into_active_model());
    writes.add(rows, Conflict::Fail);
}

fn to_entered_row(tenant: TenantId, commission: &ExplainedCommission, entered: &Entered) -> commission_entered::Model {
    let salt = salt::draw();
    let row = to_explained_row(tenant, commission);
    commission_entered::Model {
        tenant_id: row.tenant_id,
        id: row.id,
        kind: row.kind,
        status: row.status,
        amount_minor: row.amount_minor,
        currency: row.currency,
        payment_target: row.payment_target,
        recipient: row.recipient,
        partner_id: row.partner_id,
        campaign_id: row.campaign_id,
        event_id: row.event_id,
        attribution_id: row.attribution_id,
        snapshot_id: row.snapshot_id,
        adjusts_id: row.adjusts_id,
        basis: row.basis,
        holdback_days: row.holdback_days,
        accrued_at: row.accrued_at,
        mature_at: row.mature_at,
        approved_at: row.approved_at,
        paid_at: row.paid_at,
        reversed_at: row.reversed_at,
        payout_id: row.payout_id,
        returned_payout_id: row.returned_payout_id,
        explanation: row.explanation,
        external_id: entered.external_id.clone(),
        reason: entered.reason.clone(),
        note: entered.note.clone(),
        entered_content: entered.content.as_ref().map(|content| content.salted(&salt)),
        salt: Some(salt.to_vec()),
        source_accrued_at: entered.source.accrued_at,
        source_approved_at: entered.source.approved_at,
        source_paid_at: entered.source.paid_at,
    }
}

/// Imported rows by their ids in the other system, each with a hash of its content at the time of import.
pub async fn contents_by_external_id(
    database: &Connection,
    scope: &Scope,
    external_ids: &[String],
) -> Result<HashMap<String, Content>, StoreError> {
    use commission_entered::{Column, Entity};
    type Found = (Option<String>, Option<Vec<u8>>, Option<Vec<u8>>);
    let one_of = many::among_texts(database, Column::ExternalId, external_ids);
    let select = visible::<Entity>(scope).filter(one_of).select_only();
    let select = select.columns([Column::ExternalId, Column::EnteredContent, Column::Salt]);
    let found: Vec<Found> = select.into_tuple().all(database).await?;
    let named = found.into_iter().filter_map(|(external_id, hash, salt)| {
        let (hash, salt) = (hash.unwrap_or_default(), salt.unwrap_or_default());
        Some((external_id?, Content::Stored { salt, hash }))
    });
    Ok(named.collect())
}
