//! Approving and reversing commissions: by hand, many at once, each with an answer of its own; and the approval of
//! what has matured.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::posting::{Moments, Posting, moments};
use super::{lock_partners, tiers};
use crate::app::App;
use crate::auth::{Caller, Resource, Writer};
use crate::domain::Timestamp;
use crate::domain::commission::{Commission, CommissionKind, CommissionStatus, PaymentTarget};
use crate::domain::explain::{Outcome, Step};
use crate::domain::id::{CommissionId, IdError, PartnerId, TenantId};
use crate::domain::money::Money;
use crate::domain::problem::{Fault, Problem, ProblemCode, Problems};
use crate::domain::text;
use crate::service::ServiceError;
use crate::service::once::{begin, commit_keeping, repeated};
use crate::store::{self, StoreError, Transaction};

/// The most commissions of one call.
pub const MAX_IDS: usize = 500;

/// What became of one id: done, or what to mend. The commission is read afterwards.
pub type Answers = Vec<(String, Vec<Problem>)>;

/// Approves commissions that have matured. With a reason, which needs `admin`, the holdback is overridden and the
/// transition keeps the reason.
pub async fn approve(
    app: &App,
    caller: &Caller,
    ids: Vec<String>,
    override_reason: Option<String>,
) -> Result<Answers, ServiceError> {
    let mut problems = Problems::new();
    let (writer, reason) = reason_to_override(caller, override_reason, &mut problems)?;
    let review = Review { app, writer: &writer };
    review
        .each(ids, problems, |row, rows, posting| {
            approve_one(row, rows, posting, reason.as_deref())
        })
        .await
}

/// Reverses commissions that are not paid, with what adjusts them.
pub async fn reverse(app: &App, caller: &Caller, ids: Vec<String>, reason: &str) -> Result<Answers, ServiceError> {
    let writer = caller.write(Resource::Commissions)?;
    let mut problems = Problems::new();
    let reason = problems.take("reason", text::reason(reason)).unwrap_or_default();
    let review = Review { app, writer: &writer };
    review
        .each(ids, problems, |row, rows, posting| {
            reverse_one(row, rows, posting, &reason)
        })
        .await
}

/// Who may approve, and the reason to do so before maturity, if one is given: that takes an admin.
pub(super) fn reason_to_override(
    caller: &Caller,
    reason: Option<String>,
    problems: &mut Problems,
) -> Result<(Writer, Option<String>), ServiceError> {
    let writer = match reason {
        Some(_) => caller.admin()?,
        None => caller.write(Resource::Commissions)?,
    };
    let reason = problems.optional("overrideHoldbackReason", reason, |text| text::reason(&text));
    Ok((writer, reason.flatten()))
}

pub(super) struct Review<'a> {
    pub app: &'a App,
    pub writer: &'a Writer,
}

/// What became of rows that were looked at.
pub(super) struct Reviewed {
    /// One for each id, in their order.
    pub results: Vec<Result<(), Fault>>,
    /// How many rows were moved, with those that follow them.
    pub moved: u64,
}

/// The rows of a call and those that adjust them, as they stand while the call goes on.
pub(super) struct Rows {
    by_id: HashMap<CommissionId, Commission>,
    adjusting: HashMap<CommissionId, Vec<CommissionId>>,
    /// Moved by this very call.
    done: HashSet<CommissionId>,
}

impl Rows {
    fn put(&mut self, row: Commission) {
        self.done.insert(row.id);
        self.by_id.insert(row.id, row);
    }

    fn adjusting(&self, id: CommissionId) -> Vec<Commission> {
        let ids = self.adjusting.get(&id).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.by_id.get(id)).cloned().collect()
    }
}

