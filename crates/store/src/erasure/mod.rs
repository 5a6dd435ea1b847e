//! Erasures of personal values: what was asked for, and the batches in which it is done.
//!
//! A batch is a transaction that takes the erasure's row, and goes through some rows of the tables that hold values of the
//! subject ([`places`]); the erasure's row records how far it came. So it does not matter where the work is interrupted, or
//! how many replicas do it.

mod batch;
mod decisions;
mod eraser;
mod held;
mod owned;
mod places;
mod replay;
mod statement;

use std::collections::BTreeSet;
use std::sync::Arc;

use entity::erasure::{self, Column, Entity};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::filter::one_of_words;
use crate::scope::visible;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError, Transaction, raw, row, view};
use auth::Scope;
use domain::Timestamp;
use domain::erasure::{Erasure, Subject, SubjectKind};
use domain::id::{CustomerId, ErasureId, PartnerId, PartnershipRequestId, TenantId};

pub use batch::{Batch, erase};
pub use held::{HeldPage, HeldPosition, HeldValue, read_held};
pub use replay::{names_in_use, was_requested_since};

const TABLE: &str = "erasure";

table_functions!(Erasure: by_ids, at_hand);

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ErasureFilter {
    /// Any of these values; an empty list matches nothing.
    pub subjects: Option<Vec<SubjectKind>>,
    pub requested_from: Option<Timestamp>,
    pub requested_to: Option<Timestamp>,
}

/// The erasures that match the filter, newest first.
pub fn list(filter: Arc<ErasureFilter>) -> view::List {
    let kept = (*filter == ErasureFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| {
        let subjects = filter.subjects.as_deref();
        let wanted = Condition::all()
            .add_option(one_of_words(Column::Subject, subjects, SubjectKind::as_str))
            .add_option(filter.requested_from.map(|from| Column::RequestedAt.gte(from)))
            .add_option(filter.requested_to.map(|to| Column::RequestedAt.lt(to)));
        visible::<Entity>(scope).filter(wanted).into_query()
    };
    view::List::new(&view::ERASURE, kept, select)
}

/// Writes the id of the subject, from the cells of `subject` and `subject_id`; null for staff.
pub fn write_subject_id(row: &view::Row, cells: &[usize], json: &mut view::JsonText) -> Result<(), StoreError> {
    let kind = row.text(cells[0])?.unwrap_or_default();
    let kind = row::text(TABLE, "subject", &kind, SubjectKind::parse)?;
    let subject = view::uuid(row, cells[1])?.and_then(|id| subject(kind, id, None).id());
    json.optional_text(subject.as_deref());
    Ok(())
}

/// Whether the tenant has ever erased anything.
pub async fn has_any(database: &Connection, scope: &Scope) -> Result<bool, StoreError> {
    let any = visible::<Entity>(scope).select_only().column(Column::Id).limit(1);
    let found: Option<uuid::Uuid> = any.into_tuple().one(database).await?;
    Ok(found.is_some())
}

/// Writes what stands in the place of a name that is erased; null for a name that is not.
pub fn write_pseudonym(row: &view::Row, cells: &[usize], json: &mut view::JsonText) -> Result<(), StoreError> {
    let name = row.text(cells[0])?;
    json.optional_text(name.as_deref().filter(|name| name.starts_with("erased:")));
    Ok(())
}

/// What is not settled with a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    pub has_payouts: bool,
    /// Whether commissions are accrued or approved.
    pub is_owed: bool,
}

/// What is not settled with a partner or a recipient.
pub async fn open(transaction: &Connection, tenant: TenantId, subject: &Subject) -> Result<Open, StoreError> {
    let and_recipient = match subject {
        Subject::Recipient { .. } => " AND t.recipient = {name}",
        _ => "",
    };
    let sql = format!(
        "SELECT
           CASE WHEN EXISTS (SELECT 1 FROM payout AS t WHERE t.tenant_id = {{tenant}} AND t.partner_id = {{subject}}
             AND t.status = 'PENDING'{and_recipient}) THEN 1 ELSE 0 END AS payouts,
           CASE WHEN EXISTS (SELECT 1 FROM commission AS t WHERE t.tenant_id = {{tenant}}
             AND t.partner_id = {{subject}} AND t.status IN ('ACCRUED', 'APPROVED'){and_recipient})
             THEN 1 ELSE 0 END AS owed"
    );
    let values = statement::Values::default()
        .with("tenant", tenant.uuid())
        .with("subject", subject_id(subject))
        .with("name", subject.name());
    let rows = values.rows(transaction, &sql).await?;
    let is = |column| {
        rows.first()
            .map_or(Ok(0), |row| row.try_get::<i32>("", column))
            .map(|found| found == 1)
    };
    Ok(Open {
        has_payouts: is("payouts")?,
        is_owed: is("owed")?,
    })
}

/// The number of the tenant's next erasure. The caller holds the lock of the tenant's row.
pub async fn next_number(transaction: &Connection, scope: &Scope) -> Result<u32, StoreError> {
    let last: Option<i32> = visible::<Entity>(scope)
        .select_only()
        .column(Column::Number)
        .order_by_desc(Column::Number)
        .limit(1)
        .into_tuple()
        .one(transaction)
        .await?;
    Ok(number(last.unwrap_or(0))? + 1)
}

/// Writes that an erasure was asked for.
pub async fn insert(transaction: &Transaction, tenant: TenantId, erasure: &Erasure) -> Result<(), StoreError> {
    let row = erasure::Model {
        audit_entry_id: transaction.audit_entry(),
        ..to_row(tenant, erasure)
    };
    Entity::insert(row.into_active_model())
        .exec_without_returning(transaction.connection())
        .await?;
    Ok(())
}

