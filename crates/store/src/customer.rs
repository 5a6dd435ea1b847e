//! Customers.

use std::collections::HashMap;
use std::sync::Arc;

use entity::customer::{self, Column, Entity};
use entity::{campaign, customer_binding, customer_imported};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::filter::contains;
use super::filter::one_of_ids;
use super::order::{SortBy, SortColumn, Sorted};
use super::scope::{covered, visible};
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, locks, many, row, view};
use crate::lock_order::Lock;
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::Timestamp;
use domain::attribution::AttributionSettings;
use domain::event::Customer;
use domain::id::{CampaignId, CustomerId, PartnerId, TenantId};
use domain::text;

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CustomerFilter {
    /// Part of the external id, case-insensitive.
    pub search: Option<String>,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
    /// Any of these values; an empty list matches nothing.
    pub partners: Option<Vec<PartnerId>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub external_ids: Option<Vec<String>>,
    pub acquired_from: Option<Timestamp>,
    pub acquired_to: Option<Timestamp>,
}

/// The orders in which customers are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CustomerOrder {
    #[default]
    CreatedAt,
    AcquiredAt,
}

impl SortBy for CustomerOrder {
    fn key(self) -> Option<SortColumn> {
        match self {
            Self::CreatedAt => None,
            Self::AcquiredAt => Some(SortColumn::time(view::column(Column::AcquiredAt))),
        }
    }
}

table_functions!(Customer, CustomerId: find_by_external_id, by_ids, by_external_ids, whole, at_hand);

/// The customers that match the filter.
pub fn list(filter: Arc<CustomerFilter>, sorted: Sorted<CustomerOrder>) -> view::List {
    let kept = (*filter == CustomerFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::CUSTOMER, kept, select).sorted(sorted)
}

/// The customers that are bound to partners.
pub fn list_of_partners() -> view::List {
    let select = |_, scope: &Scope, partner| of_partner(scope, partner).into_query();
    view::List::new(&view::CUSTOMER, Some("partner".to_owned()), select)
}

fn of_partner(scope: &Scope, partner: Expr) -> Select<Entity> {
    visible::<Entity>(scope).filter(Expr::col(Column::PartnerId.as_column_ref()).eq(partner))
}

fn filtered(scope: &Scope, filter: &CustomerFilter) -> Select<Entity> {
    let mut select = visible::<Entity>(scope);
    if let Some(search) = &filter.search {
        select = select.filter(Column::ExternalIdKey.like(contains(search)));
    }
    if let Some(partner) = filter.partner {
        select = select.filter(Column::PartnerId.eq(partner.uuid()));
    }
    if let Some(campaign) = filter.campaign {
        select = select.filter(Column::CampaignId.eq(campaign.uuid()));
    }
    let more = Condition::all()
        .add_option(one_of_ids(Column::PartnerId, filter.partners.as_deref()))
        .add_option(one_of_ids(Column::CampaignId, filter.campaigns.as_deref()))
        .add_option(filter.external_ids.as_ref().map(|ids| Column::ExternalId.is_in(ids)))
        .add_option(filter.acquired_from.map(|from| Column::AcquiredAt.gte(from)))
        .add_option(filter.acquired_to.map(|to| Column::AcquiredAt.lt(to)));
    select.filter(more)
}

/// The customers with these external ids, each with the settings of the campaign that it is bound to.
pub async fn bound_by_external_ids(
    database: &Connection,
    scope: &Scope,
    external_ids: &[String],
) -> Result<HashMap<String, (Customer, Option<AttributionSettings>)>, StoreError> {
    if external_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut select = visible::<Entity>(scope).filter(many::among_texts(database, Column::ExternalId, external_ids));
    let own = Expr::col(campaign::Column::Id.as_column_ref()).equals(Column::CampaignId.as_column_ref());
    QuerySelect::query(&mut select).left_join(campaign::Entity, covered::<campaign::Entity>(scope).add(own));
    let select = select.column_as(campaign::Column::Attribution, "campaign_attribution");
    let rows = select.into_model::<BoundRow>().all(database).await?;
    let found = rows.into_iter().map(|BoundRow(row, settings)| {
        let settings = settings.map(|settings| row::json("campaign", "attribution", settings));
        let customer = from_row(row)?;
        Ok((customer.external_id.clone(), (customer, settings.transpose()?)))
    });
    found.collect()
}

