//! Partner groups as they are read.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::rule::PartnerGroupRule;
use crate::auth::Resource;
use crate::domain::id::{self, TenantId};
use crate::domain::partner_group;
use crate::graphql::connection::{Connection, children};
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::identity;
use crate::graphql::loader::PartnersOfGroup;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::{Partner, partners};
use crate::graphql::rows::{
    self, Listing, PartnerVisibility, RowObject, TypeDescription, child_list_of, page_of, resolver,
};
use crate::graphql::scalar::{CurrencyCode, DateTime};
use crate::graphql::shared::shares;
use crate::graphql::tenant::audit::{AuditEntry, histories, history};
use crate::store::{self, view};

/// A classification of partners with a rules engine that says what they earn.
#[derive(Clone)]
pub struct PartnerGroup(Arc<partner_group::PartnerGroup>);

shares!(PartnerGroup, partner_group::PartnerGroup);

impl RowObject for PartnerGroup {
    const TYPE: &'static TypeDescription = &PARTNER_GROUP;

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

pub static PARTNER_GROUP: TypeDescription = TypeDescription {
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
            "description" => value(Column::Description, view::text).for_partners(PartnerVisibility::Null),
            "tags" => value(Column::Tags, view::document).for_partners(PartnerVisibility::EmptyList),
            "default" => value(Column::IsDefault, view::truth),
            "currency" => value(Column::Currency, view::text).for_partners(PartnerVisibility::Null),
            "rules" => ask().for_partners(PartnerVisibility::EmptyList),
            "version" => value(Column::Version, view::number),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            "partners" => page_of(|ctx| {
                child_list_of::<PartnersOfGroup>(ctx, Resource::Partners, partners(store::partner::list_of_groups()))
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
        identity::staff_part(ctx, Resource::PartnerGroups, self.0.description.as_deref())
    }

    /// Free labels.
    async fn tags(&self, ctx: &Context<'_>) -> Result<&[String], ApiError> {
        identity::require_read(ctx, Resource::PartnerGroups)?;
        Ok(if request(ctx).is_partner() { &[] } else { &self.0.tags })
    }

    /// Whether partners without a group use this one. A tenant has at most one such group.
    async fn default(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        identity::require_read(ctx, Resource::PartnerGroups)?;
        Ok(self.0.is_default)
    }

    /// What the amounts of its rules are in; upgrades and bonuses then apply to charges in it only. Null: in whatever
    /// currency the charge has.
    async fn currency(&self, ctx: &Context<'_>) -> Nullable<CurrencyCode> {
        identity::staff_part(ctx, Resource::PartnerGroups, self.0.currency.map(CurrencyCode))
    }

    /// The rules, in the order in which they were entered, which does not matter.
    async fn rules(&self, ctx: &Context<'_>) -> Result<Vec<PartnerGroupRule>, ApiError> {
        identity::require_read(ctx, Resource::PartnerGroups)?;
        let rules = if request(ctx).is_partner() {
            &[]
        } else {
            self.0.rules.rules()
        };
        Ok(rules.iter().map(PartnerGroupRule::from).collect())
    }

    /// Starts at 1 and rises whenever the rules are replaced.
    async fn version(&self, ctx: &Context<'_>) -> Result<u32, ApiError> {
        identity::require_read(ctx, Resource::PartnerGroups)?;
        Ok(self.0.version)
    }

    /// When it was created.
    async fn created_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        identity::require_read(ctx, Resource::PartnerGroups)?;
        Ok(DateTime(self.0.created_at))
    }

    /// When it was last changed.
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        identity::require_read(ctx, Resource::PartnerGroups)?;
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
