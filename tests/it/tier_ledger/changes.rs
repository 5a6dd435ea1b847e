//! Tiers that are made, changed or taken away while windows run.

use serde_json::json;

use super::{Tiers, acts, goal};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_tier_made_in_mid_window_counts_from_its_start_and_fires_with_the_next_conversion(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers.conversions(1, 3).await;
    tiers.tier(json!({ "goals": goal("CONVERSION", "2"), "payout": acts("FLAT_INCREASE", "1"), "retroactivePayout": acts("FLAT_INCREASE", "5") })).await;
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 3/2"]);
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, [""; 0]);
    assert_eq!(tiers.convert("c4", json!({})).await, (vec!["5.00".to_owned()], 4));
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["5.00", "5.00", "5.00", "4.00"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn a_changed_goal_counts_anew_and_what_fired_stays(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let id = tiers.tier(json!({ "goals": goal("CONVERSION", "2"), "payout": acts("FLAT_INCREASE", "1"), "retroactivePayout": acts("FLAT_INCREASE", "5") })).await;
    assert_eq!(tiers.conversions(1, 3).await, ["4.00", "4.00", "5.00"]);
    let change = json!({ "id": id, "goals": goal("EVENT", "2") });
    tiers
        .shop
        .staff()
        .done("updateTieredCommission", change, "tieredCommission { id }")
        .await;
    assert_eq!(tiers.progress().await, ["Silver EVENT 0/2"]);
    assert_eq!(tiers.conversions(4, 4).await, ["4.00"]);
    for id in ["e1", "e2"] {
        assert_eq!(
            tiers.convert(id, json!({ "base": false })).await,
            (vec!["4.00".to_owned()], 0)
        );
    }
    assert_eq!(tiers.conversions(5, 5).await, ["5.00"]);
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["5.00", "5.00"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn a_retroactive_part_added_to_a_met_goal_fires_with_the_next_conversion(app: TestApp) {
    let tiers = Tiers::paying(
        &app,
        json!([{ "basis": "FIXED", "value": "4.01" }, { "basis": "FIXED", "value": "0.33" }]),
    )
    .await;
    let id = tiers
        .tier(json!({ "goals": goal("CONVERSION", "2"), "payout": acts("FLAT_INCREASE", "1") }))
        .await;
    assert_eq!(
        tiers.convert("c1", json!({})).await,
        (vec!["4.01".to_owned(), "0.33".to_owned()], 0)
    );
    tiers.convert("c2", json!({})).await;
    let change = json!({ "id": id, "payout": null, "retroactivePayout": acts("INCREASE", "50") });
    tiers
        .shop
        .staff()
        .done("updateTieredCommission", change, "tieredCommission { id }")
        .await;
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, [""; 0]);
    assert_eq!(
        tiers.convert("c3", json!({})).await,
        (vec!["4.01".to_owned(), "0.33".to_owned()], 3)
    );
    // Each row is rounded by itself: 4.01 to 6.02 (6.015) and 0.33 to 0.50 (0.495), which is 6.52 - 4.34 more. Of the
    // sum it would be 6.51.
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["2.18", "2.18", "2.18"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn an_inactive_tier_counts_and_fires_once_it_is_active(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let id = tiers.tier(json!({ "status": "INACTIVE", "goals": goal("CONVERSION", "2"), "payout": acts("FLAT_INCREASE", "1"), "retroactivePayout": acts("FLAT_INCREASE", "5") })).await;
    assert_eq!(tiers.conversions(1, 3).await, ["4.00"; 3]);
    assert_eq!(tiers.progress().await, [""; 0]);
    let change = json!({ "id": id, "status": "ACTIVE" });
    tiers
        .shop
        .staff()
        .done("updateTieredCommission", change, "tieredCommission { id }")
        .await;
    assert_eq!(tiers.convert("c4", json!({})).await, (vec!["5.00".to_owned()], 4));
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn a_deleted_tier_acts_no_longer_and_what_it_paid_stays(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let unused = tiers
        .tier(json!({ "name": "Unused", "goals": goal("CONVERSION", "50"), "payout": acts("FLAT_INCREASE", "1") }))
        .await;
    let used = tiers
        .tier(json!({ "goals": goal("CONVERSION", "1"), "payout": acts("FLAT_INCREASE", "1") }))
        .await;
    assert_eq!(tiers.conversions(1, 2).await, ["4.00", "5.00"]);
    for id in [&unused, &used] {
        tiers
            .shop
            .staff()
            .done("deleteTieredCommission", json!({ "id": id }), "deletedId")
            .await;
    }
    assert_eq!(tiers.conversions(3, 3).await, ["4.00"]);
    assert_eq!(tiers.amounts("EVENT").await, ["4.00", "5.00", "4.00"]);
    assert_eq!(tiers.progress().await, [""; 0]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn a_campaign_that_changes_its_advertiser_is_counted_by_the_tiers_of_the_new_one(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let mut advertisers = Vec::new();
    for name in ["Acme", "Other"] {
        advertisers.push(
            tiers
                .shop
                .make("createAdvertiser", "advertiser", json!({ "name": name }))
                .await,
        );
    }
    let goes_to = async |advertiser: &str| {
        let change = json!({ "id": tiers.campaign, "advertiserId": advertiser });
        tiers
            .shop
            .staff()
            .done("updateCampaign", change, "campaign { id }")
            .await;
    };
    goes_to(&advertisers[0]).await;
    tiers.tier(json!({ "campaignIds": [], "advertiserIds": [advertisers[0]], "goals": goal("CONVERSION", "3"), "payout": acts("FLAT_INCREASE", "1") })).await;
    tiers.conversions(1, 1).await;
    goes_to(&advertisers[1]).await;
    assert_eq!(tiers.progress().await, [""; 0]);
    tiers.conversions(2, 2).await;
    goes_to(&advertisers[0]).await;
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 2/3"]);
    assert_eq!(tiers.conversions(3, 4).await, ["4.00", "5.00"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn partners_that_a_tier_does_not_name_are_not_concerned(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let bea = tiers.shop.partner("bea").await;
    tiers.tier(json!({ "applyToAllPartners": false, "partnerIds": [bea], "goals": goal("CONVERSION", "1"), "payout": acts("FLAT_INCREASE", "1") })).await;
    assert_eq!(tiers.conversions(1, 2).await, ["4.00", "4.00"]);
    for (id, expected) in [("b1", "4.00"), ("b2", "5.00")] {
        assert_eq!(tiers.convert(id, json!({ "partnerId": bea })).await.0, [expected]);
    }
    // Each campaign is counted for itself.
    let other = tiers
        .shop
        .campaign(json!([{ "basis": "FIXED", "value": "4.00" }]))
        .await;
    tiers.tier(json!({ "name": "Both", "campaignIds": [tiers.campaign, other], "goals": goal("CONVERSION", "3"), "payout": acts("FLAT_INCREASE", "2") })).await;
    assert_eq!(tiers.convert("o1", json!({ "campaignId": other })).await.0, ["4.00"]);
    assert_eq!(tiers.conversions(3, 4).await, ["4.00", "6.00"]);
    assert_eq!(tiers.convert("o2", json!({ "campaignId": other })).await.0, ["4.00"]);
    tiers.assert_sound().await;
}
