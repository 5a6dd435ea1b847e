//! A payout as the fields that payment services need.

use crate::export::ExportError;
use crate::export::sheet::{SheetRow, text_of};
use domain::money::{Currency, Money, parse_decimal};
use domain::payment_service::is_email;
use store::StoreError;

pub struct Payment {
    pub id: String,
    pub is_pending: bool,
    /// Identifies it on statements of banks.
    pub bank_reference: String,
    pub amount: Money,
    /// The payee's identifier at the payment service.
    pub payee: String,
    pub name: String,
    /// Whether an individual is paid, not the partner.
    pub is_individual: bool,
    pub partner_id: String,
    pub partner_external_id: String,
}

impl Payment {
    /// Reads a row with the columns of [`super::PAYOUTS`].
    pub fn of(row: &SheetRow<'_>) -> Result<Self, ExportError> {
        let cell = |column: usize| row[column].map(|value| text_of(value).into_owned());
        let required = |column| cell(column).unwrap_or_default();
        let recipient = cell(4);
        let amount = parse_decimal(&required(2)).ok().zip(Currency::parse(&required(3)).ok());
        let amount = amount.and_then(|(amount, currency)| Money::exact(amount, currency).ok());
        let amount = amount.ok_or_else(|| {
            let value = format!("{} {}", required(2), required(3));
            let (table, column) = ("payout", "amount_minor");
            ExportError::Store(StoreError::Corrupt { table, column, value })
        })?;
        Ok(Self {
            id: required(0),
            is_pending: required(1) == "PENDING",
            amount,
            payee: required(5),
            bank_reference: required(6),
            name: recipient.clone().unwrap_or_else(|| required(9)),
            is_individual: recipient.is_some(),
            partner_id: required(7),
            partner_external_id: required(8),
        })
    }

    pub fn currency(&self) -> &'static str {
        self.amount.currency().code()
    }

    /// The amount in major units of the currency, with all of its decimal places.
    pub fn written(&self) -> String {
        self.amount.amount().to_string()
    }

    /// Whether the payee is an e-mail address.
    pub fn is_email(&self) -> bool {
        is_email(&self.payee)
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A payout of 12.50 EUR to an e-mail address.
    pub fn payment() -> Payment {
        Payment {
            id: "pay_01h2xcejqtf2nbrexx3vqjhp41".to_owned(),
            is_pending: true,
            bank_reference: "K7MPQ2RS9T".to_owned(),
            amount: money("12.50", "EUR"),
            payee: "ann@example.com".to_owned(),
            name: "Ann, \"the\" Partner".to_owned(),
            is_individual: false,
            partner_id: "par_01h2xcejqtf2nbrexx3vqjhp41".to_owned(),
            partner_external_id: String::new(),
        }
    }

    pub fn money(amount: &str, code: &str) -> Money {
        Money::exact(amount.parse().unwrap(), Currency::parse(code).unwrap()).unwrap()
    }
}
