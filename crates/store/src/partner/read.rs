//! Partners by their ids, external ids and e-mail addresses.

use entity::partner::{Column, Entity};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::TABLE;
use super::rows::from_row;
use crate::by_id::by_id;
use crate::scope::visible;
use crate::template::EngineTemplates;
use crate::{Connection, StoreError, load, many, row};
use auth::Scope;
use domain::Timestamp;
use domain::id::{PartnerId, TenantId};
use domain::partner::{Partner, PartnerStatus};

by_id!(Partner, PartnerId: find, by_ids);

/// What decides whether a partner's tokens are valid: the status of the partnership, and from when on tokens are valid.
pub async fn sign_in(
    database: &Connection,
    tenant: TenantId,
    id: PartnerId,
) -> Result<Option<(PartnerStatus, Timestamp)>, StoreError> {
    // Every request of a partner asks this.
    static TEMPLATES: EngineTemplates = EngineTemplates::new();
    let backend = database.get_database_backend();
    let template = TEMPLATES.get(backend, || {
        let [tenant, id] = [1, 2].map(Uuid::from_u128);
        let scope = Scope::of_partner(TenantId::from_uuid(tenant), PartnerId::from_uuid(id));
        let mut select = visible::<Entity>(&scope)
            .select_only()
            .column(Column::Status)
            .column(Column::TokensValidFrom);
        (
            backend.build(QueryTrait::query(&mut select)),
            vec![tenant.into(), id.into()],
        )
    });
    let statement = template.with(&[tenant.uuid().into(), id.uuid().into()]);
    let Some(row) = database.query_one_raw(statement).await? else {
        return Ok(None);
    };
    let (status, from): (String, Timestamp) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok(Some((row::text(TABLE, "status", &status, PartnerStatus::parse)?, from)))
}

pub async fn find_by_external_id(
    database: &Connection,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<Partner>, StoreError> {
    load::one(
        database,
        visible::<Entity>(scope).filter(Column::ExternalId.eq(external_id)),
        from_row,
    )
    .await
}

pub async fn find_by_email(database: &Connection, scope: &Scope, email: &str) -> Result<Option<Partner>, StoreError> {
    load::one(
        database,
        visible::<Entity>(scope).filter(Column::Email.eq(email)),
        from_row,
    )
    .await
}

/// The external ids of all partners that have one.
pub async fn external_ids(database: &Connection, scope: &Scope) -> Result<Vec<(String, PartnerId)>, StoreError> {
    let columns = [Column::ExternalId, Column::Id];
    load::external_ids(database, visible::<Entity>(scope), columns, PartnerId::from_uuid).await
}

/// The partners that have any of these external ids or e-mail addresses.
pub async fn named(
    database: &Connection,
    scope: &Scope,
    external_ids: &[String],
    emails: &[String],
) -> Result<Vec<Partner>, StoreError> {
    let backend = database.get_database_backend();
    let any = Condition::any()
        .add(many::one_of_texts(
            backend,
            Column::ExternalId.as_column_ref(),
            external_ids,
        ))
        .add(many::one_of_texts(backend, Column::Email.as_column_ref(), emails));
    load::all(database, visible::<Entity>(scope).filter(any), from_row).await
}
