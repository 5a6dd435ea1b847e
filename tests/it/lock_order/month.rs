//! A month's work on two gateways at once, after which everything is recomputed from the calls that were acknowledged:
//! whole minor units, added up by nothing of the program's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tributary::app::App;
use tributary::domain::Timestamp;
use tributary::service::backtest;
use tributary::service::ledger::review::approve_matured;
use tributary::service::ledger::verify::verify;

use crate::backtest::terms;
use crate::ledger::{Shop, charge, merged, refund, text};
use crate::ledger_races::two_gateways;
use crate::support::{Client, TestApp, both_databases};

const PARTNERS: usize = 8;
const CUSTOMERS: usize = 24;
/// Longer than a month's work may take here.
const BOUND: Duration = Duration::from_secs(60);

/// What was acknowledged.
#[derive(Default)]
struct Book {
    /// By external id.
    events: BTreeMap<String, Sale>,
    /// Changes of the terms: since when, and the percentage.
    rates: Vec<(Timestamp, i64)>,
    /// Payouts: whose, how much, and how they ended.
    payouts: BTreeMap<String, (String, i64, &'static str)>,
}

struct Sale {
    customer: usize,
    charged: i64,
    refunded: i64,
    /// Whom it is credited to.
    partner: String,
    rows: BTreeMap<String, Row>,
}

struct Row {
    partner: String,
    amount: i64,
    accrued_at: Timestamp,
    /// Reversed by hand, or because the event was moved.
    is_reversed: bool,
}

impl Book {
    /// The percentages that may have been in force at a moment: two where a change has the very same time.
    fn rates_at(&self, moment: Timestamp) -> BTreeSet<i64> {
        let before = self.rates.iter().filter(|(since, _)| *since < moment).max();
        let same = self.rates.iter().filter(|(since, _)| *since == moment);
        before.into_iter().chain(same).map(|(_, rate)| *rate).collect()
    }

    fn row_mut(&mut self, id: &str) -> Option<&mut Row> {
        self.events.values_mut().find_map(|sale| sale.rows.get_mut(id))
    }
}

/// Half away from zero, of amounts that are not negative.
fn rounded(numerator: i64, denominator: i64) -> i64 {
    (2 * numerator + denominator) / (2 * denominator)
}

/// A decimal with two digits.
fn minor(value: &Value) -> i64 {
    let text = text(value);
    let (whole, cents) = text.split_once('.').expect("two digits");
    format!("{whole}{cents}").parse().expect("an amount")
}

fn time(value: &Value) -> Timestamp {
    text(value).parse().expect("a time")
}

/// One of those at work: its gateway, and how it calls it.
#[derive(Clone)]
struct Worker {
    gateway: Arc<App>,
    client: Client,
    book: Arc<Mutex<Book>>,
    partners: Arc<Vec<String>>,
    campaign: String,
    name: String,
    random: fastrand::Rng,
    calls: usize,
}

impl Worker {
    /// The payload of a mutation, which is sent again as long as it is UNAVAILABLE. No other error is expected.
    async fn call(&mut self, field: &str, input: Value, selection: &str) -> Value {
        self.gateway.clock.advance(Duration::from_millis(1));
        self.calls += 1;
        let key = json!({ "idempotencyKey": format!("{}-{}", self.name, self.calls) });
        for _ in 0..20 {
            let answer = self
                .client
                .try_mutate(field, merged(input.clone(), key.clone()), selection)
                .await;
            if answer.codes().is_empty() {
                return answer.data()[field].clone();
            }
            assert_eq!(answer.codes(), ["UNAVAILABLE"], "{field}: {}", answer.body);
        }
        panic!("{field} is unavailable again and again");
    }

    fn partner(&mut self) -> String {
        self.partners[self.random.usize(..PARTNERS)].clone()
    }

