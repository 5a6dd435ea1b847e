//! Refunds by item and without items, and what is refunded of what rows saw, against a second implementation.

use proptest::prelude::*;

use super::*;
use crate::event::Event;
use crate::event::tests::charge;
use crate::money::{Currency, Money};
use crate::problem::Problems;

fn euros(minor: i64) -> Money {
    Money::from_minor(minor, Currency::parse("EUR").expect("a currency")).expect("small")
}

/// A charge of this amount with items of these amounts and quantities.
fn sale(amount: i64, items: &[(i64, i64)]) -> Event {
    let item = |(index, (amount_minor, quantity)): (usize, &(i64, i64))| Item {
        index,
        product: format!("product {index}"),
        category: None,
        quantity: *quantity,
        amount_minor: *amount_minor,
    };
    Event {
        items: items.iter().enumerate().map(item).collect(),
        ..charge(Some(euros(amount)))
    }
}

/// The amounts and quantities taken, by index.
fn taken(items: &[Item]) -> Vec<(usize, i64, i64)> {
    items
        .iter()
        .map(|item| (item.index, item.amount_minor, item.quantity))
        .collect()
}

fn stated(index: i32, amount: Option<&str>, quantity: Option<i32>) -> ItemDraft {
    ItemDraft {
        index: Some(index),
        amount: amount.map(|amount| amount.parse().expect("a number")),
        quantity,
        ..ItemDraft::default()
    }
}

fn by_item(event: &Event, amount: Option<i64>, drafts: &[ItemDraft]) -> Result<(i64, Vec<Item>), Vec<String>> {
    let mut problems = Problems::new();
    let charged = event.amount.expect("it has one");
    let read = refund_by_item(event, charged, amount.map(euros), drafts, &mut problems);
    let problems = problems.into_vec().into_iter();
    let problems: Vec<_> = problems.map(|problem| problem.message).collect();
    match read {
        Some((taken, items)) if problems.is_empty() => Ok((taken.minor(), items)),
        _ => Err(problems),
    }
}

#[test]
fn what_is_left_of_a_division_goes_to_the_greatest_remainders_and_then_to_the_first() {
    for (amount, weights, parts) in [
        (9_999, &[40, 10, 10, 40][..], &[4_000, 1_000, 1_000, 3_999][..]),
        (10_000, &[1, 1, 1], &[3_334, 3_333, 3_333]),
        (5, &[1, 2, 1], &[1, 3, 1]),
        (7, &[0, 0], &[0, 0]),
        (7, &[0, 3], &[0, 7]),
        (0, &[1, 2], &[0, 0]),
        (1, &[], &[]),
    ] {
        assert_eq!(divide(amount, weights), parts, "{amount} by {weights:?}");
    }
    let most = crate::money::MAX_MINOR;
    assert_eq!(divide(most, &[most, most - 1, 1]), [most / 2, most / 2, 0]);
}

#[test]
fn a_refund_without_items_is_spread_over_items_and_rest() {
    let sale = sale(16_000, &[(10_000, 2), (5_000, 1)]);
    assert_eq!(taken(&refund_spread(&sale, 8_000)), [(0, 5_000, 0), (1, 2_500, 0)]);
    // The whole takes all units, too.
    assert_eq!(taken(&refund_spread(&sale, 16_000)), [(0, 10_000, 2), (1, 5_000, 1)]);
    // Only over what is left.
    let (_, items) = by_item(&sale, None, &[stated(0, None, None)]).expect("right");
    let sale = sale.refunded_by(Some(euros(10_000)), &items);
    assert_eq!(taken(&refund_spread(&sale, 3_000)), [(1, 2_500, 0)]);
    assert!(refund_spread(&charge(Some(euros(100))), 50).is_empty());
}

#[test]
fn refunds_by_item_say_what_they_take() {
    let sale = sale(16_000, &[(10_000, 5), (5_000, 1), (0, 3)]);
    for (amount, drafts, total, expected) in [
        // All that is left of the item, with its units.
        (None, vec![stated(0, None, None)], 10_000, vec![(0, 10_000, 5)]),
        // The share of the units.
        (None, vec![stated(0, None, Some(2))], 4_000, vec![(0, 4_000, 2)]),
        // An amount without units takes none.
        (None, vec![stated(0, Some("30"), None)], 3_000, vec![(0, 3_000, 0)]),
        (
            None,
            vec![stated(0, Some("100"), Some(2))],
            10_000,
            vec![(0, 10_000, 2)],
        ),
        // What the items do not account for is taken from the rest.
        (Some(5_500), vec![stated(1, None, None)], 5_500, vec![(1, 5_000, 1)]),
        // Units of what costs nothing.
        (None, vec![stated(2, None, Some(2))], 0, vec![(2, 0, 2)]),
        // Everything takes the units of everything.
        (
            Some(16_000),
            vec![stated(0, None, None), stated(1, None, None)],
            16_000,
            vec![(0, 10_000, 5), (1, 5_000, 1), (2, 0, 3)],
        ),
    ] {
        let (taken_minor, items) = by_item(&sale, amount, &drafts).expect("right");
        assert_eq!((taken_minor, taken(&items)), (total, expected), "{drafts:?}");
    }
}

