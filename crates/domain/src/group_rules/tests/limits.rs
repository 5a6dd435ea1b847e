//! How many rules a group may have, in which currency, and how steps show thresholds.

use super::*;

fn problems_of(drafts: Vec<RuleDraft>) -> Vec<String> {
    let mut problems = Problems::new();
    rule_set(drafts, None, &mut problems);
    let shown = |problem: &crate::problem::Problem| format!("{:?} {}", problem.path, problem.message);
    problems.into_vec().iter().map(shown).collect()
}

#[test]
fn a_group_has_at_most_a_hundred_rules_of_which_one_is_recurring() {
    let with_gates = |count: i32| {
        let mut drafts: Vec<_> = (1..count).map(gate).collect();
        drafts.push(recurring("10"));
        drafts
    };
    assert_eq!(rules(with_gates(100)).rules().len(), 100);
    let too_many = problems_of(with_gates(101));
    assert!(
        matches!(too_many.as_slice(), [one] if one.contains("at most 100 rules")),
        "{too_many:?}"
    );
    // The first of several is accepted; each further one is a problem.
    let second = problems_of(vec![recurring("10"), recurring("20"), recurring("30")]);
    assert_eq!(second.len(), 2, "{second:?}");
    assert!(
        second
            .iter()
            .all(|problem| problem.contains("is a second recurring rule"))
    );
}

#[test]
fn a_wrong_rule_beside_right_ones_leaves_no_set() {
    for drafts in [
        vec![recurring("10"), gate(0)],
        vec![recurring("10"), tier(3, "101")],
        vec![recurring("10"), recurring("20")],
        vec![gate(1)],
    ] {
        let mut problems = Problems::new();
        assert_eq!(
            rule_set(drafts, None, &mut problems).map(|rules| rules.rules().len()),
            None
        );
        assert!(!problems.is_empty());
    }
}

#[test]
fn a_description_without_text_is_none() {
    let described = |text: Option<&str>| RuleDraft {
        description: text.map(str::to_owned),
        ..recurring("10")
    };
    for (text, expected) in [(None, None), (Some(""), None), (Some("fallback"), Some("fallback"))] {
        let rules = rules(vec![described(text)]);
        assert_eq!(rules.rules()[0].description.as_deref(), expected, "{text:?}");
    }
}

#[test]
fn amounts_of_rules_fit_a_currency_with_as_many_digits() {
    for (drafts, code, fits) in [
        (
            vec![recurring("10"), upgrade("1000", "1"), bonus("5", "2")],
            "JPY",
            true,
        ),
        (vec![recurring("10"), bonus("5", "0.5")], "JPY", false),
        (vec![recurring("10"), bonus("5.5", "1")], "JPY", false),
        (vec![recurring("10"), upgrade("10.01", "1")], "JPY", false),
        (
            vec![recurring("10"), upgrade("10.01", "1"), bonus("5.5", "0.5")],
            "EUR",
            true,
        ),
    ] {
        let checked = check_currency(&rules(drafts.clone()), currency(code));
        assert_eq!(checked.is_ok(), fits, "{drafts:?} in {code}");
    }
}

#[test]
fn steps_say_how_the_amount_stands_to_its_threshold() {
    let drafts = || vec![recurring("10"), bonus("50", "5")];
    for (amount, of_group, expected) in [
        ("49.99", None, "charge 49.99 EUR < 50.00 EUR"),
        ("50", None, "charge 50.00 EUR >= 50.00 EUR"),
        ("60", Some("EUR"), "charge 60.00 EUR >= 50.00 EUR"),
        ("60", Some("USD"), "the charge is in EUR, not in the group's currency"),
    ] {
        let mut steps = Vec::new();
        let inputs = read(&charge(amount), "EUR");
        evaluate(&rules(drafts()), of_group.map(currency), &inputs, &mut steps).expect("small amounts");
        let thresholds: Vec<_> = steps.iter().filter_map(|step| step.threshold.as_deref()).collect();
        assert!(thresholds.contains(&expected), "{amount}: {thresholds:?}");
    }
}

#[test]
fn an_upgrade_that_stops_at_a_hundred_says_so() {
    for (percentage, expected) in [
        ("5", "+5 percentage points"),
        ("15", "+15 percentage points, at most 100 %"),
    ] {
        let drafts = vec![recurring("90"), upgrade("1", percentage)];
        let scenario = ScenarioDraft {
            partner_ltv: decimal("1"),
            ..charge("10")
        };
        let mut steps = Vec::new();
        evaluate(&rules(drafts), None, &read(&scenario, "EUR"), &mut steps).expect("small amounts");
        let details: Vec<_> = steps.iter().map(|step| step.detail.as_str()).collect();
        assert!(details.contains(&expected), "{details:?}");
    }
}
