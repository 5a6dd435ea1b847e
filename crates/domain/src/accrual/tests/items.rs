//! Which components see which items, and what they pay for them.

use proptest::prelude::*;

use super::*;
use crate::items::{Item, Measure};
use crate::terms::{Match, Per};

/// Items with these products, amounts and quantities.
fn items(given: &[(&str, i64, i64)]) -> Vec<Item> {
    let item = |(index, (product, amount_minor, quantity)): (usize, &(&str, i64, i64))| Item {
        index,
        product: (*product).to_owned(),
        category: None,
        quantity: *quantity,
        amount_minor: *amount_minor,
    };
    given.iter().enumerate().map(item).collect()
}

fn sale(amount: i64, items: &[Item]) -> EarningEvent<'_> {
    EarningEvent {
        amount: Some(money(amount, "EUR")),
        items,
        ..charge()
    }
}

/// The component for these products only, exclusively.
fn only(term: Term, products: &[&str]) -> Term {
    Term {
        matching: Match {
            products: products.iter().map(|product| (*product).to_owned()).collect(),
            ..Match::default()
        },
        exclusive: true,
        ..term
    }
}

fn per_unit(term: Term) -> Term {
    Term { per: Per::Unit, ..term }
}

/// What each component pays in minor units, or why it does not.
fn paid(of: Vec<Term>, event: &EarningEvent<'_>) -> Vec<Result<i64, Reason>> {
    let terms = terms(of);
    let gold = group(
        r#"[{"type":"recurring","percentage":"10"},{"type":"charge_threshold_bonus","min_charge_total":"100","bonus":"5"}]"#,
    );
    let standing = GroupRuleFacts {
        partner_ltv: Decimal::ZERO,
        qualified_customers: 0,
    };
    let considered = consider(&terms, event, Berlin, currency("EUR"));
    let verdicts = earned(
        &terms,
        considered,
        event,
        Some((&gold, standing)),
        Berlin,
        currency("EUR"),
    );
    let verdicts = verdicts.expect("small amounts").into_iter();
    let paid = verdicts.map(|verdict| match verdict {
        Verdict::Pays(earned) => Ok(earned.amount.minor()),
        Verdict::Refused { refusal, .. } => Err(refusal.reason),
    });
    paid.collect()
}

#[test]
fn components_see_what_those_before_them_leave() {
    let both = items(&[("gold", 10_000, 1), ("other", 5_000, 3)]);
    let (gold, other) = (["gold"], ["other"]);
    let without = |term: Term, product: &str| Term {
        matching: Match {
            exclude_products: vec![product.to_owned()],
            ..Match::default()
        },
        ..term
    };
    let shared = |term: Term| Term {
        exclusive: false,
        ..term
    };
    let abroad = |term: Term| Term {
        matching: Match {
            countries: vec!["US".to_owned()],
            ..term.matching
        },
        ..term
    };
    for (name, amount, of, expected) in [
        (
            "one, else",
            15_000,
            vec![only(percent("40"), &gold), percent("10")],
            vec![Ok(4_000), Ok(500)],
        ),
        (
            "the rest is seen by who names nothing",
            16_000,
            vec![only(percent("40"), &gold), percent("10")],
            vec![Ok(4_000), Ok(600)],
        ),
        (
            "not exclusive",
            15_000,
            vec![shared(only(percent("40"), &gold)), percent("10")],
            vec![Ok(4_000), Ok(1_500)],
        ),
        (
            "claimed twice",
            15_000,
            vec![only(percent("40"), &gold), only(percent("50"), &gold)],
            vec![Ok(4_000), Err(Reason::Product)],
        ),
        (
            "0 % claims, too",
            15_000,
            vec![only(percent("0"), &gold), percent("10")],
            vec![Err(Reason::ZeroRate), Ok(500)],
        ),
        (
            "who is not for the event claims nothing",
            15_000,
            vec![abroad(only(percent("40"), &gold)), percent("10")],
            vec![Err(Reason::Country), Ok(1_500)],
        ),
        ("excluded", 15_000, vec![without(percent("10"), "gold")], vec![Ok(500)]),
        (
            "nothing left",
            15_000,
            vec![only(percent("40"), &["gold", "other"]), fixed("3", None)],
            vec![Ok(6_000), Err(Reason::Product)],
        ),
        (
            "the rest is left",
            15_001,
            vec![only(percent("40"), &["gold", "other"]), fixed("3", None)],
            vec![Ok(6_000), Ok(300)],
        ),
        (
            "each unit",
            15_000,
            vec![per_unit(fixed("2", None)), per_unit(only(fixed("1", None), &other))],
            vec![Ok(800), Ok(300)],
        ),
        (
            "the group's charge is what is seen",
            15_000,
            vec![only(Term::group_rules(), &gold), Term::group_rules()],
            vec![Ok(1_500), Ok(500)],
        ),
    ] {
        assert_eq!(paid(of, &sale(amount, &both)), expected, "{name}");
    }
    // Without items, all is rest.
    let none: &[Item] = &[];
    let of = vec![only(percent("40"), &gold), percent("10"), per_unit(fixed("2", None))];
    assert_eq!(
        paid(of, &sale(15_000, none)),
        [Err(Reason::Product), Ok(1_500), Err(Reason::Product)]
    );
}

