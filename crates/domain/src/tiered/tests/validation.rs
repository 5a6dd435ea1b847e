//! What is refused, and the path of the problem.

use super::*;

fn id<K: crate::id::Kind>(number: u64) -> String {
    crate::id::Id::<K>::from_parts(at("2026-01-01T00:00:00Z"), 0, number).to_string()
}

fn partner(number: u64) -> String {
    id::<crate::id::Partner>(number)
}

fn campaign(number: u64) -> String {
    id::<crate::id::Campaign>(number)
}

fn advertiser() -> String {
    id::<crate::id::Advertiser>(1)
}

/// The specification's example.
pub(super) fn silver() -> Draft {
    let goal = |metric, goal: &str, max: Option<&str>| GoalDraft {
        metric,
        goal: decimal(goal),
        max: max.map(decimal),
    };
    Draft {
        name: "SilverCommission".into(),
        notes: Some("Monthly payement".into()),
        status: Status::Active,
        start_date: "2020-07-23".parse().expect("a date"),
        end_date: "2020-08-22".parse().expect("a date"),
        period: Period::Monthly,
        crossing_policy: CrossingPolicy::NextConversion,
        currency: None,
        apply_to_all_partners: false,
        partner_ids: vec![partner(21), partner(35), partner(28)],
        campaign_ids: vec![campaign(1), campaign(15), campaign(12)],
        advertiser_ids: Vec::new(),
        event_type: None,
        goals: vec![
            goal(Metric::Conversion, "10", None),
            goal(Metric::Revenue, "121", Some("1000")),
        ],
        payout: Some(ModifierDraft {
            action: Action::Increase,
            value: decimal("10"),
        }),
        revenue: Some(ModifierDraft {
            action: Action::Decrease,
            value: decimal("6"),
        }),
        retroactive_payout: Some(RetroactiveDraft {
            action: Action::FlatIncrease,
            value: decimal("5"),
            kind: None,
        }),
        retroactive_revenue: None,
    }
}

/// The problems as "path CODE".
fn problems_of(draft: Draft) -> Vec<String> {
    let mut problems = Problems::new();
    let checked = checked(draft, currency("USD"), &mut problems);
    let problems = problems.into_vec();
    assert_eq!(checked.is_none(), !problems.is_empty(), "{problems:?}");
    let shown = problems
        .iter()
        .map(|problem| format!("{} {}", problem.path.join("."), problem.code.as_str()));
    shown.collect()
}

fn with(change: impl FnOnce(&mut Draft)) -> Vec<String> {
    let mut draft = silver();
    change(&mut draft);
    problems_of(draft)
}

#[test]
fn the_example_of_the_source_is_valid() {
    let mut problems = Problems::new();
    let checked = checked(silver(), currency("USD"), &mut problems).expect("valid");
    assert_eq!(checked.tier.currency, currency("USD"));
    assert_eq!(checked.tier.goals[1], band(Metric::Revenue, "121", "1000"));
    assert_eq!(checked.audience.partner_ids.len(), 3);
    assert_eq!(checked.notes.as_deref(), Some("Monthly payement"));
    let none: [&str; 0] = [];
    assert_eq!(with(|_| ()), none);
    let blank = Draft {
        notes: Some(String::new()),
        ..silver()
    };
    let mut problems = Problems::new();
    assert_eq!(
        super::checked(blank, currency("USD"), &mut problems)
            .expect("valid")
            .notes,
        None
    );
}

#[test]
fn goals_are_checked() {
    type Entry = (Metric, &'static str, Option<&'static str>);
    let cases: [(&[Entry], &[&str]); 14] = [
        (&[], &["goals REQUIRED"]),
        (&[(Metric::Conversion, "0", None)], &["goals INVALID"]),
        (&[(Metric::Conversion, "0", Some("5"))], &["goals INVALID"]),
        (
            &[(Metric::Conversion, "0", Some("5")), (Metric::Payout, "1", None)],
            &[],
        ),
        (
            &[(Metric::Conversion, "1", None), (Metric::Conversion, "2", None)],
            &["goals.1.metric INVALID"],
        ),
        (&[(Metric::Conversion, "1.5", None)], &["goals.0.goal INVALID"]),
        (&[(Metric::Event, "1", Some("2.5"))], &["goals.0.max INVALID"]),
        (&[(Metric::Conversion, "10.00", Some("11.0"))], &[]),
        (&[(Metric::Conversion, "10", Some("5"))], &["goals.0.max INVALID"]),
        (&[(Metric::Conversion, "10", Some("10"))], &["goals.0.max INVALID"]),
        (&[(Metric::Payout, "-1", None)], &["goals.0.goal INVALID"]),
        (&[(Metric::SaleAmount, "0.01", None)], &[]),
        (&[(Metric::SaleAmount, "0.001", None)], &["goals.0.goal INVALID"]),
        (
            &[(Metric::Conversion, "1000000000000001", None)],
            &["goals.0.goal INVALID"],
        ),
    ];
    for (entries, expected) in cases {
        let goals = entries.iter().map(|(metric, goal, max)| GoalDraft {
            metric: *metric,
            goal: decimal(goal),
            max: max.map(decimal),
        });
        let found = with(|draft| draft.goals = goals.collect());
        assert_eq!(found, expected, "{entries:?}");
    }
}

