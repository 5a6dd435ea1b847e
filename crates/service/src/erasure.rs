//! Erasing the personal values of a subject: asking for it, and the job that does it in batches.

use std::sync::Arc;

use crate::aggregate::aggregate;
use crate::app::App;
use crate::ids::object;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Scope, Writer};
use domain::audit::Origin;
use domain::erasure::{Erasure, Subject, SubjectKind};
use domain::id::{self, ErasureId};
use domain::partner::Partner;
use domain::problem::{ProblemCode, Problems};
use domain::{audit, text};
use store::erasure::Batch;
use store::{Connection, StoreError, Transaction};

aggregate!(Erasure: Erasure, in erasure, with answer);

/// Whose personal values to erase, as sent.
#[derive(Clone, Debug)]
pub enum NamedSubject {
    Partner(String),
    Customer(String),
    Request(String),
    Recipient { partner: String, name: String },
    StaffActor(String),
}

/// About how many rows a batch looks at, so that nobody waits long for its locks.
pub const BATCH: usize = 500;

/// Begins to erase the personal values of a subject; the job does the rest ([`work`]). A partner's tokens and keys end at
/// once. Unless `force` is set, a partner or recipient is refused while a payout is open or something is owed.
pub async fn request(
    app: &App,
    caller: &Caller,
    subject: NamedSubject,
    reason: Option<&str>,
    force: bool,
) -> Result<Erasure, ServiceError> {
    let writer = caller.admin()?;
    let mut problems = Problems::new();
    let reason = problems.optional("reason", reason, text::reason);
    let transaction = begin(app, &writer).await?;
    store::tenant::take_turn(&transaction, writer.tenant()).await?;
    problems.enter("subject");
    let found = find(&transaction, &writer.scope(), subject, &mut problems).await?;
    if found
        .as_ref()
        .is_some_and(|subject| subject.kind() == SubjectKind::Customer)
        && app.webhooks.keys.is_none()
    {
        let message = "cannot be erased: the settings have no key from which to derive what its external ids are found by \
                       afterwards (webhook_keys)";
        problems.add("customerId", ProblemCode::Conflict, message);
    }
    // Nothing is earned or paid out while the partner is locked.
    let partner = match &found {
        Some(Subject::Partner(partner) | Subject::Recipient { partner, .. }) => {
            store::partner::lock(&transaction, &writer.scope(), *partner).await?
        }
        Some(Subject::Customer(_) | Subject::Request(_) | Subject::StaffActor { .. }) | None => None,
    };
    if let Some(subject) = found.as_ref().filter(|_| !force) {
        refuse_owed(&transaction, &writer, subject, &mut problems).await?;
    }
    problems.leave();
    require!(problems; found, reason);
    let subject = found;
    if let (Subject::Partner(_), Some(locked)) = (&subject, partner) {
        end_credentials(app, &transaction, &writer, &locked.partner).await?;
    }
    let now = app.clock.now();
    let erasure = Erasure {
        id: ErasureId::new(now),
        number: store::erasure::next_number(&transaction, &writer.scope()).await?,
        subject,
        requested_by: writer.actor().to_owned(),
        reason,
        forced: force,
        requested_at: now,
        finished_at: None,
        changed_rows: 0,
    };
    store::erasure::insert(&transaction, writer.tenant(), &erasure).await?;
    transaction.created(&erasure);
    commit(app, transaction, &writer, &erasure).await?;
    Ok(erasure)
}

/// The subject that is named, if there is one: for exports of what is held of it.
pub async fn subject(app: &App, caller: &Caller, named: NamedSubject) -> Result<Subject, ServiceError> {
    let writer = caller.admin()?;
    let mut problems = Problems::new();
    let found = find(app.store.reader(), &writer.scope(), named, &mut problems).await?;
    require!(problems; found);
    Ok(found)
}