#[test]
fn refunds_by_item_that_cannot_be_meant_are_refused_where_it_stands() {
    let sale = sale(16_000, &[(10_000, 5), (5_000, 1), (0, 3)]);
    for (amount, drafts, wrong) in [
        (None, vec![ItemDraft::default()], "items.0.index must be given"),
        (None, vec![stated(3, None, None)], "items.0.index must be from 0 to 2"),
        (
            None,
            vec![stated(1, None, None), stated(1, None, None)],
            "items.1.index is named twice",
        ),
        (
            None,
            vec![stated(0, None, Some(6))],
            "items.0.quantity exceeds what is left: 5 units",
        ),
        (
            None,
            vec![stated(0, None, Some(0))],
            "items.0.quantity must be at least 1",
        ),
        (
            None,
            vec![stated(0, Some("100.01"), None)],
            "items.0.amount exceeds what is left: 100.00 EUR",
        ),
        (
            None,
            vec![stated(0, Some("-1"), None)],
            "items.0.amount must not be negative",
        ),
        (
            None,
            vec![stated(0, Some("0"), None)],
            "items.0.amount must be above 0 without a quantity",
        ),
        (
            None,
            vec![stated(2, None, None)],
            "items.0.amount nothing is left of the item's amount",
        ),
        (
            Some(9_999),
            vec![stated(0, None, None)],
            "amount.amount is less than the sum of the items: 100.00 EUR",
        ),
        (
            Some(11_001),
            vec![stated(0, None, None)],
            "amount.amount exceeds the sum of the items by more than what is left of the rest: 10.00 EUR",
        ),
    ] {
        assert_eq!(
            by_item(&sale, amount, &drafts),
            Err(vec![wrong.to_owned()]),
            "{drafts:?}"
        );
    }
    let without = charge(Some(euros(100)));
    assert_eq!(
        by_item(&without, None, &[stated(0, None, None)]),
        Err(vec!["items cannot be given: the original has no items".to_owned()])
    );
}

#[test]
fn a_sight_is_stored_as_it_was_seen() {
    let mut some = Sight::without_items(true, Measure::Amount);
    some.add(0);
    some.add(99);
    let percent = Some(crate::terms::BasisKind::Percent);
    let fixed = Some(crate::terms::BasisKind::Fixed);
    for (basis, sight, stored) in [
        (percent, Sight::default(), None),
        (fixed, Sight::everything(Measure::Whole), None),
        (fixed, Sight::everything(Measure::Units), Some("all units")),
        (percent, some, Some("0 99 rest")),
        (fixed, Sight::without_items(false, Measure::Whole), Some("")),
    ] {
        assert_eq!(sight.stored().as_deref(), stored);
        assert_eq!(Sight::read(basis, stored), Some(sight));
    }
    for wrong in ["100", "x", "-1"] {
        assert_eq!(Sight::read(percent, Some(wrong)), None, "{wrong}");
    }
}

/// Divides by handing out unit after unit to whoever has got the least of what is due to it, without a division.
fn naive_divide(amount: i64, weights: &[i64]) -> Vec<i64> {
    let total: i64 = weights.iter().sum();
    let mut parts = vec![0; weights.len()];
    if total == 0 {
        return parts;
    }
    for (part, weight) in parts.iter_mut().zip(weights) {
        while (*part + 1) * total <= amount * weight {
            *part += 1;
        }
    }
    let mut missing = amount - parts.iter().sum::<i64>();
    let mut has_more = vec![false; weights.len()];
    while missing > 0 {
        let due = |index: usize| amount * weights[index] - parts[index] * total;
        let mut best = None;
        for index in (0..weights.len()).filter(|index| !has_more[*index]) {
            if best.is_none_or(|best| due(index) > due(best)) {
                best = Some(index);
            }
        }
        let best = best.expect("fewer are missing than there are parts");
        (parts[best], has_more[best], missing) = (parts[best] + 1, true, missing - 1);
    }
    parts
}

