//! What stops a component, what the others give, and where terms come from.

use chrono::TimeZone;
use chrono_tz::Europe::Berlin;
use rust_decimal::Decimal;

use super::*;
use crate::decision::{NoCommissionReason as Reason, TermsSource};
use crate::group_rules::RuleSet;
use crate::id::{CampaignId, PartnerGroupId, PartnerId};
use crate::money::{Currency, Percentage};
use crate::partner_group::PartnerGroup;
use crate::snapshot::SnapshotSource;
use crate::terms::{Basis, Trigger};

fn at(year: i32, month: u32, day: u32) -> Timestamp {
    chrono::Utc
        .with_ymd_and_hms(year, month, day, 12, 0, 0)
        .single()
        .expect("a moment")
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a currency")
}

fn money(minor: i64, code: &str) -> Money {
    Money::from_minor(minor, currency(code)).expect("in range")
}

fn percent(value: &str) -> Term {
    let value = Percentage::new(value.parse().expect("a number")).expect("in range");
    Term {
        basis: Basis::Percent { value },
        ..Term::group_rules()
    }
}

fn fixed(value: &str, code: Option<&str>) -> Term {
    let value = value.parse().expect("a number");
    Term {
        basis: Basis::Fixed {
            value,
            currency: code.map(currency),
        },
        ..Term::group_rules()
    }
}

fn of_type(term: Term, trigger: Trigger) -> Term {
    Term {
        trigger,
        event_type: Some("invoice_paid".to_owned()),
        ..term
    }
}

fn for_months(term: Term, months: u32) -> Term {
    Term {
        recurring_months: Some(months),
        ..term
    }
}

/// 100.00 EUR of type `invoice_paid`, paid on 1 March 2026 by a customer without history.
fn charge() -> Happening<'static> {
    Happening {
        kind: EventKind::Charge,
        event_type: Some("invoice_paid"),
        amount: Some(money(10_000, "EUR")),
        occurred_at: at(2026, 3, 1),
        customer: Some(CustomerHistory {
            acquired_at: at(2026, 3, 1),
            first_of_any: None,
            first_of_type: None,
            is_qualified: false,
        }),
    }
}

fn after_first(first: Timestamp) -> Happening<'static> {
    Happening {
        customer: Some(CustomerHistory {
            acquired_at: first,
            first_of_any: Some(first),
            first_of_type: Some(first),
            is_qualified: true,
        }),
        ..charge()
    }
}

fn terms(terms: Vec<Term>) -> TermsInForce {
    TermsInForce {
        terms,
        holdback_days: None,
        snapshot_id: None,
        is_fallback: false,
        of_campaign: false,
        source: "campaign terms".to_owned(),
    }
}

fn group(rules: &str) -> PartnerGroup {
    let rules: RuleSet = serde_json::from_str(rules).expect("rules");
    PartnerGroup {
        id: PartnerGroupId::from_parts(at(2026, 1, 1), 0, 1),
        name: "Gold".to_owned(),
        external_id: None,
        description: None,
        tags: Vec::new(),
        is_default: false,
        currency: None,
        rules,
        version: 3,
        created_at: at(2026, 1, 1),
        updated_at: at(2026, 1, 1),
    }
}

fn judged(term: Term, event: &Happening<'_>, group: Option<&PartnerGroup>) -> Verdict {
    let terms = terms(vec![term]);
    let considered = consider(&terms, event, Berlin, currency("EUR"));
    let standing = Standing {
        partner_ltv: Decimal::ZERO,
        qualified_customers: 0,
    };
    let group = group.map(|group| (group, standing));
    let mut verdicts = earned(&terms, considered, event, group, Berlin, currency("EUR")).expect("small amounts");
    verdicts.remove(0)
}

fn refused(term: Term, event: &Happening<'_>, group: Option<&PartnerGroup>) -> (Reason, String) {
    match judged(term, event, group) {
        Verdict::Refused { refusal, .. } => (refusal.reason, refusal.detail),
        Verdict::Pays(earned) => panic!("it pays {earned:?}"),
    }
}

