//! Random deals on random ways through random rules: the ledger holds what the simulation said, to the last word of
//! its explanations.

use fastrand::Rng;
use serde_json::{Value, json};

use super::Sales;
use crate::ledger::{decimal, merged, text};
use crate::support::both_databases;

/// Makes up rules and deals. The same seed makes up the same ones.
struct Chance<'a> {
    rng: Rng,
    sales: &'a Sales<'a>,
}

impl Chance<'_> {
    fn often(&mut self) -> bool {
        self.rng.u8(..3) > 0
    }

    fn seldom(&mut self) -> bool {
        self.rng.u8(..4) == 0
    }

    fn stage(&mut self) -> &String {
        let sales = self.sales;
        // Deals are lost more seldom than they go on.
        let stages = [
            &sales.open,
            &sales.qualified,
            &sales.won,
            &sales.won,
            &sales.open,
            &sales.lost,
        ];
        stages[self.rng.usize(..stages.len())]
    }

    fn option(&mut self) -> &String {
        &self.sales.options[self.rng.usize(..3)]
    }

    fn value(&mut self, kind: &str) -> String {
        match kind {
            "FIXED" => format!("{}.{:02}", self.rng.u8(..50), self.rng.u8(..100)),
            _ if self.seldom() => "0".to_owned(),
            _ => format!("{}.{:06}", self.rng.u8(..100), self.rng.u32(..1_000_000)),
        }
    }

    fn scaling(&mut self, kind: &str) -> Value {
        let first = self.rng.usize(..3);
        let count = self.rng.usize(1..=2);
        let tiers = (0..count)
            .map(|number| json!({ "optionId": self.sales.options[(first + number) % 3], "value": self.value(kind) }));
        let tiers: Vec<_> = tiers.collect();
        json!({ "customFieldId": self.sales.field, "tiers": tiers })
    }

    fn periods(&mut self, kind: &str) -> Value {
        let (mut periods, mut start) = (Vec::new(), 1);
        for number in 1..=self.rng.u32(1..=3) {
            // Some leave a gap, and the last may have no end.
            start += self.rng.u32(..2);
            let end = start + self.rng.u32(..3);
            let has_end = number < 3 || self.often();
            periods.push(json!({
                "periodNumber": number, "startOccurrence": start, "endOccurrence": has_end.then_some(end),
                "value": self.often().then(|| self.value(kind)), "scaling": self.seldom().then(|| self.scaling(kind)),
            }));
            start = end + 1;
        }
        self.rng.shuffle(&mut periods);
        json!({ "enabled": self.often(), "periods": periods })
    }

    fn part(&mut self, is_recurring: bool) -> Value {
        let kind = if self.often() { "PERCENTAGE" } else { "FIXED" };
        let scaling = self.rng.bool().then(|| self.scaling(kind));
        let value = (scaling.is_none() || self.rng.bool()).then(|| self.value(kind));
        json!({
            "valueType": kind, "value": value, "scaling": scaling,
            "periodRates": self.rng.bool().then(|| self.periods(kind)),
            "numberOfOccurrences": (is_recurring && self.rng.bool()).then(|| self.rng.u32(1..=6)),
        })
    }

    fn entry(&mut self) -> Value {
        let (one_off, recurring) = [(true, false), (false, true), (true, true)][self.rng.usize(..3)];
        let condition = self
            .seldom()
            .then(|| json!({ "customFieldId": self.sales.field, "optionId": self.option() }));
        json!({
            "paymentStageId": self.stage(), "condition": condition,
            "oneOff": one_off.then(|| self.part(false)), "recurring": recurring.then(|| self.part(true)),
        })
    }

    fn rule(&mut self) -> (Value, Value) {
        let entries: Vec<_> = (0..self.rng.usize(1..=4)).map(|_| self.entry()).collect();
        let target = if self.seldom() { "INDIVIDUAL" } else { "PARTNERSHIP" };
        let assignment = ["LEAD_CREATOR", "DEAL_OWNER", "MANUAL"][self.rng.usize(..3)];
        (
            json!(entries),
            json!({ "paymentTarget": target, "autoAssignRecipient": assignment }),
        )
    }

    /// Everything but the value of a deal.
    fn deal(&mut self) -> Value {
        let fields = if self.often() {
            self.sales.bearing(&self.option().clone())
        } else {
            json!({})
        };
        let people = json!({ "leadCreator": self.often().then_some("Lea"), "owner": self.often().then_some("Olga") });
        merged(fields, people)
    }
}

/// What is compared of a payment: the explanation names the rule's version, the entry, the part and the occurrence.
fn told(payment: &Value) -> String {
    json!([
        payment["amount"],
        payment["recipient"],
        payment["paymentTarget"],
        payment["explanation"]
    ])
    .to_string()
}

#[apply(both_databases)]
async fn the_ledger_holds_what_the_simulation_said(app: TestApp) {
    let sales = Sales::new(&app).await;
    let cases = if app.is_postgres() { 6 } else { 24 };
    let (mut rows, mut lost) = (0, 0);
    for seed in 0..cases {
        let mut chance = Chance {
            rng: Rng::with_seed(seed),
            sales: &sales,
        };
        let (entries, more) = chance.rule();
        let rule = sales.rule_with(entries.clone(), more.clone()).await;
        for _ in 0..3 {
            let deal_input = chance.deal();
            let value = format!("{}.{:02}", chance.rng.u32(..100_000), chance.rng.u8(..100));
            let path: Vec<String> = (0..chance.rng.usize(1..=9)).map(|_| chance.stage().clone()).collect();
            let renewals = if path.last() == Some(&sales.lost) {
                0
            } else {
                chance.rng.usize(..8)
            };
            let case = format!(
                "seed {seed}: {entries} {more}, a deal of {value} with {deal_input} through {path:?} and {renewals} renewals"
            );

            let simulated = merged(deal_input.clone(), json!({ "renewals": renewals }));
            let simulated = sales
                .simulated(&rule, &value, &path.iter().collect::<Vec<_>>(), simulated)
                .await;
            let mut expected: Vec<_> = simulated
                .iter()
                .filter(|payment| !decimal(&payment["amount"]["amount"]).is_zero())
                .map(told)
                .collect();

            let deal = sales.deal_with(&value, deal_input).await;
            for stage in &path {
                sales.enter(&deal, stage).await;
            }
            for _ in 0..renewals {
                sales.renew(&deal).await;
            }
            let all = sales.rows_of(&deal).await;
            assert!(
                all.iter().all(|row| !decimal(&row["amount"]["amount"]).is_zero()),
                "{case}"
            );
            let stands: Vec<_> = all.iter().filter(|row| row["status"] != "REVERSED").collect();
            let mut live: Vec<_> = stands.iter().map(|row| told(row)).collect();
            live.sort();
            expected.sort();
            assert_eq!(live, expected, "{case}");
            rows += live.len();
            lost += all.len() - live.len();
            for row in stands {
                assert_eq!(text(&row["status"]), "ACCRUED");
            }
        }
        sales.delete_rule(&rule).await;
    }
    assert!(
        rows > 10 && lost > 0,
        "the cases pay something: {rows} rows, {lost} reversed"
    );
    sales.assert_fine().await;
}
