//! What clients of a gateway that dies keep: every operation, whether its answer came, and what it was.

use std::collections::{BTreeMap, VecDeque};

use fastrand::Rng;
use serde_json::Value;

use super::answers::{Told, amount, is_done, list, rows, text, told};
use super::operation::{Operation, charge, euros, refund};

struct Job {
    operation: Operation,
    /// `None`: nobody knows whether it was done.
    answer: Option<Value>,
}

pub struct Book {
    rng: Rng,
    partners: Vec<String>,
    campaigns: Vec<String>,
    jobs: Vec<Job>,
    /// Jobs to send before new ones are invented.
    waiting: VecDeque<usize>,
    /// What was charged as far as is known: external ids and cents.
    charges: Vec<(String, i64)>,
    rows: Vec<String>,
    payouts: Vec<String>,
    /// Answers since the last [`Book::resume`].
    pub answered: usize,
}

/// Everything that the answers say is in the ledger.
#[derive(Default)]
pub struct Expected {
    pub events: Vec<String>,
    /// Rows and payouts by id, with their amounts.
    pub rows: BTreeMap<String, String>,
    pub payouts: BTreeMap<String, String>,
    pub runs: Vec<String>,
    /// How payouts were settled.
    pub settled: BTreeMap<String, String>,
}

impl Book {
    pub fn new(seed: u64, partners: Vec<String>, campaigns: Vec<String>) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            partners,
            campaigns,
            jobs: Vec::new(),
            waiting: VecDeque::new(),
            charges: Vec::new(),
            rows: Vec::new(),
            payouts: Vec::new(),
            answered: 0,
        }
    }

    /// The next thing to send: what is waiting, then something new.
    pub fn next(&mut self) -> (usize, Operation) {
        let index = self.waiting.pop_front().unwrap_or_else(|| {
            let operation = self.invent();
            let answer = None;
            self.jobs.push(Job { operation, answer });
            self.jobs.len() - 1
        });
        (index, self.jobs[index].operation.clone())
    }

    /// The next thing that is waiting, if any is.
    pub fn next_waiting(&mut self) -> Option<(usize, Operation)> {
        (!self.waiting.is_empty()).then(|| self.next())
    }

    /// The gateway runs again: whatever got no answer is sent again, and some of the rest, too.
    pub fn resume(&mut self, acknowledged: usize) {
        self.answered = 0;
        let is_open = |index: &usize| self.jobs[*index].answer.is_none();
        let (mut again, mut done): (Vec<_>, Vec<_>) = (0..self.jobs.len()).partition(is_open);
        self.rng.shuffle(&mut done);
        again.extend(done.into_iter().take(acknowledged));
        self.rng.shuffle(&mut again);
        self.waiting = again.into();
    }

    /// What the next life is worth: after how many answers it ends, and how many microseconds later.
    pub fn life(&mut self) -> (usize, u64) {
        (self.rng.usize(8..40), self.rng.u64(..4_000))
    }

    fn invent(&mut self) -> Operation {
        let number = self.jobs.len();
        let key = Some(format!("key {number}"));
        match self.rng.usize(..12) {
            3 => {
                let count = self.rng.usize(2..12);
                let events = (0..count).map(|part| self.charge(&format!("event {number} {part}")));
                Operation::record_all(events.collect())
            }
            4 | 5 if !self.charges.is_empty() => {
                let (original, minor) = self.rng.choice(&self.charges).expect("one").clone();
                let kind = ["REFUND", "CHARGEBACK"][self.rng.usize(..2)];
                let part = self.rng.bool().then_some(minor / 3 + 1);
                Operation::record(refund(&format!("event {number}"), kind, &original, part))
            }
            6 | 7 if !self.rows.is_empty() => Operation::approve(&self.some_rows(8), Some("agreed"), key),
            8 if !self.rows.is_empty() => Operation::reverse(&self.some_rows(3), key),
            9 => {
                let partner = self.rng.choice(&self.partners).expect("one").clone();
                let minor = [self.rng.i64(1..5_000), -self.rng.i64(1..500)][self.rng.usize(..2)];
                Operation::manual(&partner, &euros(minor), key)
            }
            10 => Operation::run(key),
            11 if !self.payouts.is_empty() => {
                let payout = self.rng.choice(&self.payouts).expect("one").clone();
                Operation::settle(
                    &payout,
                    ["PAID", "PAID", "FAILED", "CANCELED"][self.rng.usize(..4)],
                    key,
                )
            }
            _ => Operation::record(self.charge(&format!("event {number}"))),
        }
    }

    fn charge(&mut self, external_id: &str) -> Value {
        let customer = format!("customer {}", self.rng.usize(..30));
        let customer = self.rng.bool().then_some(customer.as_str());
        let partner = self.rng.choice(&self.partners).expect("one");
        let campaign = self.rng.choice(&self.campaigns).expect("one");
        charge(external_id, self.rng.i64(100..50_000), customer, partner, campaign)
    }

    fn some_rows(&mut self, most: usize) -> Vec<String> {
        let count = self.rng.usize(1..=most.min(self.rows.len()));
        self.rng
            .choose_multiple(&self.rows, count)
            .into_iter()
            .cloned()
            .collect()
    }

    /// Keeps an answer, which must be the same whenever the same thing was sent.
    pub fn learn(&mut self, index: usize, answer: Value) {
        self.answered += 1;
        let job = &mut self.jobs[index];
        if let Some(before) = &job.answer {
            assert_eq!(&answer, before, "{:?}", job.operation);
            return;
        }
        let operation = job.operation.clone();
        let mut expected = Expected::default();
        expected.add(&operation, &answer);
        job.answer = Some(answer);
        let inputs = match &operation.input {
            Value::Array(inputs) => inputs.as_slice(),
            input => std::slice::from_ref(input),
        };
        for input in inputs.iter().filter(|input| input["kind"] == "CHARGE") {
            let minor = text(&input["amount"]["amount"])
                .replace('.', "")
                .parse()
                .expect("cents");
            self.charges.push((text(&input["externalId"]), minor));
        }
        self.rows.extend(expected.rows.into_keys());
        self.payouts.extend(expected.payouts.into_keys());
    }

    pub fn expected(&self) -> Expected {
        let mut expected = Expected::default();
        for job in &self.jobs {
            let answer = job.answer.as_ref().expect("everything was answered in the end");
            expected.add(&job.operation, answer);
        }
        expected
    }

    /// How many jobs of this mutation did what they were asked, wholly or in part.
    pub fn done(&self, field: &str) -> usize {
        let jobs = self.jobs.iter().filter(|job| job.operation.field == field);
        jobs.filter_map(|job| job.answer.as_ref())
            .filter(|answer| match answer {
                Value::Array(answers) => answers.iter().any(is_done),
                answer => is_done(answer),
            })
            .count()
    }
}

