//! Every text that explains an amount, or why there is none, as staff and as a partner read it. The texts are kept beside
//! the tests, to be read by people: labels and amounts, no ids, no minor units, nothing that does not exist.

mod deals;
mod refunds;
mod rules;
mod terms;
mod tiers;
mod zero;

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::ledger::{Shop, text};
use crate::support::Client;

pub const STEPS: &str = "explanation { source outcome detail amount }";

/// Texts as they come up, each once a section.
#[derive(Default)]
pub struct Texts(String);

impl Texts {
    pub fn section(&mut self, title: &str) {
        let space = if self.0.is_empty() { "" } else { "\n" };
        writeln!(self.0, "{space}## {title}").expect("a text");
    }

    pub fn line(&mut self, line: &str) {
        writeln!(self.0, "{line}").expect("a text");
    }

    /// The steps of an explanation, below what they explain.
    pub fn steps(&mut self, title: &str, explanation: &Value) {
        self.line(title);
        for step in explanation.as_array().expect("steps") {
            let amount = step["amount"]
                .as_str()
                .map(|amount| format!(" [{amount}]"))
                .unwrap_or_default();
            let [source, outcome, detail] = ["source", "outcome", "detail"].map(|name| text(&step[name]));
            self.line(&format!("  {source} | {outcome} | {detail}{amount}"));
        }
    }

    /// All rows of a partner, the oldest first, as this client reads them.
    pub async fn rows(&mut self, client: &Client) {
        let document = format!(
            "{{ commissions(first: 100, orderBy: {{ direction: ASC }}) {{ nodes {{
            kind amount {{ amount currency }} {STEPS} transitions {{ from to reason }} }} }} }}"
        );
        let data = client.data(&document).await;
        for row in data["commissions"]["nodes"].as_array().expect("rows") {
            let [amount, currency] = ["amount", "currency"].map(|name| text(&row["amount"][name]));
            self.steps(
                &format!("{} {amount} {currency}", text(&row["kind"])),
                &row["explanation"],
            );
            for reason in row["transitions"]
                .as_array()
                .expect("moves")
                .iter()
                .filter_map(|to| to["reason"].as_str())
            {
                self.line(&format!("  because: {reason}"));
            }
        }
    }

    /// All rows, as staff and as the partner read them.
    pub async fn of(&mut self, shop: &Shop<'_>, partner: &str) {
        self.section("as staff reads it");
        self.rows(&shop.staff()).await;
        self.section("as the partner reads it");
        self.rows(&shop.app.partner(&shop.tenant, partner)).await;
    }

    /// Compares with what was read before. What differs is written beside the build, to be read and put in its place.
    pub fn are_as_reviewed(&self, name: &str) {
        for line in self.0.lines() {
            let ids = line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            assert!(
                ids.clone()
                    .all(|word| word.split_once('_').is_none_or(|(_, id)| id.len() < 20)),
                "an id: {line}"
            );
            assert!(!line.contains("minor"), "{line}");
        }
        self.are_as_kept(name);
    }

    /// Compares without a rule for what they may say.
    pub fn are_as_kept(&self, name: &str) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/texts").join(name);
        let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
        if reviewed != self.0 {
            let found = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            std::fs::write(&found, &self.0).expect("a place to write to");
            let differing = reviewed.lines().zip(self.0.lines()).find(|(before, now)| before != now);
            panic!(
                "texts differ from those that were read before: {differing:?}; now they are in {}",
                found.display()
            );
        }
    }
}

/// A charge of a partner on a campaign.
pub fn charge(id: &str, partner: &str, campaign: Option<&str>, amount: &str, currency: &str) -> Value {
    json!({
        "externalId": id, "kind": "CHARGE", "partnerId": partner, "campaignId": campaign, "customerExternalId": "customer",
        "amount": { "amount": amount, "currency": currency },
    })
}