#[test]
fn each_reason_says_what_was_compared() {
    let charge = charge();
    let other_case = Happening {
        event_type: Some("Invoice_Paid"),
        ..charge.clone()
    };
    let other_type = Happening {
        event_type: Some("sign_up"),
        ..charge.clone()
    };
    let without_type = Happening {
        event_type: None,
        ..charge.clone()
    };
    let nobody = Happening {
        customer: None,
        ..charge.clone()
    };
    let dollars = Happening {
        amount: Some(money(10_000, "USD")),
        ..charge.clone()
    };
    let nothing = Happening {
        amount: Some(money(0, "EUR")),
        ..charge.clone()
    };
    let without_amount = Happening {
        kind: EventKind::Conversion,
        amount: None,
        ..charge.clone()
    };
    let cent = Happening {
        amount: Some(money(1, "EUR")),
        ..charge.clone()
    };
    let later = after_first(at(2025, 12, 1));
    let every = Trigger::Every;
    let gated = group(
        r#"[{"type":"recurring","percentage":"10"},{"type":"customer_volume_gate","min_qualified_customers":5}]"#,
    );
    let at_zero = group(r#"[{"type":"recurring","percentage":"0"}]"#);
    let no_first = Happening {
        kind: EventKind::Conversion,
        ..charge.clone()
    };
    let cases = [
        (
            of_type(percent("10"), every),
            &other_case,
            None,
            Reason::EventType,
            "event type \"Invoice_Paid\" is not \"invoice_paid\" (differs in case only)",
        ),
        (
            of_type(percent("10"), every),
            &other_type,
            None,
            Reason::EventType,
            "event type \"sign_up\" is not \"invoice_paid\"",
        ),
        (
            of_type(percent("10"), every),
            &without_type,
            None,
            Reason::EventType,
            "no event type, \"invoice_paid\" is asked for",
        ),
        (
            of_type(percent("10"), Trigger::First),
            &nobody,
            None,
            Reason::CustomerRequired,
            "no customer, the trigger FIRST needs one",
        ),
        (
            for_months(percent("10"), 3),
            &nobody,
            None,
            Reason::CustomerRequired,
            "no customer, the limit of 3 months needs one",
        ),
        (
            of_type(percent("10"), Trigger::First),
            &later,
            None,
            Reason::NotFirst,
            "an event of type \"invoice_paid\" of this customer was recorded before",
        ),
        (
            of_type(percent("10"), Trigger::Subsequent),
            &charge,
            None,
            Reason::NotSubsequent,
            "the first event of type \"invoice_paid\" of this customer",
        ),
        (
            for_months(percent("10"), 3),
            &later,
            None,
            Reason::RecurringMonthsOver,
            "month 4 of 3",
        ),
        (
            of_type(for_months(percent("10"), 3), every),
            &later,
            None,
            Reason::RecurringMonthsOver,
            "month 4 of 3",
        ),
        (
            fixed("5", None),
            &dollars,
            None,
            Reason::Currency,
            "USD charge, fixed amount in EUR",
        ),
        (
            fixed("5", Some("USD")),
            &charge,
            None,
            Reason::Currency,
            "EUR charge, fixed amount in USD",
        ),
        (
            percent("10"),
            &without_amount,
            None,
            Reason::NoAmount,
            "the event has no amount",
        ),
        (
            percent("10"),
            &nothing,
            None,
            Reason::NoAmount,
            "the event's amount is 0.00 EUR",
        ),
        (
            Term::group_rules(),
            &nothing,
            Some(&at_zero),
            Reason::NoAmount,
            "the event's amount is 0.00 EUR",
        ),
        (
            Term::group_rules(),
            &charge,
            None,
            Reason::NoGroup,
            "no partner group, and no default group",
        ),
        (percent("0"), &charge, None, Reason::ZeroRate, "0 % of 100.00 EUR"),
        (fixed("0", None), &charge, None, Reason::ZeroRate, "0.00 EUR, fixed"),
        (
            Term::group_rules(),
            &charge,
            Some(&at_zero),
            Reason::RulesGaveZero,
            "rules of the group Gold: 0 % of 100.00 EUR",
        ),
        (
            Term::group_rules(),
            &no_first,
            Some(&gated),
            Reason::RulesGaveZero,
            "rules of the group Gold: 10 % of 100.00 EUR, blocked: 0 qualified customers < 5",
        ),
        (
            percent("10"),
            &cent,
            None,
            Reason::RoundedToZero,
            "10 % of 0.01 EUR: 0.001 EUR rounds to 0.00 EUR",
        ),
    ];
    for (term, event, group, reason, detail) in cases {
        assert_eq!(refused(term, event, group), (reason, detail.to_owned()));
    }
}

#[test]
fn the_first_check_that_fails_counts() {
    // Everything is wrong with these: the type, then the customer, then the currency.
    let event = Happening {
        event_type: None,
        amount: Some(money(10_000, "USD")),
        customer: None,
        ..charge()
    };
    let term = of_type(fixed("5", None), Trigger::First);
    assert_eq!(refused(term, &event, None).0, Reason::EventType);
    let typed = Happening {
        event_type: Some("invoice_paid"),
        ..event
    };
    let term = of_type(fixed("5", None), Trigger::First);
    assert_eq!(refused(term, &typed, None).0, Reason::CustomerRequired);
    let late = Happening {
        amount: Some(money(10_000, "USD")),
        ..after_first(at(2025, 1, 1))
    };
    let term = of_type(for_months(fixed("5", None), 1), Trigger::First);
    assert_eq!(refused(term, &late, None).0, Reason::NotFirst);
    let term = of_type(for_months(fixed("5", None), 1), Trigger::Subsequent);
    assert_eq!(refused(term, &late, None).0, Reason::RecurringMonthsOver);
}

#[test]
fn what_matches_pays() {
    let gold = group(r#"[{"type":"recurring","percentage":"12.5"}]"#);
    let later = after_first(at(2026, 2, 1));
    let without_amount = Happening {
        kind: EventKind::Conversion,
        amount: None,
        customer: None,
        ..charge()
    };
    let first_day = after_first(at(2025, 12, 2));
    for (term, event, paid, detail) in [
        (percent("10"), &charge(), 1_000, "10 % of 100.00 EUR"),
        (
            of_type(percent("10"), Trigger::First),
            &charge(),
            1_000,
            "10 % of 100.00 EUR",
        ),
        (
            of_type(percent("10"), Trigger::Subsequent),
            &later,
            1_000,
            "10 % of 100.00 EUR",
        ),
        (fixed("5", None), &without_amount, 500, "5.00 EUR, fixed"),
        (for_months(percent("10"), 3), &charge(), 1_000, "10 % of 100.00 EUR"),
        // The last moment of the third month.
        (for_months(percent("10"), 3), &first_day, 1_000, "10 % of 100.00 EUR"),
        (
            Term::group_rules(),
            &charge(),
            1_250,
            "rules of the group Gold: 12.5 % of 100.00 EUR",
        ),
    ] {
        match judged(term, event, Some(&gold)) {
            Verdict::Pays(earned) => assert_eq!((earned.amount, earned.detail.as_str()), (money(paid, "EUR"), detail)),
            Verdict::Refused { refusal, .. } => panic!("{refusal:?}"),
        }
    }
}

#[test]
fn a_component_that_asks_the_group_says_so() {
    let terms = terms(vec![
        percent("10"),
        Term::group_rules(),
        of_type(Term::group_rules(), Trigger::Subsequent),
    ]);
    let event = charge();
    let asks = |event: &Happening<'_>| {
        let considered = consider(&terms, event, Berlin, currency("EUR"));
        considered.iter().map(Considered::asks_group).collect::<Vec<_>>()
    };
    assert_eq!(asks(&event), [false, true, false]);
    assert_eq!(asks(&after_first(at(2026, 1, 1))), [false, true, true]);
    let refund = Happening {
        kind: EventKind::Refund,
        ..event
    };
    assert_eq!(asks(&refund), [false; 0]);
}

fn campaign(terms: Vec<Term>) -> Campaign {
    Campaign {
        id: CampaignId::from_parts(at(2026, 1, 1), 0, 7),
        name: "Spring".to_owned(),
        external_id: None,
        status: CampaignStatus::Active,
        terms,
        holdback_days: Some(30),
        starts_at: Some(at(2026, 1, 1)),
        ends_at: Some(at(2026, 2, 1)),
        advertiser_id: None,
        created_at: at(2026, 1, 1),
        updated_at: at(2026, 1, 1),
        version: 1,
    }
}

#[test]
fn partner_and_campaign_stop_events_in_this_order() {
    let open = campaign(Vec::new());
    let paused = Campaign {
        status: CampaignStatus::Paused,
        ..open.clone()
    };
    let ended = Campaign {
        status: CampaignStatus::Ended,
        ..open.clone()
    };
    let (active, within) = (PartnerStatus::Active, at(2026, 1, 15));
    for (partner, campaign, occurred_at, expected) in [
        (active, Some(&open), within, None),
        (PartnerStatus::Invited, Some(&open), at(2026, 1, 1), None),
        (active, None, within, None),
        (
            PartnerStatus::Suspended,
            Some(&paused),
            within,
            Some(Reason::PartnerSuspended),
        ),
        (PartnerStatus::Revoked, None, within, Some(Reason::PartnerRevoked)),
        (active, Some(&paused), at(2026, 3, 1), Some(Reason::CampaignPaused)),
        (active, Some(&open), at(2025, 12, 31), Some(Reason::CampaignNotStarted)),
        (active, Some(&open), at(2026, 2, 1), Some(Reason::CampaignEnded)),
        // What happened before the end is recorded late.
        (active, Some(&ended), within, None),
    ] {
        assert_eq!(
            stopped(partner, campaign, occurred_at),
            expected,
            "{partner:?} {occurred_at}"
        );
        assert_eq!(
            partner_earns(partner),
            !matches!(expected, Some(Reason::PartnerSuspended | Reason::PartnerRevoked))
        );
    }
}

#[test]
fn the_nearest_terms_win() {
    let snapshot = |campaign_id, version, holdback_days| CommissionSnapshot {
        id: SnapshotId::from_parts(at(2026, 1, 1), version, 1),
        partner_id: PartnerId::from_parts(at(2026, 1, 1), 0, 1),
        campaign_id,
        version,
        terms: vec![percent("10")],
        holdback_days,
        source: SnapshotSource::Invite,
        reason: None,
        created_at: at(2026, 1, 1),
        superseded_at: None,
        sequence: None,
    };
    let spring = campaign(vec![percent("5")]);
    let (own, wide) = (snapshot(Some(spring.id), 2, Some(7)), snapshot(None, 9, None));
    let both = [wide.clone(), own.clone(), snapshot(Some(spring.id), 1, Some(90))];
    let bare = campaign(Vec::new());
    for (snapshots, campaign, source, holdback, id) in [
        (
            &both[..],
            Some(&spring),
            TermsSource::CampaignSnapshot,
            Some(7),
            Some(own.id),
        ),
        (
            &both[..1],
            Some(&spring),
            TermsSource::PartnerSnapshot,
            Some(30),
            Some(wide.id),
        ),
        (&both, None, TermsSource::PartnerSnapshot, None, Some(wide.id)),
        (&[], Some(&spring), TermsSource::Campaign, Some(30), None),
        (&[], Some(&bare), TermsSource::Group, Some(30), None),
        (&[], None, TermsSource::Group, None, None),
    ] {
        let terms = terms_in_force(snapshots, campaign);
        assert_eq!(terms.source(true, false), source);
        assert_eq!((terms.holdback_days, terms.snapshot_id), (holdback, id), "{source:?}");
        assert_eq!(terms.is_fallback, source == TermsSource::Group);
    }
    let fallback = terms_in_force(&[], None);
    assert_eq!(fallback.terms, [Term::group_rules()]);
    assert_eq!(fallback.source(true, true), TermsSource::DefaultGroup);
    assert_eq!(fallback.source(false, true), TermsSource::None);
}
