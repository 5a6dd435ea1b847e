//! The match of a component of commission terms, as input and output types.

use std::convert::Infallible;

use async_graphql::resolver_utils::enum_value;
use async_graphql::{Enum, InputObject, SimpleObject};

use crate::graphql::input::each;
use crate::graphql::ledger::event::AttributedVia;
use crate::graphql::rows::{PlainObject, SubSelection, unwritten};
use crate::graphql::scalar::Decimal;
use domain::terms::{self, Match, MatchDraft};
use store::view::JsonText;

/// Which events, and which of their items, a component is for. Of each list one entry must hold, and all conditions
/// together; an empty list and null always hold.
#[derive(Clone, SimpleObject)]
pub struct TermMatch {
    /// Items of these products, compared exactly.
    pub products: Vec<String>,
    /// Items of these categories, compared exactly.
    pub categories: Vec<String>,
    /// No items of these products.
    pub exclude_products: Vec<String>,
    /// Events in these countries (ISO 3166-1 alpha-2).
    pub countries: Vec<String>,
    /// Events that are attributed in one of these ways.
    pub via: Vec<AttributedVia>,
    /// Events of at least this amount, in the component's currency.
    pub min_amount: Option<Decimal>,
    /// Events of less than this amount, in the component's currency.
    pub max_amount: Option<Decimal>,
    /// Events of new or of returning customers.
    pub customer: Option<CustomerCondition>,
}

/// Whether a customer is new to the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "terms::CustomerCondition")]
pub enum CustomerCondition {
    /// The event is the customer's first one that counts for FIRST, with any partner of the tenant.
    New,
    /// An event of the customer that counts for FIRST was recorded before, with any partner of the tenant.
    Returning,
}

impl PlainObject for TermMatch {
    fn write(&self, field: &str, _: &SubSelection<'_>, json: &mut JsonText) {
        match field {
            "products" => texts(&self.products, json),
            "categories" => texts(&self.categories, json),
            "excludeProducts" => texts(&self.exclude_products, json),
            "countries" => texts(&self.countries, json),
            "via" => list(&self.via, json, |json, via| json.plain(enum_value(*via))),
            "minAmount" => json.optional(self.min_amount.map(|amount| amount.0)),
            "maxAmount" => json.optional(self.max_amount.map(|amount| amount.0)),
            "customer" => match self.customer {
                Some(customer) => json.plain(enum_value(customer)),
                None => json.null(),
            },
            _ => unwritten(self, field, json),
        }
    }
}

fn texts(texts: &[String], json: &mut JsonText) {
    list(texts, json, |json, text| json.text(text));
}

fn list<T>(entries: &[T], json: &mut JsonText, write: impl Fn(&mut JsonText, &T)) {
    let Ok(()) = json.list(entries, |json, entry| {
        write(json, entry);
        Ok::<_, Infallible>(())
    });
}

/// Which events, and which of their items, a component is for. Of each list one entry must hold, and all conditions
/// together; what is left out, and an empty list, always holds. Lists have at most 100 entries.
#[derive(Clone, Default, InputObject)]
pub struct TermMatchInput {
    /// Items of these products, compared exactly.
    pub products: Option<Vec<String>>,
    /// Items of these categories, compared exactly.
    pub categories: Option<Vec<String>>,
    /// No items of these products.
    pub exclude_products: Option<Vec<String>>,
    /// Events in these countries, by their ISO 3166-1 alpha-2 codes such as DE.
    pub countries: Option<Vec<String>>,
    /// Events that are attributed in one of these ways.
    pub via: Option<Vec<AttributedVia>>,
    /// Events of at least this amount, in the component's currency; events in another one do not match.
    pub min_amount: Option<Decimal>,
    /// Events of less than this amount, in the component's currency; events in another one do not match.
    pub max_amount: Option<Decimal>,
    /// Events of new or of returning customers.
    pub customer: Option<CustomerCondition>,
}

impl From<&Match> for TermMatch {
    fn from(matching: &Match) -> Self {
        Self {
            products: matching.products.clone(),
            categories: matching.categories.clone(),
            exclude_products: matching.exclude_products.clone(),
            countries: matching.countries.clone(),
            via: each(matching.via.clone()),
            min_amount: matching.min_amount.map(Decimal),
            max_amount: matching.max_amount.map(Decimal),
            customer: matching.customer.map(CustomerCondition::from),
        }
    }
}

impl From<TermMatchInput> for MatchDraft {
    fn from(input: TermMatchInput) -> Self {
        Self {
            products: input.products.unwrap_or_default(),
            categories: input.categories.unwrap_or_default(),
            exclude_products: input.exclude_products.unwrap_or_default(),
            countries: input.countries.unwrap_or_default(),
            via: each(input.via.unwrap_or_default()),
            min_amount: input.min_amount.map(Into::into),
            max_amount: input.max_amount.map(Into::into),
            customer: input.customer.map(Into::into),
        }
    }
}
