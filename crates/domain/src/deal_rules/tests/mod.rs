//! Named cases, invariants, and everything that may be wrong with entries.

mod amounts;
mod governing;
mod naming;
mod stages;
mod validation;

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

fn scaling(field: u64, tiers: &[(u64, &str)]) -> Option<Scaling> {
    let tiers = tiers.iter().map(|(option, value)| ScalingTier {
        option_id: id(*option),
        value: decimal(value),
    });
    Some(Scaling {
        field_id: id(field),
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

fn entry(stage: u64, one_off: Option<Part>, recurring: Option<Part>) -> RuleEntry {
    RuleEntry {
        stage_id: id(stage),
        condition: None,
        one_off,
        recurring,
    }
}

fn rule(number: u64, entries: Vec<RuleEntry>) -> CommissionRule {
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
