//! Looking up objects by id, external id or text.

use async_graphql::ID;
use rust_decimal::prelude::ToPrimitive;

use super::error::ApiError;
use super::scalar::Decimal;
use domain::id::{Id, IdError, Kind};
use domain::money::Currency;
use domain::problem::Fault;
use domain::text;

/// A text to search for, in the form in which texts are kept; an error that names `argument` if no stored text can
/// contain it.
pub fn search_text(argument: &str, text: String) -> Result<String, ApiError> {
    text::wanted(&text).map_err(|Fault(_, message)| ApiError::bad_user_input(format!("{argument} {message}")))
}

/// The same for a text that may be absent.
pub fn search(argument: &str, text: Option<String>) -> Result<Option<String>, ApiError> {
    text.map(|text| search_text(argument, text)).transpose()
}

/// Parses an id; the error names `argument`.
pub fn required_id<K: Kind>(argument: &str, id: &ID) -> Result<Id<K>, ApiError> {
    id.parse()
        .map_err(|error: IdError| ApiError::bad_user_input(format!("{argument} {error}")))
}

/// The same for an id that may be absent.
pub fn id<K: Kind>(argument: &str, id: Option<ID>) -> Result<Option<Id<K>>, ApiError> {
    id.map(|id| required_id(argument, &id)).transpose()
}

/// The same for ids of one kind.
pub fn ids<K: Kind>(argument: &str, list: Option<Vec<ID>>) -> Result<Option<Vec<Id<K>>>, ApiError> {
    let read = |list: Vec<ID>| list.iter().map(|id| required_id(argument, id)).collect();
    list.map(read).transpose()
}

/// Texts to search for, like [`search_text`].
pub fn search_texts(argument: &str, list: Option<Vec<String>>) -> Result<Option<Vec<String>>, ApiError> {
    let read = |list: Vec<String>| list.into_iter().map(|text| search_text(argument, text)).collect();
    list.map(read).transpose()
}

/// A bound of amounts in minor units; fractions of a minor unit are rounded inwards. A bound beyond `i64` becomes the
/// extreme value, which no amount reaches.
fn bound(
    name: &str,
    amount: Option<Decimal>,
    currency: Option<Currency>,
    inwards: fn(&rust_decimal::Decimal) -> rust_decimal::Decimal,
) -> Result<Option<i64>, ApiError> {
    let Some(Decimal(amount)) = amount else { return Ok(None) };
    let Some(currency) = currency else {
        return Err(ApiError::bad_user_input(format!("{name} needs filter.currency")));
    };
    let scale = rust_decimal::Decimal::from(10_u64.pow(currency.exponent()));
    let farthest = match amount.is_sign_negative() {
        true => i64::MIN,
        false => i64::MAX,
    };
    let minor = amount.checked_mul(scale).and_then(|minor| inwards(&minor).to_i64());
    Ok(Some(minor.unwrap_or(farthest)))
}

/// The minimum and the maximum amount in minor units, from the bounds `min` and `max` and their argument names.
pub fn amount_bounds(
    (least, min): (&str, Option<Decimal>),
    (most, max): (&str, Option<Decimal>),
    currency: Option<Currency>,
) -> Result<(Option<i64>, Option<i64>), ApiError> {
    Ok((
        bound(least, min, currency, rust_decimal::Decimal::ceil)?,
        bound(most, max, currency, rust_decimal::Decimal::floor)?,
    ))
}

/// The id, or else the external id; exactly one must be given.
pub fn id_or_external_id(id: Option<ID>, external_id: Option<String>) -> Result<Result<String, String>, ApiError> {
    match (id, external_id) {
        (Some(id), None) => Ok(Ok(id.0)),
        (None, Some(external_id)) => search_text("externalId", external_id).map(Err),
        _ => Err(ApiError::bad_user_input("give either id or externalId")),
    }
}
