//! What decides whether a partner's tokens are valid: read by itself, or with the rest of the partner's row.

use entity::partner::{Column, Entity};
use sea_orm::{ConnectionTrait, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::TABLE;
use crate::scope::visible;
use crate::template::EngineTemplates;
use crate::view::{Row, Selected, Source, column};
use crate::{Connection, StoreError, row};
use auth::Scope;
use domain::Timestamp;
use domain::id::{PartnerId, TenantId};
use domain::partner::PartnerStatus;

/// What decides whether a partner's tokens are valid.
#[derive(Clone, Copy, Debug)]
pub struct SignInState {
    pub status: PartnerStatus,
    /// Tokens issued before are not valid.
    pub tokens_valid_from: Timestamp,
}

/// The cells of a selection of partners from which a [`SignInState`] is made.
#[derive(Clone, Copy)]
pub struct SignInCells {
    status: usize,
    tokens_valid_from: usize,
}

impl SignInCells {
    /// Selects them along with the columns of each partner.
    pub fn select(selected: &mut Selected) -> Self {
        Self {
            status: selected.cell(Source::OWN, column(Column::Status)),
            tokens_valid_from: selected.cell(Source::OWN, column(Column::TokensValidFrom)),
        }
    }

    pub fn state(self, row: &Row) -> Result<SignInState, StoreError> {
        state(
            &row.required::<String>(self.status)?,
            row.required(self.tokens_valid_from)?,
        )
    }
}

/// The state as of now; `None`: there is no such partner.
pub async fn sign_in(
    database: &Connection,
    tenant: TenantId,
    id: PartnerId,
) -> Result<Option<SignInState>, StoreError> {
    // Nearly every request of a partner runs this statement.
    static TEMPLATES: EngineTemplates = EngineTemplates::new();
    let backend = database.get_database_backend();
    let template = TEMPLATES.get(backend, || {
        let [tenant, id] = [1, 2].map(Uuid::from_u128);
        let scope = Scope::of_partner(TenantId::from_uuid(tenant), PartnerId::from_uuid(id));
        let mut select = visible::<Entity>(&scope)
            .select_only()
            .column(Column::Status)
            .column(Column::TokensValidFrom);
        (
            backend.build(QueryTrait::query(&mut select)),
            vec![tenant.into(), id.into()],
        )
    });
    let statement = template.with(&[tenant.uuid().into(), id.uuid().into()]);
    let row = database.query_one_raw(statement).await?;
    row.map(|row| state(&row.try_get_by_index::<String>(0)?, row.try_get_by_index(1)?))
        .transpose()
}

fn state(status: &str, tokens_valid_from: Timestamp) -> Result<SignInState, StoreError> {
    let status = row::text(TABLE, "status", status, PartnerStatus::parse)?;
    Ok(SignInState {
        status,
        tokens_valid_from,
    })
}