#[test]
fn values_are_checked() {
    for (action, value, valid) in [
        (Action::Increase, "0", false),
        (Action::Increase, "-1", false),
        (Action::Increase, "0.000001", true),
        (Action::Increase, "0.0000001", false),
        (Action::Increase, "250", true),
        (Action::Increase, "1000000", true),
        (Action::Increase, "1000000.1", false),
        // The result is 0; a decrease beyond 100 % is no worse than one of 100 %.
        (Action::Decrease, "150", true),
        (Action::FlatIncrease, "0.01", true),
        (Action::FlatIncrease, "0.001", false),
        (Action::FlatDecrease, "10000000000000.01", false),
    ] {
        let value = decimal(value);
        let found = with(|draft| draft.payout = Some(ModifierDraft { action, value }));
        let expected: &[&str] = if valid { &[] } else { &["payout.value INVALID"] };
        assert_eq!(found, expected, "{} {value}", action.as_str());
    }
}

#[test]
fn exact_is_only_retroactive() {
    let exact = ModifierDraft {
        action: Action::Exact,
        value: decimal("5"),
    };
    assert_eq!(with(|draft| draft.payout = Some(exact)), ["payout.action INVALID"]);
    assert_eq!(with(|draft| draft.revenue = Some(exact)), ["revenue.action INVALID"]);
    let RetroactiveDraft { action, value, kind } = RetroactiveDraft {
        action: Action::Exact,
        value: decimal("5"),
        kind: None,
    };
    let none: [&str; 0] = [];
    assert_eq!(
        with(|draft| draft.retroactive_payout = Some(RetroactiveDraft { action, value, kind })),
        none
    );
}

#[test]
fn types_belong_to_their_side() {
    for kind in RetroactiveType::ALL {
        let draft = RetroactiveDraft {
            action: Action::Exact,
            value: decimal("7.5"),
            kind: Some(*kind),
        };
        let payout = with(|silver| silver.retroactive_payout = Some(draft));
        let revenue = with(|silver| silver.retroactive_revenue = Some(draft));
        let (payout_fits, revenue_fits) = (payout.is_empty(), revenue.is_empty());
        assert_eq!(
            (payout_fits, revenue_fits),
            (kind.side() == Side::Payout, kind.side() == Side::Revenue)
        );
        let wrong = if payout_fits { revenue } else { payout };
        assert!(wrong[0].ends_with(".type INVALID"), "{wrong:?}");
    }
    // A percentage has up to six decimal places, an amount those of its currency.
    for (kind, valid) in [(RetroactiveType::Cps, true), (RetroactiveType::Cpa, false)] {
        let draft = RetroactiveDraft {
            action: Action::Exact,
            value: decimal("7.123456"),
            kind: Some(kind),
        };
        let found = with(|silver| silver.retroactive_payout = Some(draft));
        assert_eq!(found.is_empty(), valid, "{found:?}");
    }
}

#[test]
fn no_partner_gets_more_than_the_sale() {
    for (value, valid) in [("100", true), ("100.000001", false)] {
        let draft = RetroactiveDraft {
            action: Action::Exact,
            value: decimal(value),
            kind: Some(RetroactiveType::Cps),
        };
        let found = with(|silver| silver.retroactive_payout = Some(draft));
        assert_eq!(found.is_empty(), valid, "{found:?}");
    }
}

#[test]
fn dates_run_forward() {
    assert_eq!(
        with(|draft| draft.end_date = "2020-07-22".parse().expect("a date")),
        ["endDate INVALID"]
    );
    let none: [&str; 0] = [];
    assert_eq!(with(|draft| draft.end_date = draft.start_date), none);
    let far = chrono::NaiveDate::from_ymd_opt(10_000, 1, 1).expect("a date");
    assert_eq!(with(|draft| draft.end_date = far), ["endDate INVALID"]);
}

