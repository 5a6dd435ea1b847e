//! PayPal Payouts by file upload: no header; recipient, amount, currency, customer id, note, wallet. One currency and
//! at most 5,000 payments per file. As PayPal documents it under "Payouts Web". The customer id, of at most 30
//! characters, is the payout's id.

use super::parameters::{CURRENCY, FileParameters, PART, RUN};
use super::payment::Payment;
use crate::export::parameters::Parameter;
use domain::payment_service::PayoutFileFormat;

pub const PARAMETERS: &[Parameter<'static>] = &[
    RUN,
    CURRENCY,
    PART,
    Parameter::new(
        "decimalComma",
        "Boolean",
        "Whether amounts are written with a decimal comma, which PayPal expects of senders in some countries.",
    ),
];

pub fn line(payment: &Payment, wishes: &FileParameters) -> Vec<String> {
    let currency = payment.currency();
    let mut amount = payment.written();
    if PayoutFileFormat::PayPal.takes_whole(currency)
        && let Some((whole, _)) = amount.split_once('.')
    {
        amount = whole.to_owned();
    }
    if wishes.truth("decimalComma") {
        amount = amount.replace('.', ",");
    }
    let (payee, id, note) = (payment.payee.clone(), payment.id.clone(), String::new());
    vec![payee, amount, currency.to_owned(), id, note, "PAYPAL".to_owned()]
}

#[cfg(test)]
mod tests {
    use super::super::payment::tests::{money, payment};
    use super::*;

    #[test]
    fn a_payment_is_a_line() {
        let wishes = FileParameters(Default::default());
        let expected = [
            "ann@example.com",
            "12.50",
            "EUR",
            "pay_01h2xcejqtf2nbrexx3vqjhp41",
            "",
            "PAYPAL",
        ];
        let found = line(&payment(), &wishes);
        assert_eq!(found, expected);
        // The longest customer id that PayPal takes.
        assert_eq!(found[3].len(), 30);
        let amount = money("1500.00", "HUF");
        assert_eq!(line(&Payment { amount, ..payment() }, &wishes)[1], "1500");
    }
}
