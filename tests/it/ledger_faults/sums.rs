//! The ledger as its tables hold it, added up by the test and not by the program.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use tributary::store::{self, StoreOptions};
use uuid::Uuid;

#[derive(Debug)]
pub struct Row {
    pub partner: Uuid,
    pub kind: String,
    pub status: String,
    pub currency: String,
    pub minor: i64,
    pub has_event: bool,
    payout: Option<Uuid>,
    adjusts: Option<Uuid>,
}

#[derive(Debug)]
pub struct Payout {
    pub status: String,
    pub currency: String,
    pub minor: i64,
    rows: Vec<Uuid>,
}

pub struct Ledger {
    /// The external ids of all events.
    pub events: Vec<String>,
    pub rows: BTreeMap<Uuid, Row>,
    pub payouts: BTreeMap<Uuid, Payout>,
    pub runs: BTreeSet<Uuid>,
    /// By partner and currency: accrued, approved, paid, reversed, reserved, as the program keeps them.
    balances: BTreeMap<(Uuid, String), [i64; 5]>,
}

impl Ledger {
    pub async fn read(url: &str) -> Self {
        let timeout = Duration::from_secs(30);
        let options = StoreOptions {
            url: url.to_owned(),
            max_connections: 1,
            acquire_timeout: timeout,
            statement_timeout: timeout,
            ..StoreOptions::default()
        };
        let store = store::connect(&options).await.unwrap();
        let database = store.reader();
        let mut ledger = Self {
            events: Vec::new(),
            rows: BTreeMap::new(),
            payouts: BTreeMap::new(),
            runs: BTreeSet::new(),
            balances: BTreeMap::new(),
        };
        for [external_id] in select(database, "SELECT external_id FROM event").await {
            ledger.events.push(external_id);
        }
        let rows = "SELECT {id}, {partner_id}, kind, status, currency, {amount_minor}, {payout_id}, {adjusts_id}, \
            {event_id} FROM commission";
        for [id, partner, kind, status, currency, minor, payout, adjusts, event] in select(database, rows).await {
            let row = Row {
                partner: uuid(&partner),
                kind,
                status,
                currency,
                minor: number(&minor),
                has_event: !event.is_empty(),
                payout: optional(&payout),
                adjusts: optional(&adjusts),
            };
            ledger.rows.insert(uuid(&id), row);
        }
        for [id, status, currency, minor] in
            select(database, "SELECT {id}, status, currency, {amount_minor} FROM payout").await
        {
            let payout = Payout {
                status,
                currency,
                minor: number(&minor),
                rows: Vec::new(),
            };
            ledger.payouts.insert(uuid(&id), payout);
        }
        for [payout, row] in select(database, "SELECT {payout_id}, {commission_id} FROM payout_item").await {
            let payout = ledger.payouts.get_mut(&uuid(&payout)).expect("its payout");
            payout.rows.push(uuid(&row));
        }
        for [id] in select(database, "SELECT {id} FROM payout_run").await {
            ledger.runs.insert(uuid(&id));
        }
        let balances = "SELECT {partner_id}, currency, {accrued_minor}, {approved_minor}, {paid_minor}, \
            {reversed_minor}, {reserved_minor} FROM partner_balance";
        for [partner, currency, sums @ ..] in select::<7>(database, balances).await {
            let sums: [String; 5] = sums;
            ledger
                .balances
                .insert((uuid(&partner), currency), sums.map(|sum| number(&sum)));
        }
        store.close().await;
        ledger
    }

    /// The sum of the rows of this status.
    pub fn sum(&self, status: &str) -> i64 {
        let rows = self.rows.values().filter(|row| row.status == status);
        rows.map(|row| row.minor).sum()
    }

    /// What holds of a ledger whatever was done to it.
    pub fn assert_adds_up(&self) {
        let distinct: BTreeSet<_> = self.events.iter().collect();
        assert_eq!(distinct.len(), self.events.len(), "no event is there twice");
        self.assert_balances();
        self.assert_payouts();
        self.assert_clawbacks();
    }

