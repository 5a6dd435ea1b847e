//! A payout as the fields that payment services need.

use crate::export::sheet::{SheetRow, text_of};

pub struct Payment {
    pub id: String,
    pub is_pending: bool,
    /// In major units of the currency, with all of its decimal places.
    pub amount: String,
    pub currency: String,
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
    pub fn of(row: &SheetRow<'_>) -> Self {
        let cell = |column: usize| row[column].map(|value| text_of(value).into_owned());
        let required = |column| cell(column).unwrap_or_default();
        let recipient = cell(4);
        // Runs of earlier versions did not store the payee.
        let of_partner = || match &recipient {
            Some(recipient) => Some(recipient.clone()),
            None => cell(9).or_else(|| cell(10)),
        };
        Self {
            id: required(0),
            is_pending: required(1) == "PENDING",
            amount: required(2),
            currency: required(3),
            payee: cell(5).or_else(of_partner).unwrap_or_default(),
            name: recipient.clone().unwrap_or_else(|| required(8)),
            is_individual: recipient.is_some(),
            partner_id: required(6),
            partner_external_id: required(7),
        }
    }

    /// Whether the payee is an e-mail address.
    pub fn is_email(&self) -> bool {
        let parts = self.payee.split_once('@');
        let is_word =
            |text: &str| !text.is_empty() && !text.contains(|letter: char| letter.is_whitespace() || letter == '@');
        parts.is_some_and(|(name, host)| is_word(name) && is_word(host))
    }

    /// The number of decimal places of the amount.
    pub fn digits(&self) -> usize {
        self.amount.split_once('.').map_or(0, |(_, digits)| digits.len())
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
            amount: "12.50".to_owned(),
            currency: "EUR".to_owned(),
            payee: "ann@example.com".to_owned(),
            name: "Ann, \"the\" Partner".to_owned(),
            is_individual: false,
            partner_id: "par_01h2xcejqtf2nbrexx3vqjhp41".to_owned(),
            partner_external_id: String::new(),
        }
    }

    #[test]
    fn e_mail_addresses_are_told_from_other_payees() {
        let is_email = |payee: &str| {
            let payee = payee.to_owned();
            Payment { payee, ..payment() }.is_email()
        };
        assert!(is_email("ann@example.com") && is_email("a+b@c"));
        assert!(!is_email("12345") && !is_email("@c") && !is_email("a@") && !is_email("a b@c") && !is_email("a@b@c"));
    }
}
