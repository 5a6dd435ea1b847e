//! What a client sees of the ledger, and what must hold of it at every moment and from one moment to the next. Sums are
//! added here, not by the program.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;

use crate::ledger::{Shop, decimal, text};

/// The rows with all that never changes, and with what moves: status, its times, the payout and the transitions.
const DOCUMENT: &str = "{
    commissions(first: 500, orderBy: { direction: ASC }) { totalCount nodes { id
      kind amount { amount currency } paymentTarget partner { id } campaign { id } event { id occurredAt } attribution { id }
      snapshot { id } adjusts { id } holdbackDays accruedAt matureAt explanation { source outcome detail amount }
      status approvedAt paidAt reversedAt payout { id } transitions { from to actor reason at } } }
    partners(first: 10) { nodes { id lifetimeValue { amount currency }
      balances { currency accrued approved paid reversed payable } } }
    payouts(first: 500) { totalCount nodes { id
      amount { amount currency } partner { id } createdAt commissions(first: 500) { nodes { id } }
      status settledAt } }
}";

/// The fields that a row keeps for ever.
const KEPT: [&str; 13] = [
    "kind",
    "amount",
    "paymentTarget",
    "partner",
    "campaign",
    "event",
    "attribution",
    "snapshot",
    "adjusts",
    "holdbackDays",
    "accruedAt",
    "matureAt",
    "explanation",
];

#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// In the order in which they were written.
    pub row_ids: Vec<String>,
    rows: BTreeMap<String, Value>,
    payouts: BTreeMap<String, Value>,
    partners: Vec<Value>,
}

impl View {
    pub async fn read(shop: &Shop<'_>) -> Self {
        let data = shop.staff().data(DOCUMENT).await;
        let (row_ids, rows) = by_id(&data["commissions"]);
        let (_, payouts) = by_id(&data["payouts"]);
        Self {
            row_ids,
            rows,
            payouts,
            partners: data["partners"]["nodes"].as_array().expect("partners").clone(),
        }
    }

    pub fn rows(&self) -> impl Iterator<Item = &Value> {
        self.rows.values()
    }

    /// The balances of partners, by their ids, are those that it has.
    pub fn assert_balances_are(&self, partners: &Value) {
        let told = partners.as_array().expect("partners").iter();
        let told: BTreeMap<_, _> = told
            .map(|partner| (text(&partner["id"]), &partner["balances"]))
            .collect();
        let own = self.partners.iter();
        let own: BTreeMap<_, _> = own
            .map(|partner| (text(&partner["id"]), &partner["balances"]))
            .collect();
        assert_eq!(told, own);
    }

    /// The ids of payouts: of all, or of those that are open.
    pub fn payouts(&self, are_open: bool) -> Vec<&String> {
        let payouts = self.payouts.iter();
        payouts
            .filter(|(_, payout)| !are_open || payout["status"] == "PENDING")
            .map(|(id, _)| id)
            .collect()
    }

    /// Every kind of row with every status that is there, and the statuses of payouts.
    pub fn kinds(&self) -> BTreeSet<String> {
        let rows = self
            .rows
            .values()
            .map(|row| format!("{} {}", text(&row["kind"]), text(&row["status"])));
        let payouts = self
            .payouts
            .values()
            .map(|payout| format!("PAYOUT {}", text(&payout["status"])));
        rows.chain(payouts).collect()
    }

    pub fn assert_sound(&self, lifetime_values: &BTreeMap<(String, String), Decimal>) {
        self.assert_balances(lifetime_values);
        self.assert_payouts();
        let mut taken: BTreeMap<String, Decimal> = BTreeMap::new();
        for (id, row) in &self.rows {
            let steps = row["explanation"].as_array().expect("steps").iter();
            let explained: Decimal = steps
                .filter(|step| !step["amount"].is_null())
                .map(|step| decimal(&step["amount"]))
                .sum();
            assert_eq!(explained, amount(row), "{id} explains its amount: {row}");
            if row["kind"] == "CLAWBACK" && row["status"] != "REVERSED" {
                *taken.entry(text(&row["adjusts"]["id"])).or_default() += amount(row);
            }
            let moves = row["transitions"].as_array().expect("transitions");
            assert_eq!(moves[0]["from"], Value::Null, "{row}");
            assert_eq!(moves[moves.len() - 1]["to"], row["status"], "{row}");
            assert!(
                moves
                    .windows(2)
                    .all(|pair| pair[0]["to"] == pair[1]["from"] && at(&pair[0]) <= at(&pair[1])),
                "{row}"
            );
            for (status, field) in [
                ("APPROVED", "approvedAt"),
                ("PAID", "paidAt"),
                ("REVERSED", "reversedAt"),
            ] {
                let reached = moves.iter().find(|step| step["to"] == status);
                assert_eq!(reached.map_or(&Value::Null, |step| &step["at"]), &row[field], "{row}");
            }
        }
        for (id, taken) in taken {
            let given = amount(&self.rows[&id]);
            let is_opposite = taken.is_zero() || taken.is_sign_negative() != given.is_sign_negative();
            assert!(
                is_opposite && taken.abs() <= given.abs(),
                "{taken} of {given} taken back from {id}"
            );
        }
    }

