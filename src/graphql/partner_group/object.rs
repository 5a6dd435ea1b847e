//! Partner groups.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object};
use uuid::Uuid;

use super::rule::{PartnerGroupRule, PartnerGroupRuleInput, drafts};
use crate::auth::Resource;
use crate::domain::id::{PartnerGroupId, TenantId};
use crate::domain::{id, partner_group};
use crate::graphql::connection::{Connection, PageArguments, children};
use crate::graphql::context::{mutation, request};
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::input::{DeleteInput, id_text, patch, plain};
use crate::graphql::loader::PartnersOfGroup;
use crate::graphql::lookup::one_of_two;
use crate::graphql::order::OrderBy;
use crate::graphql::partner::object::{Partner, partners};
use crate::graphql::rows::{
    Described, Listing, Pages, Partners, Shown, Type, children_under, listed, page_of, resolver,
};
use crate::graphql::scalar::{CurrencyCode, DateTime};
use crate::graphql::tenant::audit::{AuditEntry, histories, history};
use crate::graphql::user_error::{DeletePayload, payload};
use crate::graphql::{identity, order, rows};
use crate::service::partner_group::{NewPartnerGroup, PartnerGroupChange, create, delete, update};
use crate::store;
use crate::store::view;

/// A classification of partners with a rules engine that says what they earn.
#[derive(Clone)]
pub struct PartnerGroup(Arc<partner_group::PartnerGroup>);

impl From<Arc<partner_group::PartnerGroup>> for PartnerGroup {
    fn from(group: Arc<partner_group::PartnerGroup>) -> Self {
        Self(group)
    }
}

impl From<partner_group::PartnerGroup> for PartnerGroup {
    fn from(group: partner_group::PartnerGroup) -> Self {
        Self(Arc::new(group))
    }
}

impl Described for PartnerGroup {
    const TYPE: &'static Type = &PARTNER_GROUP;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::partner_group::at_hand(tenant, &self.0)
    }
}

/// A list of them.
pub fn partner_groups(list: view::List) -> Listing {
    Listing {
        to: &PARTNER_GROUP,
        connection: "PartnerGroupConnection",
        edge: "PartnerGroupEdge",
        list,
    }
}

pub static PARTNER_GROUP: Type = Type {
    name: "PartnerGroup",
    resource: Resource::PartnerGroups,
    identity: &["id", "name", "externalId"],
    is_named: false,
    table: &view::PARTNER_GROUP,
    id: || view::column(view::PartnerGroupColumn::Id),
    field: |name| {
        use view::PartnerGroupColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask =
            || resolver(|row, prefix| Ok(Box::new(PartnerGroup::from(store::partner_group::whole(row, prefix)?))));
        Some(match name {
            "id" => value(Column::Id, view::id::<id::PartnerGroup>),
            "name" => value(Column::Name, view::text),
            "externalId" => value(Column::ExternalId, view::text),
            "description" => value(Column::Description, view::text).for_partners(Partners::Null),
            "tags" => value(Column::Tags, view::document).for_partners(Partners::EmptyList),
            "default" => value(Column::IsDefault, view::truth),
            "currency" => value(Column::Currency, view::text).for_partners(Partners::Null),
            "rules" => ask().for_partners(Partners::EmptyList),
            "version" => value(Column::Version, view::number),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            "partners" => page_of(|ctx| {
                children_under::<PartnersOfGroup>(ctx, Resource::Partners, partners(store::partner::list_of_groups()))
            }),
            "history" => page_of(histories),
            _ => return None,
        })
    },
};

/// A classification of partners with a rules engine that says what they earn. A partner's token shows what its
/// own is called, whether it is the default one, and its versions; the rest reads as null or as an empty list: the rules
/// that pay it are in its `termsInForce`.
#[Object]
impl PartnerGroup {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The id that another system gave it, unique in the tenant; null if there is none.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// A note about the group; null if there is none.
    async fn description(&self, ctx: &Context<'_>) -> Nullable<&str> {
        identity::staffs_part(ctx, Resource::PartnerGroups, self.0.description.as_deref())
    }

    /// Free labels.
    async fn tags(&self, ctx: &Context<'_>) -> Result<&[String], ApiError> {
        identity::beyond(ctx, Resource::PartnerGroups)?;
        Ok(if request(ctx).is_partner() { &[] } else { &self.0.tags })
    }

    /// Whether partners without a group use this one. A tenant has at most one such group.
    async fn default(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        identity::beyond(ctx, Resource::PartnerGroups)?;
        Ok(self.0.is_default)
    }

    /// What the amounts of its rules are in; upgrades and bonuses then apply to charges in it only. Null: in whatever
    /// currency the charge has.
    async fn currency(&self, ctx: &Context<'_>) -> Nullable<CurrencyCode> {
        identity::staffs_part(ctx, Resource::PartnerGroups, self.0.currency.map(CurrencyCode))
    }

    /// The rules, in the order in which they were entered, which does not matter.
    async fn rules(&self, ctx: &Context<'_>) -> Result<Vec<PartnerGroupRule>, ApiError> {
        identity::beyond(ctx, Resource::PartnerGroups)?;
        let rules = if request(ctx).is_partner() {
            &[]
        } else {
            self.0.rules.rules()
        };
        Ok(rules.iter().map(PartnerGroupRule::from).collect())
    }

    /// Starts at 1 and rises whenever the rules are replaced.
    async fn version(&self, ctx: &Context<'_>) -> Result<u32, ApiError> {
        identity::beyond(ctx, Resource::PartnerGroups)?;
        Ok(self.0.version)
    }

