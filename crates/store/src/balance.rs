//! A partner's balances, one row per currency, updated in the transaction of every change of the partner's commissions.

use std::collections::HashMap;

use entity::partner_balance::{self, Column, Entity};
use sea_orm::{IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, load, many, row, view};
use auth::Scope;
use domain::commission::Balance;
use domain::id::{PartnerId, TenantId};

/// The balances of partners, by currency.
pub fn family() -> view::Family {
    view::Family {
        table: &view::PARTNER_BALANCE,
        parent: view::column(Column::PartnerId),
        through: None,
        order: view::Order {
            key: None,
            id: view::column(Column::Currency),
            found_by: None,
            descending: false,
        },
    }
}

/// The balances of each partner, by currency.
pub async fn of_partners(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Balance>>, StoreError> {
    let one_of = many::among(database, Column::PartnerId, partners);
    let select = visible::<Entity>(scope).filter(one_of).order_by_asc(Column::Currency);
    load::grouped(database, select, |row| row.partner_id, from_row).await
}

/// Adds `changes`, one per partner and currency, to the stored balances.
pub fn add(writes: &mut Writes, tenant: TenantId, changes: &[(PartnerId, Balance)]) {
    let rows = changes.iter().map(|(partner, change)| {
        let row = partner_balance::Model {
            tenant_id: tenant.uuid(),
            partner_id: partner.uuid(),
            currency: change.currency.code().to_owned(),
            accrued_minor: change.accrued,
            approved_minor: change.approved,
            paid_minor: change.paid,
            reversed_minor: change.reversed,
            reserved_minor: change.reserved,
        };
        row.into_active_model()
    });
    writes.add(rows, Conflict::Add);
}

fn from_row(row: partner_balance::Model) -> Result<Balance, StoreError> {
    Ok(Balance {
        currency: row::currency("partner_balance", "currency", &row.currency)?,
        accrued: row.accrued_minor,
        approved: row.approved_minor,
        paid: row.paid_minor,
        reversed: row.reversed_minor,
        reserved: row.reserved_minor,
    })
}
