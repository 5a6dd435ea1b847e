//! Inputs that create and change stages and custom fields.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::stage::StageOutcome;
use crate::graphql::input::id_text;
use service::custom_field::OptionDraft;

/// A new stage of the pipeline.
#[derive(InputObject)]
pub struct CreatePaymentStageInput {
    /// What it is called.
    pub label: String,
    /// Its place in the pipeline, at least 0.
    pub position: i32,
    /// What standing in it means.
    #[graphql(default_with = "StageOutcome::Open")]
    pub outcome: StageOutcome,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a stage. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdatePaymentStageInput {
    /// Which stage.
    pub id: ID,
    /// What it is called.
    pub label: MaybeUndefined<String>,
    /// Its place in the pipeline, at least 0.
    pub position: MaybeUndefined<i32>,
    /// What standing in it means. Cannot change while deals stand in it: IN_USE.
    pub outcome: MaybeUndefined<StageOutcome>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A new custom field.
#[derive(InputObject)]
pub struct CreateCustomFieldInput {
    /// What it is called.
    pub label: String,
    /// Its options, 1 to 500.
    pub options: Vec<CustomFieldOptionInput>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a custom field. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateCustomFieldInput {
    /// Which field.
    pub id: ID,
    /// What it is called.
    pub label: MaybeUndefined<String>,
    /// All its options from now on, 1 to 500: those with an id stay, those without are new, those left out are deleted
    /// (IN_USE while deals or rules name them).
    pub options: MaybeUndefined<Vec<CustomFieldOptionInput>>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// An option of a custom field.
#[derive(Clone, InputObject)]
pub struct CustomFieldOptionInput {
    /// Which of the field's options; none: a new one.
    pub id: Option<ID>,
    /// What it is called; unique in its field.
    pub label: String,
    /// The id that another system gave it; unique in its field.
    pub external_id: Option<String>,
}

pub(super) fn drafts(options: Vec<CustomFieldOptionInput>) -> Vec<OptionDraft> {
    let drafts = options.into_iter().map(|option| OptionDraft {
        id: option.id.map(id_text),
        label: option.label,
        external_id: option.external_id,
    });
    drafts.collect()
}
