//! Partner tiers, partner categories and advertisers.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use uuid::Uuid;

use crate::auth::Resource;
use crate::domain::label::Label;
use crate::domain::{id, label};
use crate::graphql::connection::{Connection, PageArguments, placed};
use crate::graphql::context::{mutation, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::input::{DeleteInput, plain};
use crate::graphql::rows::{Described, Listing, Pages, Type, value};
use crate::graphql::user_error::{DeletePayload, payload};
use crate::service::label::{create, delete, update};
use crate::store;
use crate::store::page::Place;
use crate::store::view;

/// A label of partners, such as "Gold", that restricts commission rules.
#[derive(Clone, SimpleObject)]
pub struct PartnerTier {
    #[graphql(skip)]
    uuid: Uuid,
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// What it is called; unique in the tenant.
    pub label: String,
    /// The id that another system gave it; null if there is none.
    pub external_id: Option<String>,
}

/// A label of partners, such as "Agency", that restricts commission rules. A partner may have several.
#[derive(Clone, SimpleObject)]
pub struct PartnerCategory {
    #[graphql(skip)]
    uuid: Uuid,
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// What it is called; unique in the tenant.
    pub label: String,
    /// The id that another system gave it; null if there is none.
    pub external_id: Option<String>,
}

/// Who owns campaigns and pays revenue for them.
#[derive(Clone, SimpleObject)]
pub struct Advertiser {
    #[graphql(skip)]
    uuid: Uuid,
    /// Its id.
    #[graphql(owned)]
    pub id: ID,
    /// Its name.
    pub name: String,
    /// The id that another system gave it; null if there is none.
    pub external_id: Option<String>,
}

/// How labels show themselves: each in its own words for the label.
macro_rules! described {
    ($($name:ident is $type:literal by $label:literal: $kind:ident, $table:ident, $columns:ident . $column:ident, $resource:ident;)+) => {
        $(
            pub static $name: Type = Type {
                name: $type,
                resource: Resource::$resource,
                identity: &[],
                is_named: false,
                table: &view::$table,
                id: || view::column(view::$columns::Id),
                field: |name| {
                    use view::$columns as Column;
                    Some(match name {
                        "id" => value(view::column(Column::Id), view::id::<id::$kind>),
                        $label => value(view::column(Column::$column), view::text),
                        "externalId" => value(view::column(Column::ExternalId), view::text),
                        _ => return None,
                    })
                },
            };

            impl Described for $kind {
                const TYPE: &'static Type = &$name;

                fn uuid(&self) -> Uuid {
                    self.uuid
                }
            }
        )+
    };
}

described! {
    PARTNER_TIER is "PartnerTier" by "label": PartnerTier, PARTNER_TIER, PartnerTierColumn.Label, Partners;
    PARTNER_CATEGORY is "PartnerCategory" by "label": PartnerCategory, PARTNER_CATEGORY, PartnerCategoryColumn.Label, Partners;
    ADVERTISER is "Advertiser" by "name": Advertiser, ADVERTISER, AdvertiserColumn.Name, Campaigns;
}

macro_rules! from_label {
    ($object:ident, $kind:ident, $label:ident) => {
        impl From<Label<id::$kind>> for $object {
            fn from(label: Label<id::$kind>) -> Self {
                Self {
                    uuid: label.id.uuid(),
                    id: label.id.to_string().into(),
                    $label: label.label,
                    external_id: label.external_id,
                }
            }
        }

        impl From<Arc<Label<id::$kind>>> for $object {
            fn from(label: Arc<Label<id::$kind>>) -> Self {
                Arc::unwrap_or_clone(label).into()
            }
        }
    };
}

from_label!(PartnerTier, PartnerTier, label);
from_label!(PartnerCategory, PartnerCategory, label);
from_label!(Advertiser, Advertiser, name);

/// A new partner tier.
#[derive(InputObject)]
pub struct CreatePartnerTierInput {
    /// What it is called; unique in the tenant.
    pub label: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a partner tier. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdatePartnerTierInput {
    /// Which tier.
    pub id: ID,
    /// What it is called.
    pub label: MaybeUndefined<String>,
    /// The id that another system gave it.
    pub external_id: MaybeUndefined<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A new partner category.
#[derive(InputObject)]
pub struct CreatePartnerCategoryInput {
    /// What it is called; unique in the tenant.
    pub label: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a partner category. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdatePartnerCategoryInput {
    /// Which category.
    pub id: ID,
    /// What it is called.
    pub label: MaybeUndefined<String>,
    /// The id that another system gave it.
    pub external_id: MaybeUndefined<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A new advertiser.
#[derive(InputObject)]
pub struct CreateAdvertiserInput {
    /// Its name.
    pub name: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of an advertiser. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateAdvertiserInput {
    /// Which advertiser.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// The id that another system gave it.
    pub external_id: MaybeUndefined<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What creating or changing a partner tier did.
    PartnerTierPayload {
        /// The tier as it is now; null if nothing was changed.
        partner_tier: PartnerTier, Partners
    }
}

payload! {
    /// What creating or changing a partner category did.
    PartnerCategoryPayload {
        /// The category as it is now; null if nothing was changed.
        partner_category: PartnerCategory, Partners
    }
}

payload! {
    /// What creating or changing an advertiser did.
    AdvertiserPayload {
        /// The advertiser as it is now; null if nothing was changed.
        advertiser: Advertiser, Campaigns
    }
}

#[derive(Default)]
pub struct LabelQuery;

#[Object]
impl LabelQuery {
    /// All partner tiers by label.
    async fn partner_tiers(&self, ctx: &Context<'_>) -> Result<Vec<PartnerTier>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Partners)?;
        let all: Vec<label::PartnerTier> = store::label::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(PartnerTier::from).collect())
    }

    /// All partner categories by label.
    async fn partner_categories(&self, ctx: &Context<'_>) -> Result<Vec<PartnerCategory>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Partners)?;
        let all: Vec<label::PartnerCategory> = store::label::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(PartnerCategory::from).collect())
    }

    /// The advertisers, newest first.
    async fn advertisers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Pages<Connection<Advertiser>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Campaigns)?;
        let cursors = Cursors::of((scope, "advertisers"));
        let page = PageArguments::new(first, after, last, before).read(&cursors)?;
        let listing = Listing {
            to: &ADVERTISER,
            connection: "AdvertiserConnection",
            edge: "AdvertiserEdge",
            list: store::label::advertisers(),
        };
        let asked = listing.asked(&page, &cursors);
        let connection = Connection::new(
            cursors,
            move |request| {
                let page = page.clone();
                Box::pin(async move {
                    let page = store::label::page(request.store().reader(), &scope, &page).await?;
                    Ok(placed(page, |advertiser: &label::Advertiser| {
                        Place::of_id(advertiser.id)
                    }))
                })
            },
            move |request| {
                Box::pin(
                    async move { Ok(store::label::count::<id::Advertiser>(request.store().reader(), &scope).await?) },
                )
            },
        );
        Ok(Pages::of(asked, connection))
    }
}

#[derive(Default)]
pub struct LabelMutation;

#[Object]
impl LabelMutation {
    /// Creates a partner tier. Needs `partners:write`.
    async fn create_partner_tier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new tier.")] input: CreatePartnerTierInput,
    ) -> Nullable<PartnerTierPayload> {
        let request = mutation(ctx).await;
        let tier = create::<id::PartnerTier>(&request.app, &request.caller, &input.label, input.external_id);
        Some(PartnerTierPayload::of(&request, tier).await)
    }

    /// Changes a partner tier. Needs `partners:write`.
    async fn update_partner_tier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdatePartnerTierInput,
    ) -> Nullable<PartnerTierPayload> {
        let request = mutation(ctx).await;
        let (label, external_id) = (plain(input.label), plain(input.external_id));
        let tier = update::<id::PartnerTier>(&request.app, &request.caller, &input.id, label, external_id);
        Some(PartnerTierPayload::of(&request, tier).await)
    }

    /// Deletes a partner tier that nothing refers to, else IN_USE. Needs `partners:write`.
    async fn delete_partner_tier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tier.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete::<id::PartnerTier>(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }

    /// Creates a partner category. Needs `partners:write`.
    async fn create_partner_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new category.")] input: CreatePartnerCategoryInput,
    ) -> Nullable<PartnerCategoryPayload> {
        let request = mutation(ctx).await;
        let category = create::<id::PartnerCategory>(&request.app, &request.caller, &input.label, input.external_id);
        Some(PartnerCategoryPayload::of(&request, category).await)
    }

    /// Changes a partner category. Needs `partners:write`.
    async fn update_partner_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdatePartnerCategoryInput,
    ) -> Nullable<PartnerCategoryPayload> {
        let request = mutation(ctx).await;
        let (label, external_id) = (plain(input.label), plain(input.external_id));
        let category = update::<id::PartnerCategory>(&request.app, &request.caller, &input.id, label, external_id);
        Some(PartnerCategoryPayload::of(&request, category).await)
    }

    /// Deletes a partner category that nothing refers to, else IN_USE. Needs `partners:write`.
    async fn delete_partner_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete::<id::PartnerCategory>(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }

    /// Creates an advertiser. Needs `campaigns:write`.
    async fn create_advertiser(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new advertiser.")] input: CreateAdvertiserInput,
    ) -> Nullable<AdvertiserPayload> {
        let request = mutation(ctx).await;
        let advertiser = create::<id::Advertiser>(&request.app, &request.caller, &input.name, input.external_id);
        Some(AdvertiserPayload::of(&request, advertiser).await)
    }

    /// Changes an advertiser. Needs `campaigns:write`.
    async fn update_advertiser(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateAdvertiserInput,
    ) -> Nullable<AdvertiserPayload> {
        let request = mutation(ctx).await;
        let (name, external_id) = (plain(input.name), plain(input.external_id));
        let advertiser = update::<id::Advertiser>(&request.app, &request.caller, &input.id, name, external_id);
        Some(AdvertiserPayload::of(&request, advertiser).await)
    }

    /// Deletes an advertiser that no campaign names, else IN_USE. Needs `campaigns:write`.
    async fn delete_advertiser(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which advertiser.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete::<id::Advertiser>(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }
}
