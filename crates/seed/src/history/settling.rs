//! What happens to made-up commissions: approvals, of matured rows by the job and of the others by hand, and monthly
//! payout runs with the outcomes of their payouts.

use std::collections::BTreeMap;

use chrono::{Datelike, Duration, Months, TimeZone, Utc};
use fastrand::Rng;

use super::ledger_draft::{LedgerDraft, TransitionNote};
use crate::partners::ACTOR;
use crate::source::{SeedSource, happens};
use domain::Timestamp;
use domain::commission::{CommissionStatus, Payout, PayoutRun, PayoutStatus};
use domain::money::{Currency, Money};

/// The actor recorded where the background job moves rows.
const JOB: &str = "system";

/// The scheduled approvals, payout runs and settlements of one partner's rows.
pub struct Agenda {
    due: BTreeMap<(Timestamp, u64), ScheduledSettlement>,
    count: u64,
    /// Approved rows for the next payout run, which checks them again: by then some are in a payout or reversed.
    payable: Vec<usize>,
    minimums: Vec<Money>,
    /// What payments to the partner are addressed to.
    paid_as: String,
    /// The runs that paid this partner something.
    pub runs: Vec<PayoutRun>,
}

enum ScheduledSettlement {
    Approve(usize),
    Run(PayoutRun),
    Settle {
        payout: usize,
        rows: Vec<usize>,
        status: PayoutStatus,
    },
}

impl Agenda {
    /// Schedules the runs after `start` and before `now`.
    pub fn new(
        source: &SeedSource,
        (start, now): (Timestamp, Timestamp),
        (paid_as, minimums): (&str, &[Money]),
    ) -> Self {
        let mut agenda = Self {
            due: BTreeMap::new(),
            count: 0,
            payable: Vec::new(),
            minimums: minimums.to_vec(),
            paid_as: paid_as.to_owned(),
            runs: Vec::new(),
        };
        for run in monthly_runs(source, start, now) {
            agenda.put(run.created_at, ScheduledSettlement::Run(run));
        }
        agenda
    }

    fn put(&mut self, at: Timestamp, due: ScheduledSettlement) {
        self.count += 1;
        self.due.insert((at, self.count), due);
    }

    /// Schedules a new row: it is approved when it matures, or some day by hand.
    pub fn take_up(&mut self, ledger: &LedgerDraft, index: usize, random: &mut Rng) {
        let row = &ledger.rows[index];
        match (row.status, row.mature_at) {
            // The job runs every few seconds.
            (CommissionStatus::Accrued, Some(mature_at)) => {
                let at = mature_at + Duration::microseconds(random.i64(1..5_000_000));
                self.put(at, ScheduledSettlement::Approve(index));
            }
            (CommissionStatus::Accrued, None) if happens(random, 70) => {
                let at = row.accrued_at + Duration::seconds(random.i64(86_400..20 * 86_400));
                self.put(at, ScheduledSettlement::Approve(index));
            }
            (CommissionStatus::Approved, _) => self.payable.push(index),
            (CommissionStatus::Accrued | CommissionStatus::Paid | CommissionStatus::Reversed, _) => {}
        }
    }

    /// Carries out what is due by `now`.
    pub fn settle_until(&mut self, ledger: &mut LedgerDraft, now: Timestamp, random: &mut Rng) {
        while let Some(entry) = self.due.first_entry() {
            let (at, _) = *entry.key();
            if at > now {
                return;
            }
            match entry.remove() {
                ScheduledSettlement::Approve(index) => self.approve(ledger, index, at),
                ScheduledSettlement::Run(run) => self.pay(ledger, run, random),
                ScheduledSettlement::Settle { payout, rows, status } => {
                    self.settle(ledger, payout, rows, status, at, random)
                }
            }
        }
    }

    /// Approves a row with its clawbacks.
    fn approve(&mut self, ledger: &mut LedgerDraft, index: usize, at: Timestamp) {
        let is_matured = ledger.rows[index].mature_at.is_some();
        let note = match is_matured {
            true => TransitionNote {
                actor: JOB,
                reason: Some("matured"),
                at,
            },
            false => TransitionNote {
                actor: ACTOR,
                reason: None,
                at,
            },
        };
        for index in std::iter::once(index).chain(ledger.clawbacks_of(index)) {
            if ledger.move_to(index, CommissionStatus::Approved, note) {
                self.payable.push(index);
            }
        }
    }

