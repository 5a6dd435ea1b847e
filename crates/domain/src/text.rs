//! Texts: how they are kept, which characters they may hold, and how they are searched.
//!
//! All are kept trimmed and in Unicode's normal form NFC, so that texts that look the same are the same.

use std::borrow::Cow;

use caseless::Caseless;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::problem::{Fault, ProblemCode, Problems};

/// A name or label: not blank, at most 200 characters, none of them invisible, except for the joiners that some scripts
/// and emoji are written with.
pub fn name(text: &str) -> Result<String, Fault> {
    label(text, 200)
}

/// A reason given by staff: not blank, at most 1,000 characters on one line.
pub fn reason(text: &str) -> Result<String, Fault> {
    checked(text, 1000, char::is_control)
}

/// An id assigned by another system: not blank, at most 200 characters, none of them invisible.
pub fn external_id(text: &str) -> Result<String, Fault> {
    identifier(text, 200)
}

/// What another system calls something, such as a payment: not blank, at most 200 characters, none of them invisible.
pub fn reference(text: &str) -> Result<String, Fault> {
    identifier(text, 200)
}

/// The type of an event, such as `invoice_paid`: not blank, at most 100 characters, none of them invisible.
pub fn event_type(text: &str) -> Result<String, Fault> {
    identifier(text, 100)
}

/// The code of a coupon: not blank, at most 64 characters, none of them invisible.
pub fn coupon_code(text: &str) -> Result<String, Fault> {
    identifier(text, 64)
}

/// By which codes of coupons are compared: customers type them in any case and width.
pub fn coupon_key(code: &str) -> String {
    code.trim().nfkc().collect::<String>().to_uppercase().nfkc().collect()
}

/// A longer text: at most 5,000 characters; may be blank.
pub fn description(text: &str) -> Result<String, Fault> {
    let text = normalised(text);
    if text.chars().count() > 5000 {
        return Err(Fault::invalid("is too long: at most 5000 characters"));
    }
    without_null(&text)?;
    Ok(text)
}

/// Refuses U+0000, which PostgreSQL keeps in no text.
pub fn without_null(text: &str) -> Result<(), Fault> {
    match text.contains('\0') {
        true => Err(Fault::invalid("must not contain the character U+0000")),
        false => Ok(()),
    }
}

/// The text as it is kept: trimmed, in NFC.
pub fn normalised(text: &str) -> String {
    in_nfc(text.trim()).into_owned()
}

fn in_nfc(text: &str) -> Cow<'_, str> {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
    }
}

/// At most 50 distinct tags of at most 100 characters, in the order given; duplicates are dropped. `None` after
/// recording problems under `tags.N`.
pub fn tags(tags: Vec<String>, problems: &mut Problems) -> Option<Vec<String>> {
    problems.within("tags", |problems| {
        let mut kept: Vec<String> = Vec::new();
        let mut all_good = true;
        for (index, tag) in tags.iter().enumerate() {
            match problems.take(&index.to_string(), label(tag, 100)) {
                Some(tag) if kept.contains(&tag) => {}
                Some(tag) => kept.push(tag),
                None => all_good = false,
            }
            if kept.len() > 50 {
                problems.add("", ProblemCode::Invalid, "has too many entries: at most 50 tags");
                return None;
            }
        }
        all_good.then_some(kept)
    })
}

/// An e-mail address, converted to lower case.
pub fn email(text: &str) -> Result<String, Fault> {
    let text = normalised(&text.to_lowercase());
    without(&text, is_invisible)?;
    let options = email_address::Options::default()
        .with_required_tld()
        .without_display_text()
        .without_domain_literal();
    match email_address::EmailAddress::parse_with_options(&text, options) {
        Ok(_) => Ok(text),
        Err(_) if text.is_empty() => Err(Fault::required()),
        Err(_) => Err(Fault::invalid("must be an e-mail address such as ann@example.com")),
    }
}

/// A text to look for, as it would be kept: at most 200 characters, as long as the longest stored name.
pub fn wanted(text: &str) -> Result<String, Fault> {
    if text.chars().count() > 200 {
        return Err(Fault::invalid("is too long: at most 200 characters"));
    }
    Ok(normalised(text))
}

/// The text by which names and external ids are searched and names are sorted, the same on every database: without
/// differences of case (`ß` is `SS`) or of compatible characters (`Ａ` is `A`), in NFKC.
pub fn sort_key(name: &str) -> String {
    let folded = name.trim().nfd().default_case_fold().nfkd().default_case_fold();
    let mut key: String = folded.nfkc().collect();
    // A few characters become 18; the indexes of databases do not hold texts of any length.
    if key.len() > MAX_KEY_BYTES {
        let end = (0..=MAX_KEY_BYTES).rev().find(|end| key.is_char_boundary(*end));
        key.truncate(end.unwrap_or_default());
    }
    key
}

/// As many as 200 characters have at most.
const MAX_KEY_BYTES: usize = 800;

fn identifier(text: &str, characters: usize) -> Result<String, Fault> {
    checked(text, characters, is_invisible)
}

fn label(text: &str, characters: usize) -> Result<String, Fault> {
    checked(text, characters, |letter| is_invisible(letter) && !is_joiner(letter))
}

/// The text as it is kept, if it is neither blank nor longer than this, and holds none of the characters that `refuse`
/// names.
fn checked(text: &str, characters: usize, refuse: fn(char) -> bool) -> Result<String, Fault> {
    let text = normalised(text);
    if text.is_empty() {
        return Err(Fault(ProblemCode::Required, "must not be empty".into()));
    }
    if text.chars().count() > characters {
        return Err(Fault::invalid(format!("is too long: at most {characters} characters")));
    }
    without(&text, refuse)?;
    Ok(text)
}

