//! Items of events as input and output types.

use async_graphql::{InputObject, SimpleObject};

use crate::graphql::money::Money;
use crate::graphql::scalar::Decimal;
use domain::items::{Item, ItemDraft};
use domain::money::Currency;

/// An item of an event; of a refund or chargeback, what it takes back of an item of the original.
#[derive(Clone, Debug, SimpleObject)]
pub struct EventItem {
    /// Its index among the items of the charge or conversion, from 0.
    pub index: u32,
    /// The product.
    pub product: String,
    /// The category; null if none was given.
    pub category: Option<String>,
    /// The number of units; of a refund 0, if it takes back no units.
    pub quantity: i64,
    /// The amount of all units after discounts.
    pub amount: Money,
}

impl EventItem {
    /// An item of an event in this currency.
    pub fn of(item: &Item, currency: Currency) -> Option<Self> {
        let amount = domain::money::Money::from_minor(item.amount_minor, currency).ok()?;
        Some(Self {
            index: u32::try_from(item.index).ok()?,
            product: item.product.clone(),
            category: item.category.clone(),
            quantity: item.quantity,
            amount: amount.into(),
        })
    }
}

/// An item of an event. Of a charge or conversion: what was bought, with product and amount. Of a refund or chargeback:
/// what it takes back of an item of the original, which it names by its index.
#[derive(Clone, InputObject)]
pub struct EventItemInput {
    /// Only for refunds and chargebacks, and required there: the index of the original's item, from 0.
    pub index: Option<i32>,
    /// The product, at most 200 characters. Required for charges and conversions, and only for them.
    pub product: Option<String>,
    /// The category, at most 200 characters. Only for charges and conversions.
    pub category: Option<String>,
    /// The number of units, at least 1: by default 1. Of a refund by default none, and all that are left once nothing is
    /// left of the item's amount.
    pub quantity: Option<i32>,
    /// The amount of all units after discounts, in the event's currency; at least 0. Required for charges and
    /// conversions. Of a refund by default the share of the units, or without a quantity all that is left of the item.
    pub amount: Option<Decimal>,
}

impl From<EventItemInput> for ItemDraft {
    fn from(input: EventItemInput) -> Self {
        Self {
            index: input.index,
            product: input.product,
            category: input.category,
            quantity: input.quantity,
            amount: input.amount.map(Into::into),
        }
    }
}
