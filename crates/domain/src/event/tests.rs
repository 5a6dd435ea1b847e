use super::*;

fn minute(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + chrono::TimeDelta::minutes(minutes)
}

/// A charge that is credited to nobody, and of which nothing is refunded.
pub(crate) fn charge(amount: Option<Money>) -> Event {
    Event {
        id: EventId::from_parts(minute(0), 0, 1),
        external_id: "charge-1".to_owned(),
        content: Vec::new(),
        kind: EventKind::Charge,
        event_type: None,
        base: true,
        amount,
        revenue: None,
        occurred_at: minute(0),
        recorded_at: minute(0),
        sequence: None,
        customer_id: None,
        attributed_at: None,
        attribution: None,
        original_id: None,
        metadata: None,
        refunded_minor: 0,
        wholly_refunded: false,
    }
}

#[test]
fn what_was_done_since_the_event_was_last_credited_was_done_for_whom_it_is_credited_to_now() {
    for (attributed_at, at, expected) in [
        (None, 0, true),
        (Some(5), 4, false),
        (Some(5), 5, true),
        (Some(5), 6, true),
    ] {
        let event = Event {
            attributed_at: attributed_at.map(minute),
            ..charge(None)
        };
        assert_eq!(
            event.was_credited_so(minute(at)),
            expected,
            "{at} after {attributed_at:?}"
        );
    }
}
