//! Partners by their ids, external ids and e-mail addresses.

use entity::partner::{Column, Entity};
use sea_orm::{ColumnTrait, Condition, QueryFilter};

use super::rows::from_row;
use crate::scope::visible;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError, load, many};
use auth::Scope;
use domain::id::PartnerId;
use domain::partner::Partner;

table_functions!(Partner, PartnerId: find, find_by_external_id, by_ids);

pub async fn find_by_email(database: &Connection, scope: &Scope, email: &str) -> Result<Option<Partner>, StoreError> {
    load::one(
        database,
        visible::<Entity>(scope).filter(Column::Email.eq(email)),
        from_row,
    )
    .await
}

/// The partners that have any of these external ids or e-mail addresses.
pub async fn named(
    database: &Connection,
    scope: &Scope,
    external_ids: &[String],
    emails: &[String],
) -> Result<Vec<Partner>, StoreError> {
    let any = Condition::any()
        .add(many::among_texts(database, Column::ExternalId, external_ids))
        .add(many::among_texts(database, Column::Email, emails));
    load::all(database, visible::<Entity>(scope).filter(any), from_row).await
}