    async fn sell(mut self) {
        for number in 0..24 {
            let (customer, cents) = (self.random.usize(..CUSTOMERS), self.random.i64(100..50_000));
            let (id, partner) = (format!("{}-{number}", self.name), self.partner());
            let amount = format!("{}.{:02}", cents / 100, cents % 100);
            let sale = charge(&id, &partner, &self.campaign, &amount);
            let more = json!({ "customerExternalId": format!("c{customer}") });
            let selection = "event { attribution { partner { id } } } commissions { id amount { amount } accruedAt }";
            let recorded = self.call("recordEvent", merged(sale, more), selection).await;
            let rows = recorded["commissions"].as_array().expect("rows").iter().map(|row| {
                let earned = Row {
                    partner: partner.clone(),
                    amount: minor(&row["amount"]["amount"]),
                    accrued_at: time(&row["accruedAt"]),
                    is_reversed: false,
                };
                (text(&row["id"]), earned)
            });
            assert_eq!(recorded["event"]["attribution"]["partner"]["id"], *partner);
            let sale = Sale {
                customer,
                charged: cents,
                refunded: 0,
                partner: partner.clone(),
                rows: rows.collect(),
            };
            self.book.lock().unwrap().events.insert(id, sale);
        }
    }

    /// One of the events that were acknowledged so far.
    fn sold(&mut self) -> Option<(String, i64)> {
        let book = self.book.lock().unwrap();
        let place = self.random.usize(..book.events.len().max(1));
        let (id, sale) = book.events.iter().nth(place)?;
        Some((id.clone(), sale.charged))
    }

    async fn refund(mut self) {
        for number in 0..16 {
            let Some((sale, charged)) = self.sold() else {
                tokio::task::yield_now().await;
                continue;
            };
            let part = self.random.i64(1..=charged);
            let part = format!("{}.{:02}", part / 100, part % 100);
            let part = self.random.bool().then_some(part);
            let input = refund(&format!("{}-{number}", self.name), &sale, part.as_deref());
            let taken = self.call("recordEvent", input, "event { amount { amount } }").await;
            // More than is left is refused.
            if taken["userErrors"] == json!([]) {
                let refunded = minor(&taken["event"]["amount"]["amount"]);
                self.book.lock().unwrap().events.get_mut(&sale).unwrap().refunded += refunded;
            }
        }
    }

    async fn review(mut self) {
        for _ in 0..8 {
            approve_matured(&self.gateway, 20).await.expect("no fault");
            let Some((sale, _)) = self.sold() else { continue };
            let ids: Vec<_> = self.book.lock().unwrap().events[&sale].rows.keys().cloned().collect();
            if ids.is_empty() {
                continue;
            }
            let input = json!({ "ids": ids, "reason": "by hand" });
            let answers = self.call("reverseCommissions", input, "id").await;
            for answer in answers.as_array().expect("answers") {
                if answer["userErrors"] == json!([]) {
                    let mut book = self.book.lock().unwrap();
                    book.row_mut(&text(&answer["id"])).expect("a row").is_reversed = true;
                }
            }
        }
    }

    async fn pay(mut self) {
        for round in 0..4 {
            approve_matured(&self.gateway, 100).await.expect("no fault");
            let cut_off = (round % 2 == 1).then(|| self.gateway.clock.now().to_rfc3339());
            let selection = "payoutRun { payouts(first: 100) { nodes { id partner { id } amount { amount } } } }";
            let run = self
                .call("createPayoutRun", json!({ "accruedBefore": cut_off }), selection)
                .await;
            let payouts = run["payoutRun"]["payouts"]["nodes"]
                .as_array()
                .expect("payouts")
                .clone();
            for payout in payouts {
                let (id, partner) = (text(&payout["id"]), text(&payout["partner"]["id"]));
                let status = ["PENDING", "PAID", "PAID", "FAILED", "CANCELED"][self.random.usize(..5)];
                let entry = (partner, minor(&payout["amount"]["amount"]), status);
                if status != "PENDING" {
                    let settled = self
                        .call(
                            "settlePayout",
                            json!({ "id": id, "status": status }),
                            "payout { status }",
                        )
                        .await;
                    assert_eq!(settled["payout"]["status"], status, "{settled}");
                }
                self.book.lock().unwrap().payouts.insert(id, entry);
            }
        }
    }

