//! Refunds and chargebacks: what they take back from the rows of the event that they name. They apply whatever the
//! status of the partner or campaign.

use std::collections::HashMap;

use super::event::CheckedEvent;
use super::posting::{Moments, Posting, later_than};
use super::{lock_partners, tiers};
use crate::clock::Clock;
use auth::{Scope, Writer};
use domain::commission::{Commission, CommissionKind, CommissionStatus, ExplainedCommission};
use domain::event::{Attribution, Event};
use domain::explain::Step;
use domain::id::{CommissionId, PartnerId};
use domain::items::{Item, refund_by_item, refund_spread};
use domain::money::Money;
use domain::problem::{Fault, ProblemCode, Problems};
use domain::refund::{TakeBack, take_back};
use store::locks::InForce;
use store::partner::LockedPartner;
use store::standing::PaidCharges;
use store::{StoreError, Transaction, Writes};

/// How recording a refund or chargeback ended.
pub enum RefundOutcome {
    Done {
        event: Box<Event>,
        /// Its own rows.
        clawbacks: Vec<Commission>,
        /// The rows of the original that it reversed.
        reversed: Vec<Commission>,
    },
    /// Another writer recorded the same event meanwhile.
    Raced,
}

/// Records a refund or chargeback; `None` after noting what is wrong with it.
pub async fn record(
    transaction: &Transaction,
    writer: &Writer,
    checked: CheckedEvent,
    clock: &Clock,
    problems: &mut Problems,
) -> Result<Option<RefundOutcome>, StoreError> {
    let scope = writer.scope();
    let named = checked.original_external_id.as_deref().unwrap_or_default();
    let original = store::event::find_by_external_id(transaction, &scope, named).await?;
    let Some(original) = problems.found("originalExternalId", original) else {
        return Ok(None);
    };
    if original.kind.takes_back() {
        problems.add(
            "originalExternalId",
            ProblemCode::Invalid,
            "names an event that is neither a charge nor a conversion",
        );
        return Ok(None);
    }
    let concerned = concerned(transaction, &scope, &original).await?;
    let locked = lock_partners(transaction, writer, &[InForce::Tiers], concerned).await?;
    // What was recorded while this transaction waited for the lock counts.
    let seen = original.attribution;
    let Some(original) = store::event::lock(transaction, &scope, original.id).await? else {
        return Ok(None);
    };
    if original.attribution != seen {
        // It was moved to another partner meanwhile, which is not locked.
        return Ok(Some(RefundOutcome::Raced));
    }
    if store::event::find_by_external_id(transaction, &scope, &checked.external_id)
        .await?
        .is_some()
    {
        return Ok(Some(RefundOutcome::Raced));
    }
    let credited = original.attribution.map(|attribution| attribution.partner_id);
    // One time for all: a partner that kept what it was paid when the event was moved away pays it back at the time of
    // the refund, too. It is later than the original, which may be in none of the partners' histories.
    let last = locked.iter().map(|locked| locked.last);
    let now = match locked.as_slice() {
        [only] if credited == Some(only.partner.id) => only.last.next(clock.now()).at,
        _ => later_than(last, clock).max(original.recorded_at),
    };
    let next = |locked: &LockedPartner| (locked.partner.id, locked.last.next(now));
    let moments: Moments = locked.iter().map(next).collect();
    let moment = credited.and_then(|partner| moments.get(&partner)).copied();
    let Some(taken) = taken(&original, &checked, problems) else {
        return Ok(None);
    };
    let after = original.refunded_by(taken.0, &taken.1);
    let event = checked.taking_back(&original, taken, moment, now);
    if !store::event::insert(transaction, writer.tenant(), &event).await? {
        return Ok(Some(RefundOutcome::Raced));
    }
    transaction.counted(1);
    let write = transaction.write(|writes| {
        store::event::add_attribution(writes, writer.tenant(), &event);
        store::event::set_refunded(writes, writer.tenant(), [&after]);
    });
    write.await?;
    let rows = store::commission::of_event(transaction, &scope, original.id).await?;
    let (clawbacks, reversed) = apply(transaction, writer, (&original, rows), &event, &after, moments).await?;
    let clawbacks = clawbacks.into_iter().map(|clawback| clawback.row).collect();
    Ok(Some(RefundOutcome::Done {
        event: Box::new(event),
        clawbacks,
        reversed,
    }))
}

