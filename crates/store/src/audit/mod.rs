//! The audit log: entries newest first, either all of them or those of one object.

mod transaction_notes;
use std::sync::Arc;

use entity::audit_entry::{self, Column, Entity};
use entity::audit_object;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationDef, Select,
};
use uuid::Uuid;

use super::scope::visible;
use super::{StoreError, row, view};
use crate::table_functions::table_functions;
use auth::Scope;
use domain::Timestamp;
use domain::audit::{AuditEntry, FieldChange, Origin};
use domain::id::{ApiKeyId, AuditEntryId, PartnerId};
pub(super) use transaction_notes::TransactionNotes;
pub use transaction_notes::{Trail, add, at_hand};

const TABLE: &str = "audit_entry";

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AuditFilter {
    pub actor: Option<String>,
    pub operation: Option<String>,
    /// Only entries that list changes of this object.
    pub object: Option<Uuid>,
    /// The range of time: `from` is inclusive, `to` exclusive.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

/// The entries that match the filter. GraphQL reads such lists by [`view::page`].
pub fn list(filter: Arc<AuditFilter>) -> view::List {
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::AUDIT_ENTRY, None, select)
}

/// Ids sort by time, so that bounds in time become bounds on ids.
fn filtered(scope: &Scope, filter: &AuditFilter) -> Select<Entity> {
    let first_of = |moment| AuditEntryId::from_parts(moment, 0, 0).uuid();
    let condition = Condition::all()
        .add_option(filter.actor.as_ref().map(|actor| Column::Actor.eq(actor)))
        .add_option(
            filter
                .operation
                .as_ref()
                .map(|operation| Column::Operation.eq(operation)),
        )
        .add_option(filter.from.map(|from| Column::Id.gte(first_of(from))))
        .add_option(filter.to.map(|to| Column::Id.lt(first_of(to))));
    let all = match filter.object {
        Some(object) => of_object(scope, Expr::val(object)),
        None => visible::<Entity>(scope),
    };
    all.filter(condition)
}

table_functions!(AuditEntry: by_ids, whole);

/// Lists of the entries that list changes of an object.
pub fn list_of_objects() -> view::List {
    let select = |_, scope: &Scope, object| of_object(scope, object).into_query();
    view::List::new(&view::AUDIT_ENTRY, Some("object".to_owned()), select)
}

fn of_object(scope: &Scope, object: Expr) -> Select<Entity> {
    visible::<Entity>(scope)
        .join(JoinType::InnerJoin, objects())
        .filter(Expr::col(audit_object::Column::ObjectId.as_column_ref()).eq(object))
}

/// From an entry to the objects whose changes it lists.
fn objects() -> RelationDef {
    Entity::belongs_to(audit_object::Entity)
        .from((Column::TenantId, Column::Id))
        .to((audit_object::Column::TenantId, audit_object::Column::EntryId))
        .into()
}

/// Decodes the changes in a cell.
pub fn changes(row: &view::Row, cell: usize) -> Result<Vec<FieldChange>, StoreError> {
    row::json(TABLE, "changes", view::json(row, cell)?)
}

fn from_row(row: audit_entry::Model) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        id: AuditEntryId::from_uuid(row.id),
        at: row.at,
        origin: Origin {
            actor: row.actor,
            api_key_id: row.api_key_id.map(ApiKeyId::from_uuid),
            token_id: row.token_id,
            partner_id: row.partner_id.map(PartnerId::from_uuid),
            operation: row.operation,
            request_id: row.request_id,
        },
        count: row
            .count
            .map(|count| row::unsigned(TABLE, "count", count))
            .transpose()?,
        changes: row::json(TABLE, "changes", row.changes)?,
    })
}