    /// Moves customers, of which each has one mover, so that the order of its moves is known.
    async fn move_customers(mut self, mover: usize) {
        for _ in 0..8 {
            let customer = self.random.usize(..CUSTOMERS / 2) * 2 + mover;
            let document = format!("{{ customer(externalId: \"c{customer}\") {{ id }} }}");
            let found = self.client.data(&document).await["customer"].clone();
            if found.is_null() {
                continue;
            }
            let to = self.partner();
            let input = json!({
                "customerId": found["id"], "partnerId": to, "campaignId": self.campaign, "from": "2026-01-01T00:00:00Z",
                "reason": "agreed",
            });
            let selection = "remaining rows(first: 500) { pageInfo { hasNextPage } nodes { outcome event { externalId attribution { partner { id } } }
                before { id } commission { id amount { amount } accruedAt } } }";
            let moved = self.call("reassignCustomer", input, selection).await;
            // A row in an open payout is a conflict.
            if moved["userErrors"] != json!([]) {
                continue;
            }
            assert_eq!(
                (&moved["remaining"], &moved["rows"]["pageInfo"]["hasNextPage"]),
                (&json!(0), &json!(false))
            );
            for row in moved["rows"]["nodes"].as_array().expect("rows") {
                self.wait_for(&text(&row["event"]["externalId"])).await;
                let mut book = self.book.lock().unwrap();
                let sale = book
                    .events
                    .get_mut(&text(&row["event"]["externalId"]))
                    .expect("an event");
                assert_eq!(sale.customer, customer);
                sale.partner = to.clone();
                if row["outcome"] == "REVERSED" {
                    let before = text(&row["before"]["id"]);
                    sale.rows.get_mut(&before).expect("a row").is_reversed = true;
                }
                if row["outcome"] == "EARNED" {
                    let earned = Row {
                        partner: to.clone(),
                        amount: minor(&row["commission"]["amount"]["amount"]),
                        accrued_at: time(&row["commission"]["accruedAt"]),
                        is_reversed: false,
                    };
                    sale.rows.insert(text(&row["commission"]["id"]), earned);
                }
            }
        }
    }

    /// Waits until the recording of an event is acknowledged, which was committed before.
    async fn wait_for(&self, event: &str) {
        while !self.book.lock().unwrap().events.contains_key(event) {
            tokio::task::yield_now().await;
        }
    }

    async fn change_terms(mut self) {
        for _ in 0..12 {
            let rate = self.random.i64(10..60);
            let input = json!({ "id": self.campaign, "terms": [{ "basis": "PERCENT", "value": rate.to_string() }] });
            let changed = self.call("updateCampaign", input, "campaign { updatedAt }").await;
            let since = time(&changed["campaign"]["updatedAt"]);
            self.book.lock().unwrap().rates.push((since, rate));
        }
    }

    async fn backtest(mut self) {
        for _ in 0..2 {
            let proposal = terms(&self.campaign, json!([{ "basis": "PERCENT", "value": "15" }]));
            let to = self.gateway.clock.now().to_rfc3339();
            let input = json!({ "from": "2026-01-01T00:00:00Z", "to": to, "proposal": proposal });
            let made = self.call("createBacktest", input, "backtest { id }").await;
            backtest::work(&self.gateway, &|| false).await.expect("no fault");
            let document = "query($id: ID!) { backtest(id: $id) { status } }";
            let done = self
                .client
                .data_with(document, json!({ "id": made["backtest"]["id"] }))
                .await;
            assert_eq!(done["backtest"]["status"], "DONE");
        }
    }
}

/// What a partner has, as the fold and the program say.
#[derive(Debug, Default, PartialEq)]
struct Account {
    /// Accrued, approved and paid.
    earned: i64,
    paid: i64,
    /// Approved and not payable.
    reserved: i64,
    lifetime_value: i64,
}