async fn find(
    database: &Connection,
    scope: &Scope,
    subject: NamedSubject,
    problems: &mut Problems,
) -> Result<Option<Subject>, StoreError> {
    Ok(match subject {
        NamedSubject::Partner(id) => {
            let found = object::<id::Partner>("partnerId", &id, problems, database, scope).await?;
            found.map(|partner| Subject::Partner(partner.id))
        }
        NamedSubject::Customer(id) => {
            let found = object::<id::Customer>("customerId", &id, problems, database, scope).await?;
            found.map(|customer| Subject::Customer(customer.id))
        }
        NamedSubject::Request(id) => {
            let found = object::<id::PartnershipRequest>("requestId", &id, problems, database, scope).await?;
            found.map(|request| Subject::Request(request.id))
        }
        NamedSubject::Recipient { partner, name } => {
            problems.enter("recipient");
            let found = object::<id::Partner>("partnerId", &partner, problems, database, scope).await?;
            problems.leave();
            let name = Some(name);
            found.map(|partner| Subject::Recipient {
                partner: partner.id,
                name,
            })
        }
        NamedSubject::StaffActor(actor) => {
            let actor = Some(audit::cut(&actor));
            Some(Subject::StaffActor { actor })
        }
    })
}

async fn refuse_owed(
    transaction: &Transaction,
    writer: &Writer,
    subject: &Subject,
    problems: &mut Problems,
) -> Result<(), ServiceError> {
    let field = match subject {
        Subject::Partner(_) => "partnerId",
        Subject::Recipient { .. } => "recipient",
        Subject::Customer(_) | Subject::Request(_) | Subject::StaffActor { .. } => return Ok(()),
    };
    let open = store::erasure::open(transaction, writer.tenant(), subject).await?;
    if open.has_payouts {
        let message = "has a payout that is not settled; settle it first, or set force";
        problems.add(field, ProblemCode::Conflict, message);
    } else if open.is_owed {
        let message = "is owed commissions that are not paid; pay or reverse them first, or set force";
        problems.add(field, ProblemCode::Conflict, message);
    }
    Ok(())
}

/// Ends the partner's tokens and API keys.
async fn end_credentials(
    app: &App,
    transaction: &Transaction,
    writer: &Writer,
    partner: &Partner,
) -> Result<(), ServiceError> {
    let now = app.clock.now();
    let ended = Partner {
        tokens_valid_from: now,
        ..partner.clone()
    };
    store::partner::update(transaction, writer.tenant(), &ended).await?;
    store::api_key::revoke_of_partner(transaction, writer.tenant(), partner.id, now).await?;
    Ok(())
}

/// Does the next batch of the erasure that has waited longest; `None`: there is none. Any number of replicas may do this
/// at once.
pub async fn work(app: &App) -> Result<Option<Batch>, StoreError> {
    work_on(app, BATCH).await
}

/// Like [`work`], with batches that look at about `limit` rows.
pub async fn work_on(app: &App, limit: usize) -> Result<Option<Batch>, StoreError> {
    let has_key = app.webhooks.keys.is_some();
    let Some((tenant, erasure)) = store::erasure::next(app.store.reader(), has_key).await? else {
        return Ok(None);
    };
    let origin = Arc::new(Origin::job("erase personal data"));
    let transaction = app.store.begin(app.trail(tenant, origin)).await?;
    let keys = app.webhooks.keys.clone();
    let pseudonym = move |text: &str| keys.as_ref().map(|keys| keys.pseudonym(tenant, text));
    let now = app.clock.now();
    let Some(batch) = store::erasure::erase(&transaction, tenant, erasure, &pseudonym, (limit, now)).await? else {
        // Another replica has finished it meanwhile.
        transaction.rollback().await?;
        return Ok(Some(Batch::default()));
    };
    transaction.commit().await?;
    if batch.is_last {
        app.store.empty_log().await?;
    }
    Ok(Some(batch))
}
