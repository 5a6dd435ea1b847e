use super::super::settings::PositionShares;
use super::*;
use uuid::Uuid;

fn day(day: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + TimeDelta::days(20_000 + day)
}

fn event() -> TouchedEvent {
    TouchedEvent {
        occurred_at: day(100),
        campaign: None,
    }
}

fn campaign(number: u128) -> CampaignId {
    CampaignId::from_uuid(Uuid::from_u128(number))
}

fn partner(number: u128) -> PartnerId {
    PartnerId::from_uuid(Uuid::from_u128(number))
}

fn touch(of: u128, at: Timestamp, model: AttributionModel) -> ConsideredTouch {
    ConsideredTouch {
        id: None,
        kind: TouchKind::Click,
        partner_id: partner(of),
        campaign_id: campaign(1),
        link_id: None,
        coupon_id: None,
        link_disabled: false,
        time_stated: false,
        occurred_at: at,
        recorded_at: at,
        partner_status: PartnerStatus::Active,
        settings: AttributionSettings {
            model,
            position: Some(PositionShares { first: 40, last: 40 }),
            ..AttributionSettings::default()
        },
    }
}

/// The partners that are credited, each with its weight.
fn credited(touches: Vec<ConsideredTouch>) -> Vec<(u128, (i64, i64))> {
    let outcome = TouchOutcome::of(touches, event()).unwrap();
    let credits = outcome.credits.iter().map(|credit| {
        let weight = (credit.weight.numerator, credit.weight.denominator);
        (credit.touch.partner_id.uuid().as_u128(), weight)
    });
    credits.collect()
}

fn daily(partners: &[u128], model: AttributionModel) -> Vec<ConsideredTouch> {
    let days = partners.iter().zip(90..);
    days.map(|(partner, at)| touch(*partner, day(at), model)).collect()
}

#[test]
fn both_ends_of_the_window_count() {
    let (last, instant, minutes) = (
        AttributionModel::Last,
        TimeDelta::microseconds(1),
        TimeDelta::minutes(5),
    );
    let check = |at, stated| {
        let touch = ConsideredTouch {
            time_stated: stated,
            ..touch(1, at, last)
        };
        touch.check(event())
    };
    for (at, stated, expected) in [
        (day(40), false, Ok(())),
        (day(40) - instant, false, Err(TouchRefusal::TooOld)),
        (day(100), false, Ok(())),
        (day(100) + instant, false, Err(TouchRefusal::Later)),
        (day(100) + minutes, true, Ok(())),
        (day(100) + minutes + instant, true, Err(TouchRefusal::Later)),
    ] {
        assert_eq!(check(at, stated), expected, "{at} {stated}");
    }
}

#[test]
fn a_touch_of_a_revoked_partner_a_disabled_link_or_another_campaign_does_not_count() {
    let usual = touch(1, day(99), AttributionModel::Last);
    let revoked = ConsideredTouch {
        partner_status: PartnerStatus::Revoked,
        ..usual.clone()
    };
    assert_eq!(revoked.check(event()), Err(TouchRefusal::PartnerRevoked));
    let disabled = ConsideredTouch {
        link_disabled: true,
        ..usual.clone()
    };
    assert_eq!(disabled.check(event()), Err(TouchRefusal::LinkDisabled));
    let suspended = ConsideredTouch {
        partner_status: PartnerStatus::Suspended,
        ..usual.clone()
    };
    assert_eq!(suspended.check(event()), Ok(()));
    let other = TouchedEvent {
        campaign: Some(campaign(2)),
        ..event()
    };
    assert_eq!(usual.check(other), Err(TouchRefusal::OtherCampaign));
}

#[test]
fn each_model_credits_its_touches() {
    use AttributionModel::{First, Last, Linear, Position};
    assert_eq!(credited(daily(&[1, 2, 3], Last)), [(3, (1, 1))]);
    assert_eq!(credited(daily(&[1, 2, 3], First)), [(1, (1, 1))]);
    assert_eq!(
        credited(daily(&[1, 2, 3], Linear)),
        [(1, (1, 3)), (2, (1, 3)), (3, (1, 3))]
    );
    let position = credited(daily(&[1, 2, 3, 4], Position));
    assert_eq!(position, [(1, (2, 5)), (2, (1, 10)), (3, (1, 10)), (4, (2, 5))]);
}

#[test]
fn touches_of_one_partner_and_campaign_are_added_up_and_the_latest_stands_for_them() {
    let touches = daily(&[1, 2, 1, 1], AttributionModel::Linear);
    let outcome = TouchOutcome::of(touches, event()).unwrap();
    let times: Vec<_> = outcome.credits.iter().map(|credit| credit.touch.occurred_at).collect();
    assert_eq!(times, [day(91), day(93)]);
    assert_eq!(
        credited(daily(&[1, 2, 1, 1], AttributionModel::Linear)),
        [(2, (1, 4)), (1, (3, 4))]
    );
    assert_eq!(outcome.shares(101), [25, 76]);
}

#[test]
fn the_numbers_of_four_partners_are_as_documented() {
    let outcome = TouchOutcome::of(daily(&[1, 2, 3, 4], AttributionModel::Position), event()).unwrap();
    assert_eq!(outcome.shares(9_999), [3_999, 1_000, 1_000, 4_000]);
    let outcome = TouchOutcome::of(daily(&[1, 2, 3], AttributionModel::Linear), event()).unwrap();
    assert_eq!(outcome.shares(10_000), [3_333, 3_333, 3_334]);
}

#[test]
fn the_model_is_that_of_the_campaign_of_the_latest_touch() {
    let touches = vec![
        touch(1, day(90), AttributionModel::Last),
        touch(2, day(91), AttributionModel::First),
    ];
    assert_eq!(credited(touches.clone()), [(1, (1, 1))]);
    // Of equal times, what was recorded later is later.
    let mut equal = touches;
    equal[0].occurred_at = day(91);
    equal[0].recorded_at = day(92);
    assert_eq!(credited(equal), [(1, (1, 1))]);
}

#[test]
fn of_many_touches_the_first_and_the_latest_count() {
    let touches = |count: u128| -> Vec<_> {
        let numbers = (0..count).zip(0..);
        let at = |number| day(90) + TimeDelta::minutes(number);
        let touch = |(partner, number)| touch(partner, at(number), AttributionModel::Linear);
        numbers.map(touch).collect()
    };
    assert_eq!(credited(touches(100)).len(), 100);
    let credits = credited(touches(150));
    assert_eq!(
        (credits.len(), credits[0].0, credits[1].0, credits[99].0),
        (100, 0, 51, 149)
    );
}

#[test]
fn nobody_is_credited_where_no_touch_counts() {
    let old = |at| touch(1, at, AttributionModel::Last);
    let outside = Err(Untouched::OutsideWindow {
        latest: day(30),
        window_days: 60,
    });
    assert_eq!(TouchOutcome::of(vec![old(day(30)), old(day(20))], event()), outside);
    assert_eq!(TouchOutcome::of(Vec::new(), event()), Err(Untouched::Nothing));
    let revoked = ConsideredTouch {
        partner_status: PartnerStatus::Revoked,
        ..old(day(99))
    };
    assert_eq!(
        TouchOutcome::of(vec![old(day(30)), revoked], event()),
        Err(Untouched::Nothing)
    );
    let other = TouchedEvent {
        campaign: Some(campaign(2)),
        ..event()
    };
    assert_eq!(TouchOutcome::of(vec![old(day(99))], other), Err(Untouched::Nothing));
}
