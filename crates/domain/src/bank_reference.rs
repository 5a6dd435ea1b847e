//! Texts by which a payout can be found again in files of payment services and on statements of banks, which shorten
//! references, convert them to upper case, and leave out or add punctuation.

/// Number of characters of a bank reference: as many as the strictest payment systems keep (US dollars at Wise).
pub const LENGTH: usize = 10;

/// How many of its first characters already identify a payout within its tenant.
pub const START: usize = 8;

/// Letters and digits that are not mistaken for each other: no I and 1, no O and 0.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A new bank reference, made of the lowest 50 of these bits.
pub fn of_bits(bits: u64) -> String {
    let letter = |place| char::from(ALPHABET[(bits >> (5 * place) & 31) as usize]);
    (0..LENGTH).map(letter).collect()
}

/// The part of a bank reference that identifies its payout.
pub fn start(reference: &str) -> &str {
    reference.get(..START).unwrap_or(reference)
}

/// What remains of an identifier if case, spaces and punctuation are ignored.
pub fn key(text: &str) -> String {
    let kept = text.chars().filter(|letter| letter.is_alphanumeric());
    kept.flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_made_of_letters_that_are_not_mistaken_for_each_other() {
        assert_eq!(of_bits(0), "AAAAAAAAAA");
        assert_eq!(of_bits(u64::MAX), "9999999999");
        let one = of_bits(0b00001_00010);
        assert_eq!((one.as_str(), start(&one)), ("CBAAAAAAAA", "CBAAAAAA"));
        let letters: std::collections::BTreeSet<_> = ALPHABET.iter().collect();
        assert_eq!(letters.len(), 32);
        assert!(!"I1O0".bytes().any(|letter| ALPHABET.contains(&letter)));
    }

    #[test]
    fn case_spaces_and_punctuation_do_not_count() {
        for text in ["K7MP-Q2RS 9T", "k7mpq2rs9t", " K7/MP.Q2_RS\u{a0}9T "] {
            assert_eq!(key(text), "K7MPQ2RS9T", "{text:?}");
        }
        assert_eq!(
            (key("zahlung ß/ü"), key("-- ")),
            ("ZAHLUNGSSÜ".to_owned(), String::new())
        );
    }
}
