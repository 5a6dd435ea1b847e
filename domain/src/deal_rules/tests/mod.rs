use std::collections::{HashMap, HashSet};

use chrono::DateTime;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::deal::{PaymentStage, StageOutcome};
use crate::id::{Id, Kind, PaymentStageId};
use crate::money::{Currency, parse_decimal};
use crate::problem::{ProblemCode, Problems};

fn id<K: Kind>(number: u64) -> Id<K> {
    let millis = i64::try_from(number).expect("small");
    Id::from_parts(DateTime::from_timestamp_millis(millis).expect("in range"), 0, number)
}

fn decimal(text: &str) -> Decimal {
    parse_decimal(text).expect(text)
}

fn usd() -> Currency {
    Currency::parse("USD").expect("it exists")
}

fn part(value_type: ValueType, value: &str) -> Part {
    Part {
        value_type,
        value: Some(decimal(value)),
        scaling: None,
        number_of_occurrences: None,
        period_rates: None,
    }
}

fn percent(value: &str) -> Part {
    part(ValueType::Percentage, value)
}

fn scaling(tiers: &[(u64, &str)]) -> Option<Scaling> {
    let tiers = tiers.iter().map(|(option, value)| ScalingTier {
        option_id: id(*option),
        value: decimal(value),
    });
    Some(Scaling {
        field_id: id(7),
        tiers: tiers.collect(),
    })
}

fn period(number: u32, start: u32, end: Option<u32>, value: Option<&str>) -> Period {
    Period {
        number,
        start,
        end,
        value: value.map(decimal),
        scaling: None,
    }
}

fn periods(enabled: bool, periods: Vec<Period>) -> Option<PeriodRates> {
    Some(PeriodRates { enabled, periods })
}

fn entry(stage: u64, one_off: Option<Part>, recurring: Option<Part>) -> Entry {
    Entry {
        stage_id: id(stage),
        condition: None,
        one_off,
        recurring,
    }
}

fn rule(number: u64, entries: Vec<Entry>) -> CommissionRule {
    CommissionRule {
        id: id(number),
        external_id: None,
        version: 1,
        plan: Plan {
            label: format!("rule {number}"),
            payment_target: PaymentTarget::Partnership,
            auto_assign_recipient: None,
            currency: None,
            holdback_days: Some(30),
            entries,
        },
        filters: Filters {
            partner_type: PartnerType::Reseller,
            tiers: vec![],
            categories: vec![],
            partners: vec![],
        },
        archived_at: None,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

fn deal<'a>(value: &str, fields: &'a [FieldValue]) -> DealView<'a> {
    DealView {
        value: decimal(value),
        currency: usd(),
        fields,
        lead_creator: Some("ann"),
        owner: Some("bob"),
    }
}

fn option(option: u64) -> FieldValue {
    FieldValue {
        field_id: id(7),
        option_id: id(option),
    }
}

fn amounts(due: &[Due]) -> Vec<String> {
    due.iter().map(|due| due.amount.amount().to_string()).collect()
}

const WON: u64 = 5;
const LOST: u64 = 9;

fn enter(path: &[u64]) -> Vec<(PaymentStageId, StageOutcome)> {
    let outcome = |stage: u64| {
        if stage == LOST {
            StageOutcome::Lost
        } else {
            StageOutcome::Open
        }
    };
    path.iter().map(|stage| (id(*stage), outcome(*stage))).collect()
}

#[test]
fn pays_fixed_amounts_and_percentages_of_the_value() {
    for (part, value, expected) in [
        (part(ValueType::Fixed, "500"), "10000", "500.00"),
        (percent("10"), "10000", "1000.00"),
        (percent("25"), "299.90", "74.98"),
        (percent("0"), "299.90", "0.00"),
        (percent("33.333333"), "0.01", "0.00"),
    ] {
        let due = simulate(
            &rule(1, vec![entry(WON, Some(part), None)]),
            &deal(value, &[]),
            &enter(&[WON]),
            3,
        );
        assert_eq!(amounts(&due.expect("in range")), [expected]);
    }
}

