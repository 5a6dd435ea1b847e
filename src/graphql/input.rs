//! Small inputs and conversions that many mutations share.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::scalar::{CurrencyCode, Decimal};
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

/// The three states of a field of an update: absent keeps, null clears, a value replaces.
pub fn patch<T, U>(value: MaybeUndefined<T>, convert: impl FnOnce(T) -> U) -> Patch<U> {
    match value {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(convert(value)),
    }
}

/// An update's field whose value needs no conversion.
pub fn plain<T>(value: MaybeUndefined<T>) -> Patch<T> {
    patch(value, |value| value)
}

pub fn id_text(id: ID) -> String {
    id.0
}

pub fn id_texts(ids: Vec<ID>) -> Vec<String> {
    ids.into_iter().map(id_text).collect()
}
