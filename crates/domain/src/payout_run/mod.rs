//! What a payout run pays, and what it does not pay and why: computed from the candidate rows, without a database. A
//! run and its preview call the same functions.
//!
//! A run considers the approved rows outside pending payouts that accrued before its cut-off, and all clawbacks of
//! these rows, whenever they accrued, so that a row of March that was refunded in April is not paid in full. It groups
//! them into one line for each payee and currency. Mature rows that lack only a recipient get lines of their own, which
//! show the amounts waiting for a recipient; no run pays them.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::commission::{Commission, CommissionKind, CommissionStatus, PayoutStatus};
use super::id::{CommissionId, PartnerId, PayoutId};
use super::money::{Currency, MAX_SUM_MINOR, Money, Sum};
use super::partner::{Partner, PartnerStatus};
use super::{Timestamp, text_enum};

text_enum! {
    /// The result for a line.
    PayoutOutcome {
        PaidOut = "PAID_OUT",
        /// Below the tenant's minimum for the currency.
        BelowMinimum = "BELOW_MINIMUM",
        /// 0 or less.
        NotPositive = "NOT_POSITIVE",
        PartnerSuspended = "PARTNER_SUSPENDED",
        /// Its rows have no recipient yet.
        RecipientUnassigned = "RECIPIENT_UNASSIGNED",
        /// The partner has chosen to be paid in another currency.
        CurrencyNotChosen = "CURRENCY_NOT_CHOSEN",
        /// Exceeds the largest amount.
        TooLarge = "TOO_LARGE",
    }
}

/// The rules of a run.
#[derive(Clone, Copy, Debug)]
pub struct RunTerms<'a> {
    /// Whether to skip amounts that are not in their partner's payout currency, if the partner has chosen one.
    pub respects_payout_currency: bool,
    /// The tenant's minimum payouts, one per currency.
    pub minimums: &'a [Money],
}

/// The result of a run for one payee in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLine {
    /// Its position in the list, from 1: sorted by currency, descending amount, payee.
    pub position: i64,
    pub partner_id: PartnerId,
    /// If set, the payee is this individual, not the partner.
    pub recipient: Option<String>,
    /// May be 0, negative, or larger than the largest amount.
    pub amount: Sum,
    pub commission_count: u32,
    pub outcome: PayoutOutcome,
    /// The payout that pays it; none in a preview.
    pub payout_id: Option<PayoutId>,
}

impl RunLine {
    /// The amount of the payout, if the line is paid out.
    pub fn payable(&self) -> Option<Money> {
        let amount = Money::from_minor(self.amount.minor, self.amount.currency).ok();
        amount.filter(|_| self.outcome == PayoutOutcome::PaidOut)
    }
}

/// The count and sum of the lines of one outcome and currency; paid-out lines are also split by payout status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunTotal {
    pub outcome: PayoutOutcome,
    pub status: Option<PayoutStatus>,
    pub currency: Currency,
    pub count: i64,
    /// Exact, however large: the total of all payees is unbounded.
    pub minor: i128,
}

/// The rows of a payee in one currency exceed the largest sum that can be stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the approved rows of {partner_id} in {currency} add up to more than 10^18 minor units")]
pub struct LineTooLarge {
    pub partner_id: PartnerId,
    pub currency: Currency,
}

/// A row that a run considers.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub row: Commission,
    /// The time that is compared with the cut-off: when the row accrued. Of an imported row this is when it accrued in
    /// the other system, if known: what was earned last month is paid with last month.
    pub earned_at: Timestamp,
}

/// Keeps those candidate rows that a run with this cut-off takes: rows that accrued before it, and clawbacks of rows it
/// takes.
pub fn taken(candidates: Vec<Candidate>, accrued_before: Option<Timestamp>) -> Vec<Commission> {
    let is_before = |at: Timestamp| accrued_before.is_none_or(|before| at < before);
    let before = candidates.iter().filter(|candidate| is_before(candidate.earned_at));
    let mut taken: HashSet<CommissionId> = before.map(|candidate| candidate.row.id).collect();
    let mut rows: Vec<_> = candidates.into_iter().map(|candidate| candidate.row).collect();
    loop {
        let of_taken = |row: &&Commission| {
            let adjusts_taken = row.adjusts_id.is_some_and(|adjusted| taken.contains(&adjusted));
            row.kind == CommissionKind::Clawback && adjusts_taken && !taken.contains(&row.id)
        };
        let more: Vec<_> = rows.iter().filter(of_taken).map(|row| row.id).collect();
        if more.is_empty() {
            break;
        }
        taken.extend(more);
    }
    rows.retain(|row| taken.contains(&row.id));
    rows
}