/// The erasure that has waited longest, of any tenant. Those of customers are passed over while there is no key from which
/// pseudonyms are derived (`has_key`), so that they hold up nobody else.
pub async fn next(database: &Connection, has_key: bool) -> Result<Option<(TenantId, ErasureId)>, StoreError> {
    let passed_over = match has_key {
        true => "",
        false => " AND subject <> 'CUSTOMER'",
    };
    let sql = format!(
        "SELECT tenant_id, id FROM erasure WHERE finished_at IS NULL{passed_over}
         ORDER BY requested_at, tenant_id, id LIMIT 1"
    );
    let found = raw::first(database, &sql, []).await?;
    found
        .map(|row| {
            let (tenant, id) = (row.try_get("", "tenant_id")?, row.try_get("", "id")?);
            Ok((TenantId::from_uuid(tenant), ErasureId::from_uuid(id)))
        })
        .transpose()
}

/// Which of these texts, which stand for erased external ids, are those of events or customers.
pub async fn known_pseudonyms(
    database: &Connection,
    scope: &Scope,
    pseudonyms: &[String],
) -> Result<Vec<String>, StoreError> {
    use entity::{customer, event};
    let mut known = Vec::new();
    macro_rules! look_up {
        ($($table:ident)+) => {
            $(
                let one_of = crate::many::among_texts(database, $table::Column::ExternalId, pseudonyms);
                let select = visible::<$table::Entity>(scope).filter(one_of).select_only();
                let found: Vec<String> = select.column($table::Column::ExternalId).into_tuple().all(database).await?;
                known.extend(found);
            )+
        };
    }
    look_up!(event customer);
    Ok(known)
}

/// The tables that hold personal values.
pub(crate) fn tables() -> BTreeSet<&'static str> {
    let steps = SubjectKind::ALL.iter().flat_map(|kind| places::steps(*kind));
    steps.map(|step| step.table()).collect()
}

/// The ids of the keys by which erased external ids were replaced, of all tenants.
pub(crate) async fn pseudonym_keys(database: &Connection) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT substr(customer.external_id, 1, length(customer.external_id) - 65) AS key
      FROM erasure JOIN customer ON customer.tenant_id = erasure.tenant_id AND customer.id = erasure.subject_id
      WHERE erasure.subject = 'CUSTOMER' AND customer.external_id LIKE 'erased:%'";
    let rows = raw::rows(database, sql, []).await?;
    let key = |row: &sea_orm::QueryResult| {
        let key: String = row.try_get("", "key")?;
        Ok(key.trim_start_matches("erased:").to_owned())
    };
    rows.iter().map(key).collect()
}

/// The number of erasures of customers that are not finished, of all tenants.
pub(crate) async fn count_unfinished_of_customers(database: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT id FROM erasure WHERE subject = 'CUSTOMER' AND finished_at IS NULL";
    Ok(raw::rows(database, sql, []).await?.len() as u64)
}

fn number(number: i32) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Corrupt {
        table: TABLE,
        column: "number",
        value: number.to_string(),
    })
}

fn from_row(row: erasure::Model) -> Result<Erasure, StoreError> {
    let kind = row::text(TABLE, "subject", &row.subject, SubjectKind::parse)?;
    Ok(Erasure {
        id: ErasureId::from_uuid(row.id),
        number: number(row.number)?,
        subject: subject(kind, row.subject_id.unwrap_or_default(), row.subject_name),
        requested_by: row.requested_by,
        reason: row.reason,
        forced: row.forced,
        requested_at: row.requested_at,
        finished_at: row.finished_at,
        changed_rows: u64::try_from(row.changed_rows).unwrap_or_default(),
    })
}

/// The subject of a kind, from its id, or that of a recipient's partner, and its name.
pub fn subject(kind: SubjectKind, id: uuid::Uuid, name: Option<String>) -> Subject {
    match kind {
        SubjectKind::Partner => Subject::Partner(PartnerId::from_uuid(id)),
        SubjectKind::Customer => Subject::Customer(CustomerId::from_uuid(id)),
        SubjectKind::Request => Subject::Request(PartnershipRequestId::from_uuid(id)),
        SubjectKind::Recipient => {
            let partner = PartnerId::from_uuid(id);
            Subject::Recipient { partner, name }
        }
        SubjectKind::StaffActor => Subject::StaffActor { actor: name },
    }
}

fn subject_id(subject: &Subject) -> Option<uuid::Uuid> {
    match subject {
        Subject::Partner(id) | Subject::Recipient { partner: id, .. } => Some(id.uuid()),
        Subject::Customer(id) => Some(id.uuid()),
        Subject::Request(id) => Some(id.uuid()),
        Subject::StaffActor { .. } => None,
    }
}

/// The row without a reference to its audit log entry.
fn to_row(tenant: TenantId, erasure: &Erasure) -> erasure::Model {
    erasure::Model {
        tenant_id: tenant.uuid(),
        id: erasure.id.uuid(),
        number: i32::try_from(erasure.number).unwrap_or(i32::MAX),
        subject: erasure.subject.kind().as_str().to_owned(),
        subject_id: subject_id(&erasure.subject),
        subject_name: erasure.subject.name().map(str::to_owned),
        requested_by: erasure.requested_by.clone(),
        reason: erasure.reason.clone(),
        forced: erasure.forced,
        requested_at: erasure.requested_at,
        finished_at: erasure.finished_at,
        step: 0,
        after_id: None,
        changed_rows: i32::try_from(erasure.changed_rows).unwrap_or(i32::MAX),
        audit_entry_id: None,
        under_way: None,
    }
}
