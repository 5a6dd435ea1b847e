//! Custom fields: what deals are told apart by.

use std::sync::Arc;

use async_graphql::{ContainerType, Context, ID, Object, ServerResult, SimpleObject, Value};
use futures::FutureExt;
use futures::future::BoxFuture;
use uuid::Uuid;

use super::stage::missing_row;
use crate::auth::Resource;
use crate::domain::deal;
use crate::domain::id::{self, CustomFieldId};
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::rows::{self, PartnerVisibility, Resolver, RowObject, TypeDescription, resolver, server_error};
use crate::graphql::shared::shares;
use crate::store::{self, view};

/// Something that deals are told apart by, with the options that it takes.
#[derive(Clone)]
pub struct CustomField(Arc<deal::CustomField>);

shares!(CustomField, deal::CustomField);

impl CustomField {
    /// The field that something names, whatever resource that is: its database refuses to delete it. What it is called
    /// belongs to what names it; the rest takes the scope of deals.
    pub async fn linked(ctx: &Context<'_>, id: CustomFieldId) -> Result<Self, ApiError> {
        let found = request(ctx).loaders().custom_field.load(id.uuid()).await?;
        Ok(found.map(Self).ok_or_else(|| missing_row("custom_field", id))?)
    }

    /// One of its options.
    pub fn option(
        &self,
        ctx: &Context<'_>,
        id: crate::domain::id::CustomFieldOptionId,
    ) -> Result<CustomFieldOption, ApiError> {
        let found = self.0.options.iter().find(|option| option.id == id);
        let found = found.ok_or_else(|| missing_row("custom_field_option", id))?;
        Ok(CustomFieldOption::of(found, request(ctx).is_partner()))
    }
}

impl RowObject for CustomField {
    const TYPE: &'static TypeDescription = &CUSTOM_FIELD;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }
}

/// Answers what is said of a field's options, which are rows of another table.
struct OptionsResolver(CustomFieldId);

impl Resolver for OptionsResolver {
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Value>> {
        async move {
            let found = CustomField::linked(ctx, self.0).await;
            let field = found.map_err(|error| ctx.set_error_path(server_error(error, ctx.item)))?;
            Ok(field.resolve_field(ctx).await?.unwrap_or_default())
        }
        .boxed()
    }
}

pub static CUSTOM_FIELD: TypeDescription = TypeDescription {
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
                Ok(Box::new(OptionsResolver(id)))
            }),
            "externalId" => value(Column::ExternalId, view::text).for_partners(PartnerVisibility::Null),
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
    pub(super) fn of(option: &deal::CustomFieldOption, for_partner: bool) -> Self {
        Self {
            id: option.id.to_string().into(),
            label: option.label.clone(),
            external_id: option.external_id.clone().filter(|_| !for_partner),
        }
    }
}
