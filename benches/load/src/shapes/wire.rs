//! What the statements leave to the server, between two "~": ids, amounts and names in capitals. Also makes responses
//! comparable: timestamps without insignificant zeros.

use serde_json::Value;
use tributary::domain::money::Currency;
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The response as clients see it.
pub fn finish(text: &str) -> Vec<u8> {
    let mut answer = Vec::with_capacity(text.len());
    let mut parts = text.split('~');
    // Every other part is marked, since marks come in pairs.
    while let Some(plain) = parts.next() {
        answer.extend_from_slice(plain.as_bytes());
        if let Some(marked) = parts.next() {
            write(marked, &mut answer);
        }
    }
    answer
}

fn write(marked: &str, answer: &mut Vec<u8>) {
    let (kind, value) = marked.split_at(1.min(marked.len()));
    match kind {
        "i" => {
            let (prefix, uuid) = value.split_once('_').unwrap_or((value, ""));
            let mut number = Uuid::parse_str(uuid).map_or(0, |uuid| uuid.as_u128());
            let mut digits = [0; 26];
            for digit in digits.iter_mut().rev() {
                *digit = ALPHABET[(number & 31) as usize];
                number >>= 5;
            }
            answer.extend_from_slice(prefix.as_bytes());
            answer.push(b'_');
            answer.extend_from_slice(&digits);
        }
        "m" => {
            let (minor, currency) = value.split_once(' ').unwrap_or((value, ""));
            let exponent = match currency {
                "EUR" | "USD" => 2,
                other => Currency::parse(other).map_or(2, Currency::exponent),
            } as usize;
            let (sign, digits) = minor.strip_prefix('-').map_or(("", minor), |digits| ("-", digits));
            answer.extend_from_slice(sign.as_bytes());
            let padded = format!("{digits:0>width$}", width = exponent + 1);
            let (whole, fraction) = padded.split_at(padded.len() - exponent);
            answer.extend_from_slice(whole.as_bytes());
            if exponent > 0 {
                answer.push(b'.');
                answer.extend_from_slice(fraction.as_bytes());
            }
        }
        _ => {
            let mut before = b'_';
            for letter in value.bytes() {
                if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
                    answer.push(b'_');
                }
                answer.push(letter.to_ascii_uppercase());
                before = letter;
            }
        }
    }
}

/// The same response with all timestamps in one format.
pub fn tidy(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(moment(&text).unwrap_or(text)),
        Value::Array(items) => Value::Array(items.into_iter().map(tidy).collect()),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(key, value)| (key, tidy(value))).collect()),
        value => value,
    }
}

fn moment(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_on_snapshot =
        bytes.len() >= 19 && bytes[4] == b'-' && bytes[10] == b'T' && bytes[13] == b':' && bytes[16] == b':';
    let text = is_on_snapshot.then(|| text.trim_end_matches('Z'))?;
    let trimmed = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    };
    Some(trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_what_clients_see() {
        let text = r#"{"id":"~ipar_018f2f5c-0000-7000-8000-000000000001~","a":"~m-5 EUR~","b":"~m12345 JPY~","c":"~uFlatIncrease~"}"#;
        let id = crate::sample::wire::<tributary::domain::id::Partner>(
            Uuid::parse_str("018f2f5c-0000-7000-8000-000000000001").unwrap(),
        );
        let expected = format!(r#"{{"id":"{id}","a":"-0.05","b":"12345","c":"FLAT_INCREASE"}}"#);
        assert_eq!(String::from_utf8(finish(text)).unwrap(), expected);
    }

    #[test]
    fn moments_are_the_same_in_either_form() {
        assert_eq!(
            moment("2026-03-30T14:22:11.018500Z"),
            moment("2026-03-30T14:22:11.0185")
        );
        assert_eq!(moment("2026-03-30T14:22:00Z"), moment("2026-03-30T14:22:00"));
        assert_eq!(moment("a text that is as long as one"), None);
    }
}
