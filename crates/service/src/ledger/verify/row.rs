//! Checks one ledger row against its own history and explanation.

use rust_decimal::Decimal;

use domain::Timestamp;
use domain::commission::{Commission, CommissionKind, CommissionStatus, ExplainedCommission, PaymentTarget, mature_at};
use store::verify::StatusMove;

/// What is wrong with one row by itself.
pub fn check(commission: &ExplainedCommission, history: &[StatusMove]) -> Vec<String> {
    let (row, mut wrong) = (&commission.row, Vec::new());
    wrong.extend(history_fault(row, history));
    wrong.extend(order_fault(history));
    let times = [
        ("accruedAt", first_at(history), Some(row.accrued_at)),
        ("approvedAt", at(history, CommissionStatus::Approved), row.approved_at),
        ("paidAt", at(history, CommissionStatus::Paid), row.paid_at),
        ("reversedAt", at(history, CommissionStatus::Reversed), row.reversed_at),
    ];
    for (name, noted, kept) in times {
        if noted != kept {
            wrong.push(format!("{name} is not the time of the row's transition"));
        }
    }
    // A clawback has the maturity of the row that it adjusts, as has an adjustment below 0: these are checked against
    // that row.
    let follows = match row.kind {
        CommissionKind::Clawback => true,
        CommissionKind::TierAdjustment => row.amount.minor() < 0,
        // An imported row has the maturity that was imported with it.
        CommissionKind::Opening => true,
        CommissionKind::Event | CommissionKind::Deal | CommissionKind::Manual | CommissionKind::Returned => false,
    };
    if !follows && row.mature_at != mature_at(row.accrued_at, row.holdback_days) {
        wrong.push("matureAt is not accruedAt and the holdback".to_owned());
    }
    let explained = commission
        .explanation
        .iter()
        .filter_map(|step| step.amount)
        .try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount));
    if explained != Some(row.amount.amount()) {
        let sum = explained.map_or("too large a number".to_owned(), |sum| sum.to_string());
        wrong.push(format!(
            "the steps of the explanation add up to {sum}, not {}",
            row.amount
        ));
    }
    if (row.kind == CommissionKind::Returned) != row.returned_payout_id.is_some() {
        wrong.push("is a returned payment that names no payout, or names one although it is none".to_owned());
    }
    let is_settled = matches!(row.status, CommissionStatus::Approved | CommissionStatus::Paid);
    match (row.payment_target, &row.recipient) {
        (PaymentTarget::Partnership, Some(_)) => wrong.push("names a recipient, but is owed to the partner".to_owned()),
        (PaymentTarget::Individual, None) if is_settled => {
            wrong.push(format!("is {} and has no payee", row.status.as_str()));
        }
        (PaymentTarget::Partnership, None) | (PaymentTarget::Individual, _) => {}
    }
    wrong
}

/// Whether the row could not be assigned to an individual, or not at that time.
pub fn assignment_fault(row: &Commission, assigned_at: Timestamp) -> bool {
    assigned_at < row.accrued_at
        || row.paid_at.is_some_and(|at| at < assigned_at)
        || row.reversed_at.is_some_and(|at| at < assigned_at)
        || row.recipient.is_none()
        || row.payment_target != PaymentTarget::Individual
}

/// A history starts from no status, follows only transitions of the state machine, and ends at the row's status. No
/// status occurs twice, so that the transitions can be followed whatever order the replicas' clocks gave them.
fn history_fault(row: &Commission, history: &[StatusMove]) -> Option<String> {
    let mut at = None;
    for _ in history {
        let mut next = history.iter().filter(|transition| transition.from == at);
        let (Some(step), None) = (next.next(), next.next()) else {
            return Some("the transitions do not follow one another from the first".to_owned());
        };
        if !is_legal(row.kind, step) {
            let from = step.from.map_or("nothing", CommissionStatus::as_str);
            return Some(format!("moved from {from} to {}", step.to.as_str()));
        }
        at = Some(step.to);
    }
    let end = at.map_or("nowhere", CommissionStatus::as_str);
    (at != Some(row.status)).then(|| format!("is {}, but its transitions end at {end}", row.status.as_str()))
}

/// Numbers and times follow the transitions.
fn order_fault(history: &[StatusMove]) -> Option<String> {
    for pair in history.windows(2) {
        if pair[1].from != Some(pair[0].to) {
            return Some("the numbers of its transitions are in another order than its moves".to_owned());
        }
        if pair[1].at < pair[0].at {
            return Some(format!(
                "moved to {} before it was {}",
                pair[1].to.as_str(),
                pair[0].to.as_str()
            ));
        }
    }
    None
}

fn is_legal(kind: CommissionKind, step: &StatusMove) -> bool {
    use CommissionStatus::{Accrued, Approved, Paid, Reversed};
    match (step.from, step.to) {
        (None, Accrued) | (Some(Accrued), Approved | Reversed) | (Some(Approved), Paid | Reversed) => true,
        // A row that takes back from an approved one is approved at once, as is a payment that came back.
        (None, Approved) => matches!(
            kind,
            CommissionKind::Clawback
                | CommissionKind::TierAdjustment
                | CommissionKind::Opening
                | CommissionKind::Returned
        ),
        (None, Paid | Reversed) => kind == CommissionKind::Opening,
        (Some(Accrued), Accrued | Paid) | (Some(Approved), Accrued | Approved) | (Some(Paid | Reversed), _) => false,
    }
}

fn at(history: &[StatusMove], status: CommissionStatus) -> Option<Timestamp> {
    let mut reached = history.iter().filter(|transition| transition.to == status);
    reached.next().map(|transition| transition.at)
}

fn first_at(history: &[StatusMove]) -> Option<Timestamp> {
    let mut first = history.iter().filter(|transition| transition.from.is_none());
    first.next().map(|transition| transition.at)
}
