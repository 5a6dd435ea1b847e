//! Speed of the pure engines, on one core. `cargo bench` measures; `cargo bench -- --test` only runs each once.

use std::hint::black_box;

use chrono_tz::UTC;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rust_decimal::Decimal;
use tributary::domain::Timestamp;
use tributary::domain::accrual::{self, CustomerHistory, CustomerStage, EarningEvent, FirstEvents, GroupRuleFacts};
use tributary::domain::attribution::AttributionSettings;
use tributary::domain::campaign::{Campaign, CampaignStatus};
use tributary::domain::commission::PaymentTarget;
use tributary::domain::deal::StageOutcome;
use tributary::domain::deal_rules::{self, CommissionRule, DealView, Filters, Part, Plan, RuleEntry, ValueType};
use tributary::domain::event::{AttributedVia, EventKind};
use tributary::domain::explain::Step;
use tributary::domain::group_rules::{GroupRuleInputs, RuleDraft, RuleDraftKind, RuleSet, evaluate, rule_set};
use tributary::domain::id::{CampaignId, CommissionRuleId, PartnerGroupId, PaymentStageId};
use tributary::domain::money::{Currency, Money, parse_decimal};
use tributary::domain::partner::PartnerType;
use tributary::domain::partner_group::PartnerGroup;
use tributary::domain::problem::Problems;
use tributary::domain::terms::{BasisKind, Per, Term, TermDraft, Trigger, terms};
use tributary::domain::tiered::{
    self, Action, ConversionDraft, CrossingPolicy, Goal, Metric, Modifier, Period, Retroactive, Status, Tier,
};

fn decimal(text: &str) -> Decimal {
    parse_decimal(text).expect(text)
}

fn eur() -> Currency {
    Currency::parse("EUR").expect("it exists")
}

fn money(amount: &str) -> Money {
    Money::exact(decimal(amount), eur()).expect(amount)
}

fn day(number: i64) -> Timestamp {
    Timestamp::from_timestamp(1_767_225_600 + number * 86_400, 0).expect("in range")
}

fn rules(kinds: Vec<RuleDraftKind>) -> RuleSet {
    let drafts = kinds.into_iter().map(|kind| RuleDraft {
        description: None,
        kind,
    });
    rule_set(drafts.collect(), None, &mut Problems::new()).expect("rules that hold together")
}

fn recurring() -> RuleDraftKind {
    RuleDraftKind::Recurring {
        percentage: decimal("12.5"),
    }
}

/// One rule of each type.
fn five() -> Vec<RuleDraftKind> {
    vec![
        RuleDraftKind::NewCustomerTimeTier {
            max_months: 6,
            percentage: decimal("30"),
        },
        recurring(),
        RuleDraftKind::PartnerLtvUpgrade {
            min_ltv_total: decimal("10000"),
            upgrade_percentage: decimal("2.5"),
        },
        RuleDraftKind::ChargeThresholdBonus {
            min_charge_total: decimal("500"),
            bonus: decimal("15"),
        },
        RuleDraftKind::CustomerVolumeGate {
            min_qualified_customers: 3,
        },
    ]
}

/// Charges of all sizes, of new and old customers.
fn charges() -> Vec<GroupRuleInputs> {
    let charge = |number: u32| {
        let charged = Money::round(Decimal::new(i64::from(number) * 3_917 % 200_000, 2), eur()).expect("small");
        GroupRuleInputs::live(
            charged,
            number % 14 + 1,
            Decimal::from(number * 1_100 % 20_000),
            number % 8,
            false,
        )
    };
    (0..1_000).map(charge).collect()
}

