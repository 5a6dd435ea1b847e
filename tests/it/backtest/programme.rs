//! Made-up programmes in which everything changes: the same commands can be given to another tenant.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tributary::service::ledger::review::approve_matured;

use crate::ledger::{Shop, merged, text};
use crate::support::TestApp;

/// What may happen; numbers stand for things in the order of their making.
#[derive(Clone, Debug)]
pub enum Command {
    Sell(Value, usize, Option<usize>),
    TakeBack {
        original: String,
        id: String,
        part: Option<i64>,
    },
    /// All EVENT rows of an event.
    Reverse(String),
    Amend(usize, Option<usize>, Value),
    Terms(usize, Value),
    Rules(Value),
    Move(usize, bool),
    Suspend(usize),
    Activate(usize),
    Tier(usize, Value),
    NewTier(Value),
    /// Moves a customer with what it did in so many days.
    Reassign {
        customer: usize,
        to: Option<(usize, Option<usize>)>,
        days: i64,
        claws_back: bool,
    },
    Attribute {
        event: String,
        to: (usize, Option<usize>),
        claws_back: bool,
    },
    Wait(u64),
    Approve,
    Pay,
}

fn terms(random: &mut fastrand::Rng) -> Value {
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
        json!([
            { "basis": "PERCENT", "value": "40", "match": { "products": ["gold"] } },
            { "basis": "PERCENT", "value": "7.5" },
        ]),
        json!([
            { "basis": "FIXED", "value": "2", "per": "UNIT", "match": { "categories": ["metal"], "customer": "NEW" } },
            { "basis": "GROUP_RULES", "match": { "countries": ["DE"], "maxAmount": "150" }, "exclusive": true },
            { "basis": "FIXED", "value": "1", "match": { "products": ["other"] } },
            { "basis": "PERCENT", "value": "3", "match": { "customer": "RETURNING" } },
        ]),
        json!([]),
    ];
    all[random.usize(..all.len())].clone()
}

fn rules(random: &mut fastrand::Rng) -> Value {
    let recurring = ["5", "8", "12.5"][random.usize(..3)];
    json!([
        { "recurring": { "percentage": recurring } },
        { "newCustomerTimeTier": { "maxMonths": 1, "percentage": "20" } },
        { "partnerLtvUpgrade": { "minLtvTotal": "500", "upgradePercentage": "2.5" } },
        { "chargeThresholdBonus": { "minChargeTotal": "100", "bonus": "3" } },
        { "customerVolumeGate": { "minQualifiedCustomers": 1 } },
    ])
}

/// Three fifths of an amount are gold and three tenths something else; what is left is the rest.
fn items(amount: &Value, step: usize) -> Value {
    let amount: rust_decimal::Decimal = text(&amount["amount"]).parse().expect("a number");
    let part = |tenths| {
        (amount * rust_decimal::Decimal::new(tenths, 1))
            .trunc_with_scale(2)
            .to_string()
    };
    json!([
        { "product": "gold", "category": "metal", "amount": part(6), "quantity": 1 + step % 4 },
        { "product": "other", "amount": part(3) },
    ])
}

/// How a tier changes.
fn change(random: &mut fastrand::Rng) -> Value {
    let goal = ["2", "3", "5"][random.usize(..3)];
    json!({
        "status": if random.u32(..5) == 0 { "INACTIVE" } else { "ACTIVE" },
        "goals": [{ "metric": "CONVERSION", "goal": goal }],
        "payout": { "action": if random.bool() { "INCREASE" } else { "FLAT_DECREASE" }, "value": "2" },
        "retroactivePayout": { "action": "FLAT_INCREASE", "value": "1.25" },
    })
}

