//! How much of an event, and of what one of its rows saw, is refunded.

use super::items::{Item, ItemRefund, Measure, Sight};

/// How much of an event is refunded, including the current refund. The default: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refunded {
    pub refunded_minor: i64,
    /// The amount charged; 0 if the event had no amount.
    pub charged_minor: i64,
    pub wholly: bool,
}

impl Refunded {
    /// With `refunded_minor` taken back of what was charged.
    pub fn new(refunded_minor: i64, charged_minor: i64) -> Self {
        Self {
            refunded_minor,
            charged_minor,
            wholly: refunded_minor == charged_minor,
        }
    }
}

/// How much of what a row saw is refunded. The default: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefundedPart {
    /// In minor units of the event's currency, or the number of units with [`Measure::Units`].
    pub refunded: i64,
    /// All that the row saw, likewise; 0 if that has no amount.
    pub of: i64,
    pub measure: Measure,
    /// Whether all that the row saw is refunded.
    pub wholly: bool,
}

impl RefundedPart {
    /// What of this sight is refunded of an event that is refunded so far, with its items and how much of each was
    /// refunded (nothing, if that is empty).
    pub fn seen_by(sight: Sight, event: Refunded, items: &[Item], refunded: &[ItemRefund]) -> Self {
        let measure = sight.measure;
        let is_by_units = measure == Measure::Units;
        if !is_by_units && sight.is_everything_of(items) {
            return Self {
                refunded: event.refunded_minor,
                of: event.charged_minor,
                measure,
                wholly: event.wholly,
            };
        }
        let of_item = |item: &Item| refunded.get(item.index).copied().unwrap_or_default();
        let units: i64 = sight.seen(items).map(|item| of_item(item).quantity).sum();
        let all_units = sight.units(items);
        let rest = match sight.sees_rest() {
            true => event.refunded_minor - refunded.iter().map(|item| item.amount_minor).sum::<i64>(),
            false => 0,
        };
        let minor = sight.seen(items).map(|item| of_item(item).amount_minor).sum::<i64>() + rest;
        let all_minor = sight.amount_minor(items, event.charged_minor);
        // What costs nothing is refunded with its units.
        let is_over = match is_by_units || all_minor == 0 {
            true => all_units > 0 && units == all_units,
            false => minor == all_minor,
        };
        let (refunded, of) = if is_by_units {
            (units, all_units)
        } else {
            (minor, all_minor)
        };
        Self {
            refunded,
            of,
            measure,
            wholly: event.wholly || is_over,
        }
    }
}

impl From<Refunded> for RefundedPart {
    /// Of the whole event, by its amount.
    fn from(event: Refunded) -> Self {
        Self::seen_by(Sight::default(), event, &[], &[])
    }
}
