//! Partnership requests.

use std::collections::HashMap;

use entity::partnership_request::{self, Column, Entity};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::page::{Page, PageRequest, Sort};
use super::scope::visible;
use super::{StoreError, many, row, view};
use crate::auth::Scope;
use crate::domain::id::{CampaignId, PartnerId, PartnershipRequestId, TenantId};
use crate::domain::partnership_request::{PartnershipRequest, PartnershipRequestStatus};

const TABLE: &str = "partnership_request";

pub fn sort() -> Sort<Column> {
    Sort::newest_first(Column::Id)
}

/// The request for update: other writers of it wait for this transaction's end.
pub async fn lock(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    id: PartnershipRequestId,
) -> Result<Option<PartnershipRequest>, StoreError> {
    let row = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .lock_exclusive()
        .one(transaction)
        .await?;
    row.map(from_row).transpose()
}

pub async fn by_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, PartnershipRequest>, StoreError> {
    let one_of = many::one_of(database.get_database_backend(), Column::Id.as_column_ref(), ids);
    let rows = visible::<Entity>(scope).filter(one_of).all(database).await?;
    rows.into_iter().map(|row| Ok((row.id, from_row(row)?))).collect()
}

pub async fn page(
    database: &impl ConnectionTrait,
    scope: &Scope,
    status: Option<PartnershipRequestStatus>,
    request: &PageRequest,
) -> Result<Page<PartnershipRequest>, StoreError> {
    sort()
        .page(database, filtered(scope, status), request)
        .await?
        .try_map(from_row)
}

pub async fn count(
    database: &impl ConnectionTrait,
    scope: &Scope,
    status: Option<PartnershipRequestStatus>,
) -> Result<u64, StoreError> {
    Ok(filtered(scope, status).count(database).await?)
}

/// Those that stand like this, or all.
pub fn list(status: Option<PartnershipRequestStatus>) -> view::List {
    let kept = Some(format!("{status:?}"));
    let select = move |_, scope: &Scope, _| filtered(scope, status).into_query();
    view::List::new(&view::PARTNERSHIP_REQUEST, kept, sort().into(), select)
}

fn filtered(scope: &Scope, status: Option<PartnershipRequestStatus>) -> Select<Entity> {
    let select = visible::<Entity>(scope);
    match status {
        Some(status) => select.filter(Column::Status.eq(status.as_str())),
        None => select,
    }
}

/// Whether a request of that address for that campaign waits for a decision.
pub async fn is_pending(
    database: &impl ConnectionTrait,
    scope: &Scope,
    campaign: CampaignId,
    email: &str,
) -> Result<bool, StoreError> {
    let pending = filtered(scope, Some(PartnershipRequestStatus::Pending))
        .filter(Column::CampaignId.eq(campaign.uuid()))
        .filter(Column::Email.eq(email));
    Ok(pending.count(database).await? > 0)
}

/// The newest request of an address, for whichever campaign and however decided.
pub async fn find_newest_of(
    database: &impl ConnectionTrait,
    scope: &Scope,
    email: &str,
) -> Result<Option<PartnershipRequest>, StoreError> {
    let requests = visible::<Entity>(scope).filter(Column::Email.eq(email));
    let newest = requests.order_by_desc(Column::Id).limit(1).one(database).await?;
    newest.map(from_row).transpose()
}

pub async fn insert(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    request: &PartnershipRequest,
) -> Result<(), StoreError> {
    Entity::insert(to_row(tenant, request).into_active_model())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

pub async fn update(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    request: &PartnershipRequest,
) -> Result<(), StoreError> {
    to_row(tenant, request)
        .into_active_model()
        .reset_all()
        .update_without_returning(transaction)
        .await?;
    Ok(())
}

fn from_row(row: partnership_request::Model) -> Result<PartnershipRequest, StoreError> {
    Ok(PartnershipRequest {
        id: PartnershipRequestId::from_uuid(row.id),
        name: row.name,
        email: row.email,
        campaign_id: CampaignId::from_uuid(row.campaign_id),
        status: row::text(TABLE, "status", &row.status, PartnershipRequestStatus::parse)?,
        message: row.message,
        partner_id: row.partner_id.map(PartnerId::from_uuid),
        reason: row.reason,
        created_at: row.created_at,
        decided_at: row.decided_at,
    })
}

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, request: &PartnershipRequest) -> view::AtHand {
    view::at_hand(to_row(tenant, request), &[])
}

fn to_row(tenant: TenantId, request: &PartnershipRequest) -> partnership_request::Model {
    partnership_request::Model {
        tenant_id: tenant.uuid(),
        id: request.id.uuid(),
        name: request.name.clone(),
        email: request.email.clone(),
        campaign_id: request.campaign_id.uuid(),
        status: request.status.as_str().to_owned(),
        message: request.message.clone(),
        partner_id: request.partner_id.map(|id| id.uuid()),
        reason: request.reason.clone(),
        created_at: request.created_at,
        decided_at: request.decided_at,
    }
}
