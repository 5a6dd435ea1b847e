//! Protection against formula injection: spreadsheet programs would evaluate some texts instead of showing them.
//! Exports prefix these texts with an apostrophe, which imports strip again.

/// Also in full width, which spreadsheet programs of East Asia read like the usual characters.
const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];

/// Whether a text needs an apostrophe prefix. This includes texts that already look prefixed, so that stripping is
/// unambiguous.
pub fn looks_like_one(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINNINGS)
}

/// The text without its protective apostrophe.
pub fn taken_off(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if looks_like_one(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_told_from_other_texts() {
        for text in [
            "=1", "+1", "-1", "@a", "\ta", "\ra", "\na", "＝1", "＋1", "－1", "＠a", "'=1", "''-", "'＝",
        ] {
            assert!(looks_like_one(text), "{text:?}");
        }
        for text in ["", "1", "a=1", " =1", "'s", "'", "''"] {
            assert!(!looks_like_one(text), "{text:?}");
            assert_eq!(taken_off(text), text);
        }
    }

    proptest! {
        #[test]
        fn the_apostrophe_comes_off_again(text in "['=+@\\-＝＋－＠\t\r\na]{0,6}") {
            let written = match looks_like_one(&text) {
                true => format!("'{text}"),
                false => text.clone(),
            };
            prop_assert!(!written.starts_with(BEGINNINGS));
            prop_assert_eq!(taken_off(&written), text);
        }
    }
}