    fn assert_balances(&self) {
        let mut sums: BTreeMap<(Uuid, String), [i64; 5]> = BTreeMap::new();
        for row in self.rows.values() {
            let sums = sums.entry((row.partner, row.currency.clone())).or_default();
            let names = ["ACCRUED", "APPROVED", "PAID", "REVERSED"];
            let index = names.iter().position(|name| *name == row.status).expect("a status");
            sums[index] += row.minor;
            if row.status == "APPROVED" && row.payout.is_some() {
                sums[4] += row.minor;
            }
        }
        assert_eq!(self.balances, sums, "balances are the sums of the rows");
    }

    fn assert_payouts(&self) {
        let mut holders: BTreeMap<Uuid, Uuid> = BTreeMap::new();
        for (id, payout) in &self.payouts {
            let rows: Vec<_> = payout.rows.iter().map(|row| &self.rows[row]).collect();
            let sum: i64 = rows.iter().map(|row| row.minor).sum();
            assert_eq!((sum, payout.minor > 0), (payout.minor, true), "{payout:?}");
            assert!(rows.iter().all(|row| row.currency == payout.currency), "{payout:?}");
            let partners: BTreeSet<_> = rows.iter().map(|row| row.partner).collect();
            assert_eq!(partners.len(), 1, "a payout pays one partner");
            let status = match payout.status.as_str() {
                "PENDING" => "APPROVED",
                "PAID" => "PAID",
                // What came to nothing holds nothing.
                _ => {
                    assert!(rows.iter().all(|row| row.payout != Some(*id)), "{payout:?}");
                    continue;
                }
            };
            for (row_id, row) in payout.rows.iter().zip(rows) {
                assert_eq!((row.status.as_str(), row.payout), (status, Some(*id)), "{row_id}");
                assert_eq!(holders.insert(*row_id, *id), None, "{row_id} is in two payouts");
            }
        }
        for (id, row) in &self.rows {
            assert_eq!(row.payout, holders.get(id).copied(), "{id}: {row:?}");
            assert!(row.status != "PAID" || row.payout.is_some(), "{id}: {row:?}");
        }
    }

    /// No more is taken back from a row than it gave.
    fn assert_clawbacks(&self) {
        let mut taken: BTreeMap<Uuid, i64> = BTreeMap::new();
        let counting = |row: &&Row| row.kind == "CLAWBACK" && row.status != "REVERSED";
        for row in self.rows.values().filter(counting) {
            *taken.entry(row.adjusts.expect("a clawback names its row")).or_default() += row.minor;
        }
        for (id, taken) in taken {
            let row = &self.rows[&id];
            assert!(taken.abs() <= row.minor.abs(), "{id}: {taken} of {row:?}");
        }
    }
}

/// The rows of a select as texts. `{column}` reads an id or a number, which the engines write differently; null is "".
async fn select<const COLUMNS: usize>(database: &impl ConnectionTrait, sql: &str) -> Vec<[String; COLUMNS]> {
    let backend = database.get_database_backend();
    let is_sqlite = backend == sea_orm::DbBackend::Sqlite;
    let (columns, table) = sql
        .strip_prefix("SELECT ")
        .and_then(|rest| rest.split_once(" FROM "))
        .expect("a select");
    let columns = columns.split(", ").map(|column| {
        let text = match column.trim_matches(['{', '}']) {
            name if name == column => name.to_owned(),
            name if name.ends_with("_minor") => format!("CAST({name} AS TEXT)"),
            name if is_sqlite => format!("hex({name})"),
            name => format!("CAST({name} AS TEXT)"),
        };
        format!("COALESCE({text}, '')")
    });
    let columns: Vec<_> = columns.collect();
    let sql = format!("SELECT {} FROM {table}", columns.join(", "));
    let rows = database
        .query_all_raw(Statement::from_string(backend, sql.clone()))
        .await;
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.iter()
        .map(|row| std::array::from_fn(|index| row.try_get_by_index(index).expect("a text")))
        .collect()
}

fn uuid(text: &str) -> Uuid {
    Uuid::parse_str(text).unwrap()
}

fn optional(text: &str) -> Option<Uuid> {
    (!text.is_empty()).then(|| uuid(text))
}

fn number(text: &str) -> i64 {
    text.parse().unwrap()
}
