//! Random conversions under random tiers: the ledger holds what the simulation said. That the engine is right is for a
//! second, naive implementation to say, beside the engine.

use fastrand::Rng;
use serde_json::{Value, json};

use super::{Tiers, acts};
use crate::ledger::{decimal, euros, merged, text};
use crate::support::both_databases;

/// Makes up tiers and conversions. The same seed makes up the same ones.
struct Chance(Rng);

impl Chance {
    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.0.usize(..of.len())]
    }

    fn goals(&mut self) -> Value {
        let mut metrics = ["CONVERSION", "EVENT", "SALE_AMOUNT", "PAYOUT", "REVENUE"];
        self.0.shuffle(&mut metrics);
        let goals = metrics[..self.0.usize(1..=2)].iter().map(|metric| {
            let goal = match *metric {
                "CONVERSION" => self.0.u32(1..=5),
                "EVENT" => self.0.u32(1..=2),
                "SALE_AMOUNT" => self.0.u32(1..=200),
                _ => self.0.u32(1..=20),
            };
            let max = (self.0.u8(..4) == 0).then(|| (goal + self.0.u32(1..=50)).to_string());
            json!({ "metric": metric, "goal": goal.to_string(), "max": max })
        });
        goals.collect()
    }

    fn acts(&mut self, retroactive: bool) -> Value {
        let actions = ["INCREASE", "DECREASE", "FLAT_INCREASE", "FLAT_DECREASE", "EXACT"];
        let action = self.one(&actions[..if retroactive { 5 } else { 4 }]);
        acts(action, &format!("{}.{:02}", self.0.u8(1..12), self.0.u8(..100)))
    }

    fn tier(&mut self, number: usize) -> Value {
        let mut tier = json!({
            "name": format!("Tier {number}"), "goals": self.goals(),
            "period": self.one(&["DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "GLOBAL"]),
            "crossingPolicy": self.one(&["NEXT_CONVERSION", "CROSSING_CONVERSION"]),
            "payout": self.acts(false),
        });
        if self.0.bool() {
            tier["revenue"] = self.acts(false);
        }
        if self.0.u8(..3) > 0 {
            tier["retroactivePayout"] = self.acts(true);
            if tier["retroactivePayout"]["action"] == "EXACT" {
                tier["retroactivePayout"]["type"] = self.one(&["CPA", "CPS"]).into();
            }
        }
        if self.0.bool() {
            tier["retroactiveRevenue"] = self.acts(true);
            if tier["retroactiveRevenue"]["action"] == "EXACT" {
                tier["retroactiveRevenue"]["type"] = self.one(&["RPA", "RPS"]).into();
            }
        }
        tier
    }

    /// What is sold, what it brings, whether it counts as a conversion, and when.
    fn conversion(&mut self) -> (String, String, bool, String) {
        let sale = format!("{}.{:02}", self.0.u8(..90), self.0.u8(..100));
        let revenue = format!("{}.{:02}", self.0.u8(..9), self.0.u8(..100));
        let at = format!("2026-02-{:02}T{:02}:30:00Z", self.0.u8(15..18), self.0.u8(..24));
        (sale, revenue, self.0.u8(..4) > 0, at)
    }
}

/// What the simulation said of each conversion: payout, revenue, then all adjustments of both as "conversion amount".
fn simulated(payload: &Value) -> (Vec<[String; 2]>, [Vec<String>; 2]) {
    let (mut earned, mut adjustments) = (Vec::new(), [Vec::new(), Vec::new()]);
    for conversion in payload["conversions"].as_array().expect("conversions") {
        earned.push(["payout", "revenue"].map(|side| text(&conversion[side]["amount"])));
        for (side, list) in ["adjustments", "revenueAdjustments"].into_iter().zip(&mut adjustments) {
            for adjustment in conversion[side].as_array().expect("a list") {
                list.push(format!(
                    "{} {}",
                    adjustment["conversion"],
                    text(&adjustment["amount"]["amount"])
                ));
            }
        }
    }
    (earned, adjustments)
}

#[apply(both_databases)]
async fn the_ledger_holds_what_the_simulation_said(app: TestApp) {
    let mut adjusted = 0;
    for seed in 0..12 {
        let mut chance = Chance(Rng::with_seed(seed));
        let tiers = Tiers::of(
            &format!("seed-{seed}"),
            &app,
            json!([{ "basis": "PERCENT", "value": "10" }]),
        )
        .await;
        let mut drafts = Vec::new();
        for number in 0..chance.0.usize(1..=3) {
            let tier = chance.tier(number);
            drafts.push(merged(tiers.draft(), tier.clone()));
            tiers.tier(tier).await;
        }
        let (mut conversions, mut live) = (Vec::new(), Vec::new());
        for number in 0..12 {
            let (sale, revenue, base, at) = chance.conversion();
            let input = json!({ "amount": euros(&sale), "revenue": euros(&revenue), "base": base, "occurredAt": at });
            let mut document = merged(tiers.conversion(&format!("c{number}")), input);
            document["kind"] = "CHARGE".into();
            let recorded = tiers.shop.record(document).await;
            live.push(recorded);
            let payout = rust_decimal::Decimal::from_str_exact(&sale).expect("a number") / rust_decimal::Decimal::TEN;
            let payout = payout.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
            conversions.push(json!({
                "occurredAt": at, "saleAmount": sale, "basePayout": payout.to_string(), "baseRevenue": revenue, "base": base,
            }));
        }
        let input = json!({ "tiers": drafts, "conversions": conversions });
        let selection = "conversions { payout { amount } revenue { amount }
                adjustments { conversion amount { amount } } revenueAdjustments { conversion amount { amount } } } totalPayout { amount }";
        let payload = tiers
            .shop
            .staff()
            .done("simulateTieredCommission", input, selection)
            .await;
        let (earned, [payouts, revenues]) = simulated(&payload);
        let mut of_revenue = Vec::new();
        for (number, recorded) in live.iter().enumerate() {
            let rows = recorded["commissions"].as_array().expect("rows").iter();
            let sum: rust_decimal::Decimal = rows.map(|row| decimal(&row["amount"]["amount"])).sum();
            let revenue = tiers.revenue(&format!("c{number}")).await;
            assert_eq!(format!("{sum:.2}"), earned[number][0], "seed {seed} payout {number}");
            assert_eq!(revenue[0], earned[number][1], "seed {seed} revenue {number}");
            of_revenue.extend(revenue[1..].iter().map(|amount| format!("{number} {amount}")));
        }
        let rows = tiers.shop.rows(&tiers.partner).await;
        let of_payout = rows.iter().filter(|row| row["kind"] == "TIER_ADJUSTMENT").map(|row| {
            format!(
                "{} {}",
                &text(&row["event"]["externalId"])[1..],
                text(&row["amount"]["amount"])
            )
        });
        assert_eq!(of_payout.collect::<Vec<_>>(), payouts, "seed {seed}");
        let (mut revenues, mut of_revenue) = (revenues, of_revenue);
        revenues.sort();
        of_revenue.sort();
        assert_eq!(of_revenue, revenues, "seed {seed}");
        if !rows.is_empty() {
            assert_eq!(
                tiers.accrued().await,
                text(&payload["totalPayout"]["amount"]),
                "seed {seed}"
            );
        }
        adjusted += payouts.len() + revenues.len();
        tiers.assert_sound().await;
    }
    assert!(adjusted > 50, "the tiers hardly ever adjust: {adjusted}");
}
