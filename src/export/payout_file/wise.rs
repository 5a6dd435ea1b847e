//! Wise batch payments by file upload: with a header and at most 1,000 transfers. Payees that are e-mail addresses go
//! into Wise's template for e-mail recipients, payees that are recipient ids at Wise into the one for saved recipients.
//! As Wise's help documents them under "batch payments" and "How do I fill in my batch template?". The reference is the
//! payout's bank reference: banks shorten references, in US dollars to 10 characters.

use super::parameters::{CURRENCY, FileParameters, PART, RUN};
use super::payment::Payment;
use crate::export::parameters::Parameter;

pub const PARAMETERS: &[Parameter<'static>] = &[
    RUN,
    CURRENCY,
    PART,
    Parameter::new(
        "payees",
        "EMAIL|SAVED",
        "Only payees that are e-mail addresses, or only those that are recipients saved at Wise: Wise takes them in \
         files of their own.",
    ),
    Parameter::new(
        "sourceCurrency",
        "CurrencyCode",
        "The currency that the batch is funded in; by default that of each payout.",
    ),
    Parameter::new(
        "receiverType",
        "PERSON|INSTITUTION",
        "The type of all payees; by default partners are institutions, and individuals are persons.",
    ),
];

/// The kinds of files.
const EMAIL: &str = "EMAIL";
const SAVED: &str = "SAVED";

pub fn kind(payment: &Payment) -> &'static str {
    if payment.is_email() { EMAIL } else { SAVED }
}

/// The requested kind of file.
pub fn asked_for(wishes: &FileParameters) -> Option<&'static str> {
    match wishes.text("payees")? {
        SAVED => Some(SAVED),
        _ => Some(EMAIL),
    }
}

pub fn header(kind: &str) -> &'static [&'static str] {
    match kind {
        SAVED => &[
            "recipientId",
            "name",
            "recipientEmail",
            "recipientDetail",
            "sourceCurrency",
            "targetCurrency",
            "amountCurrency",
            "amount",
            "paymentReference",
            "receiverType",
        ],
        _ => &[
            "name",
            "recipientEmail",
            "paymentReference",
            "receiverType",
            "amountCurrency",
            "amount",
            "sourceCurrency",
            "targetCurrency",
            "type",
        ],
    }
}

pub fn line(payment: &Payment, wishes: &FileParameters) -> Vec<String> {
    let Payment {
        bank_reference,
        payee,
        name,
        ..
    } = payment;
    let (currency, amount) = (payment.currency(), payment.written());
    let source = wishes.text("sourceCurrency").unwrap_or(currency);
    let receiver = match payment.is_individual {
        true => "PERSON",
        false => "INSTITUTION",
    };
    let receiver = wishes.text("receiverType").unwrap_or(receiver);
    // The amount is what the payee receives; the sender pays Wise's fee on top.
    let target = "target";
    let cells = match kind(payment) {
        SAVED => vec![
            payee,
            name,
            "",
            "",
            source,
            currency,
            target,
            &amount,
            bank_reference,
            receiver,
        ],
        _ => vec![
            name,
            payee,
            bank_reference,
            receiver,
            target,
            &amount,
            source,
            currency,
            EMAIL,
        ],
    };
    cells.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use async_graphql::{Name, Value};

    use super::super::payment::tests::payment;
    use super::*;

    fn wishes(given: &[(&str, &str)]) -> FileParameters {
        let values = given.iter().map(|(name, text)| (Name::new(name), Value::from(*text)));
        FileParameters(values.collect())
    }

    #[test]
    fn payees_by_e_mail_and_saved_ones_have_lines_of_their_own() {
        let by_email = line(&payment(), &wishes(&[]));
        assert_eq!(
            by_email,
            [
                "Ann, \"the\" Partner",
                "ann@example.com",
                "K7MPQ2RS9T",
                "INSTITUTION",
                "target",
                "12.50",
                "EUR",
                "EUR",
                "EMAIL"
            ]
        );
        let (payee, is_individual) = ("12345678".to_owned(), true);
        let saved = Payment {
            payee,
            is_individual,
            ..payment()
        };
        let saved = line(&saved, &wishes(&[("sourceCurrency", "USD")]));
        assert_eq!(
            saved[..8],
            [
                "12345678",
                "Ann, \"the\" Partner",
                "",
                "",
                "USD",
                "EUR",
                "target",
                "12.50"
            ]
        );
        assert_eq!(saved[8..], ["K7MPQ2RS9T", "PERSON"]);
        assert_eq!(
            (by_email.len(), saved.len()),
            (header(EMAIL).len(), header(SAVED).len())
        );
    }
}
