//! Parts, currencies and payees of files.

use std::collections::BTreeMap;

use async_graphql::{Name, Value};

use super::group_counts::{GroupCounts, is_wanted};
use super::parameters::FileParameters;
use super::request::one_file;
use domain::payment_service::PayoutFileFormat;

fn wishes(given: &[(&str, Value)]) -> FileParameters {
    let values = given.iter().map(|(name, value)| (Name::new(name), value.clone()));
    FileParameters(values.collect())
}

fn refused(format: PayoutFileFormat, wishes: &FileParameters, counts: &[(&str, &'static str, u64)]) -> String {
    let counts = counts
        .iter()
        .map(|(currency, kind, count)| (((*currency).to_owned(), *kind), *count));
    let pending: BTreeMap<_, _> = counts.collect();
    match one_file(format, wishes, &GroupCounts(pending.clone()), &pending) {
        Ok(kind) => kind.to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_a_file_cannot_hold_is_asked_for_in_parts() {
    let none = wishes(&[]);
    assert_eq!(
        refused(PayoutFileFormat::Csv, &none, &[("EUR", "", 9_000), ("USD", "", 1)]),
        ""
    );
    assert_eq!(refused(PayoutFileFormat::PayPal, &none, &[("EUR", "", 5_000)]), "");
    let text = refused(PayoutFileFormat::PayPal, &none, &[("EUR", "", 10_001)]);
    assert_eq!(
        text,
        "a file for PayPal has at most 5000 payouts, and this run has 10001: ask for part=1 to part=3"
    );
    assert_eq!(
        refused(
            PayoutFileFormat::Wise,
            &none,
            &[("EUR", "SAVED", 999), ("USD", "SAVED", 1)]
        ),
        "SAVED"
    );
    let text = refused(
        PayoutFileFormat::Wise,
        &none,
        &[("EUR", "EMAIL", 600), ("USD", "EMAIL", 600)],
    );
    assert!(text.ends_with("the run has EUR, USD: ask for currency=EUR"), "{text}");
    assert_eq!(refused(PayoutFileFormat::Wise, &none, &[]), "");
    assert_eq!(
        refused(
            PayoutFileFormat::Wise,
            &wishes(&[("payees", Value::from("SAVED"))]),
            &[]
        ),
        "SAVED"
    );
}

#[test]
fn parts_do_not_move_when_payouts_are_settled() {
    let wanted = |part: i64, place| {
        is_wanted(
            PayoutFileFormat::Wise,
            &wishes(&[("part", Value::from(part))]),
            "EMAIL",
            place,
        )
    };
    assert!(wanted(1, 0) && wanted(1, 999) && !wanted(1, 1_000));
    assert!(wanted(2, 1_000) && wanted(2, 1_999) && !wanted(2, 999));
    let mut seen = GroupCounts::default();
    let places: Vec<_> = ["EUR", "USD", "EUR"]
        .map(|currency| seen.place(currency, "EMAIL"))
        .into();
    assert_eq!(places, [0, 0, 1]);
}