impl Expected {
    fn add(&mut self, operation: &Operation, answer: &Value) {
        match operation.field {
            "recordEvent" => self.add_event(answer),
            "recordEvents" => list(answer).iter().for_each(|recorded| self.add_event(recorded)),
            "createManualCommission" if is_done(answer) => self.add_row(told(&answer["commission"])),
            "createPayoutRun" if is_done(answer) => {
                self.runs.push(text(&answer["payoutRun"]["id"]));
                for payout in list(&answer["payoutRun"]["payouts"]["nodes"]) {
                    let before = self.payouts.insert(text(&payout["id"]), amount(payout));
                    assert_eq!(before, None, "{payout} is of two runs");
                }
            }
            "settlePayout" if is_done(answer) => {
                let before = self
                    .settled
                    .insert(text(&answer["payout"]["id"]), text(&operation.input["status"]));
                assert_eq!(before, None, "{answer} was settled twice");
            }
            // Reviews make no rows of which they tell, and what was refused left nothing.
            _ => {}
        }
    }

    fn add_event(&mut self, recorded: &Value) {
        if is_done(recorded) {
            self.events.push(text(&recorded["event"]["externalId"]));
            rows(recorded).into_iter().for_each(|row| self.add_row(row));
        }
    }

    fn add_row(&mut self, row: Told) {
        let before = self.rows.insert(row.id.clone(), row.amount);
        assert_eq!(before, None, "{} was told of by two operations", row.id);
    }
}