impl Review<'_> {
    /// Does `one` to each row. A row that cannot be done gets its problem and does not spoil the others.
    async fn each(
        &self,
        ids: Vec<String>,
        mut problems: Problems,
        one: impl Fn(&Commission, &mut Rows, &mut Posting) -> Result<(), Fault>,
    ) -> Result<Answers, ServiceError> {
        if ids.is_empty() || ids.len() > MAX_IDS {
            problems.add("ids", ProblemCode::Invalid, format!("must have 1 to {MAX_IDS} entries"));
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        repeated(|| self.each_once(&ids, &one)).await
    }

    /// In one transaction, under the locks of all partners concerned.
    async fn each_once(
        &self,
        ids: &[String],
        one: &impl Fn(&Commission, &mut Rows, &mut Posting) -> Result<(), Fault>,
    ) -> Result<Answers, ServiceError> {
        let transaction = match begin(self.app, self.writer).await {
            Err(ServiceError::Repeated(kept)) => return Ok(from_kept(kept)),
            begun => begun?,
        };
        let parsed: Vec<Result<CommissionId, IdError>> = ids.iter().map(|id| id.parse()).collect();
        let wanted: Vec<CommissionId> = parsed.iter().flatten().copied().collect();
        let mut results = self.all(&transaction, &wanted, one).await?.results.into_iter();
        let answers = ids.iter().zip(parsed).enumerate().map(|(index, (text, id))| {
            let mut problems = Problems::new();
            problems.enter("ids");
            problems.enter(index);
            let result = match id {
                Err(error) => Err(Fault::invalid(format!("is not the id of a commission: {error}"))),
                Ok(_) => results.next().unwrap_or_else(|| Err(Fault::not_found())),
            };
            problems.take("", result);
            (text.clone(), problems.into_vec())
        });
        let answers = answers.collect();
        commit_keeping(self.app, transaction, self.writer, || to_keep(&answers)).await?;
        Ok(answers)
    }

    /// Does `one` to each of these rows, one after the other, under the locks of all partners concerned.
    pub(super) async fn all(
        &self,
        transaction: &Transaction,
        ids: &[CommissionId],
        one: impl Fn(&Commission, &mut Rows, &mut Posting) -> Result<(), Fault>,
    ) -> Result<Reviewed, StoreError> {
        let (mut rows, moments) = self.locked(transaction, ids).await?;
        let mut posting = Posting::new(self.writer.tenant(), self.writer.actor(), moments);
        let mut results = Vec::with_capacity(ids.len());
        for id in ids {
            results.push(match rows.by_id.get(id).cloned() {
                None => Err(Fault::not_found()),
                // Done by an earlier id of this call, be it as what adjusts that row.
                Some(_) if rows.done.contains(id) => Ok(()),
                Some(row) => one(&row, &mut rows, &mut posting),
            });
        }
        transaction.counted(rows.done.len() as u64);
        posting.write_to(transaction).await?;
        self.leave_tiers(transaction, &rows).await?;
        let moved = rows.done.len() as u64;
        Ok(Reviewed { results, moved })
    }

    /// Takes events that have lost their rows out of what tiers count.
    async fn leave_tiers(&self, transaction: &Transaction, rows: &Rows) -> Result<(), StoreError> {
        let moved = rows.done.iter().filter_map(|id| rows.by_id.get(id));
        let reversed = moved.filter(|row| row.kind == CommissionKind::Event && row.is_reversed());
        let events: Vec<_> = reversed.filter_map(|row| Some(row.event_id?.uuid())).collect();
        if events.is_empty() {
            return Ok(());
        }
        let events = store::event::by_ids(transaction, &self.writer.scope(), &events).await?;
        let leaving: Vec<_> = events.values().map(tiers::Leaving::Reversed).collect();
        let left = tiers::leave(transaction, self.writer, &leaving).await;
        left.map_err(tiers::Failure::of_what_is_stored)
    }

    /// The rows and all that adjusts them, at any depth, read under the locks of their partners.
    async fn locked(&self, transaction: &Transaction, wanted: &[CommissionId]) -> Result<(Rows, Moments), StoreError> {
        let scope = self.writer.scope();
        let uuids: Vec<_> = wanted.iter().map(|id| id.uuid()).collect();
        let seen = store::commission::by_ids(transaction, &scope, &uuids).await?;
        let partners: Vec<PartnerId> = seen.values().map(|row| row.partner_id).collect();
        let locked = lock_partners(transaction, self.writer, partners).await?;
        let moments = moments(&locked, &self.app.clock);
        let mut level: Vec<Commission> = store::commission::by_ids(transaction, &scope, &uuids)
            .await?
            .into_values()
            .collect();
        let mut rows = Rows {
            by_id: HashMap::new(),
            adjusting: HashMap::new(),
            done: HashSet::new(),
        };
        while !level.is_empty() {
            let ids: Vec<_> = level.iter().map(|row| row.id.uuid()).collect();
            for row in level {
                rows.by_id.insert(row.id, row);
            }
            level = store::commission::adjusting(transaction, &scope, &ids).await?;
            for row in &level {
                if let Some(adjusted) = row.adjusts_id {
                    let adjusting = rows.adjusting.entry(adjusted).or_default();
                    if !adjusting.contains(&row.id) {
                        adjusting.push(row.id);
                    }
                }
            }
            level.retain(|row| !rows.by_id.contains_key(&row.id));
        }
        Ok((rows, moments))
    }
}

