//! Events that were moved to another partner: they are as recorded on both sides, and count for whoever has them.

use serde_json::{Value, json};
use tributary::import::moving_in::FileKind;

use super::{Lab, assert_equal, assert_same, terms, told, totals};
use crate::ledger::{charge, merged};
use crate::moving_in::House;
use crate::support::both_databases;

fn of_customer(sale: Value) -> Value {
    merged(sale, json!({ "customerExternalId": "cust" }))
}

impl Lab<'_> {
    /// Moves the customer with all that was recorded; `None`: to nobody.
    pub(super) async fn move_to(&self, to: Option<(&String, &String)>, more: Value) {
        let customer = self.staff().data("{ customers { nodes { id } } }").await["customers"]["nodes"][0]["id"].clone();
        let input = json!({
            "customerId": customer, "partnerId": to.map(|to| to.0), "campaignId": to.map(|to| to.1),
            "from": "2000-01-01T00:00:00Z", "reason": "wrong link",
        });
        self.staff()
            .done("reassignCustomer", merged(input, more), "customer { id }")
            .await;
        self.days_later(1);
    }
}

#[apply(both_databases)]
async fn the_ledger_is_one_side_and_what_is_in_force_differs_by_nothing(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, bob) = (lab.partner("ann").await, lab.partner("bob").await);
    let campaign = lab.percent("20").await;
    let from = lab.now();
    let sold = lab.record(of_customer(charge("sale", &ann, &campaign, "100"))).await;
    lab.record(charge("other", &ann, &campaign, "10")).await;
    lab.days_later(1);
    let before = lab.now();
    lab.move_to(Some((&bob, &campaign)), json!({})).await;
    lab.refund("refund", "sale", Some("30")).await;
    lab.days_later(1);
    let same = terms(&campaign, json!([{ "basis": "PERCENT", "value": "20" }]));
    let backtest = lab.backtest(&from, same.clone()).await;
    // 2.00 of Ann; 20.00 - 6.00 of Bob; Ann's 20.00 was reversed.
    assert_eq!(totals(&backtest), ["16.00 -> 16.00 = 0.00; +0 -0 ^0 v0 =3"]);
    assert_eq!(backtest["incompleteHistory"], true);
    let partners = lab.partners(&backtest["id"], "EUR").await;
    assert_eq!(told(&partners[&ann]), "2.00 -> 2.00 = 0.00; +0 -0 ^0 v0 =1");
    assert_eq!(told(&partners[&bob]), "14.00 -> 14.00 = 0.00; +0 -0 ^0 v0 =2");
    let event = lab.event(&backtest["id"], &sold["event"]["id"]).await;
    let terms_of = |side: &str| {
        event[side]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["term"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(terms_of("actual"), [json!(null), json!(0)], "{event:#}");
    // What was not moved is computed.
    let other = terms(&campaign, json!([{ "basis": "PERCENT", "value": "30" }]));
    let backtest = lab.backtest(&from, other.clone()).await;
    assert_eq!(totals(&backtest), ["16.00 -> 17.00 = 1.00; +0 -0 ^1 v0 =2"]);
    // Before the move nothing had been moved.
    let earlier = lab.backtest_until(&from, &before, same.clone()).await;
    assert_eq!(totals(&earlier), ["22.00 -> 22.00 = 0.00; +0 -0 ^0 v0 =2"]);
    assert_same(&earlier);
    let earlier = lab.backtest_until(&from, &before, other).await;
    assert_eq!(totals(&earlier), ["22.00 -> 33.00 = 11.00; +0 -0 ^2 v0 =0"]);
    // After it the moved event is from before the range, with its refund.
    let later = lab.backtest(&before, same).await;
    assert_eq!(totals(&later), ["14.00 -> 14.00 = 0.00; +0 -0 ^0 v0 =2"]);
}

#[apply(both_databases)]
async fn what_was_paid_is_kept_or_clawed_back_on_both_sides(app: TestApp) {
    for (name, claws_back, expected) in [
        // 20.00 kept, of which the refund takes 6.00.
        ("kept", false, "14.00 -> 14.00 = 0.00; +0 -0 ^0 v0 =2"),
        // 20.00 - 20.00 of Ann; 20.00 - 6.00 of Bob.
        ("back", true, "14.00 -> 14.00 = 0.00; +0 -0 ^0 v0 =4"),
    ] {
        let lab = Lab(crate::ledger::Shop {
            app: &app,
            tenant: app.tenant(name).await,
        });
        let (ann, bob) = (lab.partner("ann").await, lab.partner("bob").await);
        let campaign = lab.percent("20").await;
        let from = lab.now();
        let sold = lab.record(of_customer(charge("sale", &ann, &campaign, "100"))).await;
        lab.approve(&[sold["commissions"][0]["id"].as_str().unwrap()]).await;
        lab.pay().await;
        lab.move_to(Some((&bob, &campaign)), json!({ "clawBackPaid": claws_back }))
            .await;
        lab.refund("refund", "sale", Some("30")).await;
        lab.days_later(1);
        let backtest = lab
            .backtest(&from, terms(&campaign, json!([{ "basis": "PERCENT", "value": "20" }])))
            .await;
        assert_eq!(totals(&backtest), [expected], "{name}");
    }
}

#[apply(both_databases)]
async fn what_a_partner_has_for_a_while_counts_meanwhile(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, bob) = (lab.partner("ann").await, lab.partner("bob").await);
    let campaign = lab.percent("10").await;
    let tier = json!({
        "name": "Silver", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "GLOBAL", "status": "ACTIVE",
        "applyToAllPartners": true, "campaignIds": [campaign], "goals": [{ "metric": "CONVERSION", "goal": "2" }],
        "payout": { "action": "INCREASE", "value": "50" },
        "retroactivePayout": { "action": "FLAT_INCREASE", "value": "1" },
    });
    lab.make("createTieredCommission", "tieredCommission", tier).await;
    let from = lab.now();
    lab.record(of_customer(charge("moved", &ann, &campaign, "100"))).await;
    lab.record(charge("a1", &ann, &campaign, "100")).await;
    lab.record(charge("b1", &bob, &campaign, "100")).await;
    lab.days_later(1);
    // Bob's second conversion fires for his first one; Ann has fired, and has one conversion left.
    lab.move_to(Some((&bob, &campaign)), json!({})).await;
    lab.record(charge("a2", &ann, &campaign, "100")).await;
    lab.record(charge("b2", &bob, &campaign, "100")).await;
    lab.days_later(1);
    let middle = lab.now();
    lab.move_to(None, json!({})).await;
    lab.record(charge("b3", &bob, &campaign, "100")).await;
    lab.move_to(Some((&ann, &campaign)), json!({})).await;
    lab.record(charge("a3", &ann, &campaign, "100")).await;
    lab.days_later(1);
    for from in [&from, &middle] {
        assert_equal(
            &lab.backtest(from, crate::backtest::nothing(std::slice::from_ref(&campaign)))
                .await,
        );
    }
}

