//! Conversions at two gateways at once.

use futures::future::join_all;
use serde_json::json;
use tributary::auth::Caller;
use tributary::domain::event::EventKind;
use tributary::service::ledger::event::NewEvent;
use tributary::service::ledger::record::record;

use super::{Tiers, acts, goal};
use crate::ledger_races::two_gateways;
use crate::support::both_databases;

fn conversion(number: usize, tiers: &Tiers<'_>) -> NewEvent {
    NewEvent {
        external_id: format!("c{number}"),
        kind: EventKind::Conversion,
        event_type: None,
        base: true,
        amount: None,
        revenue: None,
        items: Vec::new(),
        country: None,
        occurred_at: None,
        customer_external_id: None,
        customer_acquired_at: None,
        partner_id: Some(tiers.partner.clone()),
        coupon_code: None,
        campaign_id: Some(tiers.campaign.clone()),
        visitor_id: None,
        touches: Vec::new(),
        original_external_id: None,
        metadata: None,
        idempotency_key: None,
    }
}

#[apply(both_databases)]
async fn conversions_at_two_gateways_count_once_and_cross_once(app: TestApp) {
    const CONVERSIONS: usize = 60;
    let tiers = Tiers::new(&app).await;
    tiers
        .tier(json!({
            "goals": goal("CONVERSION", "30"), "payout": acts("FLAT_INCREASE", "1"),
            "retroactivePayout": acts("FLAT_INCREASE", "2"),
        }))
        .await;
    let gateways = two_gateways(&app).await;
    let caller = Caller::operator(tiers.shop.tenant.id, "ann");
    // Each is sent twice, once to each gateway.
    let tasks = (0..2 * CONVERSIONS).map(|number| {
        let (gateway, caller) = (gateways[number % 2].clone(), caller.clone());
        let event = conversion(number / 2, &tiers);
        tokio::spawn(async move {
            record(&gateway, &caller, vec![event])
                .await
                .expect("no fault")
                .remove(0)
                .expect("fine")
        })
    });
    let answers = join_all(tasks.collect::<Vec<_>>()).await;
    let caused: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.expect("no panic"))
        .filter(|done| !done.duplicate)
        .map(|done| done.adjustments)
        .collect();
    assert_eq!(caused.len(), CONVERSIONS);
    assert_eq!(caused.iter().filter(|count| **count > 0).collect::<Vec<_>>(), [&30]);
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 60/30"]);
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["2.00"; 30]);
    // 30 at 4.00 and 2.00 more, 30 at 5.00.
    assert_eq!(tiers.accrued().await, "330.00");
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn a_tier_that_changes_and_goes_meanwhile_loses_no_conversion(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let gateways = two_gateways(&app).await;
    let caller = Caller::operator(tiers.shop.tenant.id, "ann");
    for round in 0..4 {
        let id = tiers.tier(json!({ "name": format!("Round {round}"), "goals": goal("CONVERSION", "1000"), "payout": acts("INCREASE", "1") })).await;
        let records = (0..20).map(|number| {
            let (gateway, caller) = (gateways[number % 2].clone(), caller.clone());
            let event = conversion(100 * round + number, &tiers);
            tokio::spawn(async move {
                record(&gateway, &caller, vec![event])
                    .await
                    .expect("no fault")
                    .remove(0)
                    .expect("fine")
            })
        });
        let staff = tiers.shop.staff();
        let change = async {
            for goal_of in ["2000", "3000"] {
                let change = json!({ "id": id, "goals": goal("CONVERSION", goal_of) });
                staff
                    .done("updateTieredCommission", change, "tieredCommission { id }")
                    .await;
            }
            if round % 2 == 0 {
                staff
                    .done("deleteTieredCommission", json!({ "id": id }), "deletedId")
                    .await;
            }
        };
        let (answers, ()) = tokio::join!(join_all(records.collect::<Vec<_>>()), change);
        for answer in answers {
            answer.expect("no panic");
        }
        tiers.assert_sound().await;
    }
    assert_eq!(tiers.accrued().await, "320.00");
    let mut progress = tiers.progress().await;
    progress.sort();
    assert_eq!(progress, ["Round 1 CONVERSION 80/3000", "Round 3 CONVERSION 80/3000"]);
}
