//! Payment stages: where deals stand.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use uuid::Uuid;

use crate::auth::Resource;
use crate::domain::deal;
use crate::domain::id::{self, PaymentStageId, TenantId};
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::rows::{self, PartnerVisibility, RowObject, TypeDescription};
use crate::graphql::shared::shares;
use crate::store::{self, view};

/// What standing in a stage means for a deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "deal::StageOutcome")]
pub enum StageOutcome {
    /// It is on its way.
    Open,
    /// It is won.
    Won,
    /// It is lost: what it made and nobody approved is reversed, and it cannot be renewed.
    Lost,
}

/// A stage of the pipeline. A deal that enters it may pay commissions.
#[derive(Clone)]
pub struct PaymentStage(Arc<deal::PaymentStage>);

shares!(PaymentStage, deal::PaymentStage);

impl PaymentStage {
    /// The stage that something names, whatever resource that is: its database refuses to delete it. What it is called
    /// belongs to what names it; the rest takes the scope of deals.
    pub async fn linked(ctx: &Context<'_>, id: PaymentStageId) -> Result<Self, ApiError> {
        let found = request(ctx).loaders().payment_stage.load(id.uuid()).await?;
        Ok(found.map(Self).ok_or_else(|| missing_row("payment_stage", id))?)
    }
}

pub(super) fn missing_row(table: &'static str, id: impl std::fmt::Display) -> store::StoreError {
    store::StoreError::Corrupt {
        table,
        column: "id",
        value: id.to_string(),
    }
}

impl RowObject for PaymentStage {
    const TYPE: &'static TypeDescription = &PAYMENT_STAGE;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::stage::at_hand(tenant, &self.0)
    }
}

pub static PAYMENT_STAGE: TypeDescription = TypeDescription {
    name: "PaymentStage",
    resource: Resource::Deals,
    identity: &[],
    is_named: false,
    table: &view::PAYMENT_STAGE,
    id: || view::column(view::PaymentStageColumn::Id),
    field: |name| {
        use view::PaymentStageColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::PaymentStage>),
            "label" => value(Column::Label, view::text),
            "position" => value(Column::Position, view::number),
            "outcome" => value(Column::Outcome, view::word!(deal::StageOutcome)),
            "externalId" => value(Column::ExternalId, view::text).for_partners(PartnerVisibility::Null),
            _ => return None,
        })
    },
};

/// A stage of the pipeline. A partner's token shows the stages that its own deals stand in.
#[Object]
impl PaymentStage {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// Its place in the pipeline; stages of one position follow in the order of their making.
    async fn position(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        request(ctx).caller.read(Resource::Deals)?;
        Ok(self.0.position)
    }

    /// What standing in it means.
    async fn outcome(&self, ctx: &Context<'_>) -> Result<StageOutcome, ApiError> {
        request(ctx).caller.read(Resource::Deals)?;
        Ok(self.0.outcome.into())
    }

    /// The id that another system gave it, unique in the tenant; null if there is none.
    async fn external_id(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.external_id.as_deref().filter(|_| !request(ctx).is_partner())
    }
}