#[apply(both_databases)]
async fn a_refund_of_imported_history_is_as_recorded(app: TestApp) {
    let house = House::new(&app).await;
    house
        .moved(FileKind::Partners, "name,externalId,email\nAnn,p1,ann@example.com\n")
        .await;
    let events = "externalId,kind,amount,currency,occurredAt,customerExternalId,partnerExternalId\n\
            old,CHARGE,100.00,EUR,2025-01-01,c1,p1\n";
    house.moved(FileKind::Events, events).await;
    let commissions = "externalId,amount,currency,status,percent,partnerExternalId,eventExternalId,accruedAt\n\
            k1,20.00,EUR,PAID,true,p1,old,2025-01-01\n";
    house.moved(FileKind::Commissions, commissions).await;
    let lab = Lab(house.shop);
    let campaign = lab.percent("20").await;
    lab.days_later(1);
    let from = lab.now();
    lab.refund("refund", "old", Some("50")).await;
    lab.days_later(1);
    let backtest = lab
        .backtest(&from, terms(&campaign, json!([{ "basis": "PERCENT", "value": "30" }])))
        .await;
    assert_eq!(totals(&backtest), ["-10.00 -> -10.00 = 0.00; +0 -0 ^0 v0 =1"]);
    assert_same(&backtest);
}