/// The rows that an event reversed when it was recorded; only refunds and chargebacks do. The time distinguishes them
/// from rows that were reversed by hand, since changes of a partner's rows are serialised.
pub async fn reversed_by(
    transaction: &Transaction,
    scope: &Scope,
    event: &Event,
) -> Result<Vec<Commission>, StoreError> {
    let Some(original) = event.original_id else {
        return Ok(Vec::new());
    };
    let mut rows = store::commission::of_event(transaction, scope, original).await?;
    rows.retain(|row| row.reversed_at == Some(event.recorded_at));
    Ok(rows)
}

/// What a refund or chargeback takes back: its amount, and what of each item of its original; `None` after noting what
/// is wrong with it.
pub fn taken(original: &Event, checked: &CheckedEvent, problems: &mut Problems) -> Option<(Option<Money>, Vec<Item>)> {
    let amount = problems.take("amount.amount", amount_taken(original, checked.amount))?;
    if checked.refund_items.is_empty() {
        let items = refund_spread(original, amount.map_or(0, Money::minor));
        return Some((amount, items));
    }
    let Some(charged) = original.amount else {
        let message = "cannot be given: the original has no amount, so it is taken back as a whole";
        problems.add("items", ProblemCode::Invalid, message);
        return None;
    };
    let (amount, items) = refund_by_item(original, charged, checked.amount, &checked.refund_items, problems)?;
    Some((Some(amount), items))
}

/// The amount to take back: what the refund says, or all that is left.
fn amount_taken(original: &Event, wanted: Option<Money>) -> Result<Option<Money>, Fault> {
    if original.wholly_refunded {
        return Err(Fault::invalid(
            "exceeds what is left: all of the original was taken back already",
        ));
    }
    let Some(charged) = original.amount else {
        return match wanted {
            None => Ok(None),
            Some(_) => Err(Fault::invalid(
                "cannot be given: the original has no amount, so it is taken back as a whole",
            )),
        };
    };
    let left = charged.minor() - original.refunded_minor;
    let left = Money::from_minor(left, charged.currency()).expect("at most what was charged");
    match wanted {
        None => Ok(Some(left)),
        Some(wanted) if wanted.currency() != charged.currency() => Err(Fault::invalid(format!(
            "must be in {}, as the original is",
            charged.currency()
        ))),
        Some(wanted) if wanted.minor() > left.minor() => Err(Fault::invalid(format!("exceeds what is left: {left}"))),
        Some(wanted) => Ok(Some(wanted)),
    }
}

/// Applies a refund to what its original counts for, and to these rows of it. `original` is the event before the refund,
/// `after` the same one after it. Returns the refund's own rows, and those that it reversed. The caller holds the locks of the rows' partners.
pub(super) async fn apply(
    transaction: &Transaction,
    writer: &Writer,
    (original, rows): (&Event, Vec<Commission>),
    refund: &Event,
    after: &Event,
    moments: Moments,
) -> Result<(Vec<ExplainedCommission>, Vec<Commission>), StoreError> {
    let refunded = after.refunded();
    let taken_minor = refunded.refunded_minor - original.refunded_minor;
    lower_standing(transaction, writer, original, taken_minor, refunded.wholly).await?;
    let taken = take_back_rows(transaction, writer, (original, rows), refund, after, moments).await?;
    let has_reversed = !taken.1.is_empty();
    let leaving = [tiers::TakenBackEvent::Refunded(original, refunded, has_reversed)];
    let left = tiers::uncount(transaction, writer, &leaving).await;
    left.map_err(tiers::Failure::of_what_is_stored)?;
    Ok(taken)
}

/// A refunded amount leaves the partner's lifetime value; a wholly refunded charge no longer qualifies the customer.
async fn lower_standing(
    transaction: &Transaction,
    writer: &Writer,
    original: &Event,
    taken_minor: i64,
    wholly: bool,
) -> Result<(), StoreError> {
    let Some((partner, charged)) = original.charged() else {
        return Ok(());
    };
    let tenant = writer.tenant();
    let mut writes = Writes::default();
    let taken = (partner, charged.currency(), -taken_minor);
    store::standing::add_lifetime_values(&mut writes, tenant, [taken]);
    if let (true, Some(customer)) = (wholly, original.customer_id) {
        let before = store::standing::paid_charges(transaction, &writer.scope(), partner, customer).await?;
        let taken = PaidCharges {
            partner,
            customer,
            before,
            by: -1,
        };
        store::standing::count_paid_charges(&mut writes, tenant, [taken]);
    }
    transaction.run(writes).await
}

