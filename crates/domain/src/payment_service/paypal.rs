//! What PayPal's payouts by file upload take.

use super::is_email;
use crate::money::Money;

/// The currencies that PayPal pays in.
const CURRENCIES: [&str; 25] = [
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "JPY", "MXN", "MYR",
    "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD",
];

/// The currencies of which PayPal accepts whole units only.
pub const WHOLE: [&str; 3] = ["HUF", "JPY", "TWD"];

/// Whether the text is an account id: 13 letters and digits, without those that are easily confused.
fn is_payer_id(text: &str) -> bool {
    let is_one = |byte: u8| matches!(byte, b'2'..=b'9' | b'A'..=b'H' | b'J'..=b'N' | b'P'..=b'Z');
    text.len() == 13 && text.bytes().all(is_one)
}

/// Why it cannot pay this.
pub fn unfit(payee: &str, amount: Money) -> Option<String> {
    let code = amount.currency().code();
    if !CURRENCIES.contains(&code) {
        return Some(format!("PayPal does not pay in {code}"));
    }
    if WHOLE.contains(&code) && !amount.amount().fract().is_zero() {
        return Some(format!("PayPal pays whole {code} only, not {}", amount.amount()));
    }
    if payee.is_empty() {
        return Some("it has no payee".to_owned());
    }
    (!is_email(payee) && !is_payer_id(payee))
        .then(|| format!("the payee {payee:?} is neither an e-mail address nor the id of a PayPal account"))
}
