use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::commission::PaymentTarget;
use crate::money::MAX_MINOR;
use crate::partner::PartnerType;

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

fn hour(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + Duration::hours(hours)
}

fn partner_id(number: u128) -> PartnerId {
    PartnerId::from_uuid(Uuid::from_u128(number))
}

fn partner(number: u128, status: PartnerStatus, payout_currency: Option<&str>) -> Partner {
    Partner {
        id: partner_id(number),
        name: "ann".to_owned(),
        email: "ann@example.com".to_owned(),
        external_id: None,
        partner_type: PartnerType::Affiliate,
        status,
        tags: Vec::new(),
        metadata: None,
        group_id: None,
        tier_id: None,
        payout_currency: payout_currency.map(currency),
        payout_reference: None,
        created_at: hour(0),
        updated_at: hour(0),
        activated_at: None,
        revoked_at: None,
        tokens_valid_from: hour(0),
    }
}

fn commission_id(number: u128) -> CommissionId {
    CommissionId::from_uuid(Uuid::from_u128(number))
}

/// An approved row of partner 1.
fn row(number: u128, code: &str, minor: i64) -> Commission {
    let (id, kind) = (commission_id(number), CommissionKind::Event);
    let amount = Money::from_minor(minor, currency(code)).unwrap();
    Commission {
        status: CommissionStatus::Approved,
        ..Commission::accrued(id, kind, partner_id(1), amount, hour(0))
    }
}

fn clawback(number: u128, of: u128, minor: i64, accrued_at: Timestamp) -> Commission {
    Commission {
        kind: CommissionKind::Clawback,
        adjusts_id: Some(commission_id(of)),
        accrued_at,
        ..row(number, "EUR", minor)
    }
}

fn known(partners: impl IntoIterator<Item = Partner>) -> HashMap<PartnerId, Partner> {
    partners.into_iter().map(|partner| (partner.id, partner)).collect()
}

#[test]
fn the_first_outcome_that_holds_is_the_lines() {
    use PartnerStatus::{Active, Invited, Revoked, Suspended};
    use PayoutOutcome::{BelowMinimum, CurrencyNotChosen, NotPositive, PaidOut, PartnerSuspended, TooLarge};
    let minimums = [Money::from_minor(1_000, currency("EUR")).unwrap()];
    for (status, chosen, respects, amounts, expected) in [
        (Active, None, true, vec![1_000], PaidOut),
        (Invited, Some("EUR"), true, vec![999, 1], PaidOut),
        (Revoked, Some("USD"), false, vec![1_000], PaidOut),
        (Revoked, None, false, vec![1], PaidOut),
        (Revoked, None, false, vec![0], NotPositive),
        (Revoked, Some("USD"), true, vec![1], CurrencyNotChosen),
        (Active, None, false, vec![999], BelowMinimum),
        (Active, None, false, vec![1_000, -1], BelowMinimum),
        (Active, None, false, vec![1_000, -1_000], NotPositive),
        (Active, Some("USD"), true, vec![-1], NotPositive),
        (Active, Some("USD"), true, vec![1], BelowMinimum),
        (Active, Some("USD"), true, vec![1_000], CurrencyNotChosen),
        (Active, Some("USD"), true, vec![MAX_MINOR, 1], CurrencyNotChosen),
        (Active, None, true, vec![MAX_MINOR, 1], TooLarge),
        (Active, None, true, vec![MAX_MINOR], PaidOut),
        (Suspended, Some("USD"), true, vec![MAX_MINOR, 1], PartnerSuspended),
        (Suspended, None, false, vec![-1], PartnerSuspended),
        (Suspended, None, false, vec![1_000], PartnerSuspended),
    ] {
        let rows = (1..).zip(&amounts).map(|(number, minor)| row(number, "EUR", *minor));
        let terms = RunTerms {
            respects_payout_currency: respects,
            minimums: &minimums,
        };
        let found = lines(rows.collect(), &known([partner(1, status, chosen)]), terms).unwrap();
        let [(line, rows)] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(line.outcome, expected, "{status:?} {chosen:?} {respects} {amounts:?}");
        assert_eq!(line.amount.minor, amounts.iter().sum::<i64>());
        assert_eq!(
            (line.commission_count as usize, rows.len()),
            (amounts.len(), amounts.len())
        );
        assert_eq!(line.payable().is_some(), expected == PaidOut);
    }
    // Without a minimum anything above 0 is paid.
    let terms = RunTerms {
        respects_payout_currency: false,
        minimums: &minimums,
    };
    let found = lines(vec![row(1, "USD", 1)], &known([partner(1, Active, None)]), terms).unwrap();
    assert_eq!(found[0].0.outcome, PaidOut);
}

