//! Suggestions for unknown names that are spelt like known ones.

/// Maximum number of suggestions, and of letters in which they may differ; at most a third of the letters may differ.
const MAX_SUGGESTIONS: usize = 5;

/// ": did you mean a, b?" with the most similar names, or nothing.
pub fn alike<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    let limit = ((name.len() + 1) / 3).min(MAX_SUGGESTIONS);
    let near = names.map(|other| (distance(name, other), other));
    let mut near: Vec<_> = near.filter(|(distance, _)| *distance <= limit).collect();
    near.sort_unstable();
    near.truncate(MAX_SUGGESTIONS);
    match near.is_empty() {
        true => String::new(),
        false => {
            let names: Vec<_> = near.iter().map(|(_, name)| *name).collect();
            format!(": did you mean {}?", names.join(", "))
        }
    }
}

/// How many letters have to be changed, added or removed, ignoring case.
fn distance(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut row: Vec<_> = (0..=other.len()).collect();
    for (line, letter) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, against) in other.iter().enumerate() {
            let changed = diagonal + usize::from(!letter.eq_ignore_ascii_case(against));
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_spelt_alike_are_suggested() {
        let names = ["partner", "partners", "payouts", "campaign"];
        for (name, expected) in [
            ("partnr", ": did you mean partner, partners?"),
            ("PARTNERS", ": did you mean partners, partner?"),
            ("campain", ": did you mean campaign?"),
            ("x", ""),
            ("", ""),
        ] {
            assert_eq!(alike(name, names.into_iter()), expected, "{name}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
