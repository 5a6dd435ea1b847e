//! Settling payouts: as paid, with all their rows in the same transaction; as failed or canceled, which releases the
//! rows; or as returned, if the money of a paid one came back, whose amount is then owed again by a row of its own. One
//! payout, a list of them and the rest of a run are settled by the same function.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::app::App;
use crate::ids::object;
use crate::ledger::lock_partners;
use crate::ledger::posting::{Posting, moments};
use crate::ledger::review::{ReviewResults, from_kept, to_keep};
use crate::once::{Answer, begin, commit, repeated};
use crate::{ServiceError, require};
use auth::{Caller, Resource, Scope, Writer};
use domain::commission::{Commission, CommissionStatus, Payout, PayoutSettlement, PayoutStatus};
use domain::id::{self, CommissionId, PayoutId};
use domain::problem::{Fault, ProblemCode, Problems};
use domain::text;
use domain::webhook::WebhookEventType;
use domain::webhook::body::OutboxEvent;
use store::{Store, StoreError, Transaction, Writes};

/// Maximum number of payouts of one call.
pub const MAX_SETTLEMENTS: usize = 500;

/// How a payout ended.
#[derive(Clone, Debug)]
pub struct Settlement {
    pub id: String,
    pub status: PayoutSettlement,
    /// The payment system's name for the payment. A returned payout keeps the one that it was paid with.
    pub reference: Option<String>,
    /// Why the money came back.
    pub reason: Option<String>,
}

/// The result of settling several payouts.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// How many payouts the call settled; those that were settled the same way before are not counted.
    pub settled: u64,
    /// How many payouts of the run are still pending; `None`: the call did not settle a run.
    pub remaining: Option<u64>,
    /// One for each payout, in order. The payouts are read afterwards.
    pub answers: ReviewResults,
}

/// The status to settle a payout with, its reference, and why its money came back.
#[derive(Clone, Debug)]
struct SettlementOutcome {
    status: PayoutSettlement,
    reference: Option<String>,
    reason: Option<String>,
}

/// Whether settling a payout again in the very same way is accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Resettlement {
    Refused,
    Fine,
}

/// Settles a payout.
pub async fn settle(
    app: &App,
    caller: &Caller,
    id: &str,
    status: PayoutSettlement,
    reference: Option<String>,
) -> Result<Payout, ServiceError> {
    let outcome = SettlementOutcome {
        status,
        reference,
        reason: None,
    };
    repeated(|| settle_once(app, caller, id, outcome.clone())).await
}

/// Notes that the money of a paid payout came back: its rows stay paid, and its amount is owed again.
pub async fn take_back(app: &App, caller: &Caller, id: &str, reason: &str) -> Result<Payout, ServiceError> {
    let outcome = SettlementOutcome {
        status: PayoutSettlement::Returned,
        reference: None,
        reason: Some(reason.to_owned()),
    };
    repeated(|| settle_once(app, caller, id, outcome.clone())).await
}

async fn settle_once(app: &App, caller: &Caller, id: &str, outcome: SettlementOutcome) -> Result<Payout, ServiceError> {
    let writer = caller.write(Resource::Payouts)?;
    let mut problems = Problems::new();
    let outcome = valid(outcome, &mut problems);
    let transaction = begin(app, &writer).await?;
    let id = problems.id::<id::Payout>("id", id);
    require!(problems; id, outcome);
    let must_be_paid = outcome.reason.is_some();
    let wanted = [(id, outcome)];
    let SettlementResults { mut results, .. } = end(app, &transaction, &writer, &wanted, Resettlement::Refused).await?;
    let result = results.pop().unwrap_or_else(|| Err(Fault::not_found()));
    let Some(payout) = problems.take("id", result) else {
        return Err(problems.into());
    };
    if must_be_paid && payout.status != PayoutStatus::Returned {
        let message = "is PENDING: only a paid payout can come back; settle this one as FAILED";
        problems.add("id", ProblemCode::InvalidTransition, message);
        return Err(problems.into());
    }
    commit(app, transaction, &writer, &payout).await?;
    Ok(payout)
}

/// Settles up to [`MAX_SETTLEMENTS`] payouts. One bad entry does not affect the others; a payout that is already
/// settled in the same way is accepted.
pub async fn settle_many(app: &App, caller: &Caller, settlements: Vec<Settlement>) -> Result<Settled, ServiceError> {
    let mut problems = Problems::new();
    if !problems.size("what.settlements", settlements.len(), MAX_SETTLEMENTS) {
        return Err(problems.into());
    }
    repeated(|| settle_many_once(app, caller, &settlements)).await
}

