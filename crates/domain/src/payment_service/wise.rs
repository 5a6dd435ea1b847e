//! What Wise's batch payments take.

use super::is_email;
use crate::money::Money;

/// Whether the text is a recipient id: a number or a UUID.
fn is_recipient_id(text: &str) -> bool {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_uuid = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
    is_number || is_uuid
}

/// Why it cannot pay this.
pub fn unfit(payee: &str, amount: Money) -> Option<String> {
    if amount.currency().exponent() > 2 {
        return Some(format!(
            "Wise takes amounts with two digits behind the point, not {amount}"
        ));
    }
    if payee.is_empty() {
        return Some("it has no payee".to_owned());
    }
    (!is_email(payee) && !is_recipient_id(payee))
        .then(|| format!("the payee {payee:?} is neither an e-mail address nor the id of a recipient at Wise"))
}