    /// The part of a payout run that pays this partner.
    fn pay(&mut self, ledger: &mut LedgerDraft, run: PayoutRun, random: &mut Rng) {
        let mut groups: BTreeMap<Currency, Vec<usize>> = BTreeMap::new();
        for index in std::mem::take(&mut self.payable) {
            let row = &ledger.rows[index];
            if row.status == CommissionStatus::Approved && row.payout_id.is_none() {
                groups.entry(row.amount.currency()).or_default().push(index);
            }
        }
        let mut pays = false;
        for (currency, rows) in groups {
            let total: i64 = rows.iter().map(|index| ledger.rows[*index].amount.minor()).sum();
            let minimum = self.minimums.iter().find(|money| money.currency() == currency);
            let amount = Money::from_minor(total, currency)
                .ok()
                .filter(|_| total >= minimum.map_or(1, |money| money.minor().max(1)));
            // Amounts that are too small carry forward.
            let (Some(amount), Some(first)) = (amount, rows.first()) else {
                self.payable.extend(rows);
                continue;
            };
            pays = true;
            let payout = Payout {
                id: ledger.ids.next(run.created_at),
                run_id: run.id,
                partner_id: ledger.rows[*first].partner_id,
                recipient: None,
                amount,
                status: PayoutStatus::Pending,
                created_at: run.created_at,
                settled_at: None,
                reference: None,
                payout_reference: self.paid_as.clone(),
                created_by: ACTOR.to_owned(),
                settled_by: None,
                sequence: 0,
                settled_sequence: None,
                // Chosen when it is written.
                bank_reference: String::new(),
                returned_at: None,
                returned_by: None,
                return_reason: None,
                returned_sequence: None,
            };
            ledger.put_into(payout, &rows);
            let status = match random.u32(..100) {
                0..88 => PayoutStatus::Paid,
                88..92 => PayoutStatus::Failed,
                92..94 => PayoutStatus::Canceled,
                _ => continue,
            };
            let at = run.created_at + Duration::seconds(random.i64(3_600..5 * 86_400));
            let payout = ledger.payouts.len() - 1;
            self.put(at, ScheduledSettlement::Settle { payout, rows, status });
        }
        if pays {
            self.runs.push(run);
        }
    }

    fn settle(
        &mut self,
        ledger: &mut LedgerDraft,
        payout: usize,
        rows: Vec<usize>,
        status: PayoutStatus,
        at: Timestamp,
        random: &mut Rng,
    ) {
        let note = TransitionNote {
            actor: ACTOR,
            reason: Some("its payout is paid"),
            at,
        };
        for index in rows {
            match status {
                PayoutStatus::Paid => {
                    ledger.move_to(index, CommissionStatus::Paid, note);
                }
                PayoutStatus::Failed | PayoutStatus::Canceled => {
                    ledger.rows[index].payout_id = None;
                    self.payable.push(index);
                }
                PayoutStatus::Pending | PayoutStatus::Returned => {}
            }
        }
        let payout = &mut ledger.payouts[payout];
        payout.status = status;
        payout.settled_at = Some(at);
        payout.settled_by = Some(ACTOR.to_owned());
        if status == PayoutStatus::Paid && happens(random, 80) {
            payout.reference = Some(format!("TRF-{:08}", random.u32(..100_000_000)));
        }
    }
}

/// The programme's payout runs, on the fifth of every month.
fn monthly_runs(source: &SeedSource, start: Timestamp, now: Timestamp) -> Vec<PayoutRun> {
    let mut runs = Vec::new();
    let first = Utc.with_ymd_and_hms(start.year(), start.month(), 5, 8, 0, 0).single();
    let Some(first) = first else { return runs };
    for month in 0.. {
        let Some(created_at) = first.checked_add_months(Months::new(month)).filter(|at| *at < now) else {
            break;
        };
        if created_at > start {
            // All partners share the run.
            let number = created_at.year().unsigned_abs() * 12 + created_at.month0();
            let id = source.ids("payout-run", number).next(created_at);
            runs.push(PayoutRun {
                id,
                created_at,
                accrued_before: None,
                created_by: ACTOR.to_owned(),
            });
        }
    }
    runs
}
