//! Custom fields with their options. A pipeline has about a dozen, so that all are read at once.

use std::collections::HashMap;

use entity::custom_field::{self, Column, Entity};
use entity::custom_field_option;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::references::references;
use super::scope::visible;
use super::{Connection, StoreError, locks, many, view, write};
use crate::table_functions::table_functions;
use auth::Scope;
use domain::deal::{CustomField, CustomFieldOption};
use domain::id::{CustomFieldId, CustomFieldOptionId, TenantId};

use custom_field_option::Column as OptionColumn;

table_functions!(CustomField: at_hand);

/// All fields, oldest first.
pub async fn all(database: &Connection, scope: &Scope) -> Result<Vec<CustomField>, StoreError> {
    let fields = visible::<Entity>(scope).order_by_asc(Column::Id).all(database).await?;
    let options = visible::<custom_field_option::Entity>(scope)
        .order_by_asc(OptionColumn::Position)
        .order_by_asc(OptionColumn::Id)
        .all(database)
        .await?;
    Ok(joined(fields, options))
}

pub async fn by_ids(
    database: &Connection,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, CustomField>, StoreError> {
    let fields = visible::<Entity>(scope)
        .filter(many::among(database, Column::Id, ids))
        .all(database)
        .await?;
    let fields = joined(fields, options_of(database, scope, ids).await?);
    Ok(fields.into_iter().map(|field| (field.id.uuid(), field)).collect())
}

pub async fn find_by_external_id(
    database: &Connection,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<CustomField>, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::ExternalId.eq(external_id));
    let Some(field) = select.one(database).await? else {
        return Ok(None);
    };
    let options = options_of(database, scope, &[field.id]).await?;
    Ok(joined(vec![field], options).pop())
}

/// Selects the field for update: other writers of it and of its options wait until this transaction ends.
pub async fn lock(
    transaction: &Connection,
    scope: &Scope,
    id: CustomFieldId,
) -> Result<Option<CustomField>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .lock_exclusive();
    let Some(field) = select.one(transaction).await? else {
        return Ok(None);
    };
    locks::hold_object::<Entity>(transaction, id.uuid());
    let options = options_of(transaction, scope, &[id.uuid()]).await?;
    Ok(joined(vec![field], options).pop())
}

async fn options_of(
    database: &Connection,
    scope: &Scope,
    fields: &[Uuid],
) -> Result<Vec<custom_field_option::Model>, StoreError> {
    let of_fields = many::among(database, OptionColumn::FieldId, fields);
    let select = visible::<custom_field_option::Entity>(scope)
        .filter(of_fields)
        .order_by_asc(OptionColumn::Position)
        .order_by_asc(OptionColumn::Id);
    Ok(select.all(database).await?)
}

/// How many rows refer to the field, and what they are.
pub async fn count_references(
    database: &Connection,
    scope: &Scope,
    id: CustomFieldId,
) -> Result<Vec<(u64, &'static str)>, StoreError> {
    Ok(references!(database, scope, id;
        "deals": deal_field where FieldId,
        "commission rules": commission_rule_reference where FieldId,
    ))
}

/// How many rows refer to the option, and what they are.
pub async fn count_option_references(
    database: &Connection,
    scope: &Scope,
    id: CustomFieldOptionId,
) -> Result<Vec<(u64, &'static str)>, StoreError> {
    Ok(references!(database, scope, id;
        "deals": deal_field where OptionId,
        "commission rules": commission_rule_reference where OptionId,
    ))
}

pub async fn insert(transaction: &Connection, tenant: TenantId, field: &CustomField) -> Result<(), StoreError> {
    write::insert(transaction, to_row(tenant, field)).await?;
    let options = field.options.iter().zip(0..);
    let rows = options.map(|(option, position)| to_option_row(tenant, field.id, option, position));
    write::insert_all(transaction, rows).await
}

/// Writes the field and its options, of which `known` are stored. Known options that the field no longer has are
/// deleted.
pub async fn update(
    transaction: &Connection,
    tenant: TenantId,
    field: &CustomField,
    known: &[CustomFieldOption],
) -> Result<(), StoreError> {
    write::update(transaction, to_row(tenant, field)).await?;
    for option in known {
        if field.options.iter().all(|kept| kept.id != option.id) {
            write::delete::<custom_field_option::Entity>(
                transaction,
                tenant,
                custom_field_option::Column::Id.eq(option.id.uuid()),
            )
            .await?;
        }
    }
    for (option, position) in field.options.iter().zip(0..) {
        let row = to_option_row(tenant, field.id, option, position);
        if known.iter().any(|known| known.id == option.id) {
            write::update(transaction, row).await?;
        } else {
            write::insert(transaction, row).await?;
        }
    }
    Ok(())
}

/// Deletes the field with its options.
pub async fn delete(transaction: &Connection, tenant: TenantId, id: CustomFieldId) -> Result<(), StoreError> {
    write::delete::<custom_field_option::Entity>(transaction, tenant, OptionColumn::FieldId.eq(id.uuid())).await?;
    write::delete::<Entity>(transaction, tenant, Column::Id.eq(id.uuid())).await
}

fn joined(fields: Vec<custom_field::Model>, options: Vec<custom_field_option::Model>) -> Vec<CustomField> {
    let mut of_field: HashMap<Uuid, Vec<CustomFieldOption>> = HashMap::new();
    for row in options {
        of_field.entry(row.field_id).or_default().push(CustomFieldOption {
            id: CustomFieldOptionId::from_uuid(row.id),
            label: row.label,
            external_id: row.external_id,
        });
    }
    let fields = fields.into_iter().map(|row| CustomField {
        id: CustomFieldId::from_uuid(row.id),
        label: row.label,
        external_id: row.external_id,
        options: of_field.remove(&row.id).unwrap_or_default(),
    });
    fields.collect()
}

/// The id in a row whose columns were all read under names with this prefix.
pub fn id(row: &view::Row, prefix: &str) -> Result<CustomFieldId, StoreError> {
    let row: custom_field::Model = view::whole(row, prefix)?;
    Ok(CustomFieldId::from_uuid(row.id))
}

fn to_row(tenant: TenantId, field: &CustomField) -> custom_field::Model {
    custom_field::Model {
        tenant_id: tenant.uuid(),
        id: field.id.uuid(),
        label: field.label.clone(),
        external_id: field.external_id.clone(),
    }
}

fn to_option_row(
    tenant: TenantId,
    field: CustomFieldId,
    option: &CustomFieldOption,
    position: i32,
) -> custom_field_option::Model {
    custom_field_option::Model {
        tenant_id: tenant.uuid(),
        id: option.id.uuid(),
        field_id: field.uuid(),
        label: option.label.clone(),
        external_id: option.external_id.clone(),
        position,
    }
}