/// What happens, at random, in so many steps.
pub fn commands(seed: u64, steps: usize) -> Vec<Command> {
    let random = &mut fastrand::Rng::with_seed(seed);
    let (mut commands, mut events): (Vec<_>, Vec<String>) = (Vec::new(), Vec::new());
    for step in 0..steps {
        let some = |random: &mut fastrand::Rng, events: &[String]| events[random.usize(..events.len())].clone();
        let command = match random.u32(..40) {
            0..=17 => {
                let id = format!("event {step}");
                events.push(id.clone());
                let is_charge = random.u32(..10) < 7;
                let amount = format!("{}.{:02}", random.u32(..200), random.u32(..100));
                let has_amount = is_charge || random.bool();
                let amount = json!({ "amount": amount, "currency": if random.u32(..8) == 0 { "USD" } else { "EUR" } });
                let event = json!({
                    "externalId": id,
                    "kind": if is_charge { "CHARGE" } else { "CONVERSION" },
                    "type": random.bool().then_some("purchase"),
                    "items": (has_amount && step % 3 > 0).then(|| items(&amount, step)),
                    "country": (step % 5 > 1).then_some(["DE", "AT"][step % 2]),
                    "amount": has_amount.then_some(amount),
                    "customerExternalId": (random.u32(..4) > 0).then(|| format!("customer {}", random.u32(..6))),
                    // Late ones, too.
                    "daysAgo": random.u32(..4) * random.u32(..12),
                });
                let campaign = (random.u32(..8) > 0).then(|| random.usize(..3));
                Command::Sell(event, random.usize(..3), campaign)
            }
            18..=24 if !events.is_empty() => Command::TakeBack {
                original: some(random, &events),
                id: format!("refund {step}"),
                part: random.bool().then(|| random.i64(1..100)),
            },
            25..=26 if !events.is_empty() => Command::Reverse(some(random, &events)),
            27 => Command::Amend(
                random.usize(..3),
                random.bool().then(|| random.usize(..3)),
                terms(random),
            ),
            28..=29 => Command::Terms(random.usize(..3), terms(random)),
            30 => Command::Rules(rules(random)),
            31 => Command::Move(random.usize(..3), random.bool()),
            32 => Command::Suspend(random.usize(..3)),
            33..=34 => Command::Activate(random.usize(..3)),
            35 => Command::Tier(random.usize(..2), change(random)),
            36 => Command::Wait(random.u64(1..20)),
            37 => Command::Approve,
            38 => Command::Pay,
            _ => Command::Wait(1),
        };
        commands.push(command);
    }
    commands
}

/// The same commands, and among them moves between partners and new tiers.
pub fn with_moves(seed: u64, commands: Vec<Command>) -> Vec<Command> {
    let random = &mut fastrand::Rng::with_seed(seed);
    let (mut all, mut events): (Vec<_>, Vec<String>) = (Vec::new(), Vec::new());
    for command in commands {
        if let Command::Sell(event, ..) = &command {
            events.push(text(&event["externalId"]));
        }
        all.push(command);
        let campaign = |random: &mut fastrand::Rng| (random.u32(..8) > 0).then(|| random.usize(..3));
        match random.u32(..16) {
            0 | 1 => all.push(Command::Reassign {
                customer: random.usize(..6),
                to: (random.u32(..6) > 0).then(|| (random.usize(..3), campaign(random))),
                days: random.i64(1..60),
                claws_back: random.bool(),
            }),
            2 if !events.is_empty() => all.push(Command::Attribute {
                event: events[random.usize(..events.len())].clone(),
                to: (random.usize(..3), campaign(random)),
                claws_back: random.bool(),
            }),
            3 => all.push(Command::NewTier(change(random))),
            _ => {}
        }
    }
    all
}

pub struct Programme<'a> {
    pub shop: Shop<'a>,
    pub partners: Vec<String>,
    pub campaigns: Vec<String>,
    pub group: String,
    other_group: String,
    pub tiers: Vec<String>,
    /// The ids of events by their external ids.
    pub events: BTreeMap<String, Value>,
}

impl<'a> Programme<'a> {
    /// A programme before anything happens in it. `with` changes what campaigns begin with.
    pub async fn new(app: &'a TestApp, slug: &str, first_terms: Option<Value>) -> Self {
        let tenant = app.tenant(slug).await;
        let shop = Shop { app, tenant };
        let random = &mut fastrand::Rng::with_seed(7);
        let group = json!({ "name": "Everybody", "default": true, "rules": rules(random) });
        let group = shop.make("createPartnerGroup", "partnerGroup", group).await;
        let other = json!({ "name": "Few", "rules": [{ "recurring": { "percentage": "30" } }] });
        let other_group = shop.make("createPartnerGroup", "partnerGroup", other).await;
        let (mut partners, mut campaigns, mut tiers) = (Vec::new(), Vec::new(), Vec::new());
        for name in ["ann", "ben", "cem"] {
            partners.push(shop.partner(name).await);
        }
        let days = [json!(0), json!(14), Value::Null];
        for (number, days) in days.into_iter().enumerate() {
            // Drawn in any case, so that everything else is the same.
            let drawn = terms(random);
            let own = first_terms.clone().filter(|_| number == 0).unwrap_or(drawn);
            campaigns.push(shop.campaign_with(json!({ "terms": own, "holdbackDays": days })).await);
        }
        for (name, period) in [("Silver", "MONTHLY"), ("Gold", "GLOBAL")] {
            let tier = merged(
                json!({
                    "name": name, "startDate": "2020-01-01", "endDate": "2039-12-31", "period": period,
                    "applyToAllPartners": true, "campaignIds": campaigns[..2],
                }),
                change(random),
            );
            tiers.push(shop.make("createTieredCommission", "tieredCommission", tier).await);
        }
        Self {
            shop,
            partners,
            campaigns,
            group,
            other_group,
            tiers,
            events: BTreeMap::new(),
        }
    }