/// One unit of money after the other: which item it belongs to (`None`: the rest), and whether it was refunded.
fn naive_seen(sale: &Event, sees: &[bool], sees_rest: bool) -> (i64, i64) {
    let (mut refunded, mut all) = (0, 0);
    for item in &sale.items {
        if sees[item.index] {
            all += item.amount_minor;
            refunded += sale.refunded_items.get(item.index).map_or(0, |item| item.amount_minor);
        }
    }
    if sees_rest {
        let in_items: i64 = sale.items.iter().map(|item| item.amount_minor).sum();
        let of_items: i64 = sale.refunded_items.iter().map(|item| item.amount_minor).sum();
        all += sale.amount.map_or(0, Money::minor) - in_items;
        refunded += sale.refunded_minor - of_items;
    }
    (refunded, all)
}

proptest! {
    #[test]
    fn divisions_agree_with_one_that_hands_out_units(amount in 0i64..500, weights in prop::collection::vec(0i64..40, 0..6)) {
        let parts = divide(amount, &weights);
        prop_assert_eq!(&parts, &naive_divide(amount, &weights));
        let total: i64 = if weights.iter().any(|weight| *weight > 0) { amount } else { 0 };
        prop_assert_eq!(parts.iter().sum::<i64>(), total);
    }

    /// Whatever refunds follow one another, by item or not: nothing is taken twice, all parts sum to what was refunded,
    /// and once all of the money is back, every row and every unit is.
    #[test]
    fn refunds_never_take_more_than_is_left_and_in_the_end_everything(
        amounts in prop::collection::vec((0i64..300, 1i64..4), 1..5), rest in 0i64..200,
        refunds in prop::collection::vec((1i64..200, any::<bool>(), 0usize..5), 1..8), seen in 0u32..32,
    ) {
        let total = amounts.iter().map(|(amount, _)| amount).sum::<i64>() + rest;
        prop_assume!(total > 0);
        let mut sale = sale(total, &amounts);
        let sees: Vec<_> = (0..amounts.len()).map(|index| seen & (1 << index) != 0).collect();
        let mut sight = Sight::without_items(seen & 16 != 0, Measure::Amount);
        sees.iter().enumerate().filter(|(_, sees)| **sees).for_each(|(index, _)| sight.add(index));
        for (wanted, is_by_item, index) in refunds.into_iter().chain([(i64::MAX, false, 0)]) {
            if sale.wholly_refunded {
                break;
            }
            let index = index % amounts.len();
            let left_of_item = amounts[index].0 - sale.refunded_items.get(index).map_or(0, |item| item.amount_minor);
            let (minor, items) = match is_by_item && left_of_item > 0 {
                true => {
                    let minor = wanted.min(left_of_item);
                    let draft = ItemDraft {
                        index: i32::try_from(index).ok(),
                        amount: Some(rust_decimal::Decimal::new(minor, 2)),
                        ..ItemDraft::default()
                    };
                    by_item(&sale, None, &[draft]).expect("no more than is left")
                }
                false => {
                    let minor = wanted.min(total - sale.refunded_minor);
                    let items = refund_spread(&sale, minor);
                    let left = |item: &Item| item.amount_minor
                        - sale.refunded_items.get(item.index).map_or(0, |item| item.amount_minor);
                    let mut weights: Vec<_> = sale.items.iter().map(left).collect();
                    weights.push(total - sale.refunded_minor - weights.iter().sum::<i64>());
                    let mut expected = naive_divide(minor, &weights);
                    expected.pop();
                    let mut found = vec![0; amounts.len()];
                    items.iter().for_each(|item| found[item.index] = item.amount_minor);
                    prop_assert_eq!(found, expected);
                    (minor, items)
                }
            };
            sale = sale.refunded_by(Some(euros(minor)), &items);
            for item in &sale.items {
                let refunded = sale.refunded_items.get(item.index).copied().unwrap_or_default();
                prop_assert!((0..=item.amount_minor).contains(&refunded.amount_minor));
                prop_assert!((0..=item.quantity).contains(&refunded.quantity));
            }
            let part = sale.refunded_part(sight);
            let (refunded, all) = naive_seen(&sale, &sees, sight.sees_rest());
            prop_assert_eq!((part.refunded, part.of), (refunded, all));
            prop_assert!(part.wholly || all == 0 || refunded < all);
        }
        prop_assert!(sale.wholly_refunded && sale.refunded_part(sight).wholly);
        for item in &sale.items {
            let quantity = sale.refunded_items.get(item.index).map_or(0, |item| item.quantity);
            prop_assert_eq!(quantity, item.quantity);
        }
    }
}
