//! Deals, and the pipeline that they move through: payment stages, and custom fields whose options classify them.

use super::id::{CustomFieldId, CustomFieldOptionId, DealId, PartnerId, PaymentStageId};
use super::money::Money;
use super::{Timestamp, text_enum};
use crate::audit::{self, audited};

text_enum! {
    /// What a stage means for the outcome of a deal.
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

/// A stage of the pipeline. A deal that enters it may earn commissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentStage {
    pub id: PaymentStageId,
    pub label: String,
    /// Stages are shown and forecast by position, then by creation order.
    pub position: i32,
    pub outcome: StageOutcome,
    pub external_id: Option<String>,
}

audited!(PaymentStage as "PaymentStage": { id: _, label, position, outcome, external_id } => [
    "label": label,
    "position": position,
    "outcome": outcome.as_str(),
    "externalId": external_id,
]);

/// A classification of deals: a deal has at most one of its options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomField {
    pub id: CustomFieldId,
    pub label: String,
    pub external_id: Option<String>,
    /// In the order in which they were entered.
    pub options: Vec<CustomFieldOption>,
}

audited!(CustomField as "CustomField": { id: _, label, external_id, options } => [
    "label": label,
    "externalId": external_id,
    "options": options.iter().map(option).collect::<Vec<_>>(),
]);

fn option(CustomFieldOption { id, label, external_id }: &CustomFieldOption) -> serde_json::Value {
    serde_json::json!({ "id": id, "label": label, "externalId": external_id })
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomFieldOption {
    pub id: CustomFieldOptionId,
    /// Unique in its field.
    pub label: String,
    /// Unique in its field.
    pub external_id: Option<String>,
}

/// A field's option that a deal has, or that a rule requires.
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
    /// The individual who registered it, by the name under which the individual is paid.
    pub lead_creator: Option<String>,
    pub owner: Option<String>,
    /// How many times it was renewed.
    pub renewals: u32,
    /// At most one value per field.
    pub fields: Vec<FieldValue>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

audited!(Deal as "Deal": {
    id: _, external_id, name, value, partner_id, stage_id, lead_creator, owner, renewals, fields, created_at: _,
    updated_at: _
} => [
    "name": name,
    "externalId": external_id,
    "value": audit::money(value),
    "partnerId": partner_id,
    "stageId": stage_id,
    "leadCreator": lead_creator,
    "owner": owner,
    "renewals": renewals,
    "customFields": fields,
]);
