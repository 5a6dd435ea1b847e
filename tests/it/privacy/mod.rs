//! What docs/privacy.md says of personal data is complete: it knows every column that could hold any.

mod again;
mod columns;
mod erasing;
mod everywhere;
mod guards;
mod held;

use columns::{in_entities, known};

#[test]
fn every_column_that_could_hold_a_personal_value_is_known() {
    let (there, known) = (in_entities(), known());
    assert!(there.len() > 150, "{there:?}");
    let missing: Vec<_> = there.difference(&known.all).collect();
    assert!(
        missing.is_empty(),
        "docs/privacy.md must say what these hold: {missing:?}"
    );
    let gone: Vec<_> = known.all.difference(&there).collect();
    assert!(
        gone.is_empty(),
        "docs/privacy.md lists columns that do not exist: {gone:?}"
    );
}

#[test]
fn every_personal_column_says_of_whom_it_is_and_how_long_it_is_kept() {
    let (personal, page) = (known().personal, columns::page());
    assert!(personal.len() > 40, "{personal:?}");
    let first_cells = |section: &str| -> Vec<String> {
        let rows = columns::rows_below(&page, section);
        rows.into_iter().filter_map(|row| row.into_iter().next()).collect()
    };
    let subjects = first_cells("## Whose data it is");
    let periods = first_cells("## How long it is kept");
    for (column, subjects_of, period) in &personal {
        assert!(!subjects_of.is_empty(), "{column}");
        for subject in subjects_of {
            assert!(subjects.contains(subject), "{column}: {subject:?} is no subject");
        }
        assert!(periods.contains(period), "{column}: {period:?} is no period");
    }
}