#[test]
fn rows_remember_what_they_saw() {
    let both = items(&[("gold", 10_000, 1), ("other", 5_000, 3)]);
    let event = sale(16_000, &both);
    let of = terms(vec![
        only(percent("40"), &["gold"]),
        percent("10"),
        per_unit(fixed("2", None)),
    ]);
    let considered = consider(&of, &event, Berlin, currency("EUR"));
    let seen: Vec<_> = considered
        .iter()
        .map(|considered| considered.seen.sight.stored())
        .collect();
    assert_eq!(
        seen,
        [
            Some("0".to_owned()),
            Some("1 rest".to_owned()),
            Some("1 rest units".to_owned())
        ]
    );
    let whole = terms(vec![percent("10"), fixed("3", None)]);
    let considered = consider(&whole, &event, Berlin, currency("EUR"));
    let measures: Vec<_> = considered
        .iter()
        .map(|considered| (considered.seen.sight.stored(), considered.seen.sight.measure))
        .collect();
    assert_eq!(measures, [(None, Measure::Amount), (None, Measure::Whole)]);
}

#[test]
fn a_lead_is_new_to_what_pays_a_share() {
    use CustomerStage::{Buyer, Lead, New};
    for (stage, of_share, of_fixed) in [(New, true, true), (Lead, true, false), (Buyer, false, false)] {
        assert_eq!(stage.is_new_to(BasisKind::Percent), of_share, "{stage:?}");
        assert_eq!(stage.is_new_to(BasisKind::Fixed), of_fixed, "{stage:?}");
    }
    let amount = |minor| Some(money(minor, "EUR"));
    assert_eq!(New.followed_by(EventKind::Charge, amount(0)), New);
    assert_eq!(New.followed_by(EventKind::Conversion, None), Lead);
    assert_eq!(New.followed_by(EventKind::Refund, amount(5)), New);
    assert_eq!(Lead.followed_by(EventKind::Charge, amount(1)), Buyer);
    assert_eq!(Buyer.followed_by(EventKind::Conversion, None), Buyer);
}

const PRODUCTS: [&str; 3] = ["a", "b", "c"];

/// What components of whole percentages pay, cent by cent of every item and of the rest.
fn naive(of: &[(Vec<&str>, bool, i64)], given: &[(&str, i64, i64)], rest: i64) -> Vec<i64> {
    let mut claimed = vec![false; given.len()];
    let mut paid = Vec::new();
    for (products, exclusive, value) in of {
        let mut hundredths = 0;
        for (index, (product, amount, _)) in given.iter().enumerate() {
            if !claimed[index] && (products.is_empty() || products.contains(product)) {
                hundredths += amount * value;
                claimed[index] = *exclusive;
            }
        }
        if products.is_empty() {
            hundredths += rest * value;
        }
        paid.push((hundredths + 50) / 100);
    }
    paid
}

proptest! {
    #[test]
    fn percentages_of_items_agree_with_a_naive_sum(
        given in prop::collection::vec((prop::sample::select(&PRODUCTS[..]), 0i64..5_000, 1i64..4), 0..6), rest in 0i64..5_000,
        of in prop::collection::vec((prop::sample::subsequence(&PRODUCTS[..], 0..=2), any::<bool>(), 0i64..100), 1..5),
    ) {
        let total = given.iter().map(|(_, amount, _)| amount).sum::<i64>() + rest;
        let bought = items(&given);
        let components = of.iter().map(|(products, exclusive, value)| Term {
            exclusive: *exclusive,
            ..only(percent(&value.to_string()), products)
        });
        let found = paid(components.collect(), &sale(total, &bought));
        let found: Vec<_> = found.into_iter().map(|paid| paid.unwrap_or(0)).collect();
        prop_assert_eq!(found, naive(&of, &given, rest));
    }

    /// Terms that ask for no items pay the same, with the same words, whatever was in the event.
    #[test]
    fn items_that_no_component_asks_for_change_nothing(
        given in prop::collection::vec((prop::sample::select(&PRODUCTS[..]), 0i64..5_000, 1i64..4), 0..6), rest in 0i64..5_000,
        value in 0i64..100,
    ) {
        let total = given.iter().map(|(_, amount, _)| amount).sum::<i64>() + rest;
        let bought = items(&given);
        let of = terms(vec![percent(&value.to_string()), fixed("3", None), Term::group_rules()]);
        let verdicts = |items: &[Item]| {
            let event = sale(total, items);
            let considered = consider(&of, &event, Berlin, currency("EUR"));
            earned(&of, considered, &event, None, Berlin, currency("EUR")).expect("small amounts")
        };
        prop_assert_eq!(verdicts(&bought), verdicts(&[]));
    }
}