    /// When it was created.
    async fn created_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        identity::beyond(ctx, Resource::PartnerGroups)?;
        Ok(DateTime(self.0.created_at))
    }

    /// When it was last changed.
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        identity::beyond(ctx, Resource::PartnerGroups)?;
        Ok(DateTime(self.0.updated_at))
    }

    /// Who changed it and what, newest first. Needs `audit:read`; empty for a partner's token.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<AuditEntry>, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        history(ctx, self.0.id.uuid(), page)
    }

    /// The partners in it, newest first.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Partner>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Partners)?;
        let page = PageArguments::new(first, after, last, before);
        children::<PartnersOfGroup, _>(scope, self.0.id.uuid(), page)
    }
}

/// A new partner group.
#[derive(InputObject)]
pub struct CreatePartnerGroupInput {
    /// Its name.
    pub name: String,
    /// Its rules, at most 100; exactly one of them `recurring`.
    pub rules: Vec<PartnerGroupRuleInput>,
    /// A note about the group.
    pub description: Option<String>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// Free labels, at most 50.
    pub tags: Option<Vec<String>>,
    /// Whether partners without a group use it; the former default group is one no more.
    pub default: Option<bool>,
    /// What the amounts of its rules are in.
    pub currency: Option<CurrencyCode>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a partner group. Absent fields stay as they are; null clears. Past commissions do not change.
#[derive(InputObject)]
pub struct UpdatePartnerGroupInput {
    /// Which group.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// Its rules: they replace the former ones and raise `version`.
    pub rules: MaybeUndefined<Vec<PartnerGroupRuleInput>>,
    /// A note about the group.
    pub description: MaybeUndefined<String>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// Free labels, at most 50: they replace the former ones.
    pub tags: MaybeUndefined<Vec<String>>,
    /// Whether partners without a group use it.
    pub default: MaybeUndefined<bool>,
    /// What the amounts of its rules are in.
    pub currency: MaybeUndefined<CurrencyCode>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What creating or changing a partner group did.
    PartnerGroupPayload {
        /// The group as it is now; null if nothing was changed.
        partner_group: PartnerGroup, PartnerGroups
    }
}

/// What partner groups are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "store::partner_group::PartnerGroupOrder")]
pub enum PartnerGroupOrderField {
    /// When they were created.
    #[default]
    CreatedAt,
    /// Their name, whatever the case of the letters A to Z.
    Name,
}

#[derive(Default)]
pub struct PartnerGroupQuery;

#[Object]
impl PartnerGroupQuery {
    /// One partner group, by its id or by the id that another system gave it; null if there is none.
    async fn partner_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Shown<PartnerGroup>> {
        nullable(async {
            let request = request(ctx);
            request.caller.read(Resource::PartnerGroups)?;
            match one_of_two(id, external_id)? {
                Ok(id) => Shown::row(ctx, id.parse::<PartnerGroupId>()?.uuid()),
                Err(_) if request.is_partner() => Ok(None),
                Err(external_id) => Shown::named(ctx, view::column(view::PartnerGroupColumn::ExternalId), external_id),
            }
        })
        .await
    }

    /// The partner groups, newest first where no other order is asked for.
    async fn partner_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "In which order.")] order_by: Option<OrderBy<PartnerGroupOrderField>>,
    ) -> Result<Pages<Connection<PartnerGroup>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::PartnerGroups)?;
        let sorted = OrderBy::read(order_by);
        let cursors = order::cursors((scope, "partnerGroups"), sorted);
        let arguments = PageArguments::new(first, after, last, before);
        let listing = partner_groups(store::partner_group::list(sorted));
        listed(listing, &cursors, &arguments, move |request| {
            Box::pin(async move { Ok(store::partner_group::count(request.store().reader(), &scope).await?) })
        })
    }
}

#[derive(Default)]
pub struct PartnerGroupMutation;

#[Object]
impl PartnerGroupMutation {
    /// Creates a partner group. Needs `partner_groups:write`.
    async fn create_partner_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new group.")] input: CreatePartnerGroupInput,
    ) -> Nullable<PartnerGroupPayload> {
        let request = mutation(ctx).await;
        let group = NewPartnerGroup {
            name: input.name,
            rules: drafts(input.rules),
            description: input.description,
            external_id: input.external_id,
            tags: input.tags.unwrap_or_default(),
            is_default: input.default.unwrap_or(false),
            currency: input.currency.map(|code| code.0),
        };
        Some(PartnerGroupPayload::of(&request, create(&request.app, &request.caller, group)).await)
    }

    /// Changes a partner group. Needs `partner_groups:write`.
    async fn update_partner_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdatePartnerGroupInput,
    ) -> Nullable<PartnerGroupPayload> {
        let request = mutation(ctx).await;
        let change = PartnerGroupChange {
            id: id_text(input.id),
            name: plain(input.name),
            rules: patch(input.rules, drafts),
            description: plain(input.description),
            external_id: plain(input.external_id),
            tags: plain(input.tags),
            is_default: plain(input.default),
            currency: patch(input.currency, |code| code.0),
        };
        Some(PartnerGroupPayload::of(&request, update(&request.app, &request.caller, change)).await)
    }

    /// Deletes a partner group that is not the default one and has no partners, else IN_USE. Needs
    /// `partner_groups:write`.
    async fn delete_partner_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which group.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }
}
