//! Checks payouts against the rows that they hold, as these are read.

use std::ops::Range;

use uuid::Uuid;

use super::finding_log::FindingLog;
use super::history::Histories;
use auth::Scope;
use domain::commission::{Commission, CommissionKind, CommissionStatus, PayoutStatus};
use domain::id::{CommissionId, PayoutId};
use store::verify::{PayoutRow, payout_items, payouts};
use store::{StoreError, Transaction};

/// The payouts of some partners.
pub struct Payouts {
    /// In the order of their ids, each with the sum of its rows.
    payouts: Vec<(PayoutRow, i128)>,
    /// Sorted by row; kept small, since a partner may have more of them than of anything else.
    items: Vec<Item>,
}

struct Item {
    commission: Uuid,
    /// The index of the payout.
    payout: usize,
    /// Whether the row was among the partners' rows.
    has_come: bool,
}

impl Payouts {
    /// Reads the payouts and their items, in two statements.
    pub async fn of(database: &Transaction, scope: &Scope, partners: &[Uuid]) -> Result<Self, StoreError> {
        let payouts = payouts(database, scope, partners).await?;
        let place = |id: Uuid| payouts.binary_search_by_key(&id, |payout| payout.id);
        let items = payout_items(database, scope, partners).await?.into_iter();
        let items = items.filter_map(|(commission, payout)| {
            let payout = place(payout).ok()?;
            let has_come = false;
            Some(Item {
                commission,
                payout,
                has_come,
            })
        });
        let mut items: Vec<_> = items.collect();
        items.sort_unstable_by_key(|item| item.commission);
        let payouts = payouts.into_iter().map(|payout| (payout, 0)).collect();
        Ok(Self { payouts, items })
    }

    /// Adds the steps that payouts and their settlements are.
    pub fn add_steps(&self, histories: &mut Histories) {
        for (payout, _) in &self.payouts {
            for (sequence, at) in [Some(payout.created), payout.settled].into_iter().flatten() {
                histories.add(payout.partner, sequence, at);
            }
        }
    }

    /// Checks a row of one of the partners against the payouts that it is in.
    pub fn check(&mut self, row: &Commission, found: &mut FindingLog) {
        let (mut open, mut named) = (0, None);
        for place in self.items_of(row) {
            let item = &mut self.items[place];
            item.has_come = true;
            let (payout, sum) = &mut self.payouts[item.payout];
            *sum += i128::from(row.amount.minor());
            let ids = [PayoutId::from_uuid(payout.id).to_string(), row.id.to_string()];
            if row.partner_id.uuid() != payout.partner
                || row.amount.currency().code() != payout.currency
                || row.recipient != payout.recipient
            {
                found.add("the payout holds a row of another payee or currency", ids.clone());
            }
            let is_named = row.payout_id.is_some_and(|id| id.uuid() == payout.id);
            let agrees = match payout.status {
                PayoutStatus::Paid | PayoutStatus::Returned => is_named && row.status == CommissionStatus::Paid,
                PayoutStatus::Pending => is_named && row.status == CommissionStatus::Approved,
                PayoutStatus::Failed | PayoutStatus::Canceled => !is_named,
            };
            if !agrees {
                let what = format!(
                    "the {} payout and its row disagree: PAID and RETURNED hold paid rows, PENDING approved ones, others none",
                    payout.status.as_str()
                );
                found.say("the payout and its row disagree", what, ids);
            }
            open += usize::from(!matches!(payout.status, PayoutStatus::Failed | PayoutStatus::Canceled));
            if is_named {
                named = Some(payout.status);
            }
        }
        let is_right = match (row.payout_id, named) {
            (None, _) => row.status != CommissionStatus::Paid || row.kind == CommissionKind::Opening,
            (Some(_), Some(PayoutStatus::Paid | PayoutStatus::Returned)) => row.status == CommissionStatus::Paid,
            (Some(_), Some(PayoutStatus::Pending)) => row.status == CommissionStatus::Approved,
            (Some(_), _) => false,
        };
        if !is_right {
            let what = format!(
                "the {} row names a payout of which it is no item, or one that is neither pending nor paid, or lacks one",
                row.status.as_str()
            );
            let payout = row.payout_id.map(|id| id.to_string());
            let ids = std::iter::once(row.id.to_string()).chain(payout);
            found.say("the row and its payout disagree", what, ids);
        }
        if open > 1 {
            found.add(
                "the row is in several payouts that are pending, paid or returned",
                [row.id],
            );
        }
    }

    fn items_of(&self, row: &Commission) -> Range<usize> {
        let id = row.id.uuid();
        let first = self.items.partition_point(|item| item.commission < id);
        let rest = self.items[first..].iter();
        first..first + rest.take_while(|item| item.commission == id).count()
    }

    /// Reports what is wrong once all rows of the partners have been checked.
    pub fn finish(self, found: &mut FindingLog) {
        for item in self.items.iter().filter(|item| !item.has_come) {
            let (payout, _) = &self.payouts[item.payout];
            let row = CommissionId::from_uuid(item.commission).to_string();
            let ids = [PayoutId::from_uuid(payout.id).to_string(), row];
            found.add("the payout holds a row of another payee or currency", ids);
        }
        for (payout, _) in self
            .payouts
            .iter()
            .filter(|(payout, sum)| i128::from(payout.minor) != *sum)
        {
            let id = PayoutId::from_uuid(payout.id);
            found.add("the payout's amount is not the sum of its items", [id]);
        }
    }
}
