use super::*;
use crate::backtest::samples::{at, charge, currency, euros, held, id, tier};
use crate::event::{Attribution, Event};
use crate::refund::Refunded;

fn windows() -> [Window; 2] {
    [(0, 100), (100, 200)].map(|(start, end)| Window {
        start: at(start),
        end: at(end),
    })
}

fn of_sales(version: u32) -> Arc<TieredCommission> {
    let mut tier = tier(version);
    tier.tier.event_type = Some("sale".to_owned());
    Arc::new(tier)
}

/// A charge of 100.00 that earned 20.00.
fn sold(number: i64, campaign: Option<i64>, event_type: Option<&str>, minutes: i64, refunded: i64) -> ReplayedEvent {
    let charge = charge(number);
    let attribution = charge.attribution.map(|attribution| Attribution {
        campaign_id: campaign.map(id),
        ..attribution
    });
    ReplayedEvent {
        event: Event {
            event_type: event_type.map(str::to_owned),
            occurred_at: at(minutes),
            attribution,
            refunded_minor: refunded,
            wholly_refunded: refunded == 10_000,
            ..charge
        },
        base: vec![euros(2_000)],
        ..held(Vec::new(), Vec::new())
    }
}

fn all() -> BTreeMap<EventId, ReplayedEvent> {
    let all = [
        sold(1, Some(1), Some("sale"), 0, 0),
        sold(2, Some(1), Some("sale"), 99, 5_000),
        // Wholly refunded; outside the window; of another type, campaign or none.
        sold(3, Some(1), Some("sale"), 50, 10_000),
        sold(4, Some(1), Some("sale"), 100, 0),
        sold(5, Some(1), Some("sale"), -1, 0),
        sold(6, Some(1), Some("trial"), 50, 0),
        sold(7, Some(1), None, 50, 0),
        sold(8, Some(2), Some("sale"), 50, 0),
        sold(9, None, Some("sale"), 50, 0),
    ];
    all.into_iter().map(|held| (held.event.id, held)).collect()
}

/// Conversions, and the sums of their sale amounts and base payouts in euros.
fn counted(conversions: i64, sale_minor: i64, payout_minor: i64) -> Counters {
    Counters::stored(currency("EUR"), [conversions, 0], [sale_minor, payout_minor, 0])
}

const PAID: Fired = Fired {
    payout: true,
    revenue: false,
};

/// "The counters of a tier that is new or changed are the sum of what all conversions of the window add as they stand."
#[test]
fn a_tier_that_has_not_counted_counts_the_conversions_of_its_window() {
    let [window, _] = windows();
    let before = TierCounts::default().before(id(1), &of_sales(1), window, &all());
    // One whole and one half: 100.00 + 50.00, and 20.00 + 10.00.
    assert_eq!(before, Ok((counted(2, 15_000, 3_000), Fired::default())));
}

/// "counters of running windows hold what was recorded before; what the replaced tier has fired in a window stays fired".
#[test]
fn counters_hold_for_one_version_and_what_has_fired_for_all() {
    let [first, second] = windows();
    let mut counts = TierCounts::default();
    counts.put(id(1), &of_sales(1), first, counted(7, 700, 70), PAID);
    let before = |campaign, version, window| counts.before(id(campaign), &of_sales(version), window, &all());
    assert_eq!(before(1, 1, first), Ok((counted(7, 700, 70), PAID)));
    assert_eq!(
        before(1, 2, first),
        Ok((counted(2, 15_000, 3_000), PAID)),
        "another version"
    );
    let other = (counted(1, 10_000, 2_000), Fired::default());
    assert_eq!(before(1, 1, second), Ok(other), "another window");
    assert_eq!(before(2, 1, first), Ok(other), "another campaign");
}

/// "whoever takes back books the difference of the states before and after".
#[test]
fn what_is_taken_back_leaves_the_window_that_it_lies_in() {
    let [first, second] = windows();
    let whole = TakenBack::default();
    let back = |refunded, rows_reversed| TakenBack {
        refunded: Refunded::new(refunded, 10_000),
        rows_reversed,
    };
    let untouched = (3, 30_000, 6_000);
    for (campaign, event_type, minutes, states, in_first, in_second) in [
        (
            1,
            Some("sale"),
            0,
            (whole, back(10_000, false)),
            (2, 20_000, 4_000),
            untouched,
        ),
        (
            1,
            Some("sale"),
            100,
            (whole, back(10_000, false)),
            untouched,
            (2, 20_000, 4_000),
        ),
        // 30 % of 100.00 and of 20.00; then what was left of them.
        (
            1,
            Some("sale"),
            50,
            (whole, back(3_000, false)),
            (3, 27_000, 5_400),
            untouched,
        ),
        (
            1,
            Some("sale"),
            50,
            (back(3_000, false), back(10_000, false)),
            (2, 23_000, 4_600),
            untouched,
        ),
        // Reversing rows by hand leaves its amounts counted.
        (
            1,
            Some("sale"),
            50,
            (whole, back(0, true)),
            (2, 30_000, 6_000),
            untouched,
        ),
        (1, Some("sale"), 200, (whole, back(10_000, false)), untouched, untouched),
        (1, Some("trial"), 50, (whole, back(10_000, false)), untouched, untouched),
        (1, None, 50, (whole, back(10_000, false)), untouched, untouched),
        (2, Some("sale"), 50, (whole, back(10_000, false)), untouched, untouched),
    ] {
        let mut counts = TierCounts::default();
        for window in [first, second] {
            counts.put(id(1), &of_sales(1), window, counted(3, 30_000, 6_000), PAID);
        }
        let conversion = sold(1, Some(campaign), event_type, minutes, 0).conversion();
        counts
            .uncount(id(campaign), &conversion, states)
            .expect("small amounts");
        for (window, (conversions, sale, payout)) in [(first, in_first), (second, in_second)] {
            let before = counts.before(id(1), &of_sales(1), window, &BTreeMap::new());
            let expected = (counted(conversions, sale, payout), PAID);
            assert_eq!(before, Ok(expected), "{campaign} {event_type:?} {minutes} {states:?}");
        }
    }
}
