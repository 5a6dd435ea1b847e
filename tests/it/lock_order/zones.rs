//! Tiers while the tenant's time zone changes to and fro within a month.

use std::time::Duration;

use serde_json::json;

use crate::support::both_databases;
use crate::tier_ledger::{Tiers, acts, goal};

impl Tiers<'_> {
    async fn live_in(&self, zone: &str) {
        let changed = self
            .shop
            .staff()
            .done("updateTenant", json!({ "timeZone": zone }), "tenant { timeZone }")
            .await;
        assert_eq!(changed["tenant"]["timeZone"], zone);
        self.shop.app.clock.advance(Duration::from_secs(3600));
    }
}

const BERLIN: &str = "Europe/Berlin";
const NEW_YORK: &str = "America/New_York";

#[apply(both_databases)]
async fn what_was_sold_counts_in_whatever_zone_the_month_is_cut(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers
        .tier(json!({ "goals": goal("CONVERSION", "4"), "payout": acts("FLAT_INCREASE", "1") }))
        .await;
    assert_eq!(tiers.conversions(1, 2).await, ["4.00", "4.00"]);
    tiers.live_in(NEW_YORK).await;
    tiers.assert_sound().await;
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 2/4"]);
    assert_eq!(tiers.conversions(3, 4).await, ["4.00", "4.00"]);
    tiers.assert_sound().await;
    tiers.live_in(BERLIN).await;
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 4/4"]);
    assert_eq!(tiers.conversions(5, 6).await, ["5.00", "5.00"]);
    tiers.assert_sound().await;
    // What is taken back leaves the window as it is cut now.
    tiers.shop.refund("back", "c1", None).await;
    tiers.shop.refund("back too", "c3", None).await;
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 4/4"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn a_retroactive_part_fires_once_in_whatever_zone_the_month_is_cut(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let does = json!({ "goals": goal("CONVERSION", "3"), "retroactivePayout": acts("FLAT_INCREASE", "5") });
    tiers.tier(does).await;
    tiers.conversions(1, 4).await;
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["5.00"; 3]);
    for (number, zone) in [NEW_YORK, BERLIN, NEW_YORK].into_iter().enumerate() {
        tiers.live_in(zone).await;
        let number = u32::try_from(number).unwrap();
        tiers.conversions(5 + number, 5 + number).await;
        assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["5.00"; 3], "{zone}");
        tiers.assert_sound().await;
    }
}

#[apply(both_databases)]
async fn the_day_that_is_now_counts_as_fired_and_no_other(app: TestApp) {
    // 12:00 in UTC on 1 March: the same day in both zones, which ends five hours later in New York.
    let tiers = Tiers::new(&app).await;
    let does = json!({
        "period": "DAILY", "goals": goal("CONVERSION", "2"), "retroactivePayout": acts("FLAT_INCREASE", "5"),
    });
    tiers.tier(does).await;
    tiers.conversions(1, 3).await;
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["5.00"; 2]);
    tiers.live_in(NEW_YORK).await;
    // 2 March in Berlin, and 1 March in New York still.
    tiers.shop.app.clock.advance(Duration::from_secs(11 * 3600));
    tiers.conversions(4, 5).await;
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["5.00"; 2]);
    tiers.shop.days_later(1);
    tiers.conversions(6, 8).await;
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["5.00"; 4]);
    tiers.assert_sound().await;
}