pub(super) fn approve_one(
    row: &Commission,
    rows: &mut Rows,
    posting: &mut Posting,
    override_reason: Option<&str>,
) -> Result<(), Fault> {
    if row.status == CommissionStatus::Accrued {
        if row.payment_target == PaymentTarget::Individual && row.recipient.is_none() {
            return Err(Fault(
                ProblemCode::Conflict,
                "is owed to an individual who is not assigned yet".into(),
            ));
        }
        if let Some(mature_at) = row
            .mature_at
            .filter(|mature_at| *mature_at > posting.time_of(row.partner_id))
            && override_reason.is_none()
        {
            let until = mature_at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
            return Err(Fault(ProblemCode::HoldbackActive, format!("matures at {until}")));
        }
    }
    let Some(approved) = posting.move_to(row, CommissionStatus::Approved, override_reason) else {
        return Err(no_such_move(row, "approved"));
    };
    rows.put(approved);
    let mut taking = rows.adjusting(row.id);
    while let Some(row) = taking.pop() {
        if row.takes()
            && let Some(approved) = posting.move_to(&row, CommissionStatus::Approved, override_reason)
        {
            taking.extend(rows.adjusting(row.id));
            rows.put(approved);
        }
    }
    Ok(())
}

fn reverse_one(row: &Commission, rows: &mut Rows, posting: &mut Posting, reason: &str) -> Result<(), Fault> {
    if row.kind == CommissionKind::Clawback {
        let message = "is a clawback, which is reversed only together with the row that it adjusts";
        return Err(Fault(ProblemCode::Conflict, message.into()));
    }
    let mut concerned = vec![row.clone()];
    let mut index = 0;
    while let Some(next) = concerned.get(index).map(|row| row.id) {
        concerned.extend(rows.adjusting(next).into_iter().filter(follows));
        index += 1;
    }
    if let Some((held, payout)) = concerned
        .iter()
        .filter(|row| row.is_reserved())
        .find_map(|row| Some((row, row.payout_id?)))
    {
        let which = if held.id == row.id {
            "is".to_owned()
        } else {
            format!("is adjusted by {}, which is", held.id)
        };
        return Err(Fault(
            ProblemCode::Conflict,
            format!("{which} in the open payout {payout}"),
        ));
    }
    let Some(reversed) = posting.move_to(row, CommissionStatus::Reversed, Some(reason)) else {
        return Err(no_such_move(row, "reversed"));
    };
    rows.put(reversed);
    for adjusting in &concerned[1..] {
        match adjusting.status {
            CommissionStatus::Accrued | CommissionStatus::Approved => {
                rows.done.insert(adjusting.id);
                if let Some(reversed) = posting.move_to(adjusting, CommissionStatus::Reversed, Some(reason)) {
                    rows.put(reversed);
                }
            }
            // What was paid is clawed back: a clawback gives back what it took, an adjustment what it gave.
            CommissionStatus::Paid => posting.write(undo(adjusting, posting.time_of(row.partner_id)), Some(reason)),
            CommissionStatus::Reversed => {}
        }
    }
    Ok(())
}

/// Whether a row shares the fate of the row that it adjusts. Manual ones stand on their own.
fn follows(row: &Commission) -> bool {
    match row.kind {
        CommissionKind::Clawback | CommissionKind::TierAdjustment => true,
        CommissionKind::Event | CommissionKind::Deal | CommissionKind::Manual | CommissionKind::Opening => false,
    }
}

/// A row that takes back a paid one.
pub(super) fn undo(paid: &Commission, now: Timestamp) -> Commission {
    let amount = Money::from_minor(-paid.amount.minor(), paid.amount.currency()).expect("as large as what it undoes");
    let step = Step {
        source: "reversal".to_owned(),
        outcome: Outcome::Applied,
        detail: format!("the row that it adjusts was reversed after {} was paid", paid.amount),
        threshold: None,
        amount: Some(amount.amount().normalize()),
    };
    Commission {
        id: CommissionId::new(now),
        kind: CommissionKind::Clawback,
        status: CommissionStatus::Approved,
        amount,
        // No event did this: the rows of a refund stay what it took back.
        event_id: None,
        adjusts_id: Some(paid.id),
        basis: None,
        accrued_at: now,
        approved_at: Some(now),
        paid_at: None,
        reversed_at: None,
        payout_id: None,
        explanation: vec![step],
        ..paid.clone()
    }
}

