//! How the steps of an action explain its amount.

use crate::money::MAX_MINOR;
use crate::tiered::action::{explained, of_sale};

use super::*;

#[test]
fn the_steps_say_what_changed_and_add_up_to_the_change() {
    for (action, value, expected) in [
        (
            Action::Increase,
            "10",
            vec!["2.00 USD increased by 10 %", "3.00 USD increased by 10 %"],
        ),
        (
            Action::Decrease,
            "10",
            vec!["2.00 USD decreased by 10 %", "3.00 USD decreased by 10 %"],
        ),
        (
            Action::FlatDecrease,
            "1.50",
            vec![
                "2.00 USD changed by -1.50 USD",
                "the change of -1.50 USD is booked on other rows",
            ],
        ),
        (
            Action::FlatDecrease,
            "2.50",
            vec![
                "2.00 USD bears -2.00 USD of the change of -2.50 USD",
                "3.00 USD bears -0.50 USD of the change of -2.50 USD",
            ],
        ),
    ] {
        let rows = ["2.00", "3.00"].map(usd);
        let acted = explained(action, decimal(value), &rows, "tier").expect("small");
        for ((row, acted), expected) in rows.iter().zip(&acted).zip(expected) {
            assert_eq!(acted.steps[0].detail, expected);
            let sum: Decimal = acted.steps.iter().filter_map(|step| step.amount).sum();
            assert_eq!(sum, acted.amount.amount() - row.amount(), "{expected}");
        }
    }
}

#[test]
fn a_share_may_be_the_largest_amount_and_no_more() {
    let whole = Money::from_minor(MAX_MINOR, currency("USD")).expect("the most");
    let all = of_sale(decimal("100"), whole.amount(), usd("1.00"), "tier").expect("the most");
    assert_eq!(all.amount, whole);
    assert!(of_sale(decimal("100.1"), whole.amount(), usd("1.00"), "tier").is_err());
}