    fn assert_balances(&self, lifetime_values: &BTreeMap<(String, String), Decimal>) {
        let mut sums: BTreeMap<(String, String), [Decimal; 5]> = BTreeMap::new();
        for row in self.rows.values() {
            let key = (text(&row["partner"]["id"]), text(&row["amount"]["currency"]));
            let sums = sums.entry(key).or_default();
            let status = text(&row["status"]);
            let names = ["ACCRUED", "APPROVED", "PAID", "REVERSED"];
            sums[names.iter().position(|name| *name == status).expect("a status")] += amount(row);
            if status == "APPROVED" && row["payout"].is_null() {
                sums[4] += amount(row);
            }
        }
        let mut told: BTreeMap<(String, String), [Decimal; 5]> = BTreeMap::new();
        let mut told_values: BTreeMap<(String, String), Decimal> = BTreeMap::new();
        for partner in &self.partners {
            let id = text(&partner["id"]);
            for balance in partner["balances"].as_array().expect("balances") {
                let fields = ["accrued", "approved", "paid", "reversed", "payable"];
                let key = (id.clone(), text(&balance["currency"]));
                told.insert(key, fields.map(|field| decimal(&balance[field])));
            }
            for value in partner["lifetimeValue"].as_array().expect("values") {
                told_values.insert((id.clone(), text(&value["currency"])), decimal(&value["amount"]));
            }
        }
        assert_eq!(told, sums, "balances are the sums of the rows");
        told_values.retain(|_, value| !value.is_zero());
        let mut expected = lifetime_values.clone();
        expected.retain(|_, value| !value.is_zero());
        assert_eq!(
            told_values, expected,
            "lifetime values are the charges less what was taken back"
        );
    }

    fn assert_payouts(&self) {
        let mut holders: BTreeMap<&str, &str> = BTreeMap::new();
        for (id, payout) in &self.payouts {
            let items = payout["commissions"]["nodes"].as_array().expect("items");
            let items: Vec<_> = items.iter().map(|item| item["id"].as_str().expect("an id")).collect();
            let rows: Vec<_> = items.iter().map(|item| &self.rows[*item]).collect();
            assert!(amount(payout) > Decimal::ZERO, "{payout}");
            assert_eq!(
                rows.iter().map(|row| amount(row)).sum::<Decimal>(),
                amount(payout),
                "{payout}"
            );
            for row in &rows {
                assert_eq!(row["partner"], payout["partner"], "{payout}");
                assert_eq!(row["amount"]["currency"], payout["amount"]["currency"], "{payout}");
            }
            let held_as = match payout["status"].as_str().expect("a status") {
                "PENDING" => "APPROVED",
                "PAID" => "PAID",
                _ => continue,
            };
            for (item, row) in items.into_iter().zip(rows) {
                assert_eq!(row["status"], held_as, "{payout}");
                assert_eq!(holders.insert(item, id), None, "{item} is in two payouts");
            }
        }
        for (id, row) in &self.rows {
            assert_eq!(row["payout"]["id"].as_str(), holders.get(id.as_str()).copied(), "{row}");
            assert!(row["status"] != "PAID" || !row["payout"].is_null(), "{row}");
        }
    }

    /// The next moment is this one with rows added and moved along the state machine, and nothing else.
    pub fn assert_leads_to(&self, next: &Self) {
        assert!(
            next.row_ids.starts_with(&self.row_ids),
            "rows are only added, after the others"
        );
        for (id, before) in &self.rows {
            let after = &next.rows[id];
            for field in KEPT {
                assert_eq!(after[field], before[field], "{field} of {id}");
            }
            let moved = (
                before["status"].as_str().expect("a status"),
                after["status"].as_str().expect("a status"),
            );
            assert!(
                moved.0 == moved.1
                    || [
                        ("ACCRUED", "APPROVED"),
                        ("ACCRUED", "REVERSED"),
                        ("APPROVED", "REVERSED"),
                        ("APPROVED", "PAID")
                    ]
                    .contains(&moved),
                "{id} moved from {} to {}",
                moved.0,
                moved.1,
            );
            let (told, tells) = (
                &before["transitions"],
                after["transitions"].as_array().expect("transitions"),
            );
            let told = told.as_array().expect("transitions");
            assert!(tells.starts_with(told), "the history of {id} is only added to");
            assert_eq!(
                tells.len() - told.len(),
                usize::from(moved.0 != moved.1),
                "{id} moves with a transition"
            );
        }
        for (id, before) in &self.payouts {
            let after = &next.payouts[id];
            for field in ["amount", "partner", "createdAt", "commissions"] {
                assert_eq!(after[field], before[field], "{field} of {id}");
            }
            assert!(
                before["status"] == "PENDING" || after == before,
                "{id} was settled already"
            );
        }
    }
}

fn by_id(connection: &Value) -> (Vec<String>, BTreeMap<String, Value>) {
    let nodes = connection["nodes"].as_array().expect("nodes");
    assert_eq!(connection["totalCount"], nodes.len(), "all are on one page");
    let ids = nodes.iter().map(|node| text(&node["id"])).collect();
    (
        ids,
        nodes.iter().map(|node| (text(&node["id"]), node.clone())).collect(),
    )
}

fn amount(node: &Value) -> Decimal {
    decimal(&node["amount"]["amount"])
}

fn at(transition: &Value) -> tributary::domain::Timestamp {
    text(&transition["at"]).parse().expect("a time")
}