async fn settle_many_once(app: &App, caller: &Caller, settlements: &[Settlement]) -> Result<Settled, ServiceError> {
    let writer = caller.write(Resource::Payouts)?;
    let transaction = begin(app, &writer).await?;
    let mut wanted = Vec::with_capacity(settlements.len());
    // For each entry its problems and, if it is valid, its index in `wanted`.
    let mut checked = Vec::with_capacity(settlements.len());
    for (index, settlement) in settlements.iter().enumerate() {
        let mut problems = Problems::new();
        problems.enter("what");
        problems.enter("settlements");
        problems.enter(index);
        let id = problems.id::<id::Payout>("id", &settlement.id);
        let outcome = SettlementOutcome {
            status: settlement.status,
            reference: settlement.reference.clone(),
            reason: settlement.reason.clone(),
        };
        let place = id.zip(valid(outcome, &mut problems)).map(|settlement| {
            wanted.push(settlement);
            wanted.len() - 1
        });
        checked.push((problems, place));
    }
    let SettlementResults { results, settled } = end(app, &transaction, &writer, &wanted, Resettlement::Fine).await?;
    let answers = settlements
        .iter()
        .zip(checked)
        .map(|(settlement, (mut problems, place))| {
            if let Some(Err(fault)) = place.and_then(|place| results.get(place)) {
                problems.take::<()>("id", Err(fault.clone()));
            }
            (settlement.id.clone(), problems.into_vec())
        });
    let settled = Settled {
        settled,
        remaining: None,
        answers: answers.collect(),
    };
    commit(app, transaction, &writer, &settled).await?;
    Ok(settled)
}

/// Settles the next [`MAX_SETTLEMENTS`] pending payouts of a run, all in the same way; to be called again until none
/// remains.
pub async fn settle_run(
    app: &App,
    caller: &Caller,
    run: &str,
    status: PayoutSettlement,
    reference: Option<String>,
) -> Result<Settled, ServiceError> {
    let outcome = SettlementOutcome {
        status,
        reference,
        reason: None,
    };
    repeated(|| settle_run_once(app, caller, run, outcome.clone())).await
}

async fn settle_run_once(
    app: &App,
    caller: &Caller,
    run: &str,
    outcome: SettlementOutcome,
) -> Result<Settled, ServiceError> {
    let writer = caller.write(Resource::Payouts)?;
    let scope = writer.scope();
    let mut problems = Problems::new();
    problems.enter("what");
    problems.enter("run");
    if outcome.status == PayoutSettlement::Returned {
        let message = "must be PAID, FAILED or CANCELED: the pending payouts of a run cannot come back";
        problems.add("status", ProblemCode::Invalid, message);
    }
    let outcome = valid(outcome, &mut problems);
    let transaction = begin(app, &writer).await?;
    let run = object::<id::PayoutRun>("runId", run, &mut problems, &transaction, &scope).await?;
    require!(problems; run, outcome);
    let pending = store::payout::pending_of_run(&transaction, &scope, run.id, MAX_SETTLEMENTS as u64).await?;
    let wanted: Vec<_> = pending.into_iter().map(|id| (id, outcome.clone())).collect();
    // Payouts that another call has settled in the meantime are skipped.
    let SettlementResults { results, settled } =
        end(app, &transaction, &writer, &wanted, Resettlement::Refused).await?;
    let done = results.into_iter().filter_map(Result::ok);
    let settled = Settled {
        settled,
        remaining: Some(store::payout::count_pending_of_run(&transaction, &scope, run.id).await?),
        answers: done.map(|payout| (payout.id.to_string(), Vec::new())).collect(),
    };
    commit(app, transaction, &writer, &settled).await?;
    Ok(settled)
}

/// The outcome as it is stored; `None` after recording problems.
fn valid(outcome: SettlementOutcome, problems: &mut Problems) -> Option<SettlementOutcome> {
    let reference = problems.optional("reference", outcome.reference, |text| text::reference(&text));
    let reason = problems.optional("reason", outcome.reason, |text| text::reason(&text));
    let is_return = outcome.status == PayoutSettlement::Returned;
    if !is_return && reason.as_ref().is_some_and(Option::is_some) {
        problems.add("reason", ProblemCode::Invalid, "is for RETURNED only");
        return None;
    }
    Some(SettlementOutcome {
        status: outcome.status,
        reference: reference?,
        reason: reason?,
    })
}

/// Each payout as it is now, or why it was not settled, and how many were settled.
struct SettlementResults {
    results: Vec<Result<Payout, Fault>>,
    settled: u64,
}

