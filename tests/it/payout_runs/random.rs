//! Random ledgers: whatever happened to them, the lines of a run are what a reader adds up from the rows.

use std::collections::{BTreeMap, HashMap, HashSet};

use fastrand::Rng;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tributary::domain::Timestamp;

use super::{Individuals, Office};
use crate::ledger::{charge, decimal, euros, merged, text};
use crate::support::{TestApp, both_databases};

const STORIES: u64 = 6;
const STEPS: usize = 40;

/// A ledger, and what may happen to it.
struct Story<'a> {
    office: Office<'a>,
    random: Rng,
    partners: Vec<String>,
    campaign: String,
    individuals: Individuals,
    events: usize,
}

/// A row as a reader sees it.
struct Row {
    id: String,
    is_clawback: bool,
    adjusts: Option<String>,
    payee: (String, Option<String>, String),
    amount: Decimal,
    accrued_at: Timestamp,
}

impl<'a> Story<'a> {
    async fn new(app: &'a TestApp, seed: u64) -> Self {
        let office = Office(crate::ledger::Shop {
            app,
            tenant: app.tenant(&format!("story-{seed}")).await,
        });
        office
            .make("updateTenant", "tenant", json!({ "minimumPayouts": [euros("8.00")] }))
            .await;
        let mut partners = Vec::new();
        for (name, currency) in [("ann", Value::Null), ("ben", json!("EUR")), ("cas", json!("USD"))] {
            partners.push(office.partner_with(name, json!({ "payoutCurrency": currency })).await);
        }
        let terms = json!([{ "basis": "PERCENT", "value": "10" }, { "basis": "PERCENT", "value": "3" }]);
        let campaign = office.campaign_with(json!({ "holdbackDays": 1, "terms": terms })).await;
        let individuals = Individuals::new(&office, json!({ "holdbackDays": 1 })).await;
        Self {
            office,
            random: Rng::with_seed(seed),
            partners,
            campaign,
            individuals,
            events: 0,
        }
    }

    async fn step(&mut self) {
        let partner = self.partners[self.random.usize(..3)].clone();
        let office = &self.office;
        let staff = office.staff();
        match self.random.u32(..20) {
            0..6 => {
                let currency = if self.random.bool() { "EUR" } else { "USD" };
                let amount = json!({ "amount": self.random.u32(1..300).to_string(), "currency": currency });
                let sale = charge(&format!("e{}", self.events), &partner, &self.campaign, "1");
                office.record(merged(sale, json!({ "amount": amount }))).await;
                self.events += 1;
            }
            6..9 if self.events > 0 => {
                let original = format!("e{}", self.random.usize(..self.events));
                let known = staff
                    .data_with(
                        "query($id: String) { event(externalId: $id) { amount { currency } } }",
                        json!({ "id": original }),
                    )
                    .await;
                let amount = json!({ "amount": self.random.u32(1..80).to_string(), "currency": known["event"]["amount"]["currency"] });
                let amount = if self.random.u32(..3) == 0 { Value::Null } else { amount };
                let refund = json!({ "externalId": format!("r{}", self.random.u64(..)), "kind": "REFUND", "originalExternalId": original, "amount": amount });
                // There may be less left.
                staff.mutate("recordEvent", refund, "event { id }").await;
            }
            9..12 => {
                let some = match self.random.u32(..3) {
                    0 => json!({ "filter": { "partnerId": partner }, "overrideHoldbackReason": "agreed" }),
                    1 => json!({ "filter": { "currency": "EUR" } }),
                    _ => json!({ "filter": {} }),
                };
                staff.done("approveMatchingCommissions", some, "approved").await;
            }
            12 => {
                let amount = self.random.i32(-30..30);
                let row = office.entered(&partner, &format!("{}.5", amount), "EUR").await;
                if self.random.bool() {
                    office.approve(&[&row]).await;
                }
            }
            13 => {
                let rows = self.rows("status: [ACCRUED, APPROVED]").await;
                if !rows.is_empty() {
                    let row = rows[self.random.usize(..rows.len())]["id"].clone();
                    staff
                        .mutate("reverseCommissions", json!({ "ids": [row], "reason": "mistake" }), "id")
                        .await;
                }
            }
            14 => {
                let recipient = [None, Some("Ida"), Some("Olga")][self.random.usize(..3)];
                let value = self.random.u32(10..300).to_string();
                self.individuals.deal(office, &partner, &value, recipient).await;
            }
            15 => {
                let field = if self.random.bool() {
                    "suspendPartner"
                } else {
                    "activatePartner"
                };
                let reason = if field == "suspendPartner" {
                    json!("check")
                } else {
                    Value::Null
                };
                let mut input = json!({ "id": partner });
                if !reason.is_null() {
                    input["reason"] = reason;
                }
                staff.mutate(field, input, "partner { id }").await;
            }
            16 => {
                let run = office.run_of(json!({ "partnerIds": [partner] })).await;
                for line in run["lines"]["nodes"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|line| line["payout"].is_object())
                {
                    let status = ["PAID", "FAILED", "CANCELED"].get(self.random.usize(..4));
                    if let Some(status) = status {
                        office.settle(&line["payout"], status).await;
                    }
                }
            }
            _ => office
                .app
                .clock
                .advance(std::time::Duration::from_secs(self.random.u64(1..40_000))),
        }
    }

