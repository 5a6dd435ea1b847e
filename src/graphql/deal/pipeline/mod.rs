//! The pipeline of deals: payment stages and custom fields.

mod custom_field;
mod input;
mod mutation;
mod query;
mod stage;

pub use custom_field::{CUSTOM_FIELD, CustomField, CustomFieldOption};
pub use mutation::PipelineMutation;
pub use query::PipelineQuery;
pub use stage::{PAYMENT_STAGE, PaymentStage, StageOutcome};