#[test]
fn periods_change_the_rate_and_the_occurrences_end() {
    let mut part = percent("0");
    part.number_of_occurrences = Some(24);
    part.period_rates = periods(
        true,
        vec![period(1, 1, Some(12), Some("20")), period(2, 13, Some(24), Some("10"))],
    );
    let due = simulate(
        &rule(1, vec![entry(WON, None, Some(part))]),
        &deal("1000", &[]),
        &enter(&[WON]),
        40,
    );
    let due = due.expect("in range");
    assert_eq!(due.len(), 24);
    let of = |occurrence: usize| due[occurrence - 1].amount.amount().to_string();
    assert_eq!(
        [of(1), of(12), of(13), of(24)],
        ["200.00", "200.00", "100.00", "100.00"]
    );
}

#[test]
fn the_nearest_value_counts() {
    let mut full = percent("15");
    full.scaling = scaling(&[(1, "10"), (2, "20")]);
    let mut first = period(1, 1, Some(2), Some("30"));
    first.scaling = scaling(&[(2, "25")]);
    full.period_rates = periods(true, vec![first, period(2, 4, None, None)]);
    let mut disabled = full.clone();
    disabled.period_rates.as_mut().expect("just set").enabled = false;
    let mut bare = full.clone();
    bare.value = None;
    bare.period_rates = None;
    for (name, part, fields, expected) in [
        (
            "the period's scaling",
            &full,
            vec![option(2)],
            ["25.00", "25.00", "20.00", "20.00"],
        ),
        (
            "the period's value",
            &full,
            vec![option(1)],
            ["30.00", "30.00", "10.00", "10.00"],
        ),
        (
            "the base value in a gap and in an empty period",
            &full,
            vec![],
            ["30.00", "30.00", "15.00", "15.00"],
        ),
        (
            "disabled periods",
            &disabled,
            vec![option(2)],
            ["20.00", "20.00", "20.00", "20.00"],
        ),
        (
            "an option without a tier",
            &disabled,
            vec![option(3)],
            ["15.00", "15.00", "15.00", "15.00"],
        ),
        ("nothing", &bare, vec![option(3)], ["0.00", "0.00", "0.00", "0.00"]),
    ] {
        let rule = rule(1, vec![entry(WON, None, Some(part.clone()))]);
        let due = simulate(&rule, &deal("100", &fields), &enter(&[WON]), 3).expect("in range");
        assert_eq!(amounts(&due), expected, "{name}");
        for due in due {
            let sum: Decimal = due.explanation.iter().filter_map(|step| step.amount).sum();
            assert_eq!(sum, due.amount.amount(), "{name}");
        }
    }
}

#[test]
fn only_entering_exactly_the_stage_pays_and_only_once() {
    let rule = rule(
        1,
        vec![
            entry(WON, Some(percent("10")), None),
            entry(3, Some(percent("1")), None),
        ],
    );
    let back_and_forth = [4, WON].repeat(10);
    for (path, expected) in [
        (vec![4, 6], vec![]),
        (vec![WON, WON], vec!["10.00"]),
        (back_and_forth, vec!["10.00"]),
        (vec![3, 4, WON, 3], vec!["1.00", "10.00"]),
        (vec![WON, LOST], vec![]),
        (vec![3, WON, LOST, WON], vec!["10.00"]),
    ] {
        let due = simulate(&rule, &deal("100", &[]), &enter(&path), 0).expect("in range");
        assert_eq!(amounts(&due), expected, "{path:?}");
    }
}

