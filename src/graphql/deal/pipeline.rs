//! The pipeline of deals: payment stages and custom fields.

use std::sync::Arc;

use async_graphql::{
    ContainerType, Context, Enum, ID, InputObject, MaybeUndefined, Object, ServerResult, SimpleObject, Value,
};
use futures::FutureExt;
use futures::future::BoxFuture;

use crate::auth::Resource;
use crate::domain::deal;
use crate::domain::id;
use crate::domain::id::{CustomFieldId, PaymentStageId, TenantId};
use crate::graphql::context::{mutation, request};
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::input::{DeleteInput, id_text, patch, plain};
use crate::graphql::rows::{self, Described, Partners, Resolver, Type, resolver, server_error};
use crate::graphql::user_error::{DeletePayload, payload};
use crate::service::custom_field::{self, FieldChange, OptionDraft};
use crate::service::stage::{self, NewStage, StageChange};
use crate::store;
use crate::store::view;
use uuid::Uuid;

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

impl From<Arc<deal::PaymentStage>> for PaymentStage {
    fn from(stage: Arc<deal::PaymentStage>) -> Self {
        Self(stage)
    }
}

impl From<deal::PaymentStage> for PaymentStage {
    fn from(stage: deal::PaymentStage) -> Self {
        Self(Arc::new(stage))
    }
}

impl PaymentStage {
    /// The stage that something names, whatever resource that is: its database refuses to delete it. What it is called
    /// belongs to what names it; the rest takes the scope of deals.
    pub async fn linked(ctx: &Context<'_>, id: PaymentStageId) -> Result<Self, ApiError> {
        let found = request(ctx).loaders().payment_stage.load(id.uuid()).await?;
        Ok(found.map(Self).ok_or_else(|| gone("payment_stage", id))?)
    }
}

fn gone(table: &'static str, id: impl std::fmt::Display) -> store::StoreError {
    store::StoreError::Corrupt {
        table,
        column: "id",
        value: id.to_string(),
    }
}

impl Described for PaymentStage {
    const TYPE: &'static Type = &PAYMENT_STAGE;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::stage::at_hand(tenant, &self.0)
    }
}

pub static PAYMENT_STAGE: Type = Type {
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
            "externalId" => value(Column::ExternalId, view::text).for_partners(Partners::Null),
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

/// Something that deals are told apart by, with the options that it takes.
#[derive(Clone)]
pub struct CustomField(Arc<deal::CustomField>);

impl From<Arc<deal::CustomField>> for CustomField {
    fn from(field: Arc<deal::CustomField>) -> Self {
        Self(field)
    }
}

impl From<deal::CustomField> for CustomField {
    fn from(field: deal::CustomField) -> Self {
        Self(Arc::new(field))
    }
}

impl CustomField {
    /// The field that something names, whatever resource that is: its database refuses to delete it. What it is called
    /// belongs to what names it; the rest takes the scope of deals.
    pub async fn linked(ctx: &Context<'_>, id: CustomFieldId) -> Result<Self, ApiError> {
        let found = request(ctx).loaders().custom_field.load(id.uuid()).await?;
        Ok(found.map(Self).ok_or_else(|| gone("custom_field", id))?)
    }

    /// One of its options.
    pub fn option(
        &self,
        ctx: &Context<'_>,
        id: crate::domain::id::CustomFieldOptionId,
    ) -> Result<CustomFieldOption, ApiError> {
        let found = self.0.options.iter().find(|option| option.id == id);
        let found = found.ok_or_else(|| gone("custom_field_option", id))?;
        Ok(CustomFieldOption::of(found, request(ctx).is_partner()))
    }
}

impl Described for CustomField {
    const TYPE: &'static Type = &CUSTOM_FIELD;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }
}

/// Answers what is said of a field's options, which are rows of another table.
struct OptionsOf(CustomFieldId);

impl Resolver for OptionsOf {
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Value>> {
        async move {
            let found = CustomField::linked(ctx, self.0).await;
            let field = found.map_err(|error| ctx.set_error_path(server_error(error, ctx.item)))?;
            Ok(field.resolve_field(ctx).await?.unwrap_or_default())
        }
        .boxed()
    }
}

pub static CUSTOM_FIELD: Type = Type {
    name: "CustomField",
    resource: Resource::Deals,
    identity: &[],
    is_named: false,
    table: &view::CUSTOM_FIELD,
    id: || view::column(view::CustomFieldColumn::Id),
    field: |name| {
        use view::CustomFieldColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::CustomField>),
            "label" => value(Column::Label, view::text),
            "options" => resolver(|row, prefix| {
                let id = store::custom_field::id(row, prefix)?;
                Ok(Box::new(OptionsOf(id)))
            }),
            "externalId" => value(Column::ExternalId, view::text).for_partners(Partners::Null),
            _ => return None,
        })
    },
};

