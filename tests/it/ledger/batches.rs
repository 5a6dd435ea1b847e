//! A list of events comes to the same as its events one by one, whatever they have in common.

use fastrand::Rng;
use serde_json::{Value, json};

use super::{Shop, amounts, euros};
use crate::support::{TestApp, both_databases};

const EVENTS: usize = 80;
const PARTNERS: usize = 4;

/// A tenant with partners, a campaign by group rules that look at what was recorded before, one by terms that do, and one
/// with tiers.
struct World<'a> {
    shop: Shop<'a>,
    partners: Vec<String>,
    campaigns: Vec<String>,
}

impl<'a> World<'a> {
    async fn new(app: &'a TestApp, slug: &str) -> Self {
        let tenant = app.tenant(slug).await;
        let shop = Shop { app, tenant };
        let rules = json!([
            { "newCustomerTimeTier": { "maxMonths": 1, "percentage": "30" } },
            { "recurring": { "percentage": "10" } },
            { "partnerLtvUpgrade": { "minLtvTotal": "200", "upgradePercentage": "5" } },
            { "customerVolumeGate": { "minQualifiedCustomers": 2 } },
        ]);
        let group = json!({ "name": "g", "default": true, "rules": rules });
        shop.make("createPartnerGroup", "partnerGroup", group).await;
        let mut partners = Vec::new();
        for number in 0..PARTNERS {
            partners.push(shop.partner(&format!("p{number}")).await);
        }
        let campaigns = vec![
            shop.campaign(json!([{ "basis": "GROUP_RULES" }])).await,
            shop.campaign(json!([
                { "basis": "PERCENT", "value": "20", "trigger": "FIRST", "eventType": "renewal" },
                { "basis": "PERCENT", "value": "5", "trigger": "SUBSEQUENT", "eventType": "renewal" },
                { "basis": "PERCENT", "value": "7", "recurringMonths": 1 },
            ]))
            .await,
            shop.campaign(json!([{ "basis": "FIXED", "value": "4.00" }])).await,
        ];
        for (goal, side) in [("2", "payout"), ("3", "retroactivePayout")] {
            let mut tier = json!({
                "name": format!("From {goal}"), "status": "ACTIVE", "startDate": "2020-01-01", "endDate": "2039-12-31",
                "period": "MONTHLY", "applyToAllPartners": true, "campaignIds": [campaigns[2]],
                "goals": [{ "metric": "CONVERSION", "goal": goal }],
            });
            tier[side] = json!({ "action": "FLAT_INCREASE", "value": "1" });
            shop.make("createTieredCommission", "tieredCommission", tier).await;
        }
        Self {
            shop,
            partners,
            campaigns,
        }
    }

    /// The event with this number. The same seed makes up the same ones in every world.
    fn event(&self, chance: &mut Rng, number: usize) -> Value {
        let (id, earlier) = (format!("e{number}"), format!("e{}", chance.usize(..=number)));
        let amount = euros(&format!("{}.{:02}", chance.u8(..120), chance.u8(..100)));
        if chance.u8(..6) == 0 {
            let amount = chance.bool().then_some(amount);
            let kind = *chance.choice(&["REFUND", "CHARGEBACK"]).expect("two");
            return json!({ "externalId": id, "kind": kind, "originalExternalId": earlier, "amount": amount });
        }
        let partner = self
            .partners
            .get(chance.usize(..PARTNERS * 2))
            .filter(|_| chance.u8(..4) > 0);
        let customer = (chance.u8(..5) > 0).then(|| format!("c{}", chance.u8(..7)));
        json!({
            "externalId": if chance.u8(..8) == 0 { earlier } else { id },
            "kind": chance.choice(&["CHARGE", "CHARGE", "CONVERSION"]),
            "amount": amount,
            "type": chance.choice(&[Some("renewal"), None]),
            "partnerId": if chance.u8(..12) == 0 { Some("par_00000000000000000000000000") } else { partner.map(String::as_str) },
            "campaignId": partner.and(chance.choice(&self.campaigns)),
            "customerExternalId": customer,
        })
    }

