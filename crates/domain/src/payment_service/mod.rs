//! The payment services that accept files of payouts, and which payouts such a file can hold. As the services document
//! their files: PayPal under "Payouts Web", Wise in its help about batch payments.

mod paypal;
mod wise;

use super::money::Money;
use super::text_enum;

text_enum! {
    /// The format of a payout file.
    PayoutFileFormat {
        /// Of no service in particular.
        Csv = "CSV",
        PayPal = "PAYPAL",
        Wise = "WISE",
    }
}

impl PayoutFileFormat {
    /// Why a file of this format cannot hold a payment; `None`: it can.
    pub fn unfit(self, payee: &str, amount: Money) -> Option<String> {
        match self {
            Self::Csv => None,
            Self::PayPal => paypal::unfit(payee, amount),
            Self::Wise => wise::unfit(payee, amount),
        }
    }

    /// Maximum number of payments in a file; `None`: unlimited.
    pub fn most(self) -> Option<u64> {
        match self {
            Self::Csv => None,
            Self::PayPal => Some(5_000),
            Self::Wise => Some(1_000),
        }
    }

    /// Whether it takes amounts of a currency in whole units only, although the currency has decimal places.
    pub fn takes_whole(self, currency: &str) -> bool {
        self == Self::PayPal && paypal::WHOLE.contains(&currency)
    }
}

/// Whether the payee is an e-mail address.
pub fn is_email(payee: &str) -> bool {
    let is_word =
        |text: &str| !text.is_empty() && !text.contains(|letter: char| letter.is_whitespace() || letter == '@');
    payee
        .split_once('@')
        .is_some_and(|(name, host)| is_word(name) && is_word(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    pub fn money(amount: &str, code: &str) -> Money {
        Money::exact(amount.parse().unwrap(), Currency::parse(code).unwrap()).unwrap()
    }

    #[test]
    fn e_mail_addresses_are_told_from_other_payees() {
        assert!(is_email("ann@example.com") && is_email("a+b@c"));
        assert!(!is_email("12345") && !is_email("@c") && !is_email("a@") && !is_email("a b@c") && !is_email("a@b@c"));
    }

    #[test]
    fn a_file_of_no_service_holds_everything() {
        assert_eq!(PayoutFileFormat::Csv.unfit("", money("1.250", "KWD")), None);
        assert!(PayoutFileFormat::PayPal.takes_whole("HUF") && !PayoutFileFormat::PayPal.takes_whole("EUR"));
        assert!(!PayoutFileFormat::Wise.takes_whole("HUF"));
    }

    #[test]
    fn what_a_file_cannot_hold_is_said() {
        use PayoutFileFormat::{PayPal, Wise};
        for (format, payee, amount, code, says) in [
            (PayPal, "a@b", "12.50", "EUR", None),
            (PayPal, "a@b", "1500.00", "HUF", None),
            (PayPal, "WDJJHEBZ4X2LY", "1", "USD", None),
            (
                PayPal,
                "a@b",
                "100.50",
                "HUF",
                Some("PayPal pays whole HUF only, not 100.50"),
            ),
            (PayPal, "a@b", "1.250", "KWD", Some("PayPal does not pay in KWD")),
            (
                PayPal,
                "Jane Doe",
                "1",
                "EUR",
                Some("the payee \"Jane Doe\" is neither"),
            ),
            (PayPal, "WDJJHEBZ4X2L0", "1", "EUR", Some("is neither")),
            (PayPal, "", "1", "EUR", Some("it has no payee")),
            (Wise, "a@b", "12.50", "EUR", None),
            (Wise, "12345678", "100.50", "HUF", None),
            (Wise, "11111111-2222-3333-4444-555555555555", "7", "JPY", None),
            (Wise, "a@b", "1.250", "KWD", Some("not 1.250 KWD")),
            (Wise, "Jane Doe", "1", "EUR", Some("is neither")),
            (Wise, "", "1", "EUR", Some("it has no payee")),
        ] {
            let found = format.unfit(payee, money(amount, code));
            let is_right = match says {
                None => found.is_none(),
                Some(says) => found.as_ref().is_some_and(|text| text.contains(says)),
            };
            assert!(is_right, "{format:?} {payee} {amount} {code}: {found:?}");
        }
    }
}
