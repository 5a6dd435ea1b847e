//! Payment stages: the states of deals in the pipeline.

use async_graphql::{ComplexObject, Enum, ID};

use crate::graphql::rows::{PartnerVisibility, declare, value};
use crate::graphql::shared::row;
use auth::Resource;
use domain::deal;
use domain::id;
use store::view;
use store::view::PaymentStageColumn as Column;

/// The outcome of deals in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "deal::StageOutcome")]
pub enum StageOutcome {
    /// They are still in progress.
    Open,
    /// They are won.
    Won,
    /// They are lost: commissions that are not approved yet are reversed, and the deals cannot be renewed.
    Lost,
}

row! {
    /// A stage of the pipeline. A deal that enters it may pay commissions.
    pub struct PaymentStage(deal::PaymentStage): PAYMENT_STAGE, store::stage;
}

declare! {
    /// A stage of the pipeline. A partner's token can read only the stages of its own deals.
    pub static PAYMENT_STAGE: PaymentStage = TypeDescription {
        resource: Resource::Deals,
        identity: &["id", "label", "externalId"],
        is_named: false,
        table: &view::PAYMENT_STAGE,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::PaymentStage>);
    /// Its label.
    "label": String = value(Column::Label, view::text);
    /// Its position in the pipeline; stages with the same position are sorted by creation, oldest first.
    "position": i32 = value(Column::Position, view::number);
    /// The outcome of deals in this stage.
    "outcome": StageOutcome = value(Column::Outcome, view::word!(deal::StageOutcome));
    /// The id that another system gave it, unique in the tenant; null if there is none.
    "externalId": Option<String> = value(Column::ExternalId, view::text).for_partners(PartnerVisibility::Null);
}

#[ComplexObject]
impl PaymentStage {}