/// The lines of the rows that a run takes, in list order, each with its rows. `partners` contains the partners of all
/// rows.
pub fn lines(
    rows: Vec<Commission>,
    partners: &HashMap<PartnerId, Partner>,
    terms: RunTerms<'_>,
) -> Result<Vec<(RunLine, Vec<Commission>)>, LineTooLarge> {
    // Rows without a recipient yet are grouped separately from the partner's own.
    let mut groups: BTreeMap<(PartnerId, Option<String>, Currency, bool), Vec<Commission>> = BTreeMap::new();
    for row in rows {
        let waits = row.status == CommissionStatus::Accrued;
        let key = (row.partner_id, row.recipient.clone(), row.amount.currency(), waits);
        groups.entry(key).or_default().push(row);
    }
    let mut lines = Vec::with_capacity(groups.len());
    for ((partner_id, recipient, currency, waits), rows) in groups {
        let minor: i128 = rows.iter().map(|row| i128::from(row.amount.minor())).sum();
        let minor = i64::try_from(minor).ok().filter(|minor| minor.abs() <= MAX_SUM_MINOR);
        let minor = minor.ok_or(LineTooLarge { partner_id, currency })?;
        let amount = Sum { minor, currency };
        let outcome = match waits {
            true => PayoutOutcome::RecipientUnassigned,
            false => outcome(amount, partners.get(&partner_id), terms),
        };
        let line = RunLine {
            position: 0,
            partner_id,
            recipient,
            amount,
            commission_count: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            outcome,
            payout_id: None,
        };
        lines.push((line, rows));
    }
    // The sort is stable: equal amounts stay ordered by payee.
    lines.sort_by_key(|(line, _)| (line.amount.currency.code(), Reverse(line.amount.minor)));
    for (position, (line, _)) in (1..).zip(&mut lines) {
        line.position = position;
    }
    Ok(lines)
}

/// The first applicable outcome.
fn outcome(amount: Sum, partner: Option<&Partner>, terms: RunTerms<'_>) -> PayoutOutcome {
    let Sum { minor, currency } = amount;
    // Nothing more is earned that would lift a revoked partner's rest above the minimum.
    let is_revoked = partner.is_some_and(|partner| partner.status == PartnerStatus::Revoked);
    let minimum = terms.minimums.iter().find(|minimum| minimum.currency() == currency);
    let minimum = minimum.filter(|_| !is_revoked);
    let chosen = partner.and_then(|partner| partner.payout_currency);
    if partner.is_some_and(|partner| partner.status == PartnerStatus::Suspended) {
        PayoutOutcome::PartnerSuspended
    } else if minor <= 0 {
        PayoutOutcome::NotPositive
    } else if minimum.is_some_and(|minimum| minor < minimum.minor()) {
        PayoutOutcome::BelowMinimum
    } else if terms.respects_payout_currency && chosen.is_some_and(|chosen| chosen != currency) {
        PayoutOutcome::CurrencyNotChosen
    } else if Money::from_minor(minor, currency).is_err() {
        PayoutOutcome::TooLarge
    } else {
        PayoutOutcome::PaidOut
    }
}

/// Sums up lines by outcome and currency. Paid-out lines count as pending, as they are right after a run.
pub fn totals<'a>(lines: impl IntoIterator<Item = &'a RunLine>) -> Vec<RunTotal> {
    let mut totals: BTreeMap<_, (i64, i128)> = BTreeMap::new();
    for line in lines {
        let status = (line.outcome == PayoutOutcome::PaidOut).then_some(PayoutStatus::Pending);
        let (count, minor) = totals.entry((line.outcome, status, line.amount.currency)).or_default();
        *count += 1;
        *minor += i128::from(line.amount.minor);
    }
    let total = |((outcome, status, currency), (count, minor))| RunTotal {
        outcome,
        status,
        currency,
        count,
        minor,
    };
    totals.into_iter().map(total).collect()
}
