//! Checks statements against the rows: the movements of every account are added up here, row by row, and compared with
//! what the database returns page by page and for half of the period.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use auth::Scope;
use domain::Timestamp;
use domain::commission::Commission;
use domain::statement::{Account, Range, movements};
use store::page::PageRequest;
use store::verify::{Finding, MAX_FINDINGS};
use store::{StoreError, Transaction};

/// Number of movements that are read at a time.
const PAGE: u32 = 5_000;

/// Totals of an account's movements, according to its rows.
struct AccountTotals {
    owed: i128,
    movements: i64,
    first: Timestamp,
    last: Timestamp,
}

/// The accounts of a tenant.
#[derive(Default)]
pub struct Accounts(BTreeMap<Account, AccountTotals>);

impl Accounts {
    /// Adds a row to its account.
    pub fn add(&mut self, row: &Commission, assigned_at: Option<Timestamp>) {
        let Some(account) = Account::of(row) else { return };
        for movement in movements(row, assigned_at) {
            let at = movement.place.at;
            let moved = self.0.entry(account.clone()).or_insert(AccountTotals {
                owed: 0,
                movements: 0,
                first: at,
                last: at,
            });
            moved.owed += i128::from(movement.minor);
            moved.movements += 1;
            moved.first = moved.first.min(at);
            moved.last = moved.last.max(at);
        }
    }

    /// What is wrong with the statements of the accounts; at most [`MAX_FINDINGS`] findings.
    pub async fn check(&self, transaction: &Transaction, scope: &Scope) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        for (account, moved) in &self.0 {
            if findings.len() >= MAX_FINDINGS {
                break;
            }
            if let Some(what) = fault(transaction, scope, account, moved).await? {
                findings.push(finding(account, what));
            }
        }
        Ok(findings)
    }
}

fn finding(account: &Account, what: &'static str) -> Finding {
    let of = match &account.recipient {
        Some(_) => "an individual's statement",
        None => "the statement",
    };
    Finding {
        kind: what,
        what: format!("{of} in {} {what}", account.currency),
        ids: vec![account.partner.to_string()],
    }
}

/// What is wrong with an account's statement, read page by page over its whole period, and for the second half of that
/// period.
async fn fault(
    transaction: &Transaction,
    scope: &Scope,
    account: &Account,
    moved: &AccountTotals,
) -> Result<Option<&'static str>, StoreError> {
    let end = moved.last + TimeDelta::microseconds(1);
    // Timestamps have a precision of microseconds.
    let half = (end - moved.first).num_microseconds().unwrap_or(0) / 2;
    let middle = moved.first + TimeDelta::microseconds(half);
    let half = Range { from: middle, to: end };
    let sums = store::statement::sums(transaction, scope, account, half).await?;
    let whole = Range {
        from: moved.first,
        to: end,
    };
    let (mut balance, mut movements, mut at_middle) = (0, 0, 0);
    let mut request = PageRequest {
        limit: PAGE,
        backward: false,
        after: None,
        before: None,
    };
    loop {
        let page = store::statement::page(transaction, scope, account, whole, &request, Some(balance)).await?;
        for (movement, after) in &page.items {
            movements += 1;
            balance = *after;
            if movement.place.at < middle {
                at_middle = *after;
            }
        }
        request.after = page.items.last().map(|(movement, _)| movement.place);
        if !page.has_next {
            break;
        }
    }
    let faults = [
        (
            movements != moved.movements,
            "does not list each movement of the rows exactly once",
        ),
        (
            balance != moved.owed,
            "has a closing balance that differs from the sum of the rows",
        ),
        (
            sums.opening != at_middle,
            "has an opening balance that differs from the closing balance before it",
        ),
        (
            sums.closing() != balance,
            "has a closing balance that is not its opening balance plus its movements",
        ),
    ];
    Ok(faults.into_iter().find(|(is_wrong, _)| *is_wrong).map(|(_, what)| what))
}
