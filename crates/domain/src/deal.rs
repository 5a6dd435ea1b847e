//! Deals, and the pipeline that they move through: payment stages, and custom fields whose options they bear.

use super::id::{CustomFieldId, CustomFieldOptionId, DealId, PartnerId, PaymentStageId};
use super::money::Money;
use super::{Timestamp, text_enum};

text_enum! {
    /// What standing in a stage means for a deal.
    StageOutcome { Open = "OPEN", Won = "WON", Lost = "LOST" }
}

impl StageOutcome {
    pub fn is_lost(self) -> bool {
        match self {
            Self::Lost => true,
            Self::Open | Self::Won => false,
        }
    }
}

/// A stage of the pipeline. Entering it may pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentStage {
    pub id: PaymentStageId,
    pub label: String,
    /// Stages are shown and forecast in the order of their positions, then of their making.
    pub position: i32,
    pub outcome: StageOutcome,
    pub external_id: Option<String>,
}

/// Something that deals are told apart by: one of its options, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomField {
    pub id: CustomFieldId,
    pub label: String,
    pub external_id: Option<String>,
    /// In the order in which they were entered.
    pub options: Vec<CustomFieldOption>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomFieldOption {
    pub id: CustomFieldOptionId,
    /// Unique in its field.
    pub label: String,
    /// Unique in its field.
    pub external_id: Option<String>,
}

/// An option that a deal bears, or that a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct FieldValue {
    pub field_id: CustomFieldId,
    pub option_id: CustomFieldOptionId,
}

/// Business that a partner brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    pub id: DealId,
    pub external_id: Option<String>,
    pub name: String,
    pub value: Money,
    pub partner_id: PartnerId,
    /// `None`: it has not entered the pipeline.
    pub stage_id: Option<PaymentStageId>,
    /// The individual who registered it, by whatever name the individual is paid under.
    pub lead_creator: Option<String>,
    pub owner: Option<String>,
    /// How often it was renewed.
    pub renewals: u32,
    /// At most one value a field.
    pub fields: Vec<FieldValue>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