fn no_such_move(row: &Commission, wanted: &str) -> Fault {
    Fault(
        ProblemCode::InvalidTransition,
        format!("is {} and cannot be {wanted}", row.status.as_str()),
    )
}

pub(super) fn to_keep(answers: &Answers) -> Value {
    let answers = answers.iter().map(|(id, problems)| {
        let problems: Vec<_> = problems
            .iter()
            .map(|p| json!([p.code.as_str(), p.message, p.path]))
            .collect();
        json!([id, problems])
    });
    Value::Array(answers.collect())
}

pub(super) fn from_kept(kept: Value) -> Answers {
    type Kept = Vec<(String, Vec<(String, String, Vec<String>)>)>;
    let kept: Kept = serde_json::from_value(kept).unwrap_or_default();
    let answers = kept.into_iter().map(|(id, problems)| {
        let problems = problems.into_iter().filter_map(|(code, message, path)| {
            Some(Problem {
                code: ProblemCode::parse(&code)?,
                message,
                path,
            })
        });
        (id, problems.collect())
    });
    answers.collect()
}

/// Approves up to `limit` rows, of all tenants, whose holdback has passed, and their clawbacks; returns how many there
/// were. Any number of replicas may do this at once: a row is looked at again under its partner's lock.
pub async fn approve_matured(app: &App, limit: u64) -> Result<usize, StoreError> {
    approve_matured_in(app, None, limit).await
}

/// The same in one tenant, at most [`MAX_IDS`] at a time: for a clock that is this tenant's own.
pub async fn approve_matured_of(app: &App, tenant: TenantId) -> Result<usize, StoreError> {
    approve_matured_in(app, Some(tenant), MAX_IDS as u64).await
}

async fn approve_matured_in(app: &App, only: Option<TenantId>, limit: u64) -> Result<usize, StoreError> {
    // Partners whose sums are at their bounds stop only themselves.
    let mut full = Vec::new();
    loop {
        let mut by_partner: HashMap<(TenantId, PartnerId), Vec<CommissionId>> = HashMap::new();
        for (tenant, partner, row) in
            store::maturing::matured(app.store.reader(), app.clock.now(), limit, only, &full).await?
        {
            by_partner.entry((tenant, partner)).or_default().push(row);
        }
        let (mut approved, known) = (0, full.len());
        for ((tenant, partner), ids) in by_partner {
            match approve_of_partner(app, tenant, partner, &ids).await {
                Ok(count) => approved += count,
                Err(error) if store::is_sum_too_large(&error) => {
                    tracing::warn!(%tenant, %partner, "what matured cannot be approved: a balance would be too large");
                    full.push(partner);
                }
                Err(error) => return Err(error),
            }
        }
        // Where nothing could be done, others may wait behind those that were looked at.
        if approved > 0 || full.len() == known {
            return Ok(approved);
        }
    }
}

/// Approves rows of a partner that have matured, and their clawbacks.
async fn approve_of_partner(
    app: &App,
    tenant: TenantId,
    partner: PartnerId,
    ids: &[CommissionId],
) -> Result<usize, StoreError> {
    let writer = Writer::job(tenant, "approve_matured");
    let transaction = app.begin(&writer).await?;
    let locked = lock_partners(&transaction, &writer, vec![partner]).await?;
    let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let mut rows = store::commission::by_ids(&transaction, &writer.scope(), &uuids).await?;
    // The limit must not part a row from its clawbacks: a payout would pay too much.
    for row in store::commission::adjusting(&transaction, &writer.scope(), &uuids).await? {
        if row.takes() {
            rows.insert(row.id.uuid(), row);
        }
    }
    let mut posting = Posting::new(tenant, writer.actor(), moments(&locked, &app.clock));
    let mut approved = 0;
    for row in rows.values().filter(|row| row.status == CommissionStatus::Accrued) {
        let moved = posting.move_to(row, CommissionStatus::Approved, Some("matured"));
        approved += usize::from(moved.is_some());
    }
    transaction.notes_once();
    transaction.counted(approved as u64);
    posting.write_to(&transaction).await?;
    transaction.commit().await?;
    Ok(approved)
}
