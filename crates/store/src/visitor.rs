//! Which customer a visitor is: written once, for good.

use std::collections::HashMap;

use entity::visitor::{self, Column, Entity};
use sea_orm::{ColumnTrait, IntoActiveModel, QueryFilter};

use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, salt};
use crate::mapped::mapped;
use auth::Scope;
use domain::id::{CustomerId, TenantId};
use domain::touch::Visitor;

const TABLE: &str = "visitor";

/// The customers to whom these visitors are tied, by visitor.
pub async fn customers_of(
    database: &Connection,
    scope: &Scope,
    visitors: &[String],
) -> Result<HashMap<String, CustomerId>, StoreError> {
    if visitors.is_empty() {
        return Ok(HashMap::new());
    }
    let select = visible::<Entity>(scope).filter(Column::VisitorId.is_in(visitors));
    let rows: Vec<visitor::Model> = sea_orm::Select::all(select, database).await?;
    let tied = rows.into_iter().map(|row| {
        let tied = from_row(row)?;
        Ok(tied.visitor_id.map(|visitor| (visitor, tied.customer_id)))
    });
    tied.filter_map(Result::transpose).collect()
}

/// Ties visitors that are not tied yet.
pub fn add<'a>(writes: &mut Writes, tenant: TenantId, visitors: impl IntoIterator<Item = &'a Visitor>) {
    let rows = visitors
        .into_iter()
        .map(|tied| to_row(tenant, tied).into_active_model());
    writes.add(rows, Conflict::Fail);
}

mapped! {
    fn (row: visitor::Model, tied: Visitor) of TABLE;
    both: id, visitor_id, customer_id, tied_at;
    written: {
        salt: salt::drawn(),
    }
}
