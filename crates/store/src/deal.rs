//! Deals. Every writer holds the lock of the deal's partner.

use std::sync::Arc;

use entity::deal::{self, Column, Entity};
use entity::{deal_field, payment_stage};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait, Select};

use super::filter::contains;
use super::filter::one_of_ids;
use super::order::{SortBy, SortColumn, Sorted};
use super::scope::visible;
use super::{Connection, StoreError, row, view, write};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::deal::{Deal, StageOutcome};
use domain::id::{DealId, PartnerId, PaymentStageId, TenantId};
use domain::money::Currency;
use domain::{Timestamp, text};

const TABLE: &str = "deal";

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DealFilter {
    /// Part of the name or of the external id, case-insensitive.
    pub search: Option<String>,
    pub partner: Option<PartnerId>,
    pub stage: Option<PaymentStageId>,
    /// In a stage with one of these outcomes; an empty list matches nothing.
    pub outcome: Option<Vec<StageOutcome>>,
    pub currency: Option<Currency>,
    /// Any of these values; an empty list matches nothing.
    pub partners: Option<Vec<PartnerId>>,
    pub stages: Option<Vec<PaymentStageId>>,
    pub external_ids: Option<Vec<String>>,
    /// Both inclusive, in minor units of the currency.
    pub least_minor: Option<i64>,
    pub most_minor: Option<i64>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

/// The orders in which deals are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DealOrder {
    #[default]
    CreatedAt,
    /// Case-insensitive.
    Name,
    /// Only meaningful within one currency.
    Value,
}

impl SortBy for DealOrder {
    fn key(self) -> Option<SortColumn> {
        match self {
            Self::CreatedAt => None,
            Self::Name => Some(SortColumn::text(view::column(Column::NameKey))),
            Self::Value => Some(SortColumn::integer(view::column(Column::ValueMinor))),
        }
    }
}

table_functions!(Deal, DealId: find, find_by_external_id, by_ids, update, whole, at_hand);

/// The deals that match the filter.
pub fn list(filter: Arc<DealFilter>, sorted: Sorted<DealOrder>) -> view::List {
    let kept = (*filter == DealFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::DEAL, kept, select).sorted(sorted)
}

/// The deals of partners.
pub fn list_of_partners() -> view::List {
    let select = |_, scope: &Scope, partner| of_partner(scope, partner).into_query();
    view::List::new(&view::DEAL, Some("partner".to_owned()), select)
}

fn of_partner(scope: &Scope, partner: Expr) -> Select<Entity> {
    visible::<Entity>(scope).filter(Expr::col(Column::PartnerId.as_column_ref()).eq(partner))
}

fn filtered(scope: &Scope, filter: &DealFilter) -> Select<Entity> {
    let mut select = visible::<Entity>(scope);
    if let Some(search) = &filter.search {
        let pattern = contains(search);
        let found = Column::NameKey
            .like(pattern.clone())
            .or(Column::ExternalIdKey.like(pattern));
        select = select.filter(found);
    }
    if let Some(partner) = filter.partner {
        select = select.filter(Column::PartnerId.eq(partner.uuid()));
    }
    if let Some(stage) = filter.stage {
        select = select.filter(Column::StageId.eq(stage.uuid()));
    }
    if let Some(outcomes) = &filter.outcome {
        let stages = visible::<payment_stage::Entity>(scope)
            .filter(payment_stage::Column::Outcome.is_in(outcomes.iter().map(|outcome| outcome.as_str())))
            .select_only()
            .column(payment_stage::Column::Id);
        select = select.filter(Column::StageId.in_subquery(stages.into_query()));
    }
    let more = Condition::all()
        .add_option(filter.currency.map(|currency| Column::Currency.eq(currency.code())))
        .add_option(one_of_ids(Column::PartnerId, filter.partners.as_deref()))
        .add_option(one_of_ids(Column::StageId, filter.stages.as_deref()))
        .add_option(filter.external_ids.as_ref().map(|ids| Column::ExternalId.is_in(ids)))
        .add_option(filter.least_minor.map(|least| Column::ValueMinor.gte(least)))
        .add_option(filter.most_minor.map(|most| Column::ValueMinor.lte(most)))
        .add_option(filter.created_from.map(|from| Column::CreatedAt.gte(from)))
        .add_option(filter.created_to.map(|to| Column::CreatedAt.lt(to)));
    select.filter(more)
}

pub async fn insert(transaction: &Connection, tenant: TenantId, deal: &Deal) -> Result<(), StoreError> {
    write::insert(transaction, to_row(tenant, deal)).await?;
    insert_fields(transaction, tenant, deal).await
}

/// Replaces the stored options of the deal by those that it has now.
pub async fn replace_fields(transaction: &Connection, tenant: TenantId, deal: &Deal) -> Result<(), StoreError> {
    write::delete::<deal_field::Entity>(transaction, tenant, deal_field::Column::DealId.eq(deal.id.uuid())).await?;
    insert_fields(transaction, tenant, deal).await
}

async fn insert_fields(transaction: &Connection, tenant: TenantId, deal: &Deal) -> Result<(), StoreError> {
    let rows = deal.fields.iter().map(|value| deal_field::Model {
        tenant_id: tenant.uuid(),
        deal_id: deal.id.uuid(),
        field_id: value.field_id.uuid(),
        option_id: value.option_id.uuid(),
    });
    write::insert_all(transaction, rows).await
}

mapped! {
    fn (row: deal::Model, deal: Deal) of TABLE;
    both: id, external_id, name, partner_id, stage_id, lead_creator, owner, renewals, fields, created_at, updated_at;
    read: {
        value: row::money(TABLE, "value_minor", row.value_minor, row::currency(TABLE, "currency", &row.currency)?)?,
    }
    written: {
        external_id_key: deal.external_id.as_deref().map(text::sort_key),
        name_key: text::sort_key(&deal.name),
        value_minor: deal.value.minor(),
        currency: deal.value.currency().code().to_owned(),
    }
}
