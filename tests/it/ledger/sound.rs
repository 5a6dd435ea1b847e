//! What holds of the ledger at every moment.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Shop, decimal, text};

impl Shop<'_> {
    /// Whatever happened: the balances are the sums over the rows that the partner itself is owed, every explanation adds up to its amount, and the
    /// transitions of each row lead to its status.
    pub async fn assert_sound(&self, partner: &str) {
        let mut sums: BTreeMap<String, [Decimal; 5]> = BTreeMap::new();
        let open = self
            .staff()
            .data("{ payouts(first: 500, filter: { status: [PENDING] }) { nodes { id } } }")
            .await;
        let open: Vec<_> = open["payouts"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|payout| text(&payout["id"]))
            .collect();
        for row in self.rows(partner).await {
            let amount = decimal(&row["amount"]["amount"]);
            let status = text(&row["status"]);
            let index = ["ACCRUED", "APPROVED", "PAID", "REVERSED"]
                .iter()
                .position(|name| *name == status)
                .unwrap();
            let reserved = row["payout"]["id"]
                .as_str()
                .is_some_and(|id| open.iter().any(|open| open == id));
            if row["paymentTarget"] == "PARTNERSHIP" {
                let sums = sums.entry(text(&row["amount"]["currency"])).or_default();
                sums[index] += amount;
                if index == 1 && !reserved {
                    sums[4] += amount;
                }
            }
            let explained: Decimal = row["explanation"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|step| !step["amount"].is_null())
                .map(|step| decimal(&step["amount"]))
                .sum();
            assert_eq!(explained, amount, "{row}");
            let moves = row["transitions"].as_array().unwrap();
            assert_eq!(moves.last().unwrap()["to"], row["status"], "{row}");
            assert_eq!(moves[0]["from"], Value::Null, "{row}");
            for pair in moves.windows(2) {
                assert_eq!(pair[0]["to"], pair[1]["from"], "{row}");
            }
        }
        let mut told: BTreeMap<String, [Decimal; 5]> = BTreeMap::new();
        for balance in self.balances(partner).await {
            let mut words = balance.split(' ');
            let currency = words.next().unwrap().to_owned();
            let values: Vec<Decimal> = words.map(|word| word.parse().unwrap()).collect();
            told.insert(currency, values.try_into().unwrap());
        }
        assert_eq!(told, sums);
    }
}
