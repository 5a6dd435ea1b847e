//! PayPal Payouts by file upload: no header; recipient, amount, currency, customer id, note, wallet. One currency and
//! at most 5,000 payments per file. As PayPal documents it under "Payouts Web".

use super::parameters::FileParameters;
use super::payment::Payment;
use super::service::FileLine;

pub const PARAMETERS: &[(&str, &str)] = &[
    ("runId", "ID!"),
    ("currency", "CurrencyCode"),
    ("part", "Int"),
    // The decimal separator depends on the sender's country.
    ("decimalComma", "Boolean"),
];

/// Maximum number of payments in a file.
pub const MAX_PAYOUTS: u64 = 5_000;

/// Maximum length of a customer id; payout ids have exactly this length.
const MAX_ID_CHARACTERS: usize = 30;

/// The currencies that PayPal pays in.
const CURRENCIES: [&str; 25] = [
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "JPY", "MXN", "MYR",
    "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD",
];

/// The currencies of which PayPal accepts whole units only.
const WHOLE: [&str; 3] = ["HUF", "JPY", "TWD"];

/// Whether the text is an account id: 13 letters and digits, without those that are easily confused.
fn is_payer_id(text: &str) -> bool {
    let is_one = |byte: u8| matches!(byte, b'2'..=b'9' | b'A'..=b'H' | b'J'..=b'N' | b'P'..=b'Z');
    text.len() == 13 && text.bytes().all(is_one)
}

pub fn line(payment: &Payment, wishes: &FileParameters) -> FileLine {
    let Payment {
        id, payee, currency, ..
    } = payment;
    if !CURRENCIES.contains(&currency.as_str()) {
        return Err(format!("PayPal does not pay in {currency}"));
    }
    let mut amount = payment.amount.clone();
    if WHOLE.contains(&currency.as_str()) {
        let (whole, fraction) = amount.split_once('.').unwrap_or((&amount, ""));
        if fraction.bytes().any(|digit| digit != b'0') {
            return Err(format!("PayPal pays whole {currency} only, not {amount}"));
        }
        amount = whole.to_owned();
    }
    if !payment.is_email() && !is_payer_id(payee) {
        return Err(format!(
            "the payee {payee:?} is neither an e-mail address nor the id of a PayPal account"
        ));
    }
    if id.len() > MAX_ID_CHARACTERS {
        return Err(format!("its id has more than {MAX_ID_CHARACTERS} letters"));
    }
    if wishes.truth("decimalComma") {
        amount = amount.replace('.', ",");
    }
    let note = String::new();
    Ok(vec![
        payee.clone(),
        amount,
        currency.clone(),
        id.clone(),
        note,
        "PAYPAL".to_owned(),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::payment::tests::payment;
    use super::*;

    fn wishes() -> FileParameters {
        FileParameters(Default::default())
    }

    #[test]
    fn a_payment_is_a_line() {
        let expected = [
            "ann@example.com",
            "12.50",
            "EUR",
            "pay_01h2xcejqtf2nbrexx3vqjhp41",
            "",
            "PAYPAL",
        ];
        assert_eq!(line(&payment(), &wishes()).unwrap(), expected);
        let (amount, currency) = ("1500.00".to_owned(), "HUF".to_owned());
        let whole = Payment {
            amount,
            currency,
            ..payment()
        };
        assert_eq!(line(&whole, &wishes()).unwrap()[1], "1500");
        let payee = "WDJJHEBZ4X2LY".to_owned();
        assert!(line(&Payment { payee, ..payment() }, &wishes()).is_ok());
    }

    #[test]
    fn what_the_file_cannot_hold_is_said() {
        let with = |amount: &str, currency: &str, payee: &str| {
            let (amount, currency, payee) = (amount.to_owned(), currency.to_owned(), payee.to_owned());
            line(
                &Payment {
                    amount,
                    currency,
                    payee,
                    ..payment()
                },
                &wishes(),
            )
            .unwrap_err()
        };
        assert_eq!(with("1.250", "KWD", "a@b"), "PayPal does not pay in KWD");
        assert_eq!(with("1.25", "HUF", "a@b"), "PayPal pays whole HUF only, not 1.25");
        assert!(with("1.25", "EUR", "Jane Doe").contains("\"Jane Doe\" is neither"));
        assert!(with("1.25", "EUR", "WDJJHEBZ4X2L0").contains("neither"));
    }
}
