//! Payout runs and their settlement. A commission is in at most one open payout, whatever runs at the same time: it is
//! put there under its partner's lock.

use std::collections::BTreeMap;

use super::lock_partners;
use super::posting::{Posting, moments};
use crate::app::App;
use crate::auth::{Caller, Resource};
use crate::domain::commission::{Commission, CommissionStatus, Payout, PayoutRun, PayoutStatus};
use crate::domain::id::{self, PartnerId, PayoutId, PayoutRunId};
use crate::domain::money::{Currency, Money};
use crate::domain::partner::PartnerStatus;
use crate::domain::problem::{ProblemCode, Problems};
use crate::domain::text;
use crate::service::ServiceError;
use crate::service::once::{begin, commit, repeated};
use crate::store;

/// Whom and what to pay.
#[derive(Clone, Debug)]
pub struct NewPayoutRun {
    /// `None`: every currency.
    pub currency: Option<Currency>,
    /// `None`: every partner.
    pub partner_ids: Option<Vec<String>>,
}

/// Groups approved commissions by payee and currency into payouts. A group of 0 or less, or below the tenant's minimum,
/// is left and carries forward. Suspended partners are passed over.
pub async fn create_run(app: &App, caller: &Caller, input: NewPayoutRun) -> Result<PayoutRun, ServiceError> {
    repeated(|| create_run_once(app, caller, input.clone())).await
}

async fn create_run_once(app: &App, caller: &Caller, input: NewPayoutRun) -> Result<PayoutRun, ServiceError> {
    let writer = caller.write(Resource::Payouts)?;
    let mut problems = Problems::new();
    let scope = writer.scope();
    let transaction = begin(app, &writer).await?;
    let wanted: Vec<PartnerId> = match &input.partner_ids {
        None => {
            let partners = store::commission::payable_partners(&transaction, &scope, input.currency).await?;
            partners.into_iter().map(PartnerId::from_uuid).collect()
        }
        Some(ids) => {
            let parsed: Vec<_> = ids
                .iter()
                .enumerate()
                .map(|(index, text)| problems.id::<id::Partner>(&format!("partnerIds.{index}"), text))
                .collect();
            let uuids: Vec<_> = parsed.iter().flatten().map(|id| id.uuid()).collect();
            let known = store::partner::by_ids(&transaction, &scope, &uuids).await?;
            for (index, id) in parsed.iter().enumerate() {
                if let Some(id) = id {
                    problems.found(&format!("partnerIds.{index}"), known.get(&id.uuid()));
                }
            }
            parsed.into_iter().flatten().collect()
        }
    };
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let partners = lock_partners(&transaction, &writer, wanted).await?;
    // Not before the lock: what was approved while this one waited for it is earlier.
    let now = app.clock.now();
    let paid: Vec<_> = partners
        .iter()
        .map(|locked| &locked.partner)
        .filter(|partner| partner.status != PartnerStatus::Suspended)
        .map(|partner| partner.id.uuid())
        .collect();
    let rows = store::commission::payable(&transaction, &scope, &paid, input.currency).await?;
    let minimums = store::tenant::get(&transaction, &scope).await?.minimum_payouts;

    let run = PayoutRun {
        id: PayoutRunId::new(now),
        created_at: now,
        accrued_before: None,
        created_by: Some(writer.actor().to_owned()),
    };
    store::payout::insert_run(&transaction, writer.tenant(), &run).await?;
    let mut posting = Posting::new(writer.tenant(), writer.actor(), moments(&partners, &app.clock));
    let (mut payouts, mut items) = (Vec::new(), Vec::new());
    for ((partner_id, recipient, currency), rows) in by_payee(rows) {
        let total: i128 = rows.iter().map(|row| i128::from(row.amount.minor())).sum();
        let minimum = minimums
            .iter()
            .find(|money| money.currency() == currency)
            .map_or(1, |money| money.minor().max(1));
        if total < i128::from(minimum) {
            continue;
        }
        // A sum beyond the largest amount waits: no payment is that large, and what is too much once is an error.
        let Some(amount) = i64::try_from(total)
            .ok()
            .and_then(|minor| Money::from_minor(minor, currency).ok())
        else {
            continue;
        };
        let created_at = posting.time_of(partner_id);
        let id = PayoutId::new(created_at);
        for row in &rows {
            posting.put_into(row, id);
            items.push((id, row.id));
        }
        let payee = partners.iter().find(|locked| locked.partner.id == partner_id);
        let payout_reference = recipient.clone().or_else(|| Some(payee?.partner.paid_as().to_owned()));
        payouts.push(Payout {
            id,
            run_id: run.id,
            partner_id,
            recipient,
            amount,
            status: PayoutStatus::Pending,
            created_at,
            settled_at: None,
            reference: None,
            payout_reference,
            created_by: run.created_by.clone(),
            settled_by: None,
        });
    }
    store::payout::insert(&transaction, writer.tenant(), &payouts).await?;
    store::payout::insert_items(&transaction, writer.tenant(), &items, now).await?;
    posting.write_to(&transaction).await?;
    commit(app, transaction, &writer, &run).await?;
    Ok(run)
}

