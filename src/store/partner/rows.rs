//! From rows to partners and back.

use entity::partner;

use super::TABLE;
use crate::domain::id::{PartnerGroupId, PartnerId, PartnerTierId, TenantId};
use crate::domain::partner::{Partner, PartnerStatus, PartnerType};
use crate::domain::text;
use crate::store::{StoreError, row, view};

/// What a row holds whose columns were all read, with names that begin like this.
pub fn whole(row: &view::Row, prefix: &str) -> Result<Partner, StoreError> {
    from_row(view::whole(row, prefix)?)
}

pub(super) fn from_row(row: partner::Model) -> Result<Partner, StoreError> {
    Ok(Partner {
        id: PartnerId::from_uuid(row.id),
        name: row.name,
        email: row.email,
        external_id: row.external_id,
        partner_type: row::text(TABLE, "type", &row.r#type, PartnerType::parse)?,
        status: row::text(TABLE, "status", &row.status, PartnerStatus::parse)?,
        tags: row::json(TABLE, "tags", row.tags)?,
        metadata: row.metadata,
        group_id: row.group_id.map(PartnerGroupId::from_uuid),
        tier_id: row.tier_id.map(PartnerTierId::from_uuid),
        payout_currency: row
            .payout_currency
            .map(|code| row::currency(TABLE, "payout_currency", &code))
            .transpose()?,
        payout_reference: row.payout_reference,
        created_at: row.created_at,
        updated_at: row.updated_at,
        activated_at: row.activated_at,
        revoked_at: row.revoked_at,
        tokens_valid_from: row.tokens_valid_from,
    })
}

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, partner: &Partner) -> view::AtHand {
    view::at_hand(to_row(tenant, partner), &[])
}

pub(in crate::store) fn to_row(tenant: TenantId, partner: &Partner) -> partner::Model {
    partner::Model {
        tenant_id: tenant.uuid(),
        id: partner.id.uuid(),
        name: partner.name.clone(),
        name_key: text::sort_key(&partner.name),
        email: partner.email.clone(),
        external_id: partner.external_id.clone(),
        external_id_key: partner.external_id.as_deref().map(text::sort_key),
        r#type: partner.partner_type.as_str().to_owned(),
        status: partner.status.as_str().to_owned(),
        tags: row::to_json(&partner.tags),
        metadata: partner.metadata.clone(),
        group_id: partner.group_id.map(|id| id.uuid()),
        tier_id: partner.tier_id.map(|id| id.uuid()),
        payout_currency: partner.payout_currency.map(|currency| currency.code().to_owned()),
        payout_reference: partner.payout_reference.clone(),
        created_at: partner.created_at,
        updated_at: partner.updated_at,
        activated_at: partner.activated_at,
        revoked_at: partner.revoked_at,
        tokens_valid_from: partner.tokens_valid_from,
    }
}
