//! Statements, balances of a moment and reports of any story, held against its rows; and what was read of the past is read
//! again at the end, when more has happened.

use serde_json::{Value, json};
use tributary::domain::Timestamp;

use super::view::View;
use crate::ledger::{Shop, decimal, text};
use crate::month_end::report::{self, BASES, DIMENSIONS, folded};
use crate::month_end::statements::{STATEMENT, assert_adds_up};
use rust_decimal::Decimal;

const CURRENCIES: [&str; 4] = ["EUR", "USD", "JPY", "KWD"];

/// What was read of a range that is over.
struct Read {
    document: String,
    answer: Value,
}

/// What was read of the past, and up to where.
pub struct Past {
    partners: Vec<String>,
    to: Timestamp,
    closings: Vec<Decimal>,
    read: Vec<Read>,
}

impl Past {
    pub fn new(partners: &[String], now: Timestamp) -> Self {
        Self {
            partners: partners.to_vec(),
            to: now,
            closings: vec![Decimal::ZERO; partners.len() * CURRENCIES.len()],
            read: Vec::new(),
        }
    }

    fn accounts(&self) -> impl Iterator<Item = (&String, &'static str)> {
        let of = |partner| CURRENCIES.iter().map(move |currency| (partner, *currency));
        self.partners.iter().flat_map(of)
    }

    /// Reads what happened since it read last. The clock has gone on since the last step.
    pub async fn read_on(&mut self, shop: &Shop<'_>, view: &View) {
        let (from, to) = (self.to, shop.app.clock.now());
        let statements = self.accounts().enumerate().map(|(place, (partner, currency))| {
            format!("s{place}: statement(partnerId: {partner:?}, currency: {currency}, from: {:?}, to: {:?}) {{ {STATEMENT} }}",
                from.to_rfc3339(), to.to_rfc3339())
                .replace(&format!("currency: {currency},"), &format!("currency: {currency:?},"))
        });
        let statements: Vec<_> = statements.collect();
        let balances = format!(
            "partners(first: 10) {{ nodes {{ id balances: balancesAsOf(at: {:?}) {{ currency accrued approved paid reversed payable }} }} }}",
            to.to_rfc3339()
        );
        let document = format!("{{ {} {balances} }}", statements.join(" "));
        let answer = shop.staff().data(&document).await;
        // As nothing happened at this moment yet, what was is what is.
        view.assert_balances_are(&answer["partners"]["nodes"]);
        let accounts: Vec<_> = self
            .accounts()
            .map(|(partner, currency)| (partner.clone(), currency))
            .collect();
        for (place, (partner, currency)) in accounts.iter().enumerate() {
            let statement = &answer[format!("s{place}")];
            assert_adds_up(statement);
            assert_eq!(
                decimal(&statement["opening"]["amount"]),
                self.closings[place],
                "they meet: {statement:#}"
            );
            self.closings[place] = decimal(&statement["closing"]["amount"]);
            assert_eq!(
                owed(&answer["partners"]["nodes"], partner, currency),
                self.closings[place],
                "{statement:#}"
            );
            let shown: Vec<_> = statement["movements"]["nodes"]
                .as_array()
                .expect("movements")
                .iter()
                .collect();
            let shown: Vec<_> = shown
                .iter()
                .map(|movement| {
                    let amount = decimal(&movement["amount"]["amount"]);
                    (
                        text(&movement["at"]).parse().unwrap(),
                        text(&movement["kind"]),
                        text(&movement["commission"]["id"]),
                        amount,
                    )
                })
                .collect();
            assert_eq!(shown, moved(view, partner, currency, (from, to)));
        }
        self.read.push(Read { document, answer });
        self.to = to;
    }

    /// Reads all of it again.
    pub async fn is_as_it_was(&self, shop: &Shop<'_>) {
        for Read { document, answer } in &self.read {
            assert_eq!(shop.staff().data(document).await, *answer);
        }
    }

    /// Holds reports of all that happened against the rows.
    pub async fn reports(&self, shop: &Shop<'_>, view: &View) {
        let rows: Vec<_> = view.rows().cloned().collect();
        let staff = shop.staff();
        for (place, basis) in BASES.iter().enumerate() {
            let dimensions = &DIMENSIONS[place..];
            let range = ("2026-03-01T00:00:00Z", "2027-03-01T00:00:00Z");
            let expected = folded(
                &rows,
                dimensions,
                true,
                basis,
                (range.0.parse().unwrap(), range.1.parse().unwrap()),
            );
            let arguments =
                json!({ "groupBy": dimensions, "interval": "MONTH", "basis": basis, "from": range.0, "to": range.1 });
            assert_eq!(report::rows(&staff, arguments).await, expected, "{basis}");
        }
    }
}

/// What is accrued and approved.
fn owed(partners: &Value, partner: &str, currency: &str) -> Decimal {
    let partners = partners.as_array().expect("partners").iter();
    let balances = partners
        .filter(|shown| shown["id"] == *partner)
        .flat_map(|shown| shown["balances"].as_array());
    let balances = balances.flatten().filter(|balance| balance["currency"] == *currency);
    balances
        .map(|balance| decimal(&balance["accrued"]) + decimal(&balance["approved"]))
        .sum()
}

/// What moved what is owed to a partner, as its rows say.
fn moved(
    view: &View,
    partner: &str,
    currency: &str,
    range: (Timestamp, Timestamp),
) -> Vec<(Timestamp, String, String, Decimal)> {
    let order = ["ACCRUED", "ADJUSTED", "CLAWED_BACK", "REVERSED", "PAID"];
    let mut all = Vec::new();
    let own = view
        .rows()
        .filter(|row| row["partner"]["id"] == *partner && row["amount"]["currency"] == *currency);
    for row in own {
        let entry = match row["kind"].as_str().expect("a kind") {
            "TIER_ADJUSTMENT" => "ADJUSTED",
            "CLAWBACK" => "CLAWED_BACK",
            _ => "ACCRUED",
        };
        for (field, kind, sign) in [
            ("accruedAt", entry, 1),
            ("reversedAt", "REVERSED", -1),
            ("paidAt", "PAID", -1),
        ] {
            let Some(at) = row[field].as_str() else { continue };
            let at: Timestamp = at.parse().expect("a time");
            if range.0 <= at && at < range.1 {
                let amount = Decimal::from(sign) * decimal(&row["amount"]["amount"]);
                all.push((at, kind.to_owned(), text(&row["id"]), amount));
            }
        }
    }
    all.sort_by_key(|(at, kind, id, _)| (*at, order.iter().position(|known| known == kind), id.clone()));
    all
}
