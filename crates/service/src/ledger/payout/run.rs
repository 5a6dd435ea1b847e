//! What a payout run pays, what it leaves and why. A preview calls the same functions on a snapshot of the database and
//! writes nothing.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;

use crate::app::App;
use crate::ids::existing;
use crate::ledger::lock_partners;
use crate::ledger::posting::{Moments, Posting, moments};
use crate::once::{begin, commit, repeated};
use crate::{ServiceError, require};
use auth::{Caller, Resource, Scope, Writer};
use domain::Timestamp;
use domain::commission::{Commission, Payout, PayoutRun, PayoutStatus};
use domain::history::Moment;
use domain::id::{PartnerId, PayoutId, PayoutRunId};
use domain::money::Currency;
use domain::partner::Partner;
use domain::payout_run::{RunLine, RunTerms, RunTotal, lines, taken, totals};
use domain::problem::{ProblemCode, Problems};
use domain::webhook::WebhookEventType;
use domain::webhook::body::OutboxEvent;
use store::locks::InForce;
use store::payable::PayableFilter;
use store::{StoreError, Transaction};

/// Which partners and which commissions to pay.
#[derive(Clone, Debug, Default)]
pub struct NewPayoutRun {
    /// Only commissions that accrued before this time, and clawbacks of those; `None`: all.
    pub accrued_before: Option<Timestamp>,
    /// Leaves commissions that are not in the payout currency of their partner, if it has chosen one.
    pub respect_payout_currency: bool,
    /// `None`: every currency.
    pub currency: Option<Currency>,
    /// `None`: every partner.
    pub partner_ids: Option<Vec<String>>,
}

/// What a run would do.
#[derive(Clone, Debug)]
pub struct Preview {
    pub lines: Vec<RunLine>,
    pub totals: Vec<RunTotal>,
}

/// Groups approved commissions by payee and currency. What can be paid is put into payouts; the rest carries forward,
/// and its line says why.
pub async fn create_run(app: &App, caller: &Caller, input: NewPayoutRun) -> Result<PayoutRun, ServiceError> {
    repeated(|| create_run_once(app, caller, &input)).await
}

async fn create_run_once(app: &App, caller: &Caller, input: &NewPayoutRun) -> Result<PayoutRun, ServiceError> {
    let writer = caller.write(Resource::Payouts)?;
    let (tenant, scope) = (writer.tenant(), writer.scope());
    let transaction = begin(app, &writer).await?;
    // Waits for all who are about to make rows payable, and makes others wait: a row that became payable at a time
    // before the run's is seen.
    store::locks::take(&transaction, tenant, &[InForce::Settings], &[InForce::Payouts]).await?;
    // With what matures while the partners are being locked.
    let concerned = wanted(&transaction, &scope, input, app.clock.now() + TimeDelta::days(1)).await?;
    let partners = match &concerned.partners {
        Some(partners) => partners.clone(),
        None => store::payable::partners(&transaction, &scope, &concerned).await?,
    };
    let locked = lock_partners(&transaction, &writer, &[], partners).await?;
    let now = app.clock.now();
    let wanted = PayableFilter {
        matured_by: now,
        ..concerned
    };
    let rows = store::payable::rows(&transaction, &scope, &wanted).await?;
    let rows = taken(rows, input.accrued_before);
    let by_id: HashMap<_, _> = locked.iter().map(|one| (one.partner.id, one.partner.clone())).collect();
    let found = found(&transaction, &scope, input, rows, &by_id).await?;
    let run = PayoutRun {
        id: PayoutRunId::new(now),
        created_at: now,
        accrued_before: input.accrued_before,
        created_by: writer.actor().to_owned(),
    };
    let moments = moments(&locked, &app.clock);
    write(&transaction, &writer, &run, found, (&by_id, moments)).await?;
    commit(app, transaction, &writer, &run).await?;
    Ok(run)
}

/// What a run would do if it were created now. Writes nothing.
pub async fn preview_run(app: &App, caller: &Caller, input: NewPayoutRun) -> Result<Preview, ServiceError> {
    let writer = caller.write(Resource::Payouts)?;
    let scope = writer.scope();
    let moment = app.store.request_snapshot().await?;
    let wanted = wanted(&moment, &scope, &input, app.clock.now()).await?;
    let rows = taken(
        store::payable::rows(&moment, &scope, &wanted).await?,
        input.accrued_before,
    );
    let ids: BTreeSet<_> = rows.iter().map(|row| row.partner_id.uuid()).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let partners = store::partner::by_ids(&moment, &scope, &ids).await?;
    let partners = partners.into_values().map(|partner| (partner.id, partner)).collect();
    let found = found(&moment, &scope, &input, rows, &partners).await?;
    moment.rollback().await?;
    let lines: Vec<_> = found.into_iter().map(|(line, _)| line).collect();
    let totals = totals(&lines);
    Ok(Preview { lines, totals })
}

