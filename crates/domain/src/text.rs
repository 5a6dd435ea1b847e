//! Validation of short texts, such as names.

use super::problem::{Fault, ProblemCode, Problems};

/// A name or label: not blank, at most 200 characters, without control characters; surrounding white space is trimmed.
pub fn name(text: &str) -> Result<String, Fault> {
    bounded(text, 200)
}

/// A reason given by staff: not blank, at most 1,000 characters.
pub fn reason(text: &str) -> Result<String, Fault> {
    bounded(text, 1000)
}

/// An id assigned by another system: not blank, at most 200 characters.
pub fn external_id(text: &str) -> Result<String, Fault> {
    bounded(text, 200)
}

/// The type of an event, such as `invoice_paid`: not blank, at most 100 characters.
pub fn event_type(text: &str) -> Result<String, Fault> {
    bounded(text, 100)
}

/// A longer text: at most 5,000 characters; may be blank.
pub fn description(text: &str) -> Result<String, Fault> {
    if text.chars().count() > 5000 {
        return Err(Fault::invalid("is too long: at most 5000 characters"));
    }
    if text.contains('\0') {
        return Err(Fault::invalid("must not contain the character U+0000"));
    }
    Ok(text.to_owned())
}

/// At most 50 distinct tags of at most 100 characters, in the order given; duplicates are dropped. `None` after
/// recording problems under `tags.N`.
pub fn tags(tags: Vec<String>, problems: &mut Problems) -> Option<Vec<String>> {
    problems.within("tags", |problems| {
        let mut kept: Vec<String> = Vec::new();
        let mut all_good = true;
        for (index, tag) in tags.iter().enumerate() {
            match problems.take(&index.to_string(), bounded(tag, 100)) {
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
    let text = text.trim().to_lowercase();
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

/// A search text: at most 200 characters, as long as the longest stored name.
pub fn wanted(text: &str) -> Result<(), Fault> {
    if text.chars().count() > 200 {
        return Err(Fault::invalid("is too long: at most 200 characters"));
    }
    Ok(())
}

/// The normalised text by which names and external ids are searched and names are sorted, the same on every database.
pub fn sort_key(name: &str) -> String {
    name.to_lowercase()
}

fn bounded(text: &str, characters: usize) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault(ProblemCode::Required, "must not be empty".into()));
    }
    if text.chars().count() > characters {
        return Err(Fault::invalid(format!("is too long: at most {characters} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::invalid("must not contain control characters"));
    }
    Ok(text.to_owned())
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
        assert_eq!(sort_key("ÉVA a"), "éva a");
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
