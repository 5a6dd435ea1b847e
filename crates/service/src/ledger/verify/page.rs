//! A page: what is checked on one snapshot of the database. Rows, their status changes and events are read once, in
//! batches, and everything that they must add up to is computed on the way.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use uuid::Uuid;

use super::accounts::Accounts;
use super::balances::Balances;
use super::earned::{self, PartnerSnapshots};
use super::events::EventTotals;
use super::finding_log::FindingLog;
use super::history::Histories;
use super::payouts::Payouts;
use super::row::{assignment_fault, check};
use super::verified_state::Holds;
use crate::app::App;
use crate::ledger::tiers;
use auth::Scope;
use domain::Timestamp;
use domain::commission::Commission;
use domain::id::{PartnerId, TenantId};
use store::verify::{
    EventRow, Finding, HistoryStep, LedgerRow, QuestionSubjects, StatusMove, changes_of_status, events_after,
    events_by_ids, events_of_nobody, is_unreadable, marks_of, missing_entries, moment, moves_of, plan_once, questions,
    rows_after, snapshots, took,
};
use store::{StoreError, Transaction};

/// Number of rows, or of events, read at a time: as many as SQLite keeps in memory while it answers all questions about
/// them.
pub const PAGE: u64 = 2_500;

/// What a page checks.
pub enum VerifyPage {
    /// What concerns no partner; questions about a period cover what happened since the first time. The second is when
    /// the page is checked.
    Whole(Timestamp, Timestamp),
    /// Events that are credited to no partner.
    Nobody,
    Partners(Vec<Uuid>),
}

/// The result of checking a page.
pub struct PageOutcome {
    pub findings: Vec<Finding>,
    /// What was verified; empty if there are findings.
    pub holds: Vec<Holds>,
}

impl VerifyPage {
    /// How many partners it has.
    pub fn partners(&self) -> usize {
        match self {
            Self::Whole(..) | Self::Nobody => 0,
            Self::Partners(partners) => partners.len(),
        }
    }

    pub async fn check(self, app: &App, tenant: TenantId) -> Result<PageOutcome, StoreError> {
        let scope = Scope::tenant_wide(tenant);
        let database = moment(&app.store).await?;
        let mut found = FindingLog::default();
        let holds = match &self {
            Self::Whole(since, at) => {
                found.extend(questions(&database, &scope, QuestionSubjects::Whole(*since)).await?);
                vec![Holds::Whole(*at)]
            }
            Self::Nobody => {
                let mark = events_of_nobody(&database, &scope).await?;
                of_nobody(&database, &scope, &mut found).await?;
                vec![Holds::Nobody(mark)]
            }
            Self::Partners(partners) => {
                let marks = marks_of(&database, &scope, partners).await?.into_iter().collect();
                of_partners(&database, &scope, partners, &marks, &mut found).await?;
                let holds = marks.into_iter();
                let holds = holds.map(|(id, mark)| Holds::Partner(PartnerId::from_uuid(id), mark.to_string()));
                holds.collect()
            }
        };
        database.rollback().await?;
        let findings = found.into_vec();
        let holds = if findings.is_empty() { holds } else { Vec::new() };
        Ok(PageOutcome { findings, holds })
    }
}

async fn of_nobody(database: &Transaction, scope: &Scope, found: &mut FindingLog) -> Result<(), StoreError> {
    let answers = questions(database, scope, QuestionSubjects::Nobody).await?;
    let unreadable = answers.iter().any(is_unreadable);
    found.extend(answers);
    if !unreadable {
        let (events, _) = events(
            database,
            scope,
            QuestionSubjects::Nobody,
            &mut Histories::default(),
            found,
        )
        .await?;
        events.check_refunds(found);
    }
    Ok(())
}

async fn of_partners(
    database: &Transaction,
    scope: &Scope,
    partners: &[Uuid],
    marks: &HashMap<Uuid, HistoryStep>,
    found: &mut FindingLog,
) -> Result<(), StoreError> {
    let answers = questions(database, scope, QuestionSubjects::Partners(partners)).await?;
    let unreadable = answers.iter().any(is_unreadable);
    found.extend(answers);
    if unreadable {
        // Values that are not numbers cannot be added up.
        return Ok(());
    }
    let mut begun = Instant::now();
    let mut lap = |what| took(what, std::mem::replace(&mut begun, Instant::now()));
    found.extend(tiers::verify::counters(database, scope, partners).await?);
    lap("counters");
    let snapshots = snapshots(database, scope, partners).await?;
    let mut histories = Histories::default();
    for (partner, snapshots) in &snapshots {
        for snapshot in snapshots {
            histories.add(*partner, snapshot.sequence, snapshot.created_at);
        }
    }
    for (partner, (sequence, at)) in changes_of_status(database, scope, partners).await? {
        histories.add(partner, sequence, at);
    }
    let (events, known) = events(
        database,
        scope,
        QuestionSubjects::Partners(partners),
        &mut histories,
        found,
    )
    .await?;
    events.check_refunds(found);
    events.check_sums(database, scope, partners, found).await?;
    lap("events");
    let mut payouts = Payouts::of(database, scope, partners).await?;
    payouts.add_steps(&mut histories);
    lap("payouts");
    let (mut accounts, mut balances) = (Accounts::default(), Balances::default());
    let mut last = None;
    loop {
        let rows = rows_after(database, scope, partners, last.as_ref(), PAGE).await?;
        lap("rows read");
        check_events(database, scope, &rows, &known, &snapshots, found).await?;
        lap("events of rows");
        let moves = moves(database, scope, &rows, found).await?;
        lap("moves of rows");
        for LedgerRow { explained, assigned_at } in &rows {
            let row = &explained.row;
            accounts.add(row, *assigned_at);
            balances.add(row);
            payouts.check(row, found);
            let own = moves.get(&row.id.uuid()).map_or(&[][..], Vec::as_slice);
            for step in own {
                histories.add(row.partner_id.uuid(), step.sequence, step.at);
            }
            for what in check(explained, own) {
                found.say("rows", what, [row.id]);
            }
            if let Some(at) = *assigned_at {
                check_assignment(row, at, marks, found);
            }
        }
        lap("rows");
        let is_last = (rows.len() as u64) < PAGE;
        last = rows.into_iter().next_back().map(|found| found.explained.row);
        if is_last {
            break;
        }
    }
    payouts.finish(found);
    balances.check(database, scope, partners, found).await?;
    histories.check(marks, found);
    lap("balances");
    if !found.is_full("rows") {
        plan_once(database).await?;
        found.extend(accounts.check(database, scope).await?);
    }
    lap("accounts");
    Ok(())
}

