//! Which of a run's payouts belong to a file that has only some of them.

use std::collections::BTreeMap;

use super::parameters::FileParameters;
use domain::payment_service::PayoutFileFormat;

/// The number of payouts of a run by currency and kind. Settled ones are included, so that settling payouts does not
/// change which part a payout belongs to.
#[derive(Default)]
pub(super) struct GroupCounts(pub(super) BTreeMap<(String, &'static str), u64>);

impl GroupCounts {
    /// Counts a payout; returns its index in its group, from 0.
    pub(super) fn place(&mut self, currency: &str, kind: &'static str) -> u64 {
        let count = self.0.entry((currency.to_owned(), kind)).or_default();
        *count += 1;
        *count - 1
    }
}

/// Whether a payout of this kind and index in its group was requested.
pub(super) fn is_wanted(format: PayoutFileFormat, wishes: &FileParameters, kind: &str, place: u64) -> bool {
    let is_kind = wishes.text("payees").is_none_or(|wanted| wanted == kind);
    let is_part = match (wishes.part(), format.most()) {
        (Some(part), Some(most)) => place / most == part - 1,
        _ => true,
    };
    is_kind && is_part
}
