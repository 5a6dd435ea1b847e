//! From rows to commissions and back.

use entity::commission;
use entity::commission_written;

use super::TABLE;
use crate::table_functions::table_functions;
use crate::{StoreError, row, view};
use domain::commission::{Commission, CommissionKind, CommissionStatus, ExplainedCommission, PaymentTarget};
use domain::id::{CampaignId, CommissionId, EventId, PartnerId, PayoutId, SnapshotId, TenantId};
use domain::terms::BasisKind;

table_functions!(Commission: whole);

/// The column values of an already loaded object, by column name.
pub fn at_hand(tenant: TenantId, commission: &Commission) -> view::AtHand {
    // Commissions are read without their explanation.
    view::at_hand(without_explanation(tenant, commission), &["explanation"])
}

pub(crate) fn from_row(row: commission::Model) -> Result<Commission, StoreError> {
    let currency = row::currency(TABLE, "currency", &row.currency)?;
    Ok(Commission {
        id: CommissionId::from_uuid(row.id),
        kind: row::text(TABLE, "kind", &row.kind, CommissionKind::parse)?,
        status: row::text(TABLE, "status", &row.status, CommissionStatus::parse)?,
        amount: row::money(TABLE, "amount_minor", row.amount_minor, currency)?,
        payment_target: row::text(TABLE, "payment_target", &row.payment_target, PaymentTarget::parse)?,
        recipient: row.recipient,
        partner_id: PartnerId::from_uuid(row.partner_id),
        campaign_id: row.campaign_id.map(CampaignId::from_uuid),
        event_id: row.event_id.map(EventId::from_uuid),
        snapshot_id: row.snapshot_id.map(SnapshotId::from_uuid),
        adjusts_id: row.adjusts_id.map(CommissionId::from_uuid),
        basis: row
            .basis
            .as_deref()
            .map(|text| row::text(TABLE, "basis", text, BasisKind::parse))
            .transpose()?,
        holdback_days: row
            .holdback_days
            .map(|days| row::unsigned(TABLE, "holdback_days", days))
            .transpose()?,
        accrued_at: row.accrued_at,
        mature_at: row.mature_at,
        approved_at: row.approved_at,
        paid_at: row.paid_at,
        reversed_at: row.reversed_at,
        payout_id: row.payout_id.map(PayoutId::from_uuid),
    })
}

pub(crate) fn to_row(tenant: TenantId, commission: &ExplainedCommission) -> commission_written::Model {
    commission_written::Model {
        explanation: row::to_json(&commission.explanation),
        ..without_explanation(tenant, &commission.row)
    }
}

fn without_explanation(tenant: TenantId, commission: &Commission) -> commission_written::Model {
    commission_written::Model {
        tenant_id: tenant.uuid(),
        id: commission.id.uuid(),
        kind: commission.kind.as_str().to_owned(),
        status: commission.status.as_str().to_owned(),
        amount_minor: commission.amount.minor(),
        currency: commission.amount.currency().code().to_owned(),
        payment_target: commission.payment_target.as_str().to_owned(),
        recipient: commission.recipient.clone(),
        partner_id: commission.partner_id.uuid(),
        campaign_id: commission.campaign_id.map(|id| id.uuid()),
        event_id: commission.event_id.map(|id| id.uuid()),
        snapshot_id: commission.snapshot_id.map(|id| id.uuid()),
        adjusts_id: commission.adjusts_id.map(|id| id.uuid()),
        basis: commission.basis.map(|basis| basis.as_str().to_owned()),
        holdback_days: commission.holdback_days.map(row::signed),
        accrued_at: commission.accrued_at,
        mature_at: commission.mature_at,
        approved_at: commission.approved_at,
        paid_at: commission.paid_at,
        reversed_at: commission.reversed_at,
        payout_id: commission.payout_id.map(|id| id.uuid()),
        explanation: serde_json::Value::Null,
    }
}
