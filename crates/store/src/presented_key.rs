//! Finding the API key that a caller presents. This read has no scope, since the scope follows from the key: it
//! determines the tenant.

use entity::{api_key, partner};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::api_key::from_row;
use super::citus::directory::{self, DirectoryName};
use super::{Connection, StoreError};
use auth::{ApiKey, KeyHash};
use domain::Timestamp;
use domain::id::TenantId;
use domain::partner::PartnerStatus;

/// A key that is valid at `now`, with the hash that its text must have.
#[derive(Clone)]
pub struct PresentedKey {
    pub tenant: TenantId,
    pub key: ApiKey,
    pub hash: KeyHash,
}

/// The key with this prefix, if it is neither revoked nor expired, and the partner that it is bound to may sign in and
/// could ever since the key was created. One statement reads all of it, so that nothing is cached from before a
/// revocation. Where rows are distributed over several servers, another statement looks up its tenant first, which
/// never changes.
pub async fn find(database: &Connection, prefix: &str, now: Timestamp) -> Result<Option<PresentedKey>, StoreError> {
    let tenant = match database.is_distributed() {
        true => match directory::find(database, DirectoryName::KeyPrefix(prefix)).await? {
            Some(tenant) => Some(tenant.uuid()),
            None => return Ok(None),
        },
        false => None,
    };
    let column = |column: partner::Column| Expr::col(column.as_column_ref());
    let own = |column: api_key::Column| Expr::col(column.as_column_ref());
    let may_sign_in = PartnerStatus::ALL.iter().filter(|status| status.may_sign_in());
    let partner = Query::select()
        .expr(Expr::val(1))
        .from(partner::Entity)
        .and_where(column(partner::Column::TenantId).eq(own(api_key::Column::TenantId)))
        .and_where_option(tenant.map(|tenant| column(partner::Column::TenantId).eq(tenant)))
        .and_where(column(partner::Column::Id).eq(own(api_key::Column::PartnerId)))
        .and_where(partner::Column::Status.is_in(may_sign_in.map(|status| status.as_str())))
        .and_where(column(partner::Column::TokensValidFrom).lte(own(api_key::Column::CreatedAt)))
        .take();
    let is_unexpired = Condition::any()
        .add(api_key::Column::ExpiresAt.is_null())
        .add(api_key::Column::ExpiresAt.gt(now));
    let is_nobodys_or_of_a_partner = Condition::any()
        .add(api_key::Column::PartnerId.is_null())
        .add(Expr::exists(partner));
    let row = api_key::Entity::find()
        .filter(Condition::all().add_option(tenant.map(|tenant| api_key::Column::TenantId.eq(tenant))))
        .filter(api_key::Column::Prefix.eq(prefix))
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(is_unexpired)
        .filter(is_nobodys_or_of_a_partner)
        .one(database)
        .await?;
    let presented = row.map(|row| {
        Ok(PresentedKey {
            tenant: TenantId::from_uuid(row.tenant_id),
            hash: KeyHash::from_bytes(row.hash.clone()),
            key: from_row(row)?,
        })
    });
    presented.transpose()
}