#[test]
fn somebody_and_something_must_be_named() {
    let none: [&str; 0] = [];
    assert_eq!(with(|draft| draft.partner_ids.clear()), ["partnerIds REQUIRED"]);
    assert_eq!(
        with(|draft| {
            draft.partner_ids.clear();
            draft.apply_to_all_partners = true;
        }),
        none
    );
    assert_eq!(with(|draft| draft.campaign_ids.clear()), ["campaignIds REQUIRED"]);
    assert_eq!(
        with(|draft| {
            draft.campaign_ids.clear();
            draft.advertiser_ids = vec![advertiser()];
        }),
        none
    );
    assert_eq!(
        with(|draft| draft.partner_ids[1] = "par_1".into()),
        ["partnerIds.1 INVALID"]
    );
    assert_eq!(
        with(|draft| draft.campaign_ids[0] = partner(1)),
        ["campaignIds.0 INVALID"]
    );
}

#[test]
fn an_event_type_needs_exactly_one_campaign() {
    let typed = |campaigns: Vec<String>, advertisers: Vec<String>| {
        with(|draft| {
            draft.event_type = Some("sale".into());
            draft.campaign_ids = campaigns;
            draft.advertiser_ids = advertisers;
        })
    };
    let none: [&str; 0] = [];
    assert_eq!(typed(vec![campaign(1)], vec![]), none);
    assert_eq!(
        typed(vec![campaign(1), campaign(1)], vec![]),
        none,
        "the same one twice"
    );
    assert_eq!(typed(vec![campaign(1), campaign(2)], vec![]), ["eventType INVALID"]);
    assert_eq!(typed(vec![campaign(1)], vec![advertiser()]), ["eventType INVALID"]);
    assert_eq!(typed(vec![], vec![advertiser()]), ["eventType INVALID"]);
}

#[test]
fn all_problems_are_named_at_once() {
    let found = with(|draft| {
        draft.name = " ".into();
        draft.notes = Some("x".repeat(5001));
        draft.goals[0].goal = decimal("1.5");
        draft.payout = Some(ModifierDraft {
            action: Action::Exact,
            value: decimal("0"),
        });
        draft.partner_ids.clear();
        draft.event_type = Some(String::new());
    });
    let expected = [
        "name REQUIRED",
        "eventType REQUIRED",
        "goals.0.goal INVALID",
        "payout.value INVALID",
        "payout.action INVALID",
        "notes INVALID",
        "partnerIds REQUIRED",
        "eventType INVALID",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_simulation_does_not_ask_for_whom_a_tier_is() {
    let mut draft = silver();
    draft.partner_ids.clear();
    draft.campaign_ids.clear();
    let mut problems = Problems::new();
    assert!(tier(&draft, currency("EUR"), &mut problems).is_some());
    assert!(problems.is_empty());
}

#[test]
fn simulated_conversions_are_checked() {
    let mut problems = Problems::new();
    let drafts = [
        paying("1"),
        ConversionDraft {
            sale_amount: decimal("-1"),
            base_revenue: decimal("10000000000000.01"),
            ..paying("0.12345678901")
        },
    ];
    assert!(conversions(&drafts, currency("USD"), &mut problems).is_none());
    let paths: Vec<_> = problems
        .into_vec()
        .iter()
        .map(|problem| problem.path.join("."))
        .collect();
    let expected = [
        "conversions.1.saleAmount",
        "conversions.1.basePayout",
        "conversions.1.baseRevenue",
    ];
    assert_eq!(paths, expected);
    assert!(conversions(&[], currency("USD"), &mut Problems::new()).is_none());
    let many = vec![paying("1"); MAX_SIMULATED_CONVERSIONS + 1];
    assert!(conversions(&many, currency("USD"), &mut Problems::new()).is_none());
}

#[test]
fn counts_and_lists_have_limits() {
    let goal = |value: &str| {
        let value = decimal(value);
        with(|draft| draft.goals[0].goal = value)
    };
    assert_eq!(goal("1000000000000000"), [""; 0]);
    assert_eq!(goal("1000000000000001"), ["goals.0.goal INVALID"]);
    let partners = |count: u64| with(|draft| draft.partner_ids = (0..count).map(partner).collect());
    assert_eq!(partners(5_000), [""; 0]);
    assert_eq!(partners(5_001), ["partnerIds INVALID"]);
    assert_eq!(partners(5_002), ["partnerIds INVALID"]);
}
