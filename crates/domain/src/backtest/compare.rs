//! Comparison of the ledger with the replay, by event, kind and currency. REVERSED counts as no amount.

use std::collections::BTreeMap;

use super::ReplayError;
use crate::Timestamp;
use crate::commission::CommissionKind;
use crate::explain::Step;
use crate::id::{CampaignId, CommissionId, EventId};
use crate::money::{Currency, Money};

/// The sums of both sides, in minor units, and how many (event, kind) pairs changed in which way. Pairs without an
/// amount on either side are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub actual_minor: i64,
    pub proposed_minor: i64,
    /// From no amount to some; `disappeared`: from some to none.
    pub appeared: i64,
    pub disappeared: i64,
    pub rose: i64,
    pub fell: i64,
    pub unchanged: i64,
}

impl Difference {
    /// The difference of one (event, kind).
    fn of(actual: i64, proposed: i64) -> Self {
        let mut difference = Self {
            actual_minor: actual,
            proposed_minor: proposed,
            ..Self::default()
        };
        let count = match (actual, proposed) {
            (0, 0) => return difference,
            (0, _) => &mut difference.appeared,
            (_, 0) => &mut difference.disappeared,
            (actual, proposed) if proposed > actual => &mut difference.rose,
            (actual, proposed) if proposed < actual => &mut difference.fell,
            _ => &mut difference.unchanged,
        };
        *count = 1;
        difference
    }

    /// `None`: the sum exceeds what can be stored.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let sum = Self {
            actual_minor: self.actual_minor.checked_add(other.actual_minor)?,
            proposed_minor: self.proposed_minor.checked_add(other.proposed_minor)?,
            appeared: self.appeared + other.appeared,
            disappeared: self.disappeared + other.disappeared,
            rose: self.rose + other.rose,
            fell: self.fell + other.fell,
            unchanged: self.unchanged + other.unchanged,
        };
        sum.minor().map(|_| sum)
    }

    /// The proposed amount less the actual one; `None`: it exceeds what can be stored.
    pub fn minor(&self) -> Option<i64> {
        self.proposed_minor
            .checked_sub(self.actual_minor)
            .filter(|minor| *minor != i64::MIN)
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One event, with the rows of both sides that are compared.
#[derive(Clone, Debug)]
pub struct ComparedEvent {
    pub event: EventId,
    pub campaign: Option<CampaignId>,
    cells: Vec<MonthlyAmount>,
    rows: Vec<ChangedRow>,
}

#[derive(Clone, Copy, Debug)]
struct MonthlyAmount {
    kind: CommissionKind,
    currency: Currency,
    /// The start of the month in which the rows accrued.
    month: Timestamp,
    actual: i64,
    proposed: i64,
}

/// A row of the proposal's side, of an event whose sides differ.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedRow {
    pub kind: CommissionKind,
    /// The index of the component that earned it.
    pub term: Option<usize>,
    /// 0 if it was reversed.
    pub amount: Money,
    /// `Err`: the steps of this row of the ledger, which has the same amount.
    pub steps: Result<Vec<Step>, CommissionId>,
}

/// An event whose sides differ.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedEvent {
    pub event: EventId,
    pub rows: Vec<ChangedRow>,
}

impl ComparedEvent {
    pub fn new(event: EventId, campaign: Option<CampaignId>) -> Self {
        Self {
            event,
            campaign,
            cells: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn cell(&mut self, kind: CommissionKind, currency: Currency, month: Timestamp) -> &mut MonthlyAmount {
        let known = |cell: &MonthlyAmount| (cell.kind, cell.currency, cell.month) == (kind, currency, month);
        let place = self.cells.iter().position(known).unwrap_or_else(|| {
            self.cells.push(MonthlyAmount {
                kind,
                currency,
                month,
                actual: 0,
                proposed: 0,
            });
            self.cells.len() - 1
        });
        &mut self.cells[place]
    }

    pub fn add_actual(&mut self, kind: CommissionKind, amount: Money, month: Timestamp) {
        self.cell(kind, amount.currency(), month).actual += amount.minor();
    }

    pub fn add_proposed(&mut self, row: ChangedRow, month: Timestamp) {
        self.cell(row.kind, row.amount.currency(), month).proposed += row.amount.minor();
        self.rows.push(row);
    }

    /// The sums of both sides by kind and currency.
    fn pairs(&self) -> BTreeMap<(&'static str, Currency), (i64, i64)> {
        let mut pairs = BTreeMap::<_, (i64, i64)>::new();
        for cell in &self.cells {
            let pair = pairs.entry((cell.kind.as_str(), cell.currency)).or_default();
            *pair = (pair.0 + cell.actual, pair.1 + cell.proposed);
        }
        pairs
    }
}

/// The differences of many events, summed up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub total: BTreeMap<Currency, Difference>,
    /// Keyed by the start of the month.
    pub months: BTreeMap<(Timestamp, Currency), Difference>,
    pub campaigns: BTreeMap<(Option<CampaignId>, Currency), Difference>,
}

fn add<K: Ord>(sums: &mut BTreeMap<K, Difference>, key: K, difference: Difference) -> Result<(), ReplayError> {
    if difference.is_empty() {
        return Ok(());
    }
    let sum = sums.entry(key).or_default();
    *sum = sum.plus(difference).ok_or(ReplayError::SumTooLarge)?;
    Ok(())
}

impl Tally {
    /// Adds an event, and returns it if its sides differ.
    pub fn add(&mut self, entry: ComparedEvent) -> Result<Option<ChangedEvent>, ReplayError> {
        let mut differs = false;
        for ((_, currency), (actual, proposed)) in entry.pairs() {
            let difference = Difference::of(actual, proposed);
            differs |= actual != proposed;
            add(&mut self.total, currency, difference)?;
            add(&mut self.campaigns, (entry.campaign, currency), difference)?;
        }
        for cell in &entry.cells {
            let difference = Difference::of(cell.actual, cell.proposed);
            add(&mut self.months, (cell.month, cell.currency), difference)?;
        }
        Ok(differs.then_some(ChangedEvent {
            event: entry.event,
            rows: entry.rows,
        }))
    }

    /// Adds the tally of other events.
    pub fn merge(&mut self, other: Self) -> Result<(), ReplayError> {
        for (key, difference) in other.total {
            add(&mut self.total, key, difference)?;
        }
        for (key, difference) in other.months {
            add(&mut self.months, key, difference)?;
        }
        for (key, difference) in other.campaigns {
            add(&mut self.campaigns, key, difference)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