/// Settles payouts one after the other, under the locks of all their partners.
async fn end(
    app: &App,
    transaction: &Transaction,
    writer: &Writer,
    wanted: &[(PayoutId, SettlementOutcome)],
    again: Resettlement,
) -> Result<SettlementResults, StoreError> {
    if wanted.is_empty() {
        let (results, settled) = (Vec::new(), 0);
        return Ok(SettlementResults { results, settled });
    }
    let scope = writer.scope();
    let ids: Vec<_> = wanted.iter().map(|(id, _)| id.uuid()).collect();
    let seen = store::payout::by_ids(transaction, &scope, &ids).await?;
    let partners = seen.values().map(|payout| payout.partner_id).collect();
    let locked = lock_partners(transaction, writer, &[], partners).await?;
    let mut payouts = store::payout::by_ids(transaction, &scope, &ids).await?;
    let mut rows: HashMap<PayoutId, Vec<Commission>> = HashMap::new();
    for row in store::payout::rows_in(transaction, &scope, &ids).await? {
        if let Some(payout) = row.payout_id {
            rows.entry(payout).or_default().push(row);
        }
    }
    let mut posting = Posting::new(writer.tenant(), writer.actor(), moments(&locked, &app.clock));
    let mut results = Vec::with_capacity(wanted.len());
    let (mut settled, mut returned) = (Vec::new(), Vec::new());
    for (id, outcome) in wanted {
        let Some(payout) = payouts.get_mut(&id.uuid()) else {
            results.push(Err(Fault::not_found()));
            continue;
        };
        let Some(next) = payout.status.after(outcome.status) else {
            let has_ended = payout.has_ended_as(outcome.status, outcome.reference.as_deref());
            results.push(match again == Resettlement::Fine && has_ended {
                true => Ok(payout.clone()),
                false => {
                    let message = format!("is {} already", payout.status.as_str());
                    Err(Fault(ProblemCode::InvalidTransition, message))
                }
            });
            continue;
        };
        let moment = posting.moment(payout.partner_id);
        let actor = Some(writer.actor().to_owned());
        payout.status = next;
        if next == PayoutStatus::Returned {
            (payout.returned_at, payout.returned_sequence) = (Some(moment.at), Some(moment.sequence));
            payout.returned_by = actor;
            payout.return_reason.clone_from(&outcome.reason);
            posting.write(
                payout.returned_row(CommissionId::new(moment.at), moment.at),
                outcome.reason.as_deref(),
            );
            returned.push(payout.clone());
        } else {
            for row in rows.remove(id).unwrap_or_default() {
                match next {
                    PayoutStatus::Paid => {
                        posting.move_to(&row, CommissionStatus::Paid, Some("its payout is paid"));
                    }
                    _ => posting.release(&row),
                }
            }
            (payout.settled_at, payout.settled_sequence) = (Some(moment.at), Some(moment.sequence));
            payout.settled_by = actor;
            payout.reference.clone_from(&outcome.reference);
            settled.push(payout.clone());
        }
        results.push(Ok(payout.clone()));
    }
    let count = settled.len() + returned.len();
    let entry = (count > 0).then(|| transaction.audit_entry()).flatten();
    let write = |writes: &mut Writes| {
        store::payout::settle(writes, writer.tenant(), &settled, entry);
        store::payout::take_back(writes, writer.tenant(), &returned, entry);
        let ended = settled.iter().map(|payout| {
            let at = payout.settled_at.unwrap_or(payout.created_at);
            (WebhookEventType::PayoutSettled, payout, at)
        });
        let came_back = returned.iter().map(|payout| {
            let at = payout.returned_at.unwrap_or(payout.created_at);
            (WebhookEventType::PayoutReturned, payout, at)
        });
        let happened = ended.chain(came_back).map(|(event_type, payout, at)| OutboxEvent {
            event_type,
            object: payout.id.uuid(),
            at,
            detail: None,
        });
        store::outbox::append(writes, writer.tenant(), happened);
    };
    transaction.counted(count as u64);
    posting
        .write_between(transaction, Writes::default(), Writes::of(write))
        .await?;
    let settled = count as u64;
    Ok(SettlementResults { results, settled })
}

impl Answer for Settled {
    fn to_stored(&self) -> Value {
        json!([self.settled, self.remaining, to_keep(&self.answers)])
    }

    async fn reload(_: &Store, _: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        let kept: Option<(u64, Option<u64>, Value)> = serde_json::from_value(kept.clone()).ok();
        Ok(kept.map(|(settled, remaining, answers)| Self {
            settled,
            remaining,
            answers: from_kept(answers),
        }))
    }
}