    /// Records a list, and says what became of each event.
    async fn record(&self, events: &[Value]) -> Vec<String> {
        let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) {
            event { externalId customer { externalId } } commissions { amount { amount } explanation { source outcome detail amount } }
            adjustmentCount duplicate userErrors { code field } } }";
        let data = self.shop.staff().data_with(document, json!({ "input": events })).await;
        let answers = data["recordEvents"].as_array().expect("answers").iter();
        answers.map(|answer| without_ids(&answer.to_string())).collect()
    }

    /// Everything that the events left behind, without ids.
    async fn ledger(&self) -> Vec<String> {
        let mut all = Vec::new();
        for partner in &self.partners {
            for row in self.shop.rows(partner).await {
                let explanation = without_ids(&row["explanation"].to_string());
                all.push(format!(
                    "{} {} {} {explanation}",
                    row["event"], row["kind"], row["amount"]
                ));
            }
            all.extend(self.shop.balances(partner).await);
            all.extend(self.shop.lifetime_value(partner).await);
            let document =
                "query($id: ID!) { partner(id: $id) { customers(first: 100) { nodes { externalId acquiredAt } }
                tierProgress { tier value } } }";
            let data = self.shop.staff().data_with(document, json!({ "id": partner })).await;
            all.push(data.to_string());
            self.shop.assert_sound(partner).await;
        }
        all
    }
}

/// Explanations name rows by their ids.
fn without_ids(text: &str) -> String {
    let mut parts = text.split("com_");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "com_" + &part[26..])
}

#[apply(both_databases)]
async fn a_list_comes_to_the_same_as_its_events_one_by_one(app: TestApp) {
    let mut met = Vec::new();
    for seed in 0..6 {
        let (together, alone) = (
            World::new(&app, &format!("together-{seed}")).await,
            World::new(&app, &format!("alone-{seed}")).await,
        );
        let events = |world: &World| {
            let mut chance = Rng::with_seed(seed);
            let mut events: Vec<Value> = Vec::new();
            for number in 0..EVENTS {
                let again = (chance.u8(..10) == 0)
                    .then(|| chance.choice(&events).cloned())
                    .flatten();
                events.push(again.unwrap_or_else(|| world.event(&mut chance, number)));
            }
            events
        };
        let mut one_by_one = Vec::new();
        for event in events(&alone) {
            one_by_one.extend(alone.record(&[event]).await);
        }
        let (first, second) = (events(&together), EVENTS / 3);
        let mut at_once = together.record(&first[..second]).await;
        at_once.extend(together.record(&first[second..]).await);
        for (number, (at_once, alone)) in at_once.iter().zip(&one_by_one).enumerate() {
            assert_eq!(at_once, alone, "seed {seed} event {number}");
        }
        assert_eq!(together.ledger().await, alone.ledger().await, "seed {seed}");
        met.extend(one_by_one);
    }
    let met = met.join(" ");
    for one in [
        "\"duplicate\":true",
        "CONFLICT",
        "NOT_FOUND",
        "\"adjustmentCount\":2",
        "partner_ltv",
        "volume_gate",
    ] {
        assert!(met.contains(one), "no {one}");
    }
}

#[apply(both_databases)]
async fn a_list_costs_the_same_whatever_its_length(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("20").await;
    let mut partners = Vec::new();
    for number in 0..64 {
        partners.push(shop.partner(&format!("p{number}")).await);
    }
    let document = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { commissions { id amount { amount } } } }";
    let cost = async |length: usize| {
        let charges = partners[..length].iter().enumerate().map(|(number, partner)| json!({
            "externalId": format!("{length}-{number}"), "kind": "CHARGE", "amount": euros("10"), "partnerId": partner,
            "campaignId": campaign, "customerExternalId": format!("{length}-c{number}"),
        }));
        let input = json!({ "input": charges.collect::<Vec<_>>() });
        app.reset_statements();
        let data = shop.staff().data_with(document, input).await;
        let answers = data["recordEvents"].as_array().expect("answers");
        assert!(
            answers.iter().all(|answer| amounts(&answer["commissions"]) == ["2.00"]),
            "{data}"
        );
        app.statements().len()
    };
    // The partner's lock, what there is of the event, and everything that it comes to.
    assert_eq!(cost(1).await, 3, "{:?}", app.statements());
    let (few, many) = (cost(4).await, cost(64).await);
    assert_eq!(many, few, "for 4 and for 64");
}