/// The rules of partner groups; the figures are evaluations per second.
fn group_rules(criterion: &mut Criterion) {
    let charges = charges();
    let compound: Vec<_> = (1..=4)
        .map(|number| RuleDraftKind::PartnerLtvUpgrade {
            min_ltv_total: Decimal::from(number * 2_500),
            upgrade_percentage: Decimal::ONE,
        })
        .chain((1..=4).map(|number| RuleDraftKind::ChargeThresholdBonus {
            min_charge_total: Decimal::from(number * 300),
            bonus: Decimal::from(number),
        }))
        .chain((1..=3).map(|number| RuleDraftKind::NewCustomerTimeTier {
            max_months: 12 + number,
            percentage: Decimal::from(10 + number),
        }))
        .chain(five())
        .collect();
    let mut group = criterion.benchmark_group("group_rules");
    group.throughput(Throughput::Elements(charges.len() as u64));
    for (name, rules) in [
        ("only recurring", rules(vec![recurring()])),
        ("one of each type", rules(five())),
        ("compound of 16", rules(compound)),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for inputs in &charges {
                    black_box(evaluate(black_box(&rules), None, inputs, &mut ()).expect("small amounts"));
                }
            });
        });
        group.bench_function(format!("{name}, explained"), |bencher| {
            bencher.iter(|| {
                for inputs in &charges {
                    let mut steps: Vec<Step> = Vec::new();
                    black_box(evaluate(black_box(&rules), None, inputs, &mut steps).expect("small amounts"));
                    black_box(steps);
                }
            });
        });
    }
    group.finish();
}

fn term(basis: BasisKind, value: Option<&str>, trigger: Trigger, recurring_months: Option<i32>) -> TermDraft {
    TermDraft {
        basis,
        value: value.map(decimal),
        currency: None,
        trigger,
        event_type: None,
        recurring_months,
        matching: None,
        exclusive: None,
        per: Per::Event,
    }
}

/// What one event earns by a campaign's terms, with the explanation, as when it is recorded.
fn campaign_terms(criterion: &mut Criterion) {
    let of = |drafts| -> Vec<Term> { terms(drafts, eur(), &mut Problems::new()).expect("terms that hold together") };
    let group = PartnerGroup {
        id: PartnerGroupId::from_parts(day(0), 0, 0),
        name: "Standard".into(),
        external_id: None,
        description: None,
        tags: vec![],
        is_default: true,
        currency: None,
        rules: rules(five()),
        version: 1,
        created_at: day(0),
        updated_at: day(0),
    };
    let standing = GroupRuleFacts {
        partner_ltv: decimal("12000"),
        qualified_customers: 5,
    };
    let event = EarningEvent {
        kind: EventKind::Charge,
        event_type: None,
        amount: Some(money("49.90")),
        items: &[],
        country: None,
        via: AttributedVia::Named,
        occurred_at: day(40),
        customer: Some(CustomerHistory {
            acquired_at: day(0),
            first_of_any: FirstEvents {
                qualifying: Some(day(1)),
                with_amount: Some(day(1)),
            },
            first_of_type: FirstEvents {
                qualifying: Some(day(1)),
                with_amount: Some(day(1)),
            },
            is_qualified: true,
            stage: CustomerStage::Buyer,
        }),
    };
    let mut benches = criterion.benchmark_group("terms");
    benches.throughput(Throughput::Elements(1));
    for (name, terms) in [
        (
            "a percentage",
            of(vec![term(BasisKind::Percent, Some("20"), Trigger::Every, None)]),
        ),
        (
            "three components",
            of(vec![
                term(BasisKind::Percent, Some("15.5"), Trigger::Every, Some(12)),
                term(BasisKind::Fixed, Some("25"), Trigger::Every, None),
                term(BasisKind::GroupRules, None, Trigger::Every, None),
            ]),
        ),
    ] {
        let campaign = Campaign {
            id: CampaignId::from_parts(day(0), 0, 1),
            name: "Spring".into(),
            external_id: None,
            status: CampaignStatus::Active,
            terms,
            holdback_days: Some(30),
            starts_at: None,
            ends_at: None,
            advertiser_id: None,
            destination_url: None,
            link_hosts: Vec::new(),
            attribution: AttributionSettings::default(),
            created_at: day(0),
            updated_at: day(0),
            version: 1,
        };
        benches.bench_function(name, |bencher| {
            bencher.iter(|| {
                let terms = accrual::terms_in_force(&[], Some(black_box(&campaign)));
                let considered = accrual::consider(&terms, &event, UTC, eur());
                let group = Some((&group, standing));
                black_box(accrual::earned(&terms, considered, &event, group, UTC, eur()).expect("small amounts"))
            });
        });
    }
    benches.finish();
}