/// Approved payments stay when a deal is lost; those that were void are paid again by the version that paid them.
#[test]
fn what_was_void_is_paid_again_and_only_that() {
    let old = rule(1, vec![entry(WON, Some(percent("5")), Some(percent("10")))]);
    let mut new = rule(1, vec![entry(WON, Some(percent("50")), Some(percent("60")))]);
    new.version = 2;
    let mut book = Book::default();
    let view = deal("100", &[]);
    let first = on_entry(id(WON), &[&old], &view, &book).expect("in range");
    assert_eq!(amounts(&first), ["5.00", "10.00"]);
    book.enter(&first, &[&old]);
    for _ in 0..2 {
        let renewed = on_renewal(&view, &book).expect("in range");
        assert_eq!(amounts(&renewed), ["10.00"]);
        book.enter(&renewed, &[]);
    }
    // The one-off part was approved.
    book.payments[1..].iter_mut().for_each(|payment| payment.voided = true);
    assert!(on_renewal(&view, &book).expect("in range").is_empty());
    let again = on_entry(id(WON), &[&new], &view, &book).expect("in range");
    let occurrences: Vec<_> = again.iter().map(|due| (due.slot.occurrence, due.version)).collect();
    assert_eq!(
        (occurrences, amounts(&again)),
        (vec![(1, 1), (2, 1), (3, 1)], vec!["10.00".to_owned(); 3])
    );
    book.enter(&again, &[&new]);
    assert!(on_entry(id(WON), &[&new], &view, &book).expect("in range").is_empty());
    let next = on_renewal(&view, &book).expect("in range");
    assert_eq!((next[0].slot.occurrence, next[0].version), (4, 1));
}

#[test]
fn a_condition_pays_at_the_moment_when_it_becomes_true() {
    let mut conditional = entry(WON, Some(percent("5")), None);
    conditional.condition = Some(option(2));
    let rule = rule(1, vec![conditional, entry(WON, Some(percent("1")), None)]);
    let none = deal("100", &[]);
    let mut book = Book::default();
    let first = on_entry(id(WON), &[&rule], &none, &book).expect("in range");
    assert_eq!(amounts(&first), ["1.00"]);
    book.enter(&first, &[&rule]);
    let change = |before: &[FieldValue], after: &[FieldValue]| {
        amounts(&on_change(id(WON), &[&rule], &deal("100", after), before, &book).expect("in range"))
    };
    assert_eq!(change(&[], &[option(1)]), Vec::<String>::new());
    assert_eq!(change(&[option(1)], &[option(2)]), ["5.00"]);
    // It was true before: the rule is newer than that, and no condition of it became true.
    assert_eq!(change(&[option(2)], &[option(2)]), Vec::<String>::new());
}

#[test]
fn the_most_specific_rule_governs_then_the_newest() {
    let entries = || vec![entry(WON, Some(percent("1")), None)];
    let with = |number, change: &dyn Fn(&mut CommissionRule)| {
        let mut rule = rule(number, entries());
        change(&mut rule);
        rule
    };
    let all = [
        with(1, &|rule| rule.filters.partners = vec![id(1)]),
        with(2, &|rule| rule.filters.tiers = vec![id(1), id(2)]),
        with(3, &|rule| rule.filters.categories = vec![id(1)]),
        with(4, &|_| ()),
        with(5, &|_| ()),
        with(6, &|rule| rule.plan.payment_target = PaymentTarget::Individual),
        with(7, &|rule| rule.filters.partner_type = PartnerType::Referral),
        with(8, &|rule| {
            rule.plan.currency = Some(Currency::parse("EUR").expect("it exists"))
        }),
        with(9, &|rule| rule.archived_at = Some(DateTime::UNIX_EPOCH)),
        with(10, &|rule| rule.plan.entries[0].stage_id = id(3)),
        with(11, &|rule| {
            rule.filters.partners = vec![id(1)];
            rule.filters.tiers = vec![id(3)];
        }),
    ];
    let payee = |partner, tier: Option<u64>, categories: &[u64]| Payee {
        id: id(partner),
        partner_type: PartnerType::Reseller,
        tier: tier.map(id),
        categories: categories.iter().map(|category| id(*category)).collect(),
    };
    for (payee, partnership) in [
        (payee(1, Some(1), &[1]), 1),
        (payee(2, Some(2), &[1]), 2),
        (payee(2, Some(3), &[2, 1]), 3),
        (payee(2, None, &[2]), 5),
    ] {
        let governing = governing(&all, &payee, usd(), id(WON));
        let ids: Vec<_> = governing.iter().map(|rule| rule.id).collect();
        assert_eq!(ids, [id(partnership), id(6)], "{payee:?}");
    }
}

