//! Writing partners and their categories.

use entity::partner::Entity;
use entity::{partner_category_member, partner_history};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::rows::to_row;
use crate::writes::Writes;
use crate::{Connection, StoreError};
use domain::history::Moment;
use domain::id::{PartnerCategoryId, PartnerId, TenantId};
use domain::partner::Partner;

pub async fn insert(transaction: &Connection, tenant: TenantId, partner: &Partner) -> Result<(), StoreError> {
    Entity::insert(to_row(tenant, partner).into_active_model())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

pub async fn update(transaction: &Connection, tenant: TenantId, partner: &Partner) -> Result<(), StoreError> {
    to_row(tenant, partner)
        .into_active_model()
        .reset_all()
        .update_without_returning(transaction)
        .await?;
    Ok(())
}

/// Writes how far the histories of partners have come; one entry per partner, whose lock the caller holds.
pub fn advance(writes: &mut Writes, tenant: TenantId, moments: impl IntoIterator<Item = (PartnerId, Moment)>) {
    let rows = moments.into_iter().map(|(partner, moment)| {
        let row = partner_history::Model {
            tenant_id: tenant.uuid(),
            id: partner.uuid(),
            history_sequence: moment.sequence,
            history_at: Some(moment.at),
        };
        row.into_active_model()
    });
    writes.set(rows);
}

/// Replaces the partner's categories by `categories`.
pub async fn replace_categories(
    transaction: &Connection,
    tenant: TenantId,
    partner: PartnerId,
    categories: &[PartnerCategoryId],
) -> Result<(), StoreError> {
    partner_category_member::Entity::delete_many()
        .filter(partner_category_member::Column::TenantId.eq(tenant.uuid()))
        .filter(partner_category_member::Column::PartnerId.eq(partner.uuid()))
        .exec(transaction)
        .await?;
    if categories.is_empty() {
        return Ok(());
    }
    let members = categories.iter().map(|category| {
        let (tenant_id, partner_id, category_id) = (tenant.uuid(), partner.uuid(), category.uuid());
        partner_category_member::Model {
            tenant_id,
            partner_id,
            category_id,
        }
        .into_active_model()
    });
    partner_category_member::Entity::insert_many(members)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
