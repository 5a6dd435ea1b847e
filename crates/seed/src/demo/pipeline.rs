//! The demo's payment stages, custom fields and commission rules: every kind of part, value and recipient.

use chrono::Duration;

use super::{DemoContext, IdsByName, currency};
use crate::draft::decimal;
use domain::commission::PaymentTarget::{self, Individual, Partnership};
use domain::deal::StageOutcome::{Lost, Open, Won};
use domain::deal_rules::RecipientAssignment::{self, DealOwner, LeadCreator, Manual};
use domain::deal_rules::ValueType::{self, Fixed, Percentage};
use domain::deal_rules::{ConditionDraft, EntryDraft, PartDraft, PeriodDraft, PeriodRatesDraft, ScalingDraft};
use domain::partner::PartnerType::{self, Affiliate, Distributor, Referral, Reseller};
use service::ServiceError;
use service::commission_rule::NewCommissionRule;
use service::custom_field::OptionDraft;
use service::once::answered;
use service::stage::NewStage;
use service::{commission_rule, custom_field, stage};

pub async fn lay(demo: &DemoContext<'_>, age: Duration, ids: &mut IdsByName) -> Result<(), ServiceError> {
    stages(demo, age, ids).await?;
    fields(demo, age, ids).await?;
    rules(demo, age, ids).await
}

async fn stages(demo: &DemoContext<'_>, age: Duration, ids: &mut IdsByName) -> Result<(), ServiceError> {
    let stages = [
        ("registered", "Registered", Open),
        ("qualified", "Qualified", Open),
        ("offer", "Offer sent", Open),
        ("won", "Won", Won),
        ("lost", "Lost", Lost),
    ];
    for (position, (key, label, outcome)) in (1..).zip(stages) {
        let external_id = format!("demo-stage-{key}");
        let (app, caller) = demo.step(age, &external_id);
        let new = NewStage {
            label: label.to_owned(),
            position,
            outcome,
            external_id: Some(external_id),
        };
        let made = answered(&app, &caller, stage::create(&app, &caller, new)).await?;
        ids.put("stage", key, made.id);
    }
    Ok(())
}

async fn fields(demo: &DemoContext<'_>, age: Duration, ids: &mut IdsByName) -> Result<(), ServiceError> {
    let fields = [
        ("plan", "Plan", ["Starter", "Business", "Enterprise"]),
        ("region", "Region", ["DACH", "Iberia", "Nordics"]),
    ];
    for (key, label, options) in fields {
        let external_id = format!("demo-field-{key}");
        let (app, caller) = demo.step(age, &external_id);
        let drafts = options.map(|label| OptionDraft {
            id: None,
            label: label.to_owned(),
            external_id: Some(format!("{external_id}-{}", label.to_lowercase())),
        });
        let made = custom_field::create(&app, &caller, label, drafts.into(), Some(external_id));
        let made = answered(&app, &caller, made).await?;
        ids.put("field", key, made.id);
        for option in made.options {
            ids.put("option", option.label.to_lowercase(), option.id);
        }
    }
    Ok(())
}

struct RuleRow {
    key: &'static str,
    label: &'static str,
    partner_type: PartnerType,
    target: PaymentTarget,
    recipient: Option<RecipientAssignment>,
    currency: &'static str,
    holdback_days: Option<i32>,
    entries: Vec<EntryDraft>,
    tiers: &'static str,
    categories: &'static str,
}

fn rule(
    key: &'static str,
    label: &'static str,
    partner_type: PartnerType,
    target: PaymentTarget,
    entries: Vec<EntryDraft>,
) -> RuleRow {
    RuleRow {
        key,
        label,
        partner_type,
        target,
        recipient: None,
        currency: "",
        holdback_days: Some(14),
        entries,
        tiers: "",
        categories: "",
    }
}

fn part(value_type: ValueType, value: &str) -> PartDraft {
    PartDraft {
        value_type,
        value: (!value.is_empty()).then(|| decimal(value)),
        scaling: None,
        number_of_occurrences: None,
        period_rates: None,
    }
}