    async fn rows(&self, filter: &str) -> Vec<Value> {
        let document = format!(
            "{{ commissions(first: 500, filter: {{ {filter} }}, orderBy: {{ direction: ASC }}) {{ pageInfo {{ hasNextPage }} nodes {{
               id kind status recipient paymentTarget amount {{ amount currency }} partner {{ id }} adjusts {{ id }} accruedAt matureAt payout {{ id }} }} }} }}"
        );
        let list = self.office.staff().data(&document).await["commissions"].clone();
        assert_eq!(list["pageInfo"]["hasNextPage"], false);
        list["nodes"].as_array().unwrap().clone()
    }

    /// A cut-off near something that happened, or none.
    async fn cut_off(&mut self) -> Option<Timestamp> {
        let rows = self.rows("").await;
        if rows.is_empty() || self.random.u32(..5) == 0 {
            return None;
        }
        let at: Timestamp = text(&rows[self.random.usize(..rows.len())]["accruedAt"])
            .parse()
            .unwrap();
        Some(at + chrono::Duration::microseconds(self.random.i64(0..2)))
    }

    /// Makes a run, and adds up what it should have found.
    async fn close(&mut self) {
        let cut_off = self.cut_off().await;
        let currency = self.random.u32(..4).eq(&0).then_some("EUR");
        let partners = self.random.u32(..4).eq(&0).then(|| self.partners[..2].to_vec());
        let respects = self.random.bool();
        let now = self.office.app.clock.now();
        let wanted = |row: &&Value| {
            currency.is_none_or(|currency| row["amount"]["currency"] == currency)
                && partners
                    .as_ref()
                    .is_none_or(|partners| partners.contains(&text(&row["partner"]["id"])))
        };
        let all = self.rows("").await;
        let approved = all
            .iter()
            .filter(|row| row["status"] == "APPROVED" && row["payout"].is_null())
            .filter(wanted);
        let waits = |row: &&Value| {
            let has_matured = row["matureAt"]
                .as_str()
                .is_some_and(|at| at.parse::<Timestamp>().unwrap() <= now);
            row["status"] == "ACCRUED"
                && row["paymentTarget"] == "INDIVIDUAL"
                && row["recipient"].is_null()
                && has_matured
        };
        let approved = sums(taken(approved.map(read).collect(), cut_off));
        let waiting = sums(taken(
            all.iter().filter(waits).filter(wanted).map(read).collect(),
            cut_off,
        ));

        let input = json!({ "accruedBefore": cut_off.map(|at| at.to_rfc3339()), "currency": currency, "partnerIds": partners, "respectPayoutCurrency": respects });
        let run = self.office.previewed_run(input.clone()).await;
        let (mut told, mut told_waiting) = (BTreeMap::new(), BTreeMap::new());
        for line in run["lines"]["nodes"].as_array().unwrap() {
            let payee = (
                text(&line["partner"]["id"]),
                line["recipient"].as_str().map(str::to_owned),
                text(&line["amount"]["currency"]),
            );
            let sum = (
                decimal(&line["amount"]["amount"]),
                line["commissionCount"].as_u64().unwrap(),
            );
            let outcome = text(&line["outcome"]);
            let lines = match outcome == "RECIPIENT_UNASSIGNED" {
                true => &mut told_waiting,
                false => &mut told,
            };
            assert_eq!(line["payout"].is_object(), outcome == "PAID_OUT", "{line}");
            if outcome != "RECIPIENT_UNASSIGNED" {
                assert_eq!(outcome, self.outcome(&payee, sum.0, respects).await, "{line} {input}");
            }
            assert!(lines.insert(payee, sum).is_none(), "two lines of one payee: {line}");
        }
        assert_eq!(told, approved, "{input}");
        assert_eq!(told_waiting, waiting, "{input}");
        self.office.assert_verified().await;
    }

    /// What becomes of a line, told from the rules alone.
    async fn outcome(
        &self,
        (partner, _, currency): &(String, Option<String>, String),
        sum: Decimal,
        respects: bool,
    ) -> &'static str {
        let document = "query($id: ID!) { partner(id: $id) { status payoutCurrency } }";
        let partner = self.office.staff().data_with(document, json!({ "id": partner })).await["partner"].clone();
        let chosen = partner["payoutCurrency"].as_str();
        if partner["status"] == "SUSPENDED" {
            "PARTNER_SUSPENDED"
        } else if sum <= Decimal::ZERO {
            "NOT_POSITIVE"
        } else if currency == "EUR" && sum < Decimal::from(8) {
            "BELOW_MINIMUM"
        } else if respects && chosen.is_some_and(|chosen| chosen != currency) {
            "CURRENCY_NOT_CHOSEN"
        } else {
            "PAID_OUT"
        }
    }
}