/// The filter that the input describes, if the partners that it names exist.
async fn wanted(
    database: &Transaction,
    scope: &Scope,
    input: &NewPayoutRun,
    now: Timestamp,
) -> Result<PayableFilter, ServiceError> {
    let mut problems = Problems::new();
    let partners = match &input.partner_ids {
        Some(ids) => Some(existing("partnerIds", ids, &mut problems, database, scope).await?),
        None => None,
    };
    require!(problems);
    Ok(PayableFilter {
        partners,
        currency: input.currency,
        accrued_before: input.accrued_before,
        matured_by: now,
    })
}

/// The lines of the rows that the run takes. `partners` must hold all partners of the rows.
async fn found(
    database: &Transaction,
    scope: &Scope,
    input: &NewPayoutRun,
    rows: Vec<Commission>,
    partners: &HashMap<PartnerId, Partner>,
) -> Result<Vec<(RunLine, Vec<Commission>)>, ServiceError> {
    let tenant = store::tenant::get(database, scope).await?;
    let terms = RunTerms {
        respects_payout_currency: input.respect_payout_currency,
        minimums: &tenant.minimum_payouts,
    };
    let lines = lines(rows, partners, terms);
    lines.map_err(|error| Problems::one("", ProblemCode::Invalid, error.to_string()).into())
}

/// Writes the run, its payouts and its lines, and reserves what is paid out.
async fn write(
    transaction: &Transaction,
    writer: &Writer,
    run: &PayoutRun,
    found: Vec<(RunLine, Vec<Commission>)>,
    (partners, moments): (&HashMap<PartnerId, Partner>, Moments),
) -> Result<(), StoreError> {
    let count = found.iter().filter(|(line, _)| line.payable().is_some()).count();
    let bits = std::iter::repeat_with(|| fastrand::u64(..)).take(count).collect();
    let references = store::payout::unused_bank_references(transaction, &writer.scope(), bits).await?;
    let mut references = references.into_iter();
    let mut posting = Posting::new(writer.tenant(), writer.actor(), moments);
    let (mut payouts, mut items, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for (line, rows) in found {
        let (Some(amount), Some(partner)) = (line.payable(), partners.get(&line.partner_id)) else {
            lines.push(line);
            continue;
        };
        let Moment { sequence, at } = posting.moment(line.partner_id);
        let id = PayoutId::new(at);
        for row in &rows {
            posting.put_into(row, id);
            items.push((id, row.id, sequence));
        }
        let paid_as = line.recipient.as_deref().unwrap_or_else(|| partner.paid_as());
        payouts.push(Payout {
            id,
            run_id: run.id,
            partner_id: line.partner_id,
            recipient: line.recipient.clone(),
            amount,
            status: PayoutStatus::Pending,
            created_at: at,
            settled_at: None,
            reference: None,
            payout_reference: paid_as.to_owned(),
            created_by: run.created_by.clone(),
            settled_by: None,
            sequence,
            settled_sequence: None,
            bank_reference: references.next().expect("one for each line that is paid out"),
            returned_at: None,
            returned_by: None,
            return_reason: None,
            returned_sequence: None,
        });
        let payout_id = Some(id);
        lines.push(RunLine { payout_id, ..line });
    }
    store::payout_run::insert(transaction, writer.tenant(), run).await?;
    // The run, and its payouts.
    transaction.counted(1 + payouts.len() as u64);
    store::payout::insert(transaction, writer.tenant(), &payouts).await?;
    store::payout::insert_items(transaction, writer.tenant(), &items, run.created_at).await?;
    let made = payouts.iter().map(|payout| OutboxEvent {
        event_type: WebhookEventType::PayoutCreated,
        object: payout.id.uuid(),
        at: payout.created_at,
        detail: None,
    });
    store::outbox::append_to(transaction, writer.tenant(), made).await?;
    store::payout_run::insert_lines(transaction, writer.tenant(), run.id, &lines).await?;
    posting.write_to(transaction).await
}