#[test]
fn what_waits_for_an_individual_has_a_line_of_its_own() {
    let individual = |number, recipient: Option<&str>, minor| Commission {
        payment_target: PaymentTarget::Individual,
        recipient: recipient.map(str::to_owned),
        ..row(number, "EUR", minor)
    };
    let waiting = |number, minor| Commission {
        status: CommissionStatus::Accrued,
        ..individual(number, None, minor)
    };
    let rows = vec![
        row(1, "EUR", 30),
        individual(2, Some("bob"), 10),
        individual(3, Some("amy"), 20),
        waiting(4, 5),
        waiting(5, 5),
        row(6, "CHF", 1),
        individual(7, Some("bob"), 10),
    ];
    let terms = RunTerms {
        respects_payout_currency: false,
        minimums: &[],
    };
    let found = lines(rows, &known([partner(1, PartnerStatus::Active, None)]), terms).unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|(line, _)| {
            let (recipient, currency) = (line.recipient.as_deref(), line.amount.currency.code());
            (
                line.position,
                currency,
                line.amount.minor,
                recipient,
                line.outcome,
                line.commission_count,
            )
        })
        .collect();
    let (paid, waits) = (PayoutOutcome::PaidOut, PayoutOutcome::RecipientUnassigned);
    assert_eq!(
        told,
        [
            (1, "CHF", 1, None, paid, 1),
            (2, "EUR", 30, None, paid, 1),
            (3, "EUR", 20, Some("amy"), paid, 1),
            (4, "EUR", 20, Some("bob"), paid, 2),
            (5, "EUR", 10, None, waits, 2),
        ]
    );
    let added = totals(found.iter().map(|(line, _)| line));
    let told: Vec<_> = added
        .iter()
        .map(|total| {
            (
                total.outcome,
                total.status,
                total.currency.code(),
                total.count,
                total.minor,
            )
        })
        .collect();
    let pending = Some(PayoutStatus::Pending);
    assert_eq!(
        told,
        [
            (paid, pending, "CHF", 1, 1),
            (paid, pending, "EUR", 3, 70),
            (waits, None, "EUR", 1, 10)
        ]
    );
}

/// Rows that accrued when they were written.
fn candidates(rows: &[Commission]) -> Vec<Candidate> {
    let candidate = |row: &Commission| Candidate {
        row: row.clone(),
        earned_at: row.accrued_at,
    };
    rows.iter().map(candidate).collect()
}

