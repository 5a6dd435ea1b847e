//! Re-adds the ledger: says of everything that must hold whether it does. The database adds sums; each row is held
//! against its own history and explanation here, page by page.

mod accounts;

use rust_decimal::Decimal;

use crate::app::App;
use crate::auth::Scope;
use crate::domain::Timestamp;
use crate::domain::commission::{
    Commission, CommissionKind, CommissionStatus, CommissionTransition, PaymentTarget, mature_at,
};
use crate::domain::tenant::Tenant;
use crate::store::{self, StoreError};

use accounts::Accounts;

pub use crate::store::verify::Finding;

/// Rows that are read at once.
const PAGE: u64 = 5_000;

/// Everything in a tenant's ledger that does not hold; empty if all is well. Sees one moment of it, so that it may run
/// beside a busy gateway. Of each kind some hundred findings are reported at most.
pub async fn verify(app: &App, tenant: &Tenant) -> Result<Vec<Finding>, StoreError> {
    let scope = Scope::tenant_wide(tenant.id);
    let transaction = app.store.snapshot().await?;
    let mut findings = store::verify::questions(&transaction, &scope).await?;
    findings.extend(super::tiers::verify::counters(&transaction, &scope).await?);
    let mut accounts = Accounts::default();
    let mut wrong_rows = 0;
    let mut last = None;
    while wrong_rows < store::verify::MOST {
        let mut rows = store::verify::commissions_after(&transaction, &scope, last, PAGE).await?;
        let Some(end) = rows.last() else { break };
        last = Some(end.id);
        accounts.add(&transaction, &scope, &rows).await?;
        let ids: Vec<_> = rows.iter().map(|row| row.id.uuid()).collect();
        let mut histories = store::commission::transitions_of(&transaction, &scope, &ids).await?;
        let mut explanations = store::commission::explanations_of(&transaction, &scope, &ids).await?;
        for row in &mut rows {
            row.explanation = explanations.remove(&row.id.uuid()).unwrap_or_default();
            let history = histories.remove(&row.id.uuid()).unwrap_or_default();
            let wrong = check(row, &history);
            wrong_rows += usize::from(!wrong.is_empty());
            let ids = vec![row.id.to_string()];
            findings.extend(wrong.into_iter().map(|what| Finding { what, ids: ids.clone() }));
        }
    }
    if wrong_rows < store::verify::MOST {
        findings.extend(accounts.check(&transaction, &scope).await?);
    }
    transaction.rollback().await?;
    Ok(findings)
}

/// What is wrong with one row in itself.
fn check(row: &Commission, history: &[CommissionTransition]) -> Vec<String> {
    let mut wrong = Vec::new();
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
    // A clawback has the time of its row, as has an adjustment below 0: those are held against their rows.
    let follows = match row.kind {
        CommissionKind::Clawback => true,
        CommissionKind::TierAdjustment => row.amount.minor() < 0,
        // What was brought in has the time that was brought in with it.
        CommissionKind::Opening => true,
        CommissionKind::Event | CommissionKind::Deal | CommissionKind::Manual => false,
    };
    if !follows && row.mature_at != mature_at(row.accrued_at, row.holdback_days) {
        wrong.push("matureAt is not accruedAt and the holdback".to_owned());
    }
    let explained = row
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
    let is_settled = matches!(row.status, CommissionStatus::Approved | CommissionStatus::Paid);
    match (row.payment_target, &row.recipient) {
        (PaymentTarget::Partnership, Some(_)) => wrong.push("names a recipient, but is owed to the partner".to_owned()),
        (PaymentTarget::Individual, None) if is_settled => {
            wrong.push(format!("is {} and owed to nobody", row.status.as_str()));
        }
        (PaymentTarget::Partnership, None) | (PaymentTarget::Individual, _) => {}
    }
    wrong
}

/// A history begins from nothing, goes on only as the state machine does, and ends where the row stands. Nothing is
/// visited twice, so that the moves can be followed whatever order replicas' clocks gave them.
fn history_fault(row: &Commission, history: &[CommissionTransition]) -> Option<String> {
    let mut at = None;
    for _ in history {
        let mut next = history.iter().filter(|transition| transition.from == at);
        let (Some(step), None) = (next.next(), next.next()) else {
            return Some("the transitions are no chain from the beginning".to_owned());
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

/// Numbers and times follow the moves. Those from before there were numbers are not held to it.
fn order_fault(history: &[CommissionTransition]) -> Option<String> {
    let numbered = history.windows(2).filter(|pair| pair[0].sequence.is_some());
    for pair in numbered {
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

fn is_legal(kind: CommissionKind, step: &CommissionTransition) -> bool {
    use CommissionStatus::{Accrued, Approved, Paid, Reversed};
    match (step.from, step.to) {
        (None, Accrued) | (Some(Accrued), Approved | Reversed) | (Some(Approved), Paid | Reversed) => true,
        // What takes back from an approved row is approved at once.
        (None, Approved) => matches!(
            kind,
            CommissionKind::Clawback | CommissionKind::TierAdjustment | CommissionKind::Opening
        ),
        (None, Paid | Reversed) => kind == CommissionKind::Opening,
        (Some(Accrued), Accrued | Paid) | (Some(Approved), Accrued | Approved) | (Some(Paid | Reversed), _) => false,
    }
}

fn at(history: &[CommissionTransition], status: CommissionStatus) -> Option<Timestamp> {
    let mut reached = history.iter().filter(|transition| transition.to == status);
    reached.next().map(|transition| transition.at)
}

fn first_at(history: &[CommissionTransition]) -> Option<Timestamp> {
    let mut first = history.iter().filter(|transition| transition.from.is_none());
    first.next().map(|transition| transition.at)
}