fn table(ids: &IdsByName) -> [RuleRow; 7] {
    let entry = |stage: &str, one_off, recurring| EntryDraft {
        stage_id: ids.of("stage", stage),
        condition: None,
        one_off,
        recurring,
    };
    let scaling = |field, tiers: &[(&str, &str)]| {
        let tiers = tiers
            .iter()
            .map(|(option, value)| (ids.of("option", option), decimal(value)));
        Some(ScalingDraft {
            field_id: ids.of("field", field),
            tiers: tiers.collect(),
        })
    };
    let period = |number, start, end, value| PeriodDraft {
        number,
        start,
        end,
        value: Some(decimal(value)),
        scaling: None,
    };
    let qualified = entry("qualified", Some(part(Fixed, "50")), None);
    let won = PartDraft {
        scaling: scaling("plan", &[("business", "5"), ("enterprise", "7.5")]),
        ..part(Percentage, "4")
    };
    let renewed = PartDraft {
        number_of_occurrences: Some(12),
        period_rates: Some(PeriodRatesDraft {
            enabled: true,
            periods: vec![period(1, 1, Some(1), "1"), period(2, 2, Some(4), "0.5")],
        }),
        ..part(Percentage, "0.25")
    };
    let dach = EntryDraft {
        condition: Some(ConditionDraft {
            field_id: ids.of("field", "region"),
            option_id: ids.of("option", "dach"),
        }),
        ..entry(
            "won",
            Some(PartDraft {
                scaling: scaling("plan", &[("starter", "150"), ("business", "400")]),
                ..part(Fixed, "")
            }),
            None,
        )
    };
    [
        rule(
            "affiliate",
            "Deals that agencies bring",
            Affiliate,
            Partnership,
            vec![qualified, entry("won", Some(won), Some(renewed))],
        ),
        RuleRow {
            recipient: Some(LeadCreator),
            tiers: "gold",
            ..rule(
                "lead",
                "Thanks to whoever found the lead",
                Affiliate,
                Individual,
                vec![entry("won", Some(part(Fixed, "100")), None)],
            )
        },
        RuleRow {
            currency: "EUR",
            categories: "integrator",
            ..rule(
                "reseller",
                "Resellers in the DACH region",
                Reseller,
                Partnership,
                vec![dach],
            )
        },
        RuleRow {
            recipient: Some(Manual),
            ..rule(
                "engineer",
                "The engineer who installs it",
                Reseller,
                Individual,
                vec![entry("won", Some(part(Fixed, "75")), None)],
            )
        },
        RuleRow {
            recipient: Some(DealOwner),
            ..rule(
                "owner",
                "Distributor's account manager",
                Distributor,
                Individual,
                vec![entry("won", None, Some(part(Fixed, "60")))],
            )
        },
        rule(
            "distributor",
            "Distribution",
            Distributor,
            Partnership,
            vec![entry("won", Some(part(Percentage, "3")), None)],
        ),
        RuleRow {
            holdback_days: None,
            ..rule(
                "referral",
                "Referrals, checked by hand",
                Referral,
                Partnership,
                vec![entry("won", Some(part(Percentage, "2.5")), Some(part(Fixed, "25")))],
            )
        },
    ]
}

async fn rules(demo: &DemoContext<'_>, age: Duration, ids: &IdsByName) -> Result<(), ServiceError> {
    for (turn, rule) in (1..).zip(table(ids)) {
        let external_id = format!("demo-rule-{}", rule.key);
        let (app, caller) = demo.step(age + Duration::minutes(turn), &external_id);
        let new = NewCommissionRule {
            label: rule.label.to_owned(),
            external_id: Some(external_id),
            partner_type: rule.partner_type,
            payment_target: Some(rule.target),
            auto_assign_recipient: rule.recipient,
            currency: (!rule.currency.is_empty()).then(|| currency(rule.currency)),
            holdback_days: rule.holdback_days,
            entries: rule.entries,
            tier_ids: ids.all("tier", rule.tiers),
            category_ids: ids.all("category", rule.categories),
            partner_ids: Vec::new(),
        };
        answered(&app, &caller, commission_rule::create(&app, &caller, new)).await?;
    }
    Ok(())
}
