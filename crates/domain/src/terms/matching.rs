//! Which events, and which of their items, a component of the terms is for.

use rust_decimal::Decimal;

use crate::items::{self, Item};
use crate::money::{Currency, check_stored_amount};
use crate::problem::{Fault, ProblemCode, Problems};
use crate::via::AttributedVia;
use crate::{text, text_enum};

/// Maximum number of entries of a list of conditions.
pub const MAX_ENTRIES: usize = 100;

text_enum! {
    /// Whether a customer is new to the tenant.
    #[derive(serde::Serialize, serde::Deserialize)]
    CustomerCondition {
        /// The event is the customer's first one that counts for FIRST, with any partner of the tenant.
        New = "NEW",
        /// Such an event was recorded before.
        Returning = "RETURNING",
    }
}

/// What must hold for an event, or for an item of it. Of a list one entry must hold; an empty one always does.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Match {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_products: Vec<String>,
    /// ISO 3166-1 alpha-2 codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<AttributedVia>,
    /// The least amount of the whole event.
    #[serde(with = "rust_decimal::serde::str_option", skip_serializing_if = "Option::is_none")]
    pub min_amount: Option<Decimal>,
    /// Its amount must be below this one.
    #[serde(with = "rust_decimal::serde::str_option", skip_serializing_if = "Option::is_none")]
    pub max_amount: Option<Decimal>,
    /// That of the two amounts; `None`: the tenant's base currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerCondition>,
}

impl Match {
    /// Whether it holds for every event and item.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it names the products or categories that it is for.
    pub fn names_items(&self) -> bool {
        !(self.products.is_empty() && self.categories.is_empty())
    }

    /// Whether it is for this item.
    pub fn takes(&self, item: &Item) -> bool {
        let among = |list: &[String], text: &str| list.is_empty() || list.iter().any(|entry| entry == text);
        let category = item.category.as_deref();
        among(&self.products, &item.product)
            && (self.categories.is_empty() || category.is_some_and(|category| among(&self.categories, category)))
            && !self.exclude_products.contains(&item.product)
    }
}

/// A match as entered.
#[derive(Clone, Debug, Default)]
pub struct MatchDraft {
    pub products: Vec<String>,
    pub categories: Vec<String>,
    pub exclude_products: Vec<String>,
    pub countries: Vec<String>,
    pub via: Vec<AttributedVia>,
    pub min_amount: Option<Decimal>,
    pub max_amount: Option<Decimal>,
    pub customer: Option<CustomerCondition>,
}

impl MatchDraft {
    fn has_amounts(&self) -> bool {
        self.min_amount.is_some() || self.max_amount.is_some()
    }
}

/// The match of a component whose currency is this one (`None`: the tenant's), or `None` after recording problems under
/// `match`.
pub(super) fn matching(
    draft: Option<MatchDraft>,
    currency: Option<Currency>,
    base_currency: Currency,
    problems: &mut Problems,
) -> Option<Match> {
    let draft = draft.unwrap_or_default();
    let currency = currency.filter(|_| draft.has_amounts());
    problems.within("match", |problems| {
        let products = list("products", draft.products, text::name, problems);
        let categories = list("categories", draft.categories, text::name, problems);
        let exclude_products = list("excludeProducts", draft.exclude_products, text::name, problems);
        let countries = list("countries", draft.countries, items::country, problems);
        let mut via = draft.via;
        via.sort_unstable();
        via.dedup();
        let mut amount = |field, amount: Option<Decimal>| {
            problems.optional(field, amount, |amount| match amount < Decimal::ZERO {
                true => Err(Fault::invalid("must not be negative")),
                false => check_stored_amount(amount, Some(currency.unwrap_or(base_currency))),
            })
        };
        let (min_amount, max_amount) = (
            amount("minAmount", draft.min_amount),
            amount("maxAmount", draft.max_amount),
        );
        if let (Some(Some(least)), Some(Some(below))) = (min_amount, max_amount)
            && least >= below
        {
            problems.add("maxAmount", ProblemCode::Invalid, "must be above minAmount");
        }
        Some(Match {
            products: products?,
            categories: categories?,
            exclude_products: exclude_products?,
            countries: countries?,
            via,
            min_amount: min_amount?,
            max_amount: max_amount?,
            currency,
            customer: draft.customer,
        })
    })
}

/// Whether the component's currency is needed by anything but its basis.
pub(super) fn uses_currency(draft: Option<&MatchDraft>, is_fixed: bool) -> bool {
    is_fixed || draft.is_some_and(MatchDraft::has_amounts)
}

/// The entries without repetitions, in their order.
fn list(
    field: &str,
    entries: Vec<String>,
    check: impl Fn(&str) -> Result<String, Fault>,
    problems: &mut Problems,
) -> Option<Vec<String>> {
    problems.within(field, |problems| {
        if !problems.at_most("", entries.len(), MAX_ENTRIES, "") {
            return None;
        }
        let (mut kept, mut is_right) = (Vec::with_capacity(entries.len()), true);
        for (index, entry) in entries.iter().enumerate() {
            match problems.take(&index.to_string(), check(entry)) {
                Some(entry) if kept.contains(&entry) => {}
                Some(entry) => kept.push(entry),
                None => is_right = false,
            }
        }
        is_right.then_some(kept)
    })
}
