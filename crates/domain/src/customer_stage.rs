//! Whether a customer is new to a tenant.

use super::event::{self, EventKind};
use super::money::Money;
use super::terms::BasisKind;
use super::text_enum;

text_enum! {
    /// What was recorded of a customer before an event, with any partner of the tenant.
    #[derive(Default)]
    CustomerStage {
        /// Nothing that counts for FIRST.
        #[default]
        New = "NEW",
        /// Conversions, but nothing with an amount above 0. Components of a fixed amount count these.
        Lead = "LEAD",
        /// Something with an amount above 0.
        Buyer = "BUYER",
    }
}

impl CustomerStage {
    /// The stage after this event.
    #[must_use]
    pub fn followed_by(self, kind: EventKind, amount: Option<Money>) -> Self {
        match self {
            Self::New | Self::Lead if event::has_amount(amount) && !kind.takes_back() => Self::Buyer,
            Self::New if event::is_qualifying(kind, amount) => Self::Lead,
            Self::New | Self::Lead | Self::Buyer => self,
        }
    }

    /// Whether nothing that a component of this basis counts was recorded.
    pub fn is_new_to(self, basis: BasisKind) -> bool {
        match (self, basis) {
            (Self::New, _) | (Self::Lead, BasisKind::Percent | BasisKind::GroupRules) => true,
            (Self::Lead, BasisKind::Fixed) | (Self::Buyer, _) => false,
        }
    }
}
