//! Wise batch payments by file upload: with a header and at most 1,000 transfers. Payees that are e-mail addresses go
//! into Wise's template for e-mail recipients, payees that are recipient ids at Wise into the one for saved recipients.
//! As Wise's help documents them under "batch payments" and "How do I fill in my batch template?".

use super::parameters::FileParameters;
use super::payment::Payment;
use super::service::FileLine;

pub const PARAMETERS: &[(&str, &str)] = &[
    ("runId", "ID!"),
    ("currency", "CurrencyCode"),
    ("part", "Int"),
    ("payees", "EMAIL|SAVED"),
    // The currency that the batch is funded in; by default each payout's own currency.
    ("sourceCurrency", "CurrencyCode"),
    // The type of all payees; by default partners are institutions, and individuals are persons.
    ("receiverType", "PERSON|INSTITUTION"),
];

/// Maximum number of transfers in a file.
pub const MAX_PAYOUTS: u64 = 1_000;

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

/// Whether the text is a recipient id: a number or a UUID.
fn is_recipient_id(text: &str) -> bool {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_uuid = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
    is_number || is_uuid
}

pub fn line(payment: &Payment, wishes: &FileParameters) -> FileLine {
    let Payment {
        id,
        payee,
        currency,
        amount,
        name,
        ..
    } = payment;
    if payment.digits() > 2 {
        return Err(format!(
            "Wise takes amounts with two digits behind the point, not {amount} {currency}"
        ));
    }
    let kind = kind(payment);
    if kind == SAVED && !is_recipient_id(payee) {
        return Err(format!(
            "the payee {payee:?} is neither an e-mail address nor the id of a recipient at Wise"
        ));
    }
    let source = wishes.text("sourceCurrency").unwrap_or(currency);
    let receiver = match payment.is_individual {
        true => "PERSON",
        false => "INSTITUTION",
    };
    let receiver = wishes.text("receiverType").unwrap_or(receiver);
    // The amount is what the payee receives; the sender pays Wise's fee on top.
    let target = "target";
    let cells = match kind {
        SAVED => vec![payee, name, "", "", source, currency, target, amount, id, receiver],
        _ => vec![name, payee, id, receiver, target, amount, source, currency, EMAIL],
    };
    Ok(cells.into_iter().map(str::to_owned).collect())
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
        let by_email = line(&payment(), &wishes(&[])).unwrap();
        assert_eq!(
            by_email,
            [
                "Ann, \"the\" Partner",
                "ann@example.com",
                "pay_01h2xcejqtf2nbrexx3vqjhp41",
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
        let saved = line(&saved, &wishes(&[("sourceCurrency", "USD")])).unwrap();
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
        assert_eq!(saved[8..], ["pay_01h2xcejqtf2nbrexx3vqjhp41", "PERSON"]);
        assert_eq!(
            (by_email.len(), saved.len()),
            (header(EMAIL).len(), header(SAVED).len())
        );
    }

    #[test]
    fn what_the_file_cannot_hold_is_said() {
        let (amount, currency) = ("1.250".to_owned(), "KWD".to_owned());
        let error = line(
            &Payment {
                amount,
                currency,
                ..payment()
            },
            &wishes(&[]),
        )
        .unwrap_err();
        assert!(error.contains("not 1.250 KWD"), "{error}");
        let payee = "Jane Doe".to_owned();
        assert!(line(&Payment { payee, ..payment() }, &wishes(&[])).is_err());
        assert!(is_recipient_id("11111111-2222-3333-4444-555555555555") && !is_recipient_id(""));
    }
}
