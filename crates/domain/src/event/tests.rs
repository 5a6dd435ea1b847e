use super::*;

fn minute(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + chrono::TimeDelta::minutes(minutes)
}

/// A charge that is credited to nobody, and of which nothing is refunded.
pub(crate) fn charge(amount: Option<Money>) -> Event {
    Event {
        id: EventId::from_parts(minute(0), 0, 1),
        external_id: "charge-1".to_owned(),
        content: crate::personal::Content::Given(Vec::new()),
        kind: EventKind::Charge,
        event_type: None,
        base: true,
        amount,
        revenue: None,
        items: Vec::new(),
        country: None,
        occurred_at: minute(0),
        recorded_at: minute(0),
        customer_id: None,
        attribution: None,
        original_id: None,
        metadata: None,
        refunded_minor: 0,
        wholly_refunded: false,
        refunded_items: Vec::new(),
    }
}

#[test]
fn what_was_done_since_the_event_was_last_credited_was_done_for_whom_it_is_credited_to_now() {
    for (moved_at, at, expected) in [
        (None, 0, true),
        (Some(5), 4, false),
        (Some(5), 5, true),
        (Some(5), 6, true),
    ] {
        let event = Event {
            attribution: Some(Attribution {
                moved_at: moved_at.map(minute),
                ..credit(&charge(None))
            }),
            ..charge(None)
        };
        assert_eq!(event.was_credited_so(minute(at)), expected, "{at} after {moved_at:?}");
    }
    assert!(!charge(None).was_credited_so(minute(0)));
}

fn credit(event: &Event) -> Attribution {
    let moment = Moment {
        sequence: 1,
        at: minute(0),
    };
    let partner = PartnerId::from_parts(minute(0), 0, 1);
    Attribution::whole(event, (partner, None), AttributionSource::NAMED, moment)
}

#[test]
fn a_whole_attribution_has_all_of_the_event() {
    let amount = Money::from_minor(1_000, crate::money::Currency::parse("EUR").unwrap()).unwrap();
    let event = charge(Some(amount));
    let whole = credit(&event);
    assert_eq!((whole.event_id, whole.weight), (event.id, Weight::WHOLE));
    assert_eq!((whole.share_minor, whole.revenue_share_minor), (Some(1_000), None));
    assert_eq!(credit(&charge(None)).share_minor, None);
}

#[test]
fn free_trials_do_not_qualify() {
    let euros = |minor| Money::from_minor(minor, crate::money::Currency::parse("EUR").unwrap()).ok();
    for (kind, amount, expected) in [
        (EventKind::Charge, euros(1), true),
        (EventKind::Charge, euros(0), false),
        (EventKind::Conversion, euros(0), true),
        (EventKind::Conversion, None, true),
        (EventKind::Refund, euros(1), false),
        (EventKind::Chargeback, euros(1), false),
    ] {
        let event = Event { kind, ..charge(amount) };
        assert_eq!(event.is_qualifying(), expected, "{event:?}");
    }
}
