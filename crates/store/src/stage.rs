//! Payment stages. A pipeline has about a dozen, so that all are read at once.

use entity::deal;
use entity::payment_stage::{self, Column, Entity};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::references::references;
use super::scope::visible;
use super::{Connection, StoreError, load};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::deal::PaymentStage;
use domain::id::PaymentStageId;

const TABLE: &str = "payment_stage";

/// All stages, by position.
pub async fn all(database: &Connection, scope: &Scope) -> Result<Vec<PaymentStage>, StoreError> {
    let select = visible::<Entity>(scope)
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id);
    load::all(database, select, from_row).await
}

table_functions!(PaymentStage, PaymentStageId: find, find_by_external_id, by_ids, lock, insert, update, delete, at_hand);

pub async fn count_deals(database: &Connection, scope: &Scope, id: PaymentStageId) -> Result<u64, StoreError> {
    let standing = visible::<deal::Entity>(scope).filter(deal::Column::StageId.eq(id.uuid()));
    Ok(standing.count(database).await?)
}

/// How many rows refer to the stage, and what they are.
pub async fn count_references(
    database: &Connection,
    scope: &Scope,
    id: PaymentStageId,
) -> Result<Vec<(u64, &'static str)>, StoreError> {
    Ok(references!(database, scope, id;
        "deals": deal where StageId,
        "commission rules": commission_rule_reference where StageId,
        "payments of deals": deal_payment where StageId,
    ))
}

mapped! {
    fn (row: payment_stage::Model, stage: PaymentStage) of TABLE;
    both: id, label, position, outcome, external_id;
}
