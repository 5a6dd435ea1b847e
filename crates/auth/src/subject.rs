//! Who holds a token: a subject is an issuer and a name (`iss` and `sub`), because issuers give names independently.
//! Buckets, idempotency keys, listeners, histories and the audit log use both as one text.

use domain::id;

/// Separates the issuer from the name.
const SEPARATOR: char = '|';

/// Maximum length of a name (OpenID Connect Core, 2) and of an issuer, in characters.
const MAX_CHARACTERS: usize = 255;

/// The names that this program gives to itself and to staff.
const RESERVED: [&str; 3] = ["system", "staff", "operator"];

/// The subject as one text, which is different for every pair: the name alone if our own issuer gave it, or else
/// `ISSUER|NAME`. No issuer contains the separator; if one of our own names does, it is written with its issuer, too.
pub fn text(issuer: &str, name: &str, own_issuer: &str) -> String {
    match issuer == own_issuer && !name.contains(SEPARATOR) {
        true => name.to_owned(),
        false => format!("{issuer}{SEPARATOR}{name}"),
    }
}

/// Whether an issuer's name can be part of a subject.
pub fn is_issuer(name: &str) -> bool {
    can_be_shown(name) && !name.contains(SEPARATOR)
}

/// Whether histories can show a name.
pub fn can_be_shown(name: &str) -> bool {
    let is_short = name.chars().take(MAX_CHARACTERS + 1).count() <= MAX_CHARACTERS;
    is_short && !name.trim().is_empty() && !name.contains(char::is_control)
}

/// Whether another issuer's name is one that only this program may give: those of itself, its commands and jobs, of
/// staff without a name, and of objects such as API keys and partners.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || is_reserved_for_all(name) || id::is_of_any_kind(name)
}

/// Whether a name with our own issuer is one that no token may have. `partner` is the partner whom the token is for: its
/// subject may be the partner's id, and no other.
pub fn is_reserved_with_us(name: &str, partner: Option<&str>) -> bool {
    is_reserved_for_all(name)
        || ["system", "staff"].contains(&name)
        || (id::is_of_any_kind(name) && partner != Some(name))
}

fn is_reserved_for_all(name: &str) -> bool {
    name.starts_with("cli:") || name.starts_with("job:")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "tributary";

    #[test]
    fn no_two_subjects_are_one_text() {
        let issuers = ["tributary", "https://a.example", "https://a.example/", "a"];
        let names = [
            "ann",
            "a|ann",
            "https://a.example|ann",
            "tributary|ann",
            "|ann",
            "|",
            "ann|",
        ];
        let texts: std::collections::HashSet<_> = issuers
            .iter()
            .flat_map(|issuer| names.iter().map(move |name| text(issuer, name, OURS)))
            .collect();
        assert_eq!(texts.len(), issuers.len() * names.len());
        assert_eq!(text(OURS, "ann", OURS), "ann");
        assert_eq!(text("https://a.example", "ann", OURS), "https://a.example|ann");
        // Where only others issue tokens.
        assert_eq!(text("https://a.example", "ann", ""), "https://a.example|ann");
    }

    #[test]
    fn names_of_our_own_are_reserved() {
        let partner = "par_01h2xcejqtf2nbrexx3vqjhp41";
        for (name, others, ours) in [
            ("ann", false, false),
            ("auth0|5f7c8ec7c33c6c004bbafe82", false, false),
            ("user_01h2xcejqtf2nbrexx3vqjhp41", false, false),
            ("operator", true, false),
            ("staff", true, true),
            ("system", true, true),
            ("cli:import", true, true),
            ("job:approve_matured", true, true),
            ("key_01h2xcejqtf2nbrexx3vqjhp41", true, true),
            ("whe_01h2xcejqtf2nbrexx3vqjhp41", true, true),
            (partner, true, true),
        ] {
            assert_eq!(
                (is_reserved(name), is_reserved_with_us(name, None)),
                (others, ours),
                "{name}"
            );
        }
        assert!(!is_reserved_with_us(partner, Some(partner)));
        assert!(is_reserved_with_us(partner, Some("par_01h2xcejqtf2nbrexx3vqjhp42")));
    }

    #[test]
    fn a_name_is_short_and_visible() {
        for (name, shown) in [
            ("ann".to_owned(), true),
            ("é".repeat(255), true),
            ("é".repeat(256), false),
            (" ".to_owned(), false),
            ("a\nb".to_owned(), false),
        ] {
            assert_eq!(can_be_shown(&name), shown, "{name}");
        }
    }
}