/// The partners that earned from the event what a refund may take back: the one that it is credited to, and those that
/// kept what they were paid when it was moved away.
async fn concerned(transaction: &Transaction, scope: &Scope, original: &Event) -> Result<Vec<PartnerId>, StoreError> {
    let mut partners: Vec<_> = original.attribution.iter().map(|to| to.partner_id).collect();
    if original.may_have_been_moved() {
        let rows = store::commission::of_event(transaction, scope, original.id).await?;
        partners.extend(rows.iter().map(|row| row.partner_id));
    }
    Ok(partners)
}

/// Takes back from these rows of the original; returns the clawbacks and the rows that were reversed.
async fn take_back_rows(
    transaction: &Transaction,
    writer: &Writer,
    (original, rows): (&Event, Vec<Commission>),
    refund: &Event,
    after: &Event,
    moments: Moments,
) -> Result<(Vec<ExplainedCommission>, Vec<Commission>), StoreError> {
    let scope = writer.scope();
    let ids: Vec<_> = rows.iter().map(|row| row.id.uuid()).collect();
    let adjusting = store::commission::adjusting(transaction, &scope, &ids).await?;
    let mut clawed: HashMap<CommissionId, (usize, i64)> = HashMap::new();
    for clawback in adjusting
        .iter()
        .filter(|row| row.kind == CommissionKind::Clawback && !row.is_reversed())
    {
        if let Some(adjusted) = clawback.adjusts_id {
            let (count, sum) = clawed.entry(adjusted).or_default();
            *count += 1;
            *sum += clawback.amount.minor();
        }
    }
    let by_id: HashMap<_, _> = rows.iter().map(|row| (row.id, row)).collect();
    let reason = reason(refund);
    let mut posting = Posting::new(writer.tenant(), writer.actor(), moments);
    if let Some(attribution) = original.attribution {
        posting.touch(attribution.partner_id);
    }
    let (mut clawbacks, mut reversed) = (Vec::new(), Vec::new());
    for row in &rows {
        // What was clawed back when the event was moved away has been taken back in full.
        let (_, clawed_minor) = clawed.get(&row.id).copied().unwrap_or_default();
        if !original.was_credited_so(row.accrued_at) && clawed_minor == -row.amount.minor() {
            continue;
        }
        // An adjustment follows the row that it adjusts.
        let sight = row
            .adjusts_id
            .and_then(|id| by_id.get(&id))
            .map_or(row.sight, |adjusted| adjusted.sight);
        let (count, sum) = clawed.get(&row.id).copied().unwrap_or_default();
        match take_back(row, count, sum, after.refunded_part(sight)) {
            TakeBack::Nothing => {}
            TakeBack::Reverse => {
                reversed.extend(posting.move_to(row, CommissionStatus::Reversed, Some(&reason)));
            }
            TakeBack::Clawback(amount, status, explanation) => {
                let clawback = clawback(
                    row,
                    refund,
                    CommissionId::new(refund.recorded_at),
                    (amount, status, explanation),
                );
                posting.write(clawback.clone(), Some(&reason));
                clawbacks.push(clawback);
            }
        }
    }
    posting.write_to(transaction).await?;
    Ok((clawbacks, reversed))
}

/// The reason of transitions that a refund or chargeback causes.
pub fn reason(refund: &Event) -> String {
    format!("{} {}", refund.kind.as_str().to_lowercase(), refund.external_id)
}

/// The clawback by which `refund` takes back from `row`.
pub fn clawback(
    row: &Commission,
    refund: &Event,
    id: CommissionId,
    (amount, status, explanation): (Money, CommissionStatus, Vec<Step>),
) -> ExplainedCommission {
    let taken = row.clawback(id, amount, status, refund.recorded_at);
    // A partner that kept its row when the event was moved away is not the one that the refund is credited to.
    let of_row =
        |credited: &Attribution| (credited.partner_id, credited.campaign_id) == (row.partner_id, row.campaign_id);
    let credited = refund.attribution.filter(of_row).map(|credited| credited.id);
    let taken = Commission {
        event_id: Some(refund.id),
        attribution_id: credited.or(taken.attribution_id),
        ..taken
    };
    taken.explained(explanation)
}
