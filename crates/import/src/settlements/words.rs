//! What payment services call the states of payments: PayPal's payouts (`transaction_status`), Wise's transfers
//! (`status`), and our own words.

use domain::commission::PayoutSettlement;

/// What a payment service reports of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentState {
    Ended(PayoutSettlement),
    /// It may still arrive.
    Waiting,
}

/// The word as services spell it: in upper case, with underscores.
pub fn spelled(word: &str) -> String {
    word.trim().to_uppercase().replace([' ', '-'], "_")
}

/// What a word means, spelled as services do.
pub fn meaning(word: &str) -> Option<PaymentState> {
    use PayoutSettlement::{Canceled, Failed, Paid, Returned};
    Some(match word {
        "PAID" | "SUCCESS" | "COMPLETED" | "OUTGOING_PAYMENT_SENT" | "SENT" => PaymentState::Ended(Paid),
        "FAILED" | "BLOCKED" | "DENIED" | "CANCELLED" => PaymentState::Ended(Failed),
        "CANCELED" => PaymentState::Ended(Canceled),
        "RETURNED" | "REFUNDED" | "REVERSED" | "FUNDS_REFUNDED" | "CHARGED_BACK" => PaymentState::Ended(Returned),
        // An unclaimed payment may be claimed, and one that bounced be sent once more.
        "UNCLAIMED"
        | "BOUNCED_BACK"
        | "PENDING"
        | "ONHOLD"
        | "ON_HOLD"
        | "NEW"
        | "PROCESSING"
        | "INCOMING_PAYMENT_WAITING"
        | "INCOMING_PAYMENT_INITIATED"
        | "FUNDS_CONVERTED" => PaymentState::Waiting,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_payment_services_are_known() {
        use PayoutSettlement::{Canceled, Failed, Paid, Returned};
        for (word, expected) in [
            ("paid", PaymentState::Ended(Paid)),
            ("Success", PaymentState::Ended(Paid)),
            ("outgoing_payment_sent", PaymentState::Ended(Paid)),
            ("blocked", PaymentState::Ended(Failed)),
            ("Denied", PaymentState::Ended(Failed)),
            ("cancelled", PaymentState::Ended(Failed)),
            ("Canceled", PaymentState::Ended(Canceled)),
            ("RETURNED", PaymentState::Ended(Returned)),
            ("Refunded", PaymentState::Ended(Returned)),
            ("reversed", PaymentState::Ended(Returned)),
            ("funds refunded", PaymentState::Ended(Returned)),
            ("charged-back", PaymentState::Ended(Returned)),
            ("bounced back", PaymentState::Waiting),
            (" Unclaimed ", PaymentState::Waiting),
        ] {
            assert_eq!(meaning(&spelled(word)), Some(expected), "{word}");
        }
        assert_eq!((meaning("GONE"), meaning("")), (None, None));
    }
}
