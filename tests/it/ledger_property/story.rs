//! Does the steps of a story through the public API, and looks at the ledger after each.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tributary::service::ledger::review::approve_matured;
use tributary::service::ledger::verify::verify;

use super::past::Past;
use super::step::{Sale, Step};
use super::view::View;
use crate::ledger::{Shop, decimal, merged, text};
use crate::support::TestApp;

/// With the digits that they have.
const CURRENCIES: [(&str, u32); 4] = [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)];

fn money(minor: i64, currency: usize) -> Value {
    let (code, digits) = CURRENCIES[currency % CURRENCIES.len()];
    json!({ "amount": Decimal::new(minor, digits).to_string(), "currency": code })
}

/// Terms of every kind.
fn terms(index: usize) -> Value {
    let purchase = |term: Value| merged(term, json!({ "eventType": "purchase" }));
    let all = [
        json!([{ "basis": "PERCENT", "value": "33.333333" }]),
        json!([{ "basis": "PERCENT", "value": "10" }, { "basis": "FIXED", "value": "1.50" }]),
        json!([{ "basis": "GROUP_RULES" }]),
        json!([
            purchase(json!({ "basis": "FIXED", "value": "5", "trigger": "FIRST" })),
            purchase(json!({ "basis": "PERCENT", "value": "7.5", "trigger": "SUBSEQUENT" })),
        ]),
        json!([{ "basis": "PERCENT", "value": "12.5", "recurringMonths": 1 }]),
        json!([{ "basis": "FIXED", "value": "300", "currency": "JPY" }, { "basis": "PERCENT", "value": "0" }]),
    ];
    all[index % all.len()].clone()
}

pub struct Story<'a> {
    shop: Shop<'a>,
    partners: Vec<String>,
    campaigns: Vec<String>,
    /// What was sent and recorded, refunds among it.
    events: Vec<Value>,
    count: usize,
    /// By partner and currency.
    lifetime_values: BTreeMap<(String, String), Decimal>,
    view: View,
    past: Past,
}

impl<'a> Story<'a> {
    async fn begin(app: &'a TestApp) -> Self {
        let shop = Shop::new(app).await;
        let rules = json!([
            { "recurring": { "percentage": "8" } },
            { "newCustomerTimeTier": { "maxMonths": 1, "percentage": "20" } },
            { "partnerLtvUpgrade": { "minLtvTotal": "5000", "upgradePercentage": "2.5" } },
            { "chargeThresholdBonus": { "minChargeTotal": "1000", "bonus": "3" } },
        ]);
        let group = json!({ "name": "Everybody", "default": true, "rules": rules });
        shop.make("createPartnerGroup", "partnerGroup", group).await;
        let mut partners = Vec::new();
        for name in ["ann", "ben", "cem"] {
            partners.push(shop.partner(name).await);
        }
        let mut campaigns = Vec::new();
        for (index, days) in [json!(0), json!(14), Value::Null].into_iter().enumerate() {
            campaigns.push(
                shop.campaign_with(json!({ "terms": terms(index), "holdbackDays": days }))
                    .await,
            );
        }
        let view = View::read(&shop).await;
        let past = Past::new(&partners, app.clock.now());
        Self {
            shop,
            past,
            partners,
            campaigns,
            events: Vec::new(),
            count: 0,
            lifetime_values: BTreeMap::new(),
            view,
        }
    }

    fn partner(&self, position: usize) -> &str {
        &self.partners[position % self.partners.len()]
    }

    fn campaign(&self, position: usize) -> &str {
        &self.campaigns[position % self.campaigns.len()]
    }

    fn rows(&self, positions: &[usize]) -> Vec<&String> {
        let ids = &self.view.row_ids;
        positions
            .iter()
            .filter_map(|position| ids.get(position % ids.len().max(1)))
            .collect()
    }

