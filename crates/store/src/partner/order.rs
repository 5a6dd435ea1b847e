//! The orders in which partners are listed.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use entity::partner::{Column, Entity};

use crate::order::{SortBy, SortColumn};
use crate::view;
use domain::money::Currency;

/// The orders in which partners are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PartnerOrder {
    #[default]
    CreatedAt,
    Name,
    /// By the stored sum in a currency; partners without one count as 0.
    LifetimeValue(Currency),
    Payable(Currency),
}

impl SortBy for PartnerOrder {
    fn key(self) -> Option<SortColumn> {
        match self {
            Self::CreatedAt => None,
            Self::Name => Some(SortColumn::text(view::column(Column::NameKey))),
            Self::LifetimeValue(currency) => Some(SortColumn::integer(kept_sum(
                "lifetime_value",
                LIFETIME_VALUE,
                currency,
            ))),
            Self::Payable(currency) => Some(SortColumn::integer(kept_sum("payable", PAYABLE, currency))),
        }
    }
}

const LIFETIME_VALUE: &str = "COALESCE((SELECT kept.amount_minor FROM partner_lifetime_value AS kept \
    WHERE kept.tenant_id = {row}.tenant_id AND kept.partner_id = {row}.id AND kept.currency = '{currency}'), 0)";

const PAYABLE: &str = "COALESCE((SELECT kept.approved_minor - kept.reserved_minor FROM partner_balance AS kept \
    WHERE kept.tenant_id = {row}.tenant_id AND kept.partner_id = {row}.id AND kept.currency = '{currency}'), 0)";

/// A sum that is stored beside the partner. No index contains it: everything that is recorded would have to move its
/// entry. Names and expressions live as long as the program; there are as many as currencies.
fn kept_sum(name: &'static str, expression: &str, currency: Currency) -> view::Column {
    type KnownSums = HashMap<(&'static str, Currency), &'static view::Derived>;
    static KNOWN: LazyLock<Mutex<KnownSums>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let derived = known.entry((name, currency)).or_insert_with(|| {
        let name: &'static str = format!("{name}_{currency}").leak();
        let expression: &'static str = expression.replace("{currency}", currency.code()).leak();
        let of = &["tenant_id", "id"];
        Box::leak(Box::new(view::Derived { name, expression, of }))
    });
    view::derived::<Entity>(derived)
}
