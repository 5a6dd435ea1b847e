//! What was in an event: its items, and the *rest* of its amount that no item accounts for (shipping, tax).
//!
//! A component of the terms sees some of the items and perhaps the rest: that is the [`Sight`] of the rows that it
//! earns. Refunds take back by item ([`refund`]), and from a row by what of its sight was refunded.

mod divide;
mod draft;
mod refund;
mod sight;
#[cfg(test)]
mod tests;

pub use divide::divide;
pub use draft::{ItemDraft, country, items};
pub use refund::{refund_by_item, refund_spread};
pub use sight::{Measure, Sight};

/// Maximum number of items of an event.
pub const MAX_ITEMS: usize = 100;

/// An item of a charge or conversion, or what a refund or chargeback takes back of one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Item {
    /// Its index among the items of the charge or conversion, from 0.
    pub index: usize,
    pub product: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How many units; of a refund 0, if it takes back no units.
    pub quantity: i64,
    /// After discounts, in minor units of the event's currency.
    pub amount_minor: i64,
}

/// How much of an item was taken back so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ItemRefund {
    pub amount_minor: i64,
    pub quantity: i64,
}

/// What no item accounts for of an amount in minor units.
pub fn rest_minor(items: &[Item], amount_minor: i64) -> i64 {
    amount_minor - items.iter().map(|item| item.amount_minor).sum::<i64>()
}