    async fn try_to(&self, field: &str, input: Value, selection: &str) -> Value {
        self.shop.staff().mutate(field, input, selection).await
    }

    /// Does it; says whether anything came of it.
    pub async fn act(&mut self, command: &Command) -> bool {
        let shop = &self.shop;
        shop.app.clock.advance(std::time::Duration::from_millis(1));
        let payload = match command {
            Command::Sell(event, partner, campaign) => {
                let mut event = event.clone();
                let days = event["daysAgo"].as_i64().expect("a number");
                event.as_object_mut().expect("an object").remove("daysAgo");
                event["occurredAt"] = json!((shop.app.clock.now() - chrono::TimeDelta::days(days)).to_rfc3339());
                event["partnerId"] = json!(self.partners[*partner]);
                event["campaignId"] = json!(campaign.map(|campaign| &self.campaigns[campaign]));
                let payload = shop.staff().done("recordEvent", event.clone(), "event { id }").await;
                self.events
                    .insert(text(&event["externalId"]), payload["event"]["id"].clone());
                return true;
            }
            Command::TakeBack { original, id, part } => {
                let mut input = json!({ "externalId": id, "kind": "REFUND", "originalExternalId": original });
                if let Some(part) = part {
                    let document =
                        "query($id: ID!) { event(id: $id) { amount { amount currency } items { amount { amount } } } }";
                    let found = shop
                        .staff()
                        .data_with(document, json!({ "id": self.events[original] }))
                        .await;
                    let charged = &found["event"]["amount"];
                    if let Some(amount) = charged["amount"].as_str() {
                        let amount: rust_decimal::Decimal = amount.parse().expect("a number");
                        let taken = (amount * rust_decimal::Decimal::new(*part, 2)).trunc_with_scale(2);
                        // Some name an item, of which they take the same part, or a unit.
                        let item = usize::try_from(*part % 5).expect("0 to 4");
                        let of_item = found["event"]["items"][item]["amount"]["amount"].as_str();
                        match of_item.map(|amount| amount.parse::<rust_decimal::Decimal>().expect("a number")) {
                            Some(_) if part % 2 == 0 => input["items"] = json!([{ "index": item, "quantity": 1 }]),
                            Some(amount) => {
                                let taken = (amount * rust_decimal::Decimal::new(*part, 2)).trunc_with_scale(2);
                                input["items"] = json!([{ "index": item, "amount": taken.to_string() }]);
                            }
                            None => {
                                input["amount"] =
                                    json!({ "amount": taken.to_string(), "currency": charged["currency"] });
                            }
                        }
                    }
                }
                let payload = self.try_to("recordEvent", input, "event { id }").await;
                if let Some(event) = payload["event"].as_object() {
                    self.events.insert(id.clone(), event["id"].clone());
                }
                payload
            }
            Command::Reverse(event) => {
                let rows = self.rows_of(event).await;
                let own: Vec<_> = rows.iter().filter(|row| row["kind"] == "EVENT").collect();
                let ids: Vec<_> = own.iter().map(|row| &row["id"]).collect();
                if ids.is_empty() {
                    return false;
                }
                let answers = shop
                    .answers("reverseCommissions", json!({ "ids": ids, "reason": "mistake" }))
                    .await;
                return answers.iter().any(String::is_empty);
            }
            Command::Amend(partner, campaign, terms) => {
                let campaign = campaign.map(|campaign| &self.campaigns[campaign]);
                let input = json!({ "partnerId": self.partners[*partner], "campaignId": campaign, "terms": terms, "reason": "agreed" });
                self.try_to("amendCommissionSnapshot", input, "commissionSnapshot { id }")
                    .await
            }
            Command::Terms(campaign, terms) => {
                let input = json!({ "id": self.campaigns[*campaign], "terms": terms });
                self.try_to("updateCampaign", input, "campaign { id }").await
            }
            Command::Rules(rules) => {
                let input = json!({ "id": self.group, "rules": rules });
                self.try_to("updatePartnerGroup", input, "partnerGroup { id }").await
            }
            Command::Move(partner, is_other) => {
                let group = is_other.then_some(&self.other_group);
                let input = json!({ "id": self.partners[*partner], "groupId": group });
                self.try_to("updatePartner", input, "partner { id }").await
            }
            Command::Suspend(partner) => {
                let input = json!({ "id": self.partners[*partner], "reason": "check" });
                self.try_to("suspendPartner", input, "partner { id }").await
            }
            Command::Activate(partner) => {
                let input = json!({ "id": self.partners[*partner] });
                self.try_to("activatePartner", input, "partner { id }").await
            }
            Command::Tier(tier, change) => {
                let input = merged(change.clone(), json!({ "id": self.tiers[*tier] }));
                self.try_to("updateTieredCommission", input, "tieredCommission { id }")
                    .await
            }
            Command::NewTier(change) => {
                let tier = merged(
                    json!({
                        "name": "Another", "startDate": "2020-01-01", "endDate": "2039-12-31", "period": "MONTHLY",
                        "applyToAllPartners": true, "campaignIds": self.campaigns,
                    }),
                    change.clone(),
                );
                self.try_to("createTieredCommission", tier, "tieredCommission { id }")
                    .await
            }
            Command::Reassign {
                customer,
                to,
                days,
                claws_back,
            } => {
                let document = "{ customers(first: 50) { nodes { id externalId } } }";
                let customers = shop.staff().data(document).await["customers"]["nodes"].clone();
                let wanted = format!("customer {customer}");
                let mut customers = customers.as_array().expect("customers").iter();
                let Some(customer) = customers.find(|customer| customer["externalId"] == wanted.as_str()) else {
                    return false;
                };
                let since = shop.app.clock.now() - chrono::TimeDelta::days(*days);
                let input = json!({
                    "customerId": customer["id"], "from": since.to_rfc3339(), "clawBackPaid": claws_back, "reason": "wrong link",
                    "partnerId": to.map(|(partner, _)| &self.partners[partner]),
                    "campaignId": to.and_then(|(_, campaign)| Some(&self.campaigns[campaign?])),
                });
                self.try_to("reassignCustomer", input, "customer { id }").await
            }
            Command::Attribute { event, to, claws_back } => {
                let input = json!({
                    "eventId": self.events[event], "clawBackPaid": claws_back, "reason": "wrong link",
                    "partnerId": self.partners[to.0], "campaignId": to.1.map(|campaign| &self.campaigns[campaign]),
                });
                self.try_to("attributeEvent", input, "event { id }").await
            }
            Command::Wait(days) => {
                shop.days_later(*days);
                return true;
            }
            Command::Approve => return approve_matured(&shop.app.app, 500).await.expect("the database answers") > 0,
            Command::Pay => {
                shop.pay().await;
                return true;
            }
        };
        payload["userErrors"] == json!([])
    }

    /// The ledger's rows of an event.
    pub async fn rows_of(&self, event: &str) -> Vec<Value> {
        let document = "query($id: ID!) { event(id: $id) { commissions(first: 50) { nodes {
            id kind status amount { amount currency } } } } }";
        let found = self
            .shop
            .staff()
            .data_with(document, json!({ "id": self.events[event] }))
            .await;
        found["event"]["commissions"]["nodes"].as_array().expect("rows").clone()
    }

    /// What a partner's rows of the kinds that are compared come to in euros; reversed ones count as none.
    pub async fn earned(&self, partner: &str) -> rust_decimal::Decimal {
        let rows = self.shop.rows(partner).await;
        let counted = rows.iter().filter(|row| {
            row["status"] != "REVERSED"
                && row["amount"]["currency"] == "EUR"
                && ["EVENT", "TIER_ADJUSTMENT", "CLAWBACK"].contains(&row["kind"].as_str().expect("a kind"))
        });
        counted
            .map(|row| crate::ledger::decimal(&row["amount"]["amount"]))
            .sum()
    }
}