fn read(row: &Value) -> Row {
    let recipient = row["recipient"].as_str().map(str::to_owned);
    Row {
        id: text(&row["id"]),
        is_clawback: row["kind"] == "CLAWBACK",
        adjusts: row["adjusts"]["id"].as_str().map(str::to_owned),
        payee: (text(&row["partner"]["id"]), recipient, text(&row["amount"]["currency"])),
        amount: decimal(&row["amount"]["amount"]),
        accrued_at: text(&row["accruedAt"]).parse().expect("a moment"),
    }
}

/// What accrued before the cut-off, and the clawbacks of that.
fn taken(rows: Vec<Row>, cut_off: Option<Timestamp>) -> Vec<Row> {
    let by_id: HashMap<_, _> = rows.iter().map(|row| (row.id.clone(), row)).collect();
    fn is_taken(row: &Row, by_id: &HashMap<String, &Row>, cut_off: Timestamp) -> bool {
        let adjusted = row.adjusts.as_ref().and_then(|id| by_id.get(id));
        row.accrued_at < cut_off || row.is_clawback && adjusted.is_some_and(|row| is_taken(row, by_id, cut_off))
    }
    let kept = rows
        .iter()
        .filter(|row| cut_off.is_none_or(|cut_off| is_taken(row, &by_id, cut_off)));
    let kept: HashSet<_> = kept.map(|row| row.id.clone()).collect();
    rows.into_iter().filter(|row| kept.contains(&row.id)).collect()
}

/// Sums and counts by payee.
fn sums(rows: Vec<Row>) -> BTreeMap<(String, Option<String>, String), (Decimal, u64)> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let sum: &mut (Decimal, u64) = sums.entry(row.payee).or_default();
        sum.0 += row.amount;
        sum.1 += 1;
    }
    sums
}

#[apply(both_databases)]
async fn lines_add_up_to_the_rows_that_a_run_takes(app: TestApp) {
    for seed in 0..STORIES {
        let mut story = Story::new(&app, seed).await;
        for step in 1..=STEPS {
            Box::pin(story.step()).await;
            if step % 10 == 0 {
                Box::pin(story.close()).await;
            }
        }
    }
}