#[test]
fn imported_rows_count_from_when_they_were_earned_elsewhere() {
    let mut rows = candidates(&[row(1, "EUR", 10), clawback(2, 1, -2, hour(11)), row(3, "EUR", 5)]);
    rows[0].row.kind = CommissionKind::Opening;
    rows[0].row.accrued_at = hour(10);
    rows[2].earned_at = hour(10);
    let ids = |before| {
        taken(rows.clone(), Some(hour(before)))
            .iter()
            .map(|row| row.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(10), [commission_id(1), commission_id(2)]);
    assert_eq!(ids(11), [1, 2, 3].map(commission_id));
}

#[test]
fn a_cut_off_takes_later_clawbacks_of_what_it_takes_and_nothing_else_of_later() {
    let later = |number, kind, of: Option<u128>| Commission {
        kind,
        adjusts_id: of.map(commission_id),
        accrued_at: hour(10),
        ..row(number, "EUR", -1)
    };
    let rows = vec![
        row(1, "EUR", 10),
        later(2, CommissionKind::Event, None),
        clawback(3, 1, -2, hour(10)),
        // A clawback of a row that was paid before and is not among the candidates.
        clawback(4, 99, -3, hour(10)),
        clawback(5, 99, -3, hour(9)),
        clawback(6, 2, -1, hour(11)),
        // Listed before the row that it claws back.
        clawback(7, 8, 1, hour(12)),
        clawback(8, 3, 1, hour(11)),
        later(9, CommissionKind::TierAdjustment, Some(1)),
        later(10, CommissionKind::Manual, Some(1)),
    ];
    let ids = |rows: &[Commission]| rows.iter().map(|row| row.id.uuid().as_u128()).collect::<Vec<_>>();
    assert_eq!(ids(&taken(candidates(&rows), Some(hour(10)))), [1, 3, 5, 7, 8]);
    assert_eq!(ids(&taken(candidates(&rows), Some(hour(0)))), [0u128; 0]);
    assert_eq!(ids(&taken(candidates(&rows), None)), ids(&rows));
}

#[test]
fn a_line_beyond_what_sums_may_be_is_refused() {
    let terms = RunTerms {
        respects_payout_currency: false,
        minimums: &[],
    };
    let partners = known([partner(1, PartnerStatus::Active, None)]);
    for sign in [1, -1] {
        let many = |count| (1..=count).map(|number| row(number, "EUR", sign * MAX_MINOR)).collect();
        let found = lines(many(1_000), &partners, terms).unwrap();
        assert_eq!(found[0].0.amount.minor, sign * MAX_SUM_MINOR);
        let refused = LineTooLarge {
            partner_id: partner_id(1),
            currency: currency("EUR"),
        };
        assert_eq!(lines(many(1_001), &partners, terms).unwrap_err(), refused);
    }
}

/// Rows of a few partners; each may adjust any of those before it.
fn any_rows() -> impl Strategy<Value = Vec<Commission>> {
    let one = (
        1..4u128,
        proptest::option::weighted(0.3, "[ab]"),
        proptest::sample::select(vec!["EUR", "JPY"]),
        -50..100i64,
        0..20i64,
        proptest::option::weighted(0.5, any::<proptest::sample::Index>()),
        any::<bool>(),
    );
    proptest::collection::vec(one, 0..40).prop_map(|drawn| {
        let mut rows: Vec<Commission> = Vec::new();
        for (number, (owner, recipient, code, minor, at, adjusts, waits)) in (1..).zip(drawn) {
            let adjusted = adjusts
                .filter(|_| !rows.is_empty())
                .map(|index| index.get(&rows).clone());
            let kind = match &adjusted {
                Some(_) if minor < 20 => CommissionKind::Clawback,
                Some(_) => CommissionKind::TierAdjustment,
                None => CommissionKind::Event,
            };
            let own = row(number, code, minor);
            let waits = waits && recipient.is_none() && kind == CommissionKind::Event;
            rows.push(Commission {
                kind,
                status: if waits { CommissionStatus::Accrued } else { own.status },
                partner_id: adjusted.as_ref().map_or(partner_id(owner), |row| row.partner_id),
                recipient,
                adjusts_id: adjusted.map(|row| row.id),
                accrued_at: hour(at),
                ..own
            });
        }
        rows
    })
}

/// Whether a run takes a row, decided for each row by itself.
fn is_taken(row: &Commission, rows: &[Commission], before: Timestamp) -> bool {
    let adjusted = rows.iter().find(|other| Some(other.id) == row.adjusts_id);
    let is_clawback = row.kind == CommissionKind::Clawback;
    row.accrued_at < before || is_clawback && adjusted.is_some_and(|adjusted| is_taken(adjusted, rows, before))
}

proptest! {
    #[test]
    fn every_row_that_is_taken_is_in_one_line(
        rows in any_rows(), cut_off in proptest::option::of(0..22i64), minimum in 0..40i64, respects: bool,
        suspended in 1..6u128, chosen in proptest::sample::select(vec![None, Some("EUR"), Some("JPY")]),
    ) {
        let minimums = [Money::from_minor(minimum, currency("EUR")).unwrap()];
        let terms = RunTerms { respects_payout_currency: respects, minimums: &minimums };
        let status = |number| match number == suspended {
            true => PartnerStatus::Suspended,
            false => PartnerStatus::Active,
        };
        let partners = known((1..4).map(|number| partner(number, status(number), chosen)));
        let wanted: Vec<_> = rows.iter().filter(|row| cut_off.is_none_or(|at| is_taken(row, &rows, hour(at)))).collect();
        let found = lines(taken(candidates(&rows), cut_off.map(hour)), &partners, terms).unwrap();

        let mut in_lines: Vec<_> = found.iter().flat_map(|(_, rows)| rows.iter().map(|row| row.id)).collect();
        in_lines.sort_unstable();
        prop_assert_eq!(&in_lines, &wanted.iter().map(|row| row.id).collect::<Vec<_>>());
        let approved = wanted.iter().filter(|row| row.status == CommissionStatus::Approved);
        let sum: i64 = approved.map(|row| row.amount.minor()).sum();
        let waits = |line: &RunLine| line.outcome == PayoutOutcome::RecipientUnassigned;
        let of_lines: i64 = found.iter().filter(|(line, _)| !waits(line)).map(|(line, _)| line.amount.minor).sum();
        prop_assert_eq!(of_lines, sum);

        for (place, (line, rows)) in found.iter().enumerate() {
            prop_assert_eq!(line.position, place as i64 + 1);
            prop_assert_eq!(line.commission_count as usize, rows.len());
            prop_assert_eq!(line.amount.minor, rows.iter().map(|row| row.amount.minor()).sum::<i64>());
            for row in rows {
                prop_assert_eq!(row.partner_id, line.partner_id);
                prop_assert_eq!(&row.recipient, &line.recipient);
                prop_assert_eq!(row.amount.currency(), line.amount.currency);
                prop_assert_eq!(row.status == CommissionStatus::Accrued, waits(line));
            }
            if line.outcome == PayoutOutcome::PaidOut {
                prop_assert!(line.amount.minor > 0 && line.partner_id != partner_id(suspended));
            }
        }
        for pair in found.windows(2) {
            let key = |line: &RunLine| (line.amount.currency.code(), -line.amount.minor, line.partner_id, line.recipient.clone());
            prop_assert!(key(&pair[0].0) <= key(&pair[1].0));
        }
        let added = totals(found.iter().map(|(line, _)| line));
        prop_assert_eq!(added.iter().map(|total| total.count).sum::<i64>(), found.len() as i64);
        prop_assert!(added.is_sorted());
    }
}
