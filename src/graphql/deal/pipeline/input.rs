//! Inputs that create and change stages and custom fields.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::stage::StageOutcome;
use crate::graphql::input::{patch, patch_each};
use service::custom_field::{CustomFieldChange, OptionDraft};
use service::stage::{NewStage, StageChange};

/// A new stage of the pipeline.
#[derive(InputObject)]
pub struct CreatePaymentStageInput {
    /// Its label.
    pub label: String,
    /// Its position in the pipeline, at least 0.
    pub position: i32,
    /// The outcome of deals in this stage.
    #[graphql(default_with = "StageOutcome::Open")]
    pub outcome: StageOutcome,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a stage. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdatePaymentStageInput {
    /// The stage.
    pub id: ID,
    /// Its label.
    pub label: MaybeUndefined<String>,
    /// Its position in the pipeline, at least 0.
    pub position: MaybeUndefined<i32>,
    /// The outcome of deals in this stage. Cannot change while deals are in the stage: IN_USE.
    pub outcome: MaybeUndefined<StageOutcome>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// A new custom field.
#[derive(InputObject)]
pub struct CreateCustomFieldInput {
    /// Its label.
    pub label: String,
    /// Its options, 1 to 500.
    pub options: Vec<CustomFieldOptionInput>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// Changes to a custom field. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateCustomFieldInput {
    /// The field.
    pub id: ID,
    /// Its label.
    pub label: MaybeUndefined<String>,
    /// All its options from now on, 1 to 500: those with an id stay, those without are new, those left out are deleted
    /// (IN_USE while deals or rules use them).
    pub options: MaybeUndefined<Vec<CustomFieldOptionInput>>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// An option of a custom field.
#[derive(Clone, InputObject)]
pub struct CustomFieldOptionInput {
    /// The existing option; if absent, a new one is created.
    pub id: Option<ID>,
    /// Its label; unique in the field.
    pub label: String,
    /// The id that another system gave it; unique in the field.
    pub external_id: Option<String>,
}

impl From<CustomFieldOptionInput> for OptionDraft {
    fn from(option: CustomFieldOptionInput) -> Self {
        Self {
            id: option.id.map(Into::into),
            label: option.label,
            external_id: option.external_id,
        }
    }
}

impl From<CreatePaymentStageInput> for NewStage {
    fn from(input: CreatePaymentStageInput) -> Self {
        Self {
            label: input.label,
            position: input.position,
            outcome: input.outcome.into(),
            external_id: input.external_id,
        }
    }
}

impl From<UpdatePaymentStageInput> for StageChange {
    fn from(input: UpdatePaymentStageInput) -> Self {
        Self {
            id: input.id.into(),
            label: patch(input.label),
            position: patch(input.position),
            outcome: patch(input.outcome),
            external_id: patch(input.external_id),
        }
    }
}

impl From<UpdateCustomFieldInput> for CustomFieldChange {
    fn from(input: UpdateCustomFieldInput) -> Self {
        Self {
            id: input.id.into(),
            label: patch(input.label),
            options: patch_each(input.options),
            external_id: patch(input.external_id),
        }
    }
}