/// Checks when a row was assigned: at that time it entered the individual's statement.
fn check_assignment(row: &Commission, at: Timestamp, marks: &HashMap<Uuid, HistoryStep>, found: &mut FindingLog) {
    if assignment_fault(row, at) {
        let what = "the row was assigned before it was there or after it left, to nobody, or although it is owed to the partner";
        found.add(what, [row.id]);
    }
    let mark = marks.get(&row.partner_id.uuid());
    if mark.is_none_or(|mark| mark.at() < Some(at)) {
        let what = "the partner's history ends before a row of it was assigned";
        found.add(what, [row.partner_id.to_string(), row.id.to_string()]);
    }
}

/// Reads all events of these partners, or of no partner, and checks each by itself. Returns their totals, and some of
/// the events: all if they fit one page, else those of the last page.
async fn events(
    database: &Transaction,
    scope: &Scope,
    whose: QuestionSubjects<'_>,
    histories: &mut Histories,
    found: &mut FindingLog,
) -> Result<(EventTotals, HashMap<Uuid, EventRow>), StoreError> {
    let (mut events, mut last) = (EventTotals::default(), None);
    loop {
        let rows = events_after(database, scope, whose, last.as_ref(), PAGE).await?;
        for event in &rows {
            if let (Some(partner), Some(sequence)) = (event.about.partner, event.sequence) {
                let at = event.about.moved_at.unwrap_or(event.recorded_at);
                histories.add(partner, sequence, at);
            }
        }
        events.add(database, scope, &rows, found).await?;
        if (rows.len() as u64) < PAGE {
            return Ok((events, by_id(rows)));
        }
        last = rows.into_iter().next_back();
    }
}

fn by_id(events: Vec<EventRow>) -> HashMap<Uuid, EventRow> {
    events.into_iter().map(|event| (event.id, event)).collect()
}

/// Checks rows against their events, of which `known` are already loaded.
async fn check_events(
    database: &Transaction,
    scope: &Scope,
    rows: &[LedgerRow],
    known: &HashMap<Uuid, EventRow>,
    snapshots: &PartnerSnapshots,
    found: &mut FindingLog,
) -> Result<(), StoreError> {
    let of = |row: &Commission| row.event_id.map(|id| id.uuid());
    let unknown = rows.iter().filter_map(|found| of(&found.explained.row));
    let unknown: HashSet<_> = unknown.filter(|id| !known.contains_key(id)).collect();
    let others = match unknown.is_empty() {
        true => HashMap::new(),
        false => by_id(events_by_ids(database, scope, &unknown.into_iter().collect::<Vec<_>>()).await?),
    };
    for row in rows.iter().map(|found| &found.explained.row) {
        let event = of(row).and_then(|id| known.get(&id).or_else(|| others.get(&id)));
        earned::check(row, event, snapshots, found);
    }
    Ok(())
}

/// The status changes of rows, after checking that their audit entries exist.
async fn moves(
    database: &Transaction,
    scope: &Scope,
    rows: &[LedgerRow],
    found: &mut FindingLog,
) -> Result<HashMap<Uuid, Vec<StatusMove>>, StoreError> {
    let ids: Vec<_> = rows.iter().map(|found| found.explained.row.id.uuid()).collect();
    let moves = moves_of(database, scope, &ids).await?;
    let entries = moves.values().flatten().filter_map(|step| step.audit_entry);
    let missing = missing_entries(database, scope, &entries.collect()).await?;
    if missing.is_empty() {
        return Ok(moves);
    }
    for row in rows.iter().map(|found| &found.explained.row) {
        for step in moves.get(&row.id.uuid()).into_iter().flatten() {
            if step.audit_entry.is_some_and(|entry| missing.contains(&entry)) {
                let to = step.to.as_str();
                let what = format!("the move of a row to {to} names an entry of the audit log that is not there");
                found.say("the move names an entry that is not there", what, [row.id]);
            }
        }
    }
    Ok(moves)
}