#[test]
fn individuals_are_the_lead_creator_the_owner_or_not_known_yet() {
    let mut rule = rule(1, vec![entry(WON, Some(part(ValueType::Fixed, "500")), None)]);
    rule.plan.payment_target = PaymentTarget::Individual;
    for (assignment, expected) in [
        (Some(RecipientAssignment::LeadCreator), Some("ann")),
        (Some(RecipientAssignment::DealOwner), Some("bob")),
        (Some(RecipientAssignment::Manual), None),
        (None, None),
    ] {
        rule.plan.auto_assign_recipient = assignment;
        let due = simulate(&rule, &deal("1", &[]), &enter(&[WON]), 0).expect("in range");
        assert_eq!(due[0].recipient.as_deref(), expected);
    }
}

#[test]
fn a_forecast_goes_through_the_stages_ahead() {
    let stage = |number, position, outcome| PaymentStage {
        id: id(number),
        label: String::new(),
        position,
        outcome,
        external_id: None,
    };
    let stages = [
        stage(1, 1, StageOutcome::Open),
        stage(WON, 2, StageOutcome::Won),
        stage(LOST, 3, StageOutcome::Lost),
    ];
    let rules = [rule(
        1,
        vec![
            entry(1, Some(percent("1")), None),
            entry(WON, Some(percent("2")), Some(percent("3"))),
            entry(LOST, Some(percent("99")), None),
        ],
    )];
    let payee = Payee {
        id: id(1),
        partner_type: PartnerType::Reseller,
        tier: None,
        categories: vec![],
    };
    let view = deal("100", &[]);
    let from = |standing: Option<u64>, book| {
        amounts(&forecast(&rules, &payee, &view, &stages, standing.map(id), book).expect("in range"))
    };
    let further = ["3.00"; FURTHER_OCCURRENCES];
    assert_eq!(
        from(None, Book::default()),
        [&["1.00", "2.00", "3.00"][..], &further].concat()
    );
    assert_eq!(
        from(Some(1), Book::default()),
        [&["2.00", "3.00"][..], &further].concat()
    );
    assert_eq!(from(Some(LOST), Book::default()), Vec::<String>::new());
    let mut book = Book::default();
    let paid = on_entry(id(WON), &[&rules[0]], &view, &book).expect("in range");
    book.enter(&paid, &[&rules[0]]);
    assert_eq!(from(Some(WON), book), further);
}

fn catalog() -> Catalog {
    Catalog {
        stages: HashSet::from([id(WON)]),
        fields: HashMap::from([(id(7), HashSet::from([id(1), id(2)])), (id(8), HashSet::from([id(3)]))]),
    }
}

fn draft(value_type: ValueType, value: Option<&str>) -> PartDraft {
    PartDraft {
        value_type,
        value: value.map(decimal),
        scaling: None,
        number_of_occurrences: None,
        period_rates: None,
    }
}

