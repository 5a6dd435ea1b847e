//! Numbers in JSON that have no exact place in memory: whole numbers are kept in 64 bits, all others in binary floating
//! point. A number that neither of them can give back would change silently, so it is refused before it is read.

/// How much of a refused number an error shows.
const SHOWN_CHARACTERS: usize = 40;

/// Refuses JSON text that contains a number which would change when it is read. The error says which one, and what to do
/// instead.
pub fn check_json(json: &str) -> Result<(), String> {
    numbers(json).try_for_each(check_number)
}

/// Refuses one number, written as in JSON or GraphQL, that would change when it is read.
pub fn check_number(number: &str) -> Result<(), String> {
    if is_kept(number) {
        return Ok(());
    }
    let shown: String = number.chars().take(SHOWN_CHARACTERS).collect();
    let more = if shown.len() < number.len() { "..." } else { "" };
    Err(format!(
        "the number {shown}{more} cannot be kept exactly: put it in quotes, as a text"
    ))
}

/// The numbers in JSON text, as written. What stands in strings is skipped.
fn numbers(json: &str) -> impl Iterator<Item = &str> {
    let is_of_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    let (mut outside, mut end) = (outside_strings(json.as_bytes()), 0);
    std::iter::from_fn(move || {
        let begins = |(at, byte): &(usize, u8)| *at >= end && matches!(byte, b'-' | b'0'..=b'9');
        let (begin, _) = outside.find(begins)?;
        let rest = &json.as_bytes()[begin..];
        end = begin + rest.iter().take_while(|byte| is_of_number(byte)).count();
        Some(&json[begin..end])
    })
}

/// The bytes of JSON text that stand outside of strings, each with its place.
pub fn outside_strings(json: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let (mut in_string, mut escaped) = (false, false);
    json.iter().copied().enumerate().filter(move |(_, byte)| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ => return !in_string,
        }
        false
    })
}

/// Whether what is read has the same decimal value as what is written.
fn is_kept(number: &str) -> bool {
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return true;
    }
    match number.parse::<f64>() {
        // As it will be written: of two equally near and equally short texts, other writers choose the other one.
        Ok(read) if read.is_finite() => {
            let written = serde_json::json!(read).to_string();
            decimal(number).is_some_and(|it| Some(it) == decimal(&written))
        }
        _ => false,
    }
}

/// The digits of a number without zeros at either end, and where the decimal point stands relative to the first of them.
/// The sign is left out, since reading never changes it. `None`: the exponent is beyond all bounds.
fn decimal(number: &str) -> Option<(Vec<u8>, i64)> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches('-');
    let written = whole.bytes().chain(fraction.bytes());
    let zeros = written.clone().take_while(|digit| *digit == b'0').count();
    let mut digits: Vec<u8> = written.skip(zeros).collect();
    digits.truncate(
        digits
            .iter()
            .rposition(|digit| *digit != b'0')
            .map_or(0, |last| last + 1),
    );
    if digits.is_empty() {
        return Some((digits, 0));
    }
    let point = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()?;
    Some((digits, exponent.parse::<i64>().ok()?.checked_add(point)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_that_would_change_are_refused() {
        for kept in [
            "0",
            "-0",
            "-0.0",
            "0e999999999999999999999",
            "1.10",
            "12.50e0",
            "1e2",
            "100E-2",
            "0.1",
            "-9223372036854775808",
            "18446744073709551615",
            "100000000000000000000",
            "9007199254740993",
            "0.30000000000000004",
            "1.7976931348623157e308",
            "5e-324",
            "123456789.01234567",
            "0.000001000",
            "1000000000000000.2",
        ] {
            assert_eq!(check_number(kept), Ok(()), "{kept}");
        }
        for changed in [
            "18446744073709551616.5",
            "1000000000000000.3",
            "18446744073709551617",
            "-9223372036854775809",
            "0.1234567890123456789",
            "1.00000000000000000001",
            "9007199254740993.0",
            "1e309",
            "1e-400",
            "4e-324",
            "1e99999999999999999999",
            "3.14159265358979323846",
            "0.30000000000000004000000001",
        ] {
            assert!(check_number(changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn numbers_are_found_wherever_they_stand_and_nowhere_in_strings() {
        let json = r#"{"1":[-1.5e+3,"2\"3\\",4], "a5" :{"b":6},"c":"\u0037"}"#;
        assert_eq!(numbers(json).collect::<Vec<_>>(), ["-1.5e+3", "4", "6"]);
        let refused = check_json(r#"{"a":["18446744073709551617",{"b":18446744073709551617}]}"#);
        assert_eq!(
            refused.unwrap_err(),
            "the number 18446744073709551617 cannot be kept exactly: put it in quotes, as a text"
        );
        assert!(check_json(&format!("[{}]", "9".repeat(5000))).unwrap_err().len() < 150);
    }

    proptest! {
        /// What is accepted comes back with the same value; the standard library's decimal types are the judge.
        #[test]
        fn what_is_accepted_comes_back(number in "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?") {
            let read: serde_json::Value = serde_json::from_str(&number).unwrap();
            let written = read.to_string();
            let same = decimal(&number) == decimal(&written);
            prop_assert_eq!(check_json(&number).is_ok(), same, "{} came back as {}", number, written);
        }
    }
}
