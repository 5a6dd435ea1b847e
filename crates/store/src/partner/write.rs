//! Writing partners and their categories.

use entity::{partner_category_member, partner_history};
use sea_orm::{ColumnTrait, IntoActiveModel};

use super::rows::to_row;
use crate::table_functions::table_functions;
use crate::writes::Writes;
use crate::{Connection, StoreError, write};
use domain::history::Moment;
use domain::id::{PartnerCategoryId, PartnerId, TenantId};
use domain::partner::Partner;

table_functions!(Partner, PartnerId: insert, update);

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
    write::delete::<partner_category_member::Entity>(
        transaction,
        tenant,
        partner_category_member::Column::PartnerId.eq(partner.uuid()),
    )
    .await?;
    let members = categories.iter().map(|category| partner_category_member::Model {
        tenant_id: tenant.uuid(),
        partner_id: partner.uuid(),
        category_id: category.uuid(),
    });
    write::insert_all(transaction, members).await
}