#[test]
fn names_every_problem_of_the_entries_at_once() {
    let scaled = |field: u64, tiers: &[(u64, &str)]| ScalingDraft {
        field_id: id::<crate::id::CustomField>(field).to_string(),
        tiers: tiers
            .iter()
            .map(|(option, value)| (id::<crate::id::CustomFieldOption>(*option).to_string(), decimal(value)))
            .collect(),
    };
    let one = |number, start, end: Option<i32>, value: Option<&str>| PeriodDraft {
        number,
        start,
        end,
        value: value.map(decimal),
        scaling: None,
    };
    let mut recurring = draft(ValueType::Percentage, Some("100.1"));
    recurring.scaling = Some(scaled(7, &[(1, "-1"), (3, "5"), (2, "1"), (2, "1")]));
    recurring.number_of_occurrences = Some(0);
    recurring.period_rates = Some(PeriodRatesDraft {
        enabled: true,
        periods: vec![
            one(1, 1, Some(12), Some("101")),
            one(1, 5, Some(4), None),
            one(2, 20, None, Some("1")),
            one(3, 30, Some(31), Some("1")),
        ],
    });
    let mut one_off = draft(ValueType::Fixed, Some("-0.001"));
    one_off.number_of_occurrences = Some(2);
    let disabled = PeriodRatesDraft {
        enabled: false,
        periods: vec![one(1, 1, None, Some("5"))],
    };
    let stage = id::<crate::id::PaymentStage>(WON).to_string();
    let drafts = vec![
        EntryDraft {
            stage_id: id::<crate::id::PaymentStage>(6).to_string(),
            condition: Some(ConditionDraft {
                field_id: id::<crate::id::CustomField>(8).to_string(),
                option_id: id::<crate::id::CustomFieldOption>(1).to_string(),
            }),
            one_off: Some(one_off),
            recurring: Some(recurring),
        },
        EntryDraft {
            stage_id: stage.clone(),
            condition: None,
            one_off: None,
            recurring: None,
        },
        EntryDraft {
            stage_id: stage,
            condition: None,
            one_off: None,
            recurring: Some(PartDraft {
                period_rates: Some(disabled),
                ..draft(ValueType::Percentage, None)
            }),
        },
    ];
    let mut problems = Problems::new();
    assert_eq!(entries(drafts, Some(usd()), &catalog(), &mut problems), None);
    let found: Vec<_> = problems
        .into_vec()
        .into_iter()
        .map(|p| (p.path.join("."), p.code))
        .collect();
    let invalid = |path: &str| (format!("entries.{path}"), ProblemCode::Invalid);
    let missing = |path: &str| (format!("entries.{path}"), ProblemCode::NotFound);
    let required = |path: &str| (format!("entries.{path}"), ProblemCode::Required);
    assert_eq!(
        found,
        [
            missing("0.paymentStageId"),
            missing("0.condition.optionId"),
            invalid("0.oneOff.value"),
            invalid("0.oneOff.numberOfOccurrences"),
            invalid("0.recurring.value"),
            invalid("0.recurring.scaling.tiers.0.value"),
            missing("0.recurring.scaling.tiers.1.optionId"),
            invalid("0.recurring.scaling.tiers.3.optionId"),
            invalid("0.recurring.numberOfOccurrences"),
            invalid("0.recurring.periodRates.periods.0.value"),
            invalid("0.recurring.periodRates.periods.1.endOccurrence"),
            invalid("0.recurring.periodRates.periods.3.startOccurrence"),
            required("1"),
            required("2.recurring.value"),
        ]
    );
}

proptest! {
    /// However a deal moves, no slot is paid twice, and losing it last leaves nothing.
    #[test]
    fn no_slot_is_paid_twice(path in proptest::collection::vec(1u64..=9, 0..30), renewals in 0u32..20) {
        let rule = rule(1, vec![
            entry(1, Some(percent("1")), Some(percent("2"))),
            entry(2, Some(percent("3")), None),
            entry(2, None, Some(percent("4"))),
        ]);
        let due = simulate(&rule, &deal("100", &[]), &enter(&path), renewals).expect("in range");
        let slots: HashSet<_> = due.iter().map(|due| due.slot).collect();
        prop_assert_eq!(slots.len(), due.len());
        if path.last() == Some(&LOST) {
            prop_assert!(due.is_empty());
        }
    }
}
