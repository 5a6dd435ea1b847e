//! Custom fields, by which deals are classified.

use async_graphql::{ComplexObject, Context, ID, ServerResult, SimpleObject, Value};
use futures::future::BoxFuture;

use crate::graphql::context::request;
use crate::graphql::error::{ApiError, existing};
use crate::graphql::rows::{PartnerVisibility, Resolver, declare, resolver, server_error, value};
use crate::graphql::shared::row;
use auth::Resource;
use domain::deal;
use domain::id::{self, CustomFieldId};
use futures::FutureExt;
use store::view;
use store::view::CustomFieldColumn as Column;

row! {
    /// A custom field of deals, with its options.
    pub struct CustomField(deal::CustomField): CUSTOM_FIELD, store::custom_field;
}

impl CustomField {
    /// The field that a row of any resource references; a foreign key prevents its deletion. Its identity is part of
    /// the referencing row; its other fields need the scope of deals.
    pub async fn linked(ctx: &Context<'_>, id: CustomFieldId) -> Result<Self, ApiError> {
        let found = request(ctx).loaders().custom_field.load(id.uuid()).await?;
        existing(found.map(Self), "custom_field", "id", id)
    }

    /// One of its options.
    pub fn option(
        &self,
        ctx: &Context<'_>,
        id: domain::id::CustomFieldOptionId,
    ) -> Result<CustomFieldOption, ApiError> {
        let found = self.0.options.iter().find(|option| option.id == id);
        let found = existing(found, "custom_field_option", "id", id)?;
        Ok(CustomFieldOption::of(found, request(ctx).is_partner()))
    }
}

/// Resolves a field's options, which are rows of another table.
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

declare! {
    /// A field that classifies deals. A partner's token can read only the fields and options that are set on its own
    /// deals.
    pub static CUSTOM_FIELD: CustomField = TypeDescription {
        resource: Resource::Deals,
        identity: &["id", "label", "externalId"],
        is_named: false,
        table: &view::CUSTOM_FIELD,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::CustomField>);
    /// Its label.
    "label": String = value(Column::Label, view::text);
    "options" = resolver(|row, prefix| {
        let id = store::custom_field::id(row, prefix)?;
        Ok(Box::new(OptionsResolver(id)))
    });
    /// The id that another system gave it, unique in the tenant; null if there is none.
    "externalId": Option<String> = value(Column::ExternalId, view::text).for_partners(PartnerVisibility::Null);
}

#[ComplexObject]
impl CustomField {
    /// Its options, in order.
    async fn options(&self, ctx: &Context<'_>) -> Result<Vec<CustomFieldOption>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Deals)?;
        let options = self.0.options.iter();
        let options = options.map(|option| CustomFieldOption::of(option, request.is_partner()));
        Ok(options.collect())
    }
}

/// An option of a custom field.
#[derive(Clone, SimpleObject)]
pub struct CustomFieldOption {
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// Its label; unique in the field.
    pub label: String,
    /// The id that another system gave it, unique in the field; null if there is none.
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
