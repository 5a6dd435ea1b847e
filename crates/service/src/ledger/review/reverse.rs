//! Reversing a row together with the rows that adjust it.

use super::rows::{ReviewedRows, no_such_move};
use crate::ledger::posting::Posting;
use domain::Timestamp;
use domain::commission::{Commission, CommissionKind, CommissionStatus, ExplainedCommission};
use domain::explain::{Outcome, Step};
use domain::id::CommissionId;
use domain::money::Money;
use domain::problem::{Fault, ProblemCode};

pub(super) fn reverse_one(
    row: &Commission,
    rows: &mut ReviewedRows,
    posting: &mut Posting,
    reason: &str,
) -> Result<(), Fault> {
    let kept = match row.kind {
        CommissionKind::Clawback => Some("is a clawback, which is reversed only together with the row that it adjusts"),
        CommissionKind::Returned => Some("is a payment that came back, which stays owed until it is paid again"),
        CommissionKind::Event
        | CommissionKind::TierAdjustment
        | CommissionKind::Deal
        | CommissionKind::Manual
        | CommissionKind::Opening => None,
    };
    if let Some(message) = kept {
        return Err(Fault(ProblemCode::Conflict, message.into()));
    }
    let mut concerned = vec![row.clone()];
    let mut index = 0;
    while let Some(next) = concerned.get(index).map(|row| row.id) {
        concerned.extend(rows.adjusting(next).into_iter().filter(follows));
        index += 1;
    }
    if let Some((held, payout)) = concerned
        .iter()
        .filter(|row| row.is_reserved())
        .find_map(|row| Some((row, row.payout_id?)))
    {
        let which = if held.id == row.id {
            "is".to_owned()
        } else {
            format!("is adjusted by {}, which is", held.id)
        };
        return Err(Fault(
            ProblemCode::Conflict,
            format!("{which} in the pending payout {payout}"),
        ));
    }
    let Some(reversed) = posting.move_to(row, CommissionStatus::Reversed, Some(reason)) else {
        return Err(no_such_move(row, "reversed"));
    };
    rows.put(reversed);
    for adjusting in &concerned[1..] {
        match adjusting.status {
            CommissionStatus::Accrued | CommissionStatus::Approved => {
                rows.done.insert(adjusting.id);
                if let Some(reversed) = posting.move_to(adjusting, CommissionStatus::Reversed, Some(reason)) {
                    rows.put(reversed);
                }
            }
            // A paid row is undone by a new one, which gives back what a clawback took, and takes back what an
            // adjustment gave.
            CommissionStatus::Paid => posting.write(undo(adjusting, posting.time_of(row.partner_id)), Some(reason)),
            CommissionStatus::Reversed => {}
        }
    }
    Ok(())
}

/// Whether a row is reversed together with the row that it adjusts. Manual rows are not.
fn follows(row: &Commission) -> bool {
    match row.kind {
        CommissionKind::Clawback | CommissionKind::TierAdjustment => true,
        CommissionKind::Event
        | CommissionKind::Deal
        | CommissionKind::Manual
        | CommissionKind::Opening
        | CommissionKind::Returned => false,
    }
}

/// A row that undoes a paid one.
pub(in crate::ledger) fn undo(paid: &Commission, now: Timestamp) -> ExplainedCommission {
    let amount = Money::from_minor(-paid.amount.minor(), paid.amount.currency()).expect("as large as what it undoes");
    let step = Step {
        source: "reversal".to_owned(),
        outcome: Outcome::Applied,
        detail: format!("the row that it adjusts was reversed after {} was paid", paid.amount),
        threshold: None,
        amount: Some(amount.amount().normalize()),
    };
    let row = paid.clawback(CommissionId::new(now), amount, CommissionStatus::Approved, now);
    row.explained(vec![step])
}
