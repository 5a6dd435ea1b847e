//! What tiered commissions name: partners, campaigns and advertisers.

use entity::partner;
use entity::tiered_commission_reference::{self, Column as Reference};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Select};

use crate::{Connection, StoreError, write};
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
    write::delete::<tiered_commission_reference::Entity>(transaction, tenant, Reference::TierId.eq(tier.uuid())).await
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
    write::insert_all(transaction, rows).await
}