/// Something that deals are told apart by. A partner's token shows the fields and the options that its own deals bear.
#[Object]
impl CustomField {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// The options that it takes, in their order.
    async fn options(&self, ctx: &Context<'_>) -> Result<Vec<CustomFieldOption>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Deals)?;
        let options = self.0.options.iter();
        let options = options.map(|option| CustomFieldOption::of(option, request.is_partner()));
        Ok(options.collect())
    }

    /// The id that another system gave it, unique in the tenant; null if there is none.
    async fn external_id(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.external_id.as_deref().filter(|_| !request(ctx).is_partner())
    }
}

/// A value that a custom field takes.
#[derive(Clone, SimpleObject)]
pub struct CustomFieldOption {
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// What it is called; unique in its field.
    pub label: String,
    /// The id that another system gave it, unique in its field; null if there is none.
    pub external_id: Option<String>,
}

impl CustomFieldOption {
    fn of(option: &deal::CustomFieldOption, for_partner: bool) -> Self {
        Self {
            id: option.id.to_string().into(),
            label: option.label.clone(),
            external_id: option.external_id.clone().filter(|_| !for_partner),
        }
    }
}

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

fn drafts(options: Vec<CustomFieldOptionInput>) -> Vec<OptionDraft> {
    let drafts = options.into_iter().map(|option| OptionDraft {
        id: option.id.map(id_text),
        label: option.label,
        external_id: option.external_id,
    });
    drafts.collect()
}

payload! {
    /// What creating or changing a payment stage did.
    PaymentStagePayload {
        /// The stage as it is now; null if nothing was changed.
        payment_stage: PaymentStage, Deals
    }
}

payload! {
    /// What creating or changing a custom field did.
    CustomFieldPayload {
        /// The field as it is now; null if nothing was changed.
        custom_field: CustomField, Deals
    }
}

#[derive(Default)]
pub struct PipelineQuery;

#[Object]
impl PipelineQuery {
    /// All payment stages by position.
    async fn payment_stages(&self, ctx: &Context<'_>) -> Result<Vec<PaymentStage>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Deals)?;
        let all = store::stage::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(PaymentStage::from).collect())
    }

    /// All custom fields, oldest first.
    async fn custom_fields(&self, ctx: &Context<'_>) -> Result<Vec<CustomField>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Deals)?;
        let all = store::custom_field::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(CustomField::from).collect())
    }
}

#[derive(Default)]
pub struct PipelineMutation;

#[Object]
impl PipelineMutation {
    /// Creates a payment stage. Needs `deals:write`.
    async fn create_payment_stage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new stage.")] input: CreatePaymentStageInput,
    ) -> Nullable<PaymentStagePayload> {
        let request = mutation(ctx).await;
        let stage = NewStage {
            label: input.label,
            position: input.position,
            outcome: input.outcome.into(),
            external_id: input.external_id,
        };
        Some(PaymentStagePayload::of(&request, stage::create(&request.app, &request.caller, stage)).await)
    }

    /// Changes a payment stage. Needs `deals:write`.
    async fn update_payment_stage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdatePaymentStageInput,
    ) -> Nullable<PaymentStagePayload> {
        let request = mutation(ctx).await;
        let change = StageChange {
            id: id_text(input.id),
            label: plain(input.label),
            position: plain(input.position),
            outcome: patch(input.outcome, deal::StageOutcome::from),
            external_id: plain(input.external_id),
        };
        Some(PaymentStagePayload::of(&request, stage::update(&request.app, &request.caller, change)).await)
    }

    /// Deletes a payment stage that nothing refers to, else IN_USE. Needs `deals:write`.
    async fn delete_payment_stage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which stage.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = stage::delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }

    /// Creates a custom field. Needs `deals:write`.
    async fn create_custom_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new field.")] input: CreateCustomFieldInput,
    ) -> Nullable<CustomFieldPayload> {
        let request = mutation(ctx).await;
        let (options, external_id) = (drafts(input.options), input.external_id);
        let field = custom_field::create(&request.app, &request.caller, &input.label, options, external_id);
        Some(CustomFieldPayload::of(&request, field).await)
    }

    /// Changes a custom field. Needs `deals:write`.
    async fn update_custom_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateCustomFieldInput,
    ) -> Nullable<CustomFieldPayload> {
        let request = mutation(ctx).await;
        let change = FieldChange {
            id: id_text(input.id),
            label: plain(input.label),
            options: patch(input.options, drafts),
            external_id: plain(input.external_id),
        };
        Some(CustomFieldPayload::of(&request, custom_field::update(&request.app, &request.caller, change)).await)
    }

    /// Deletes a custom field that nothing refers to, with its options, else IN_USE. Needs `deals:write`.
    async fn delete_custom_field(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which field.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = custom_field::delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }
}
