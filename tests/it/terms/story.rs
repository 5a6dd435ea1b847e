//! Whatever is promised, changed and recorded: the sum of every next event is what the terms in force say beforehand, to
//! staff and to the partner.

use std::collections::BTreeMap;

use fastrand::Rng;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::in_force;
use super::redo::{Customer, Next, redo};
use crate::ledger::{Shop, merged, text};
use crate::support::{TestApp, both_databases};

const TYPES: [Option<&str>; 3] = [None, Some("sale"), Some("renewal")];

struct Story<'a> {
    shop: Shop<'a>,
    rng: Rng,
    partner: String,
    groups: Vec<String>,
    campaigns: Vec<String>,
    /// By campaign and name.
    customers: BTreeMap<(usize, u8), Customer>,
    recorded: usize,
    /// How often what was seen.
    seen: BTreeMap<String, usize>,
}

impl<'a> Story<'a> {
    async fn new(app: &'a TestApp, seed: u64) -> Self {
        let tenant = app.tenant(&format!("seed-{seed}")).await;
        let shop = Shop { app, tenant };
        let partner = shop.partner("ann").await;
        let mut story = Self {
            shop,
            partner,
            rng: Rng::with_seed(seed),
            groups: Vec::new(),
            campaigns: Vec::new(),
            customers: BTreeMap::new(),
            recorded: 0,
            seen: BTreeMap::new(),
        };
        for number in 0..2 {
            let rules = story.rules();
            // In some stories one of them is everybody's from the beginning.
            let default = number == 1 && seed % 2 == 1;
            let group = json!({ "name": format!("Group {number}"), "rules": rules, "default": default });
            story
                .groups
                .push(story.shop.make("createPartnerGroup", "partnerGroup", group).await);
            let terms = story.terms(0);
            let campaign = story
                .shop
                .campaign_with(json!({ "terms": terms, "holdbackDays": number }))
                .await;
            let join = json!({ "partnerId": story.partner, "campaignId": campaign });
            story
                .shop
                .staff()
                .done("addPartnerToCampaign", join, "partner { id }")
                .await;
            story.campaigns.push(campaign);
        }
        for number in 0..4 {
            story.tier(number).await;
        }
        story
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.rng.usize(..of.len())]
    }

    fn amount(&mut self, most: u32) -> String {
        format!("{}.{:02}", self.rng.u32(..most), self.rng.u32(..100))
    }

    fn terms(&mut self, least: usize) -> Value {
        let terms = (0..self.rng.usize(least..4)).map(|_| {
            let mut term = match self.rng.u8(..3) {
                0 => json!({ "basis": "GROUP_RULES" }),
                1 => json!({ "basis": "FIXED", "value": self.amount(9), "currency": self.one(&[None, Some("USD")]) }),
                _ => json!({ "basis": "PERCENT", "value": self.amount(90) }),
            };
            if let Some(kind) = self.one(&TYPES) {
                term["eventType"] = json!(kind);
                term["trigger"] = json!(self.one(&["EVERY", "FIRST", "SUBSEQUENT"]));
            }
            if self.rng.u8(..4) == 0 {
                term["recurringMonths"] = json!(self.rng.u8(1..3));
            }
            term
        });
        terms.collect()
    }

    fn rules(&mut self) -> Value {
        let mut rules = vec![json!({ "recurring": { "percentage": self.amount(40) } })];
        for months in [1, 2] {
            if self.rng.bool() {
                rules.push(json!({ "newCustomerTimeTier": { "maxMonths": months, "percentage": self.amount(60) } }));
            }
        }
        if self.rng.bool() {
            rules.push(json!({ "partnerLtvUpgrade": { "minLtvTotal": "300", "upgradePercentage": "7.5" } }));
        }
        if self.rng.bool() {
            rules.push(json!({ "chargeThresholdBonus": { "minChargeTotal": "50", "bonus": self.one(&["3", "-5"]) } }));
        }
        if self.rng.bool() {
            rules.push(json!({ "customerVolumeGate": { "minQualifiedCustomers": 2 } }));
        }
        json!(rules)
    }

    async fn tier(&mut self, number: usize) {
        let crossing = self.rng.bool();
        // What the next event adds to sums nobody knows beforehand: where it counts, goals are of conversions only.
        let metrics = if crossing {
            &["CONVERSION"][..]
        } else {
            &["CONVERSION", "SALE_AMOUNT", "PAYOUT", "REVENUE"]
        };
        let metric = self.one(metrics);
        let goal = if metric == "CONVERSION" {
            self.rng.u32(1..6)
        } else {
            self.rng.u32(5..60)
        };
        let max = (self.rng.u8(..3) == 0).then(|| (goal + self.rng.u32(2..30)).to_string());
        let kind = self.one(&TYPES);
        let input = json!({
            "name": format!("Tier {number}"), "status": "ACTIVE", "startDate": "2026-01-15", "endDate": "2039-12-31",
            "period": self.one(&["MONTHLY", "QUARTERLY", "GLOBAL"]), "applyToAllPartners": true, "campaignIds": [self.campaigns[0]],
            "eventType": kind, "crossingPolicy": if crossing { "CROSSING_CONVERSION" } else { "NEXT_CONVERSION" },
            "goals": [{ "metric": metric, "goal": goal.to_string(), "max": max }],
            "payout": { "action": self.one(&["INCREASE", "DECREASE", "FLAT_INCREASE", "FLAT_DECREASE"]),
                "value": self.amount(20).replace("0.00", "1.00") },
            "currency": self.one(&["EUR", "EUR", "USD"]),
        });
        self.shop
            .make("createTieredCommission", "tieredCommission", input)
            .await;
    }

    /// Something else than an event happens.
    async fn change(&mut self) {
        let staff = self.shop.staff();
        let place = self.rng.usize(..2);
        let (campaign, group) = (self.campaigns[place].clone(), self.groups[place].clone());
        match self.rng.u8(..8) {
            0 => {
                let terms = self.terms(1);
                let input = json!({
                    "partnerId": self.partner, "campaignId": self.one(&[None, Some(campaign.as_str())]), "terms": terms,
                    "holdbackDays": self.one(&[None, Some(5)]), "reason": "r",
                });
                staff
                    .done("amendCommissionSnapshot", input, "commissionSnapshot { id }")
                    .await;
            }
            1 => {
                let terms = self.terms(0);
                staff
                    .done(
                        "updateCampaign",
                        json!({ "id": campaign, "terms": terms }),
                        "campaign { id }",
                    )
                    .await;
            }
            2 => {
                let status = self.one(&["ACTIVE", "ACTIVE", "PAUSED"]);
                staff
                    .done(
                        "updateCampaign",
                        json!({ "id": campaign, "status": status }),
                        "campaign { id }",
                    )
                    .await;
            }
            3 => {
                let rules = self.rules();
                let currency = self.one(&[None, Some("EUR"), Some("USD")]);
                let input = json!({ "id": group, "rules": rules, "currency": currency });
                staff.done("updatePartnerGroup", input, "partnerGroup { id }").await;
            }
            4 => {
                let own = self.one(&[None, Some(group.as_str())]);
                staff
                    .done(
                        "updatePartner",
                        json!({ "id": self.partner, "groupId": own }),
                        "partner { id }",
                    )
                    .await;
            }
            5 => {
                let input = json!({ "id": group, "default": self.rng.bool() });
                staff.done("updatePartnerGroup", input, "partnerGroup { id }").await;
            }
            _ => self.shop.days_later(self.rng.u64(1..9)),
        }
    }

    /// Looks at the terms, redoes the sum of a charge, and records it.
    async fn record(&mut self) {
        let place = self.rng.usize(..3);
        let campaign = self.campaigns.get(place).cloned();
        let name = (self.rng.u8(..4) > 0).then(|| self.rng.u8(..3));
        let history = name.map(|name| self.customers.entry((place, name)).or_default().clone());
        let next = Next {
            event_type: self.one(&TYPES),
            amount: (Decimal::from(self.rng.u32(1..20_000)) / Decimal::ONE_HUNDRED).round_dp(2),
            currency: self.one(&["EUR", "EUR", "USD"]),
            at: self.shop.app.clock.now(),
            customer: history,
        };
        let told = in_force(&self.shop.staff(), &self.partner, campaign.as_deref()).await;
        let portal = self.shop.app.partner(&self.shop.tenant, &self.partner);
        let own = in_force(&portal, &self.partner, campaign.as_deref()).await;
        self.recorded += 1;
        let amount = json!({ "amount": next.amount.to_string(), "currency": next.currency });
        let revenue = json!({ "amount": "7", "currency": next.currency });
        let event = json!({
            "externalId": format!("e{}", self.recorded), "kind": "CHARGE", "type": next.event_type, "amount": amount, "revenue": revenue,
            "partnerId": self.partner, "campaignId": campaign, "customerExternalId": name.map(|name| format!("c{place}-{name}")),
        });
        let recorded = self.shop.record(merged(event, json!({}))).await;
        let rows = recorded["commissions"].as_array().expect("rows").clone();
        let of_event = rows.iter().filter(|row| row["kind"] == "EVENT");
        let amounts = of_event.clone().map(|row| {
            format!(
                "{} {}",
                text(&row["amount"]["amount"]),
                text(&row["amount"]["currency"])
            )
        });
        let amounts: Vec<_> = amounts.collect();
        for (who, told) in [("staff", &told), ("the partner", &own)] {
            assert_eq!(
                redo(told, &next),
                amounts,
                "{who} was told {told}, and {recorded} came of it"
            );
        }
        for row in of_event {
            assert_eq!(row["holdbackDays"], told["holdbackDays"], "{told} {row}");
            assert_eq!(row["snapshot"]["id"], told["snapshot"]["id"], "{told} {row}");
        }
        self.note(&told, &amounts);
        if let (Some(name), Some(mut customer)) = (name, next.customer) {
            customer.events.push((next.event_type, next.at));
            self.customers.insert((place, name), customer);
        }
    }

    fn note(&mut self, told: &Value, amounts: &[String]) {
        let earned = if amounts.is_empty() { "nothing" } else { "something" };
        let mut seen = vec![format!("{} {earned}", text(&told["source"]))];
        for tier in told["tiers"]
            .as_array()
            .expect("tiers")
            .iter()
            .filter(|tier| tier["acts"] == true)
        {
            seen.push(format!("{} acts", text(&tier["crossingPolicy"])));
        }
        if told["rules"].as_array().is_some_and(|rules| rules.len() > 2) {
            seen.push("rules".to_owned());
        }
        for what in seen {
            *self.seen.entry(what).or_default() += 1;
        }
    }
}

#[apply(both_databases)]
async fn the_terms_shown_redo_the_next_event(app: TestApp) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..8 {
        let mut story = Story::new(&app, seed).await;
        for _ in 0..30 {
            if story.rng.u8(..3) == 0 {
                story.change().await;
            }
            story.record().await;
        }
        for (what, count) in story.seen {
            *seen.entry(what).or_default() += count;
        }
    }
    // The stories go far enough to mean something.
    for what in [
        "CAMPAIGN_SNAPSHOT something",
        "PARTNER_SNAPSHOT something",
        "CAMPAIGN something",
        "GROUP something",
        "DEFAULT_GROUP something",
        "NONE nothing",
        "NEXT_CONVERSION acts",
        "CROSSING_CONVERSION acts",
        "rules",
    ] {
        assert!(seen.contains_key(what), "no {what} in {seen:#?}");
    }
}