struct BoundRow(customer::Model, Option<sea_orm::prelude::Json>);

impl FromQueryResult for BoundRow {
    fn from_query_result(result: &QueryResult, prefix: &str) -> Result<Self, sea_orm::DbErr> {
        let settings = result.try_get(prefix, "campaign_attribution")?;
        Ok(Self(customer::Model::from_query_result(result, prefix)?, settings))
    }
}

/// Locks these customers, in the order of their ids: others record nothing of them until this transaction ends.
pub async fn lock_all(transaction: &Connection, scope: &Scope, ids: &[Uuid]) -> Result<(), StoreError> {
    let select = visible::<Entity>(scope)
        .filter(many::among(transaction, Column::Id, ids))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .select_only()
        .column(Column::Id);
    let locked: Vec<Uuid> = select.into_tuple().all(transaction).await?;
    transaction.hold(locked.into_iter().map(|id| (Lock::Customer(id), true)));
    Ok(())
}

/// Writes customers whose external ids must be new: a writer that loses a race for one gets the error for a taken id.
pub fn add<'a>(writes: &mut Writes, tenant: TenantId, customers: impl IntoIterator<Item = &'a Customer>) {
    let rows = customers
        .into_iter()
        .map(|customer| to_row(tenant, customer).into_active_model());
    writes.add(rows, Conflict::Fail);
}

/// Writes imported customers, like [`add`].
pub fn bring_in(writes: &mut Writes, tenant: TenantId, customers: &[Customer], at: Timestamp) {
    let rows = customers.iter().map(|customer| {
        let row = customer_imported::Model {
            tenant_id: tenant.uuid(),
            id: customer.id.uuid(),
            external_id: customer.external_id.clone(),
            external_id_key: text::sort_key(&customer.external_id),
            acquired_at: customer.acquired_at,
            partner_id: customer.partner_id.map(|id| id.uuid()),
            campaign_id: customer.campaign_id.map(|id| id.uuid()),
            imported_at: Some(at),
        };
        row.into_active_model()
    });
    writes.add(rows, Conflict::Fail);
}

// Locking a customer serialises what it is bound to.
table_functions!(Customer, CustomerId: lock);

/// Binds a customer that is not bound to a partner yet.
pub async fn bind(
    transaction: &Connection,
    tenant: TenantId,
    customer: CustomerId,
    partner: PartnerId,
    campaign: Option<CampaignId>,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::PartnerId, Expr::value(partner.uuid()))
        .col_expr(Column::CampaignId, Expr::value(campaign.map(|id| id.uuid())))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::Id.eq(customer.uuid()))
        .filter(Column::PartnerId.is_null())
        .exec(transaction)
        .await?;
    locks::hold_object::<Entity>(transaction, customer.uuid());
    Ok(())
}

/// Binds customers, each given once, unless they are bound to a partner already.
pub fn bind_all(
    writes: &mut Writes,
    tenant: TenantId,
    bound: impl IntoIterator<Item = (CustomerId, PartnerId, Option<CampaignId>)>,
) {
    let rows = bound.into_iter().map(|(customer, partner, campaign)| {
        let row = customer_binding::Model {
            tenant_id: tenant.uuid(),
            id: customer.uuid(),
            partner_id: Some(partner.uuid()),
            campaign_id: campaign.map(|id| id.uuid()),
        };
        row.into_active_model()
    });
    writes.set_while_null(rows, Some(customer_binding::Column::PartnerId));
}

/// Binds a customer to this partner and campaign, or to none, whatever it was bound to before.
pub async fn rebind(
    transaction: &Connection,
    tenant: TenantId,
    customer: CustomerId,
    to: Option<(PartnerId, Option<CampaignId>)>,
) -> Result<(), StoreError> {
    let (partner, campaign) = (
        to.map(|(partner, _)| partner.uuid()),
        to.and_then(|(_, campaign)| campaign),
    );
    Entity::update_many()
        .col_expr(Column::PartnerId, Expr::value(partner))
        .col_expr(Column::CampaignId, Expr::value(campaign.map(|id| id.uuid())))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::Id.eq(customer.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}

mapped! {
    pub(super) fn (row: customer::Model, customer: Customer) of "customer";
    both: id, external_id, acquired_at, partner_id, campaign_id;
    written: {
        external_id_key: text::sort_key(&customer.external_id),
    }
}
