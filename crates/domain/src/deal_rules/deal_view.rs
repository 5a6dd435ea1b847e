//! What the rules know of a deal.

use rust_decimal::Decimal;

use crate::deal::{Deal, FieldValue};
use crate::money::Currency;

/// A deal as the rules see it. A simulated value may have more decimal places than its currency.
#[derive(Clone, Copy, Debug)]
pub struct DealView<'a> {
    pub value: Decimal,
    pub currency: Currency,
    pub fields: &'a [FieldValue],
    pub lead_creator: Option<&'a str>,
    pub owner: Option<&'a str>,
}

impl<'a> DealView<'a> {
    pub fn of(deal: &'a Deal) -> Self {
        Self {
            value: deal.value.amount(),
            currency: deal.value.currency(),
            fields: &deal.fields,
            lead_creator: deal.lead_creator.as_deref(),
            owner: deal.owner.as_deref(),
        }
    }
}