fn without(text: &str, refuse: fn(char) -> bool) -> Result<(), Fault> {
    let mut letters = text.chars().enumerate();
    match letters.find(|(_, letter)| refuse(*letter)) {
        None => Ok(()),
        Some((place, letter)) => {
            let (code, place) = (u32::from(letter), place + 1);
            let message = format!("must not contain the invisible character U+{code:04X} (its character {place})");
            Err(Fault::invalid(message))
        }
    }
}

/// Whether it shows nothing, so that texts with and without it look the same: controls such as U+0000, line ends, and
/// format characters such as zero-width spaces, byte order marks and marks of direction.
fn is_invisible(letter: char) -> bool {
    let others = [
        GeneralCategory::Format,
        GeneralCategory::LineSeparator,
        GeneralCategory::ParagraphSeparator,
    ];
    letter.is_control() || !letter.is_ascii() && others.contains(&letter.general_category())
}

/// Characters within words of some scripts, and within emoji.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_trimmed_and_bounded() {
        type Check = fn(&str) -> Result<String, Fault>;
        let checks: [(Check, usize); 4] = [(name, 200), (reason, 1_000), (external_id, 200), (event_type, 100)];
        for (check, most) in checks {
            assert_eq!(check("  a b "), Ok("a b".to_owned()));
            // Characters, not bytes.
            assert_eq!(check(&"é".repeat(most)), Ok("é".repeat(most)));
            assert!(check(&"é".repeat(most + 1)).is_err() && check(" ").is_err() && check("a\nb").is_err());
        }
        assert_eq!(description(&"é".repeat(5_000)), Ok("é".repeat(5_000)));
        assert!(description(&"é".repeat(5_001)).is_err() && description("\0").is_err());
        assert!(wanted(&"é".repeat(200)).is_ok() && wanted(&"é".repeat(201)).is_err());
    }

    #[test]
    fn texts_that_look_the_same_are_the_same() {
        for check in [name, reason, external_id, event_type, reference, description] {
            assert_eq!(check(" cust-e\u{301}\n"), Ok("cust-é".to_owned()));
        }
        assert_eq!(email("Jose\u{301}@Example.com "), Ok("josé@example.com".to_owned()));
        assert_eq!(wanted(" e\u{301} "), Ok("é".to_owned()));
    }

    #[test]
    fn invisible_characters_are_named() {
        for letter in [
            '\u{0}', '\n', '\u{85}', '\u{ad}', '\u{200b}', '\u{200e}', '\u{202e}', '\u{2028}', '\u{2066}', '\u{feff}',
        ] {
            let text = format!("a{letter}b");
            let says = format!(
                "must not contain the invisible character U+{:04X} (its character 2)",
                u32::from(letter)
            );
            for check in [name, external_id, event_type, reference] {
                assert_eq!(check(&text), Err(Fault::invalid(says.clone())));
            }
            assert_eq!(email(&format!("a{letter}b@example.com")), Err(Fault::invalid(says)));
        }
        // Persian, and a family.
        for text in ["نامه\u{200c}ای", "👩\u{200d}👧"] {
            assert_eq!(name(text), Ok(text.to_owned()));
            assert!(external_id(text).is_err());
        }
        for text in ["é", "日本", "🇩🇪", "❤\u{fe0f}", "क्ष"] {
            assert_eq!(external_id(text), Ok(text.to_owned()));
        }
    }

    #[test]
    fn searches_tell_neither_case_nor_form_apart() {
        for same in [
            ["ÉVA a", "e\u{301}va A"],
            ["Straße", "STRASSE"],
            ["İstanbul", "I\u{307}STANBUL"],
            ["ΟΔΟΣ", "οδος"],
            ["Ａｃｍｅ ﬁ", "acme FI"],
            ["ΐ", "\u{390}"],
        ] {
            assert_eq!(sort_key(same[0]), sort_key(same[1]), "{same:?}");
        }
        assert_eq!(sort_key("ÉVA a"), "éva a");
        let long = sort_key(&"\u{fdfa}".repeat(200));
        assert!(long.len() <= MAX_KEY_BYTES && long.len() > MAX_KEY_BYTES - 4);
    }

    #[test]
    fn tags_are_distinct_and_at_most_50() {
        let checked = |given: Vec<String>| {
            let mut problems = Problems::new();
            let kept = tags(given, &mut problems);
            let paths: Vec<_> = problems
                .into_vec()
                .into_iter()
                .map(|problem| problem.path.join("."))
                .collect();
            (kept, paths)
        };
        let many = |count: usize| -> Vec<String> { (0..count).map(|number| number.to_string()).collect() };
        let given = ["b", " a ", "b"].map(str::to_owned).to_vec();
        assert_eq!(checked(given), (Some(vec!["b".to_owned(), "a".to_owned()]), Vec::new()));
        assert_eq!(checked(many(50)), (Some(many(50)), Vec::new()));
        assert_eq!(checked(many(51)), (None, vec!["tags".to_owned()]));
        assert_eq!(checked(vec![String::new()]), (None, vec!["tags.0".to_owned()]));
    }

    #[test]
    fn email_addresses_are_in_lower_case() {
        assert_eq!(email(" Ann@Example.COM "), Ok("ann@example.com".to_owned()));
        assert_eq!(email(" "), Err(Fault::required()));
        for wrong in ["ann", "ann@example", "Ann <ann@example.com>"] {
            assert_eq!(
                email(wrong).map_err(|fault| fault.0),
                Err(ProblemCode::Invalid),
                "{wrong}"
            );
        }
    }
}
