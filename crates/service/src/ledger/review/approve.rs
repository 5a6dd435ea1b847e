//! Approving a row together with the rows that take from it.

use super::rows::{ReviewedRows, no_such_move};
use crate::ledger::posting::Posting;
use domain::commission::{Commission, CommissionStatus, PaymentTarget};
use domain::problem::{Fault, ProblemCode};

pub(in crate::ledger) fn approve_one(
    row: &Commission,
    rows: &mut ReviewedRows,
    posting: &mut Posting,
    override_reason: Option<&str>,
) -> Result<(), Fault> {
    if row.status == CommissionStatus::Accrued {
        if row.payment_target == PaymentTarget::Individual && row.recipient.is_none() {
            return Err(Fault(
                ProblemCode::Conflict,
                "is owed to an individual who is not assigned yet".into(),
            ));
        }
        if let Some(mature_at) = row
            .mature_at
            .filter(|mature_at| *mature_at > posting.time_of(row.partner_id))
            && override_reason.is_none()
        {
            let until = mature_at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
            return Err(Fault(ProblemCode::HoldbackActive, format!("matures at {until}")));
        }
    }
    let Some(approved) = posting.move_to(row, CommissionStatus::Approved, override_reason) else {
        return Err(no_such_move(row, "approved"));
    };
    rows.put(approved);
    let mut taking = rows.adjusting(row.id);
    while let Some(row) = taking.pop() {
        if row.takes()
            && let Some(approved) = posting.move_to(&row, CommissionStatus::Approved, override_reason)
        {
            taking.extend(rows.adjusting(row.id));
            rows.put(approved);
        }
    }
    Ok(())
}