/// Rows by who is paid (the partner, or an individual there) and currency.
fn by_payee(rows: Vec<Commission>) -> BTreeMap<(PartnerId, Option<String>, Currency), Vec<Commission>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows {
        let payee = (row.partner_id, row.recipient.clone(), row.amount.currency());
        groups.entry(payee).or_default().push(row);
    }
    groups
}

/// Says how a payout ended: paid, with all its rows in the same transaction; or failed or canceled, which releases them.
pub async fn settle(
    app: &App,
    caller: &Caller,
    id: &str,
    status: PayoutStatus,
    reference: Option<String>,
) -> Result<Payout, ServiceError> {
    repeated(|| settle_once(app, caller, id, status, reference.clone())).await
}

async fn settle_once(
    app: &App,
    caller: &Caller,
    id: &str,
    status: PayoutStatus,
    reference: Option<String>,
) -> Result<Payout, ServiceError> {
    let writer = caller.write(Resource::Payouts)?;
    let mut problems = Problems::new();
    let reference = problems
        .optional("reference", reference, |text| text::name(&text))
        .flatten();
    let scope = writer.scope();
    let transaction = begin(app, &writer).await?;
    let seen = match problems.id::<id::Payout>("id", id) {
        Some(id) => {
            let seen = store::payout::by_ids(&transaction, &scope, &[id.uuid()])
                .await?
                .remove(&id.uuid());
            problems.found("id", seen)
        }
        None => None,
    };
    let (Some(seen), true) = (seen, problems.is_empty()) else {
        return Err(problems.into());
    };
    let locked = lock_partners(&transaction, &writer, vec![seen.partner_id]).await?;
    let moments = moments(&locked, &app.clock);
    let payout = store::payout::by_ids(&transaction, &scope, &[seen.id.uuid()])
        .await?
        .remove(&seen.id.uuid());
    let Some(payout) = payout else {
        return Err(problems.into());
    };
    if payout.status != PayoutStatus::Pending {
        let message = format!("is {} already", payout.status.as_str());
        problems.add("id", ProblemCode::InvalidTransition, message);
        return Err(problems.into());
    }
    let ids = store::payout::commissions_in(&transaction, &scope, payout.id).await?;
    let rows = store::commission::by_ids(&transaction, &scope, &ids).await?;
    let mut posting = Posting::new(writer.tenant(), writer.actor(), moments);
    let now = posting.time_of(payout.partner_id);
    for row in rows.values() {
        match status {
            PayoutStatus::Paid => {
                posting.move_to(row, CommissionStatus::Paid, Some("its payout is paid"));
            }
            PayoutStatus::Failed | PayoutStatus::Canceled => posting.release(row),
            PayoutStatus::Pending => {}
        }
    }
    posting.write_to(&transaction).await?;
    let payout = Payout {
        status,
        settled_at: Some(now),
        settled_by: Some(writer.actor().to_owned()),
        reference,
        ..payout
    };
    store::payout::update(&transaction, writer.tenant(), &payout).await?;
    commit(app, transaction, &writer, &payout).await?;
    Ok(payout)
}