fn fold(book: &Book) -> BTreeMap<String, Account> {
    let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
    for (id, sale) in &book.events {
        accounts.entry(sale.partner.clone()).or_default().lifetime_value += sale.charged - sale.refunded;
        for row in sale.rows.values() {
            let rates = book.rates_at(row.accrued_at);
            let amounts: BTreeSet<_> = rates.iter().map(|rate| rounded(sale.charged * rate, 100)).collect();
            assert!(
                amounts.contains(&row.amount),
                "{id} earned {} at {}: {amounts:?}",
                row.amount,
                row.accrued_at
            );
            if !row.is_reversed {
                let taken = rounded(row.amount * sale.refunded, sale.charged);
                accounts.entry(row.partner.clone()).or_default().earned += row.amount - taken;
            }
        }
    }
    for (partner, amount, status) in book.payouts.values() {
        let account = accounts.entry(partner.clone()).or_default();
        match *status {
            "PAID" => account.paid += amount,
            "PENDING" => account.reserved += amount,
            _ => {}
        }
    }
    accounts
}

async fn shown(shop: &Shop<'_>, partner: &str) -> Account {
    let document =
        "query($id: ID!) { partner(id: $id) { balances { accrued approved paid payable } lifetimeValue { amount } } }";
    let data = shop.staff().data_with(document, json!({ "id": partner })).await;
    let [balances, values] =
        ["balances", "lifetimeValue"].map(|name| data["partner"][name].as_array().unwrap().clone());
    let mut account = Account::default();
    for balance in balances {
        let [accrued, approved, paid, payable] =
            ["accrued", "approved", "paid", "payable"].map(|name| minor(&balance[name]));
        account.earned += accrued + approved + paid;
        account.paid += paid;
        account.reserved += approved - payable;
    }
    account.lifetime_value = values.iter().map(|value| minor(&value["amount"])).sum();
    account
}

async fn work(app: &TestApp) {
    let shop = Shop::new(app).await;
    let terms = json!({ "holdbackDays": 0, "terms": [{ "basis": "PERCENT", "value": "10" }] });
    let campaign = shop.campaign_with(terms).await;
    let mut partners = Vec::new();
    for number in 0..PARTNERS {
        partners.push(shop.partner(&format!("p{number}")).await);
    }
    let partners = Arc::new(partners);
    let book = Arc::new(Mutex::new(Book::default()));
    book.lock().unwrap().rates.push((app.clock.now(), 10));
    let gateways = two_gateways(app).await;
    let worker = |name: &str, number: usize| {
        let gateway = gateways[number % 2].clone();
        let name = format!("{name}{number}");
        Worker {
            client: shop.staff().at(app.router_of(gateway.clone())),
            gateway,
            book: book.clone(),
            partners: partners.clone(),
            campaign: campaign.clone(),
            random: fastrand::Rng::with_seed(name.bytes().map(u64::from).sum()),
            name,
            calls: 0,
        }
    };
    let mut tasks = Vec::new();
    for number in 0..2 {
        tasks.push(tokio::spawn(worker("sells", number).sell()));
        tasks.push(tokio::spawn(worker("sells", number + 2).sell()));
        tasks.push(tokio::spawn(worker("refunds", number).refund()));
        tasks.push(tokio::spawn(worker("reviews", number).review()));
        tasks.push(tokio::spawn(worker("pays", number).pay()));
        tasks.push(tokio::spawn(worker("moves", number).move_customers(number)));
    }
    tasks.push(tokio::spawn(worker("changes", 0).change_terms()));
    tasks.push(tokio::spawn(worker("tests", 1).backtest()));
    for done in join_all(tasks).await {
        done.expect("nobody fails");
    }
    let expected = fold(&book.lock().unwrap());
    for partner in partners.iter() {
        let known = expected.get(partner);
        assert_eq!(
            Some(&shown(&shop, partner).await),
            known.or(Some(&Account::default())),
            "{partner}"
        );
    }
    let findings = verify(&app.app, &shop.tenant).await.expect("no fault");
    assert_eq!(findings, []);
}

#[apply(both_databases)]
async fn a_months_work_at_once_comes_to_what_was_acknowledged(app: TestApp) {
    tokio::time::timeout(BOUND, work(&app))
        .await
        .expect("a month's work is done in time");
}