    /// Does a step; says whether it may have changed the ledger.
    async fn act(&mut self, step: &Step) -> bool {
        self.count += 1;
        match step {
            Step::Sell(sale) => {
                let input = self.sale(*sale);
                self.record(input).await
            }
            Step::Repeat(position) => {
                let Some(event) = self.events.get(position % self.events.len().max(1)) else {
                    return false;
                };
                let payload = self.shop.record(event.clone()).await;
                assert_eq!(payload["duplicate"], true, "{payload}");
                false
            }
            Step::TakeBack {
                event,
                is_chargeback,
                percent,
            } => {
                // Now and then what is no sale, which is refused.
                let are_all = event % 20 == 0;
                let events = self
                    .events
                    .iter()
                    .filter(|event| are_all || event["originalExternalId"].is_null());
                let events: Vec<_> = events.collect();
                let Some(original) = events.get(event % events.len().max(1)) else {
                    return false;
                };
                let kind = if *is_chargeback { "CHARGEBACK" } else { "REFUND" };
                let mut input = json!({ "externalId": format!("event {}", self.count), "kind": kind, "originalExternalId": original["externalId"] });
                if let (Some(percent), Some(charged)) = (percent, original["amount"]["amount"].as_str()) {
                    let charged: Decimal = charged.parse().expect("a decimal");
                    let part = (charged * Decimal::new(*percent, 2)).trunc_with_scale(charged.scale());
                    input["amount"] = json!({ "amount": part.to_string(), "currency": original["amount"]["currency"] });
                }
                self.record(input).await
            }
            Step::Amend {
                partner,
                campaign,
                terms: index,
                days,
            } => {
                let campaign = campaign.map(|position| self.campaign(position));
                let input = json!({ "partnerId": self.partner(*partner), "campaignId": campaign, "terms": terms(*index), "holdbackDays": days, "reason": "agreed" });
                self.done("amendCommissionSnapshot", input, "commissionSnapshot { id }")
                    .await;
                false
            }
            Step::EditCampaign {
                campaign,
                terms: index,
                days,
            } => {
                let input = json!({ "id": self.campaign(*campaign), "terms": terms(*index), "holdbackDays": days, "status": "ACTIVE" });
                self.done("updateCampaign", input, "campaign { id }").await;
                false
            }
            Step::Pause(campaign) => {
                let input = json!({ "id": self.campaign(*campaign), "status": "PAUSED" });
                self.done("updateCampaign", input, "campaign { id }").await;
                false
            }
            Step::Suspend(partner) => {
                let input = json!({ "id": self.partner(*partner), "reason": "check" });
                self.try_to("suspendPartner", input, "partner { id }").await;
                false
            }
            Step::Activate(partner) => {
                self.try_to(
                    "activatePartner",
                    json!({ "id": self.partner(*partner) }),
                    "partner { id }",
                )
                .await;
                false
            }
            Step::Wait(days) => {
                self.shop.days_later(*days);
                self.past.read_on(&self.shop, &self.view).await;
                false
            }
            Step::ApproveMatured => approve_matured(&self.shop.app.app, 100).await.unwrap() > 0,
            Step::Approve { rows, is_override } => {
                let ids = self.rows(rows);
                let input = json!({ "ids": ids, "overrideHoldbackReason": is_override.then_some("agreed") });
                !ids.is_empty() && self.review("approveCommissions", input).await
            }
            Step::Reverse(rows) => {
                let ids = self.rows(rows);
                let input = json!({ "ids": ids, "reason": "mistake" });
                !ids.is_empty() && self.review("reverseCommissions", input).await
            }
            Step::Enter {
                partner,
                minor,
                currency,
                adjusts,
            } => {
                let adjusts = adjusts.and_then(|position| self.rows(&[position]).pop());
                let input = json!({ "partnerId": self.partner(*partner), "amount": money(*minor, *currency), "reason": "agreed", "adjustsId": adjusts });
                self.try_to("createManualCommission", input, "commission { id }").await
            }
            Step::Run { partner, currency } => {
                let partners = partner.map(|position| vec![self.partner(position)]);
                let currency = currency.map(|index| CURRENCIES[index % CURRENCIES.len()].0);
                let input = json!({ "partnerIds": partners, "currency": currency });
                self.done("createPayoutRun", input, "payoutRun { id }").await;
                true
            }
            Step::Settle { payout, status } => {
                // Now and then one that was settled already, which is refused.
                let ids = self.view.payouts(payout % 10 != 0);
                let Some(id) = ids.get(payout % ids.len().max(1)) else {
                    return false;
                };
                let status = ["PAID", "PAID", "FAILED", "CANCELED"][status % 4];
                self.try_to("settlePayout", json!({ "id": id, "status": status }), "payout { id }")
                    .await
            }
        }
    }

