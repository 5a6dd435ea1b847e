//! What tiered commissions name: partners, campaigns and advertisers.

use entity::partner;
use entity::tiered_commission_reference::{self, Column as Reference};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Select};

use crate::{Connection, StoreError};
use auth::Scope;
use domain::id::{self, Id, TenantId, TieredCommissionId};
use domain::tiered::TieredCommission;

/// The partners that tiers name, as a condition on partners.
pub(crate) fn partners_of(scope: &Scope, tier: Expr) -> Select<partner::Entity> {
    crate::partner::named_by::<tiered_commission_reference::Entity>(
        scope,
        Reference::PartnerId,
        Reference::TierId,
        tier,
    )
}

pub(super) async fn delete_references(
    transaction: &Connection,
    tenant: TenantId,
    tier: TieredCommissionId,
) -> Result<(), StoreError> {
    tiered_commission_reference::Entity::delete_many()
        .filter(Reference::TenantId.eq(tenant.uuid()))
        .filter(Reference::TierId.eq(tier.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}

pub(super) async fn insert_references(
    transaction: &Connection,
    tenant: TenantId,
    tier: &TieredCommission,
) -> Result<(), StoreError> {
    let none = || tiered_commission_reference::Model {
        tenant_id: tenant.uuid(),
        id: Id::<id::TieredCommissionReference>::new(tier.updated_at).uuid(),
        tier_id: tier.id.uuid(),
        partner_id: None,
        campaign_id: None,
        advertiser_id: None,
    };
    let mut rows = Vec::new();
    macro_rules! refer {
        ($list:expr, $column:ident) => {
            rows.extend($list.iter().map(|id| tiered_commission_reference::Model {
                $column: Some(id.uuid()),
                ..none()
            }));
        };
    }
    refer!(tier.audience.partner_ids, partner_id);
    refer!(tier.audience.campaign_ids, campaign_id);
    refer!(tier.audience.advertiser_ids, advertiser_id);
    for chunk in rows.chunks(1000) {
        let chunk = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        tiered_commission_reference::Entity::insert_many(chunk)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}
