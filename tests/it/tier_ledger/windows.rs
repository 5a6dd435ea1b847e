//! Which window an event counts in, in the tenant's time zone.

use serde_json::json;

use super::{Tiers, acts, goal};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_window_ends_with_the_last_millisecond_of_its_period(app: TestApp) {
    // In Europe/Berlin; the offset is +01:00 up to 29 March 2026, 01:00 UTC, and +02:00 from then on.
    let edges = [
        ("DAILY", "2026-01-10T22:59:59.999Z", "2026-01-10T23:00:00Z"),
        // The night on which clocks go forward.
        ("DAILY", "2026-03-29T21:59:59.999Z", "2026-03-29T22:00:00Z"),
        ("WEEKLY", "2026-01-11T22:59:59.999Z", "2026-01-11T23:00:00Z"),
        ("MONTHLY", "2025-10-31T22:59:59.999Z", "2025-10-31T23:00:00Z"),
        ("QUARTERLY", "2025-09-30T21:59:59.999Z", "2025-09-30T22:00:00Z"),
    ];
    for (number, (period, last, first)) in edges.into_iter().enumerate() {
        let tiers = Tiers::of(
            &format!("edge-{number}"),
            &app,
            json!([{ "basis": "FIXED", "value": "4.00" }]),
        )
        .await;
        tiers.shop.days_later(30);
        tiers
            .tier(json!({ "period": period, "goals": goal("CONVERSION", "1"), "payout": acts("FLAT_INCREASE", "1") }))
            .await;
        for (id, at, expected) in [
            ("a", last, "4.00"),
            ("b", first, "4.00"),
            ("c", last, "5.00"),
            ("d", first, "5.00"),
        ] {
            assert_eq!(
                tiers.convert(id, json!({ "occurredAt": at })).await.0,
                [expected],
                "{period} {last} {id}"
            );
        }
        tiers.assert_sound().await;
    }
}

#[apply(both_databases)]
async fn the_dates_of_a_tier_cut_its_windows(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers
        .tier(json!({
            "period": "GLOBAL", "startDate": "2026-02-10", "endDate": "2026-02-20",
            "goals": goal("CONVERSION", "1"), "payout": acts("FLAT_INCREASE", "1"),
        }))
        .await;
    for (id, at, expected) in [
        ("before", "2026-02-09T22:59:59.999Z", "4.00"),
        ("first", "2026-02-09T23:00:00Z", "4.00"),
        ("last", "2026-02-20T22:59:59.999Z", "5.00"),
        ("after", "2026-02-20T23:00:00Z", "4.00"),
    ] {
        assert_eq!(
            tiers.convert(id, json!({ "occurredAt": at })).await.0,
            [expected],
            "{id}"
        );
    }
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn an_event_recorded_late_counts_where_it_occurred_and_may_cross_there(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers
        .tier(json!({ "goals": goal("CONVERSION", "2"), "retroactivePayout": acts("FLAT_INCREASE", "1") }))
        .await;
    tiers
        .convert("january", json!({ "occurredAt": "2026-01-10T12:00:00Z" }))
        .await;
    tiers.convert("march", json!({})).await;
    assert_eq!(
        tiers
            .convert("late", json!({ "occurredAt": "2026-01-02T12:00:00Z" }))
            .await
            .1,
        2
    );
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 1/2"]);
    let rows = tiers.shop.rows(&tiers.partner).await;
    let adjusted = rows
        .iter()
        .filter(|row| row["kind"] == "TIER_ADJUSTMENT")
        .map(|row| row["event"]["externalId"].clone());
    assert_eq!(adjusted.collect::<Vec<_>>(), ["january", "late"]);
    tiers.shop.days_later(31);
    assert_eq!(
        tiers
            .convert("april", json!({ "occurredAt": "2026-03-31T23:00:00Z" }))
            .await
            .1,
        0
    );
    tiers.assert_sound().await;
}
