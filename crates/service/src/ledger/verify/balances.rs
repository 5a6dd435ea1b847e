//! Checks balances against the rows: the sums by status, and what the movements of statements add up to.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::finding_log::FindingLog;
use auth::Scope;
use domain::commission::{Commission, CommissionStatus, PaymentTarget};
use domain::id::PartnerId;
use store::verify::balances;
use store::{StoreError, Transaction};

/// Sums of rows: accrued, approved, paid, reversed and reserved; and what is owed according to their movements.
#[derive(Default)]
struct BalanceSums {
    standing: [i128; 5],
    owed: i128,
}

/// By partner and currency. Stored balances are subtracted, so that a row or a balance without counterpart shows, too.
#[derive(Default)]
pub struct Balances(BTreeMap<(Uuid, String), BalanceSums>);

impl Balances {
    pub fn add(&mut self, row: &Commission) {
        if row.payment_target != PaymentTarget::Partnership {
            return;
        }
        let of = (row.partner_id.uuid(), row.amount.currency().code().to_owned());
        let sums = self.0.entry(of).or_default();
        let minor = i128::from(row.amount.minor());
        match row.status {
            CommissionStatus::Accrued => sums.standing[0] += minor,
            CommissionStatus::Approved => sums.standing[1] += minor,
            CommissionStatus::Paid => {}
            CommissionStatus::Reversed => sums.standing[3] += minor,
        }
        sums.standing[2] += row.paid_minor();
        if row.is_reserved() {
            sums.standing[4] += minor;
        }
        // The row entered the statement, and left it again if it was reversed or paid.
        let left = i128::from(row.reversed_at.is_some()) + i128::from(row.paid_at.is_some());
        sums.owed += minor * (1 - left);
    }

    /// Compares the stored balances of these partners with their rows.
    pub async fn check(
        mut self,
        database: &Transaction,
        scope: &Scope,
        partners: &[Uuid],
        found: &mut FindingLog,
    ) -> Result<(), StoreError> {
        for (of, kept) in balances(database, scope, partners).await? {
            let sums = self.0.entry(of).or_default();
            for (sum, kept) in sums.standing.iter_mut().zip(kept) {
                *sum -= kept;
            }
            sums.owed -= kept[0] + kept[1];
        }
        for ((partner, currency), rest) in &self.0 {
            let partner = [PartnerId::from_uuid(*partner)];
            if rest.standing != [0; 5] {
                let what = format!("the balance in {currency} is not the sum of the partner's rows");
                found.say("the balance is not the sum of the partner's rows", what, partner);
            }
            if rest.owed != 0 {
                let what =
                    format!("the partner's statement in {currency} does not close with what is accrued and approved");
                found.say("the partner's statement does not close with its balance", what, partner);
            }
        }
        Ok(())
    }
}