    fn sale(&self, sale: Sale) -> Value {
        let partner = sale.partner.map(|position| self.partner(position));
        // A campaign without a partner could not be credited to anybody unless the customer is bound.
        let campaign = sale
            .campaign
            .filter(|_| partner.is_some())
            .map(|position| self.campaign(position));
        json!({
            "externalId": format!("event {}", self.count),
            "kind": if sale.is_charge { "CHARGE" } else { "CONVERSION" },
            "type": sale.is_purchase.then_some("purchase"),
            // Every other conversion of nothing has no amount at all.
            "amount": (sale.is_charge || sale.minor > 10).then(|| money(sale.minor, sale.currency)),
            "customerExternalId": sale.customer.map(|position| format!("customer {}", position % 5)),
            "partnerId": partner,
            "campaignId": campaign,
        })
    }

    /// Records a new event, if it is a good one, and counts it for its partner.
    async fn record(&mut self, input: Value) -> bool {
        let selection =
            "event { amount { amount currency } attribution { partner { id } } original { kind } } duplicate";
        let payload = self.shop.staff().mutate("recordEvent", input.clone(), selection).await;
        if payload["userErrors"] != json!([]) {
            // Only taking back more than there is, or taking back what takes back, is refused.
            assert!(input["originalExternalId"].is_string(), "{input}: {payload}");
            return false;
        }
        assert_eq!(payload["duplicate"], false);
        let event = &payload["event"];
        let counts = match input["kind"].as_str() {
            Some("CHARGE") => 1,
            Some("REFUND" | "CHARGEBACK") if event["original"]["kind"] == "CHARGE" => -1,
            _ => 0,
        };
        if let (Some(partner), false) = (
            event["attribution"]["partner"]["id"].as_str(),
            event["amount"].is_null(),
        ) {
            let key = (partner.to_owned(), text(&event["amount"]["currency"]));
            let value = self.lifetime_values.entry(key).or_default();
            *value += Decimal::from(counts) * decimal(&event["amount"]["amount"]);
        }
        self.events.push(input);
        true
    }

    async fn done(&self, field: &str, input: Value, selection: &str) {
        self.shop.staff().done(field, input, selection).await;
    }

    /// Whether it was done and not refused.
    async fn try_to(&self, field: &str, input: Value, selection: &str) -> bool {
        let payload = self.shop.staff().mutate(field, input, selection).await;
        payload["userErrors"] == json!([])
    }

    /// Whether any was done.
    async fn review(&self, field: &str, input: Value) -> bool {
        self.shop.answers(field, input).await.iter().any(String::is_empty)
    }
}

/// Tells a story on an empty database; gives what came of it, as [`View::kinds`].
pub async fn tell(app: TestApp, steps: &[Step]) -> BTreeSet<String> {
    let mut story = Story::begin(&app).await;
    for step in steps {
        let may_change = story.act(step).await;
        let next = View::read(&story.shop).await;
        if !may_change {
            assert_eq!(next, story.view, "{step:?} changes nothing in the ledger");
        }
        story.view.assert_leads_to(&next);
        next.assert_sound(&story.lifetime_values);
        story.view = next;
    }
    story.past.is_as_it_was(&story.shop).await;
    story.past.reports(&story.shop, &story.view).await;
    let findings = verify(&app.app, &story.shop.tenant).await.unwrap();
    assert!(findings.is_empty(), "{findings:?}");
    story.view.kinds()
}
