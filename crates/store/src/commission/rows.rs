//! From rows to commissions and back.

use entity::commission;
use entity::commission_written;

use super::TABLE;
use crate::mapped::mapped;
use crate::row;
use crate::salt;
use crate::table_functions::table_functions;
use domain::commission::{Commission, ExplainedCommission};
use domain::id::TenantId;

table_functions!(Commission: whole);
table_functions!(Commission: at_hand but "explanation", "salt");

// Without the explanation, which is read only where it is asked for.
mapped! {
    pub(crate) fn (row: commission::Model => commission_written::Model, commission: Commission) of TABLE;
    both: id, kind, status, payment_target, recipient, partner_id, campaign_id, event_id, attribution_id, snapshot_id, adjusts_id,
        holdback_days, accrued_at, mature_at, approved_at, paid_at, reversed_at, payout_id, returned_payout_id;
    read: {
        sight: row::sight(TABLE, row.basis.as_deref(), row.sight.as_deref())?,
        basis: row::basis(TABLE, row.basis.as_deref())?,
        amount: row::money(TABLE, "amount_minor", row.amount_minor, row::currency(TABLE, "currency", &row.currency)?)?,
    }
    written: {
        amount_minor: commission.amount.minor(),
        currency: commission.amount.currency().code().to_owned(),
        basis: commission.basis.map(|basis| basis.as_str().to_owned()),
        sight: commission.sight.stored(),
        explanation: serde_json::Value::Null,
        salt: commission.recipient.as_ref().map(|_| salt::drawn()),
    }
}

pub(crate) fn to_explained_row(tenant: TenantId, commission: &ExplainedCommission) -> commission_written::Model {
    commission_written::Model {
        explanation: row::to_json(&commission.explanation),
        ..to_row(tenant, &commission.row)
    }
}
