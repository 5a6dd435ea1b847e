//! Recorded events in the form that the tier engine takes.

use domain::commission::{CommissionKind, CommissionStatus};
use domain::money::Money;
use domain::tiered::{Conversion, EarnedRow, PastConversion, Side, SideEarnings, TakenBack};
use store::tier_conversions::{RecordedConversion, RecordedConversionRow};
use store::tier_result::ResultKind;

/// The EVENT rows of an event.
pub fn own(past: &RecordedConversion) -> impl Iterator<Item = &RecordedConversionRow> {
    past.rows.iter().filter(|row| row.kind == CommissionKind::Event)
}

/// The event before any tier. The result of a rate holds the amount it acted on, even if it left no row; other rows are
/// their own base.
pub fn conversion(past: &RecordedConversion) -> Conversion {
    let rated: Vec<_> = past
        .results
        .iter()
        .filter(|result| result.kind == ResultKind::Rate && result.side == Side::Payout)
        .collect();
    let bases = rated.iter().filter_map(|result| {
        let base = result.base_minor?;
        Some(Money::from_minor(base, result.amount.currency()).expect("an amount that was stored"))
    });
    let unrated = own(past).filter(|row| rated.iter().all(|result| result.commission != Some(row.id)));
    Conversion::recorded(&past.event, bases.chain(unrated.map(|row| row.amount)).collect())
}

/// Whether it had rows and all of them are reversed.
pub fn rows_reversed(past: &RecordedConversion) -> bool {
    let mut rows = own(past).peekable();
    rows.peek().is_some() && rows.all(|row| row.status == CommissionStatus::Reversed)
}

/// The event with what it has earned so far on both sides.
pub fn past(past: &RecordedConversion) -> PastConversion {
    let rows = own(past).map(|row| EarnedRow {
        amount: row.amount,
        refunded: past.event.refunded_part(row.sight),
        is_reversed: row.status == CommissionStatus::Reversed,
    });
    let adjustments = past
        .rows
        .iter()
        .filter(|row| row.kind == CommissionKind::TierAdjustment);
    let revenue = final_revenue(past).map(|amount| EarnedRow {
        amount,
        refunded: past.event.refunded().into(),
        is_reversed: false,
    });
    let revenue_adjustments = past
        .results
        .iter()
        .filter(|result| result.kind == ResultKind::Adjustment && result.side == Side::Revenue);
    PastConversion {
        conversion: conversion(past),
        taken_back: TakenBack::recorded(&past.event, rows_reversed(past)),
        payout: SideEarnings {
            rows: rows.collect(),
            adjustments: adjustments.map(|row| row.amount).collect(),
        },
        revenue: SideEarnings {
            rows: revenue.into_iter().collect(),
            adjustments: revenue_adjustments.map(|result| result.amount).collect(),
        },
    }
}

/// The event's revenue after a tier's rate, or else its own.
fn final_revenue(past: &RecordedConversion) -> Option<Money> {
    let rated = past
        .results
        .iter()
        .find(|result| result.kind == ResultKind::Rate && result.side == Side::Revenue);
    rated.map(|result| result.amount).or(past.event.revenue)
}
