//! Explanations of how amounts came about.

use std::collections::HashMap;

use entity::commission_written;
use sea_orm::{QueryFilter, QuerySelect};
use uuid::Uuid;

use super::TABLE;
use crate::scope::visible;
use crate::{Connection, StoreError, many, row, view};
use auth::Scope;
use domain::explain::Step;

/// How the amount of each commission came about.
pub async fn explanations_of(
    database: &Connection,
    scope: &Scope,
    commissions: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Step>>, StoreError> {
    use commission_written::{Column, Entity};
    let select = visible::<Entity>(scope)
        .filter(many::among(database, Column::Id, commissions))
        .select_only()
        .column(Column::Id)
        .column(Column::Explanation);
    let rows: Vec<(Uuid, serde_json::Value)> = select.into_tuple().all(database).await?;
    rows.into_iter()
        .map(|(id, steps)| Ok((id, row::json(TABLE, "explanation", steps)?)))
        .collect()
}

/// Decodes the explanation of an amount from a cell.
pub fn explanation(row: &view::Row, cell: usize) -> Result<Vec<Step>, StoreError> {
    row::json(TABLE, "explanation", view::json(row, cell)?)
}