/// 500 conversions through three tiers, two of which pay retroactively when their goal is reached.
fn tiers(criterion: &mut Criterion) {
    let date = |text: &str| text.parse().expect("a date");
    let tier = |goal: i64, percent: i64| Tier {
        name: format!("from {goal}"),
        status: Status::Active,
        start_date: date("2026-01-01"),
        end_date: date("2026-12-31"),
        period: Period::Monthly,
        crossing_policy: CrossingPolicy::NextConversion,
        currency: eur(),
        event_type: None,
        goals: vec![Goal {
            metric: Metric::Conversion,
            goal: Decimal::from(goal),
            max: None,
        }],
        payout: Some(Modifier {
            action: Action::Increase,
            value: Decimal::from(percent),
        }),
        revenue: None,
        retroactive_payout: (goal > 10).then(|| Retroactive {
            action: Action::FlatIncrease,
            value: Decimal::from(percent),
            kind: None,
        }),
        retroactive_revenue: None,
    };
    let tiers = [tier(10, 5), tier(50, 10), tier(200, 20)];
    let conversions: Vec<_> = (0..500)
        .map(|number| ConversionDraft {
            occurred_at: day(number / 250 * 31),
            sale_amount: Decimal::from(100 + number),
            base_payout: Decimal::new(1_000 + number, 2),
            base_revenue: Decimal::ZERO,
            base: true,
        })
        .collect();
    let mut group = criterion.benchmark_group("tiers");
    group.throughput(Throughput::Elements(conversions.len() as u64));
    group.bench_function("500 conversions, 3 tiers", |bencher| {
        bencher.iter(|| tiered::simulate(black_box(&tiers), &conversions, eur(), UTC).expect("small amounts"));
    });
    group.finish();
}

/// A deal with three stages and twelve renewals.
fn commission_rule(criterion: &mut Criterion) {
    let stage = |number| PaymentStageId::from_parts(day(0), 0, number);
    let part = |value_type, value| {
        Some(Part {
            value_type,
            value: Some(decimal(value)),
            scaling: None,
            number_of_occurrences: None,
            period_rates: None,
        })
    };
    let entry = |number, one_off, recurring| RuleEntry {
        stage_id: stage(number),
        condition: None,
        one_off,
        recurring,
    };
    let rule = CommissionRule {
        id: CommissionRuleId::from_parts(day(0), 0, 1),
        external_id: None,
        version: 1,
        plan: Plan {
            label: "Resellers".into(),
            payment_target: PaymentTarget::Partnership,
            auto_assign_recipient: None,
            currency: None,
            holdback_days: Some(30),
            entries: vec![
                entry(1, part(ValueType::Fixed, "50"), None),
                entry(2, part(ValueType::Percentage, "5"), None),
                entry(3, part(ValueType::Percentage, "10"), part(ValueType::Percentage, "2.5")),
            ],
        },
        filters: Filters {
            partner_type: PartnerType::Reseller,
            tiers: vec![],
            categories: vec![],
            partners: vec![],
        },
        archived_at: None,
        created_at: day(0),
        updated_at: day(0),
    };
    let deal = DealView {
        value: decimal("12345.67"),
        currency: eur(),
        fields: &[],
        lead_creator: None,
        owner: None,
    };
    let path = [
        (stage(1), StageOutcome::Open),
        (stage(2), StageOutcome::Open),
        (stage(3), StageOutcome::Won),
    ];
    criterion.bench_function("commission_rule/3 stages, 12 renewals", |bencher| {
        bencher.iter(|| deal_rules::simulate(black_box(&rule), &deal, &path, 12).expect("small amounts"));
    });
}

criterion_group!(engines, group_rules, campaign_terms, tiers, commission_rule);
criterion_main!(engines);
