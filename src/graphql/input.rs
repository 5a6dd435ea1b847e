//! Small inputs and conversions that many mutations share.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::scalar::{CurrencyCode, Decimal};
use domain::money::Currency;
use domain::problem::Patch;

/// The object to delete.
#[derive(InputObject)]
pub struct DeleteInput {
    /// Its id.
    pub id: ID,
}

/// An amount of money.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct MoneyInput {
    /// The amount in units of the currency, such as "12.34".
    pub amount: Decimal,
    /// The ISO 4217 code of the currency.
    pub currency: CurrencyCode,
}

impl From<MoneyInput> for (rust_decimal::Decimal, Currency) {
    fn from(money: MoneyInput) -> Self {
        (money.amount.0, money.currency.0)
    }
}

/// The three states of a field of an update: absent keeps, null clears, a value replaces.
pub fn patch<T: Into<U>, U>(value: MaybeUndefined<T>) -> Patch<U> {
    match value {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value.into()),
    }
}

/// An update's field that is a list.
pub fn patch_each<T: Into<U>, U>(list: MaybeUndefined<Vec<T>>) -> Patch<Vec<U>> {
    patch(list.map_value(each))
}

/// Converts every entry of a list.
pub fn each<T: Into<U>, U>(list: Vec<T>) -> Vec<U> {
    list.into_iter().map(Into::into).collect()
}
