//! Partner groups as output types.

use async_graphql::{ComplexObject, Context, ID};

use super::rule::PartnerGroupRule;
use crate::graphql::connection::Connection;
use crate::graphql::error::ApiError;
use crate::graphql::identity;
use crate::graphql::loader::PartnersOfGroup;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{PartnerVisibility, child_list_of, declare, page_of, value};
use crate::graphql::scalar::{CurrencyCode, DateTime};
use crate::graphql::shared::row;
use crate::graphql::tenant::audit::{AuditEntry, histories};
use auth::Resource;
use domain::id;
use domain::partner_group;
use store::view;
use store::view::PartnerGroupColumn as Column;

row! {
    /// A classification of partners with a rules engine that says what they earn.
    pub struct PartnerGroup(partner_group::PartnerGroup): PARTNER_GROUP, store::partner_group;
    computed: store::partner_group::whole;
}

declare! {
    /// A classification of partners, with rules that decide what they earn. A partner's token can read only the
    /// partner's own group; its description, tags, currency and rules are null or empty lists. The rules that pay the
    /// partner are in its `termsInForce`.
    pub static PARTNER_GROUP: PartnerGroup = TypeDescription {
        resource: Resource::PartnerGroups,
        identity: &["id", "name", "externalId"],
        is_named: false,
        table: &view::PARTNER_GROUP,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::PartnerGroup>);
    /// Its name.
    "name": String = value(Column::Name, view::text);
    /// The id that another system gave it, unique in the tenant; null if there is none.
    "externalId": Option<String> = value(Column::ExternalId, view::text);
    /// A note about the group; null if there is none.
    "description": Option<String> = value(Column::Description, view::text).for_partners(PartnerVisibility::Null);
    /// Free labels.
    "tags": Vec<String> = value(Column::Tags, view::document).for_partners(PartnerVisibility::EmptyList);
    /// Whether partners without a group use this one. A tenant has at most one default group.
    "default": bool = value(Column::IsDefault, view::truth);
    /// The currency of the amounts in its rules; upgrades and bonuses then apply only to charges in it. Null: the
    /// amounts are in the currency of the charge.
    "currency": Option<CurrencyCode> = value(Column::Currency, view::text).for_partners(PartnerVisibility::Null);
    "rules" = PartnerGroup::computed().for_partners(PartnerVisibility::EmptyList);
    /// Starts at 1 and rises whenever the rules are replaced.
    "version": u32 = value(Column::Version, view::number);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was last changed.
    "updatedAt": DateTime = value(Column::UpdatedAt, view::moment);
    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    "history": Connection<AuditEntry> = page_of(histories);
    /// The partners in it, newest first.
    "partners": Connection<Partner> = page_of(|ctx| {
        child_list_of::<PartnersOfGroup>(ctx, Resource::Partners, &PARTNER)
    });
}

#[ComplexObject]
impl PartnerGroup {
    /// The rules, in the order in which they were given, which does not matter.
    async fn rules(&self, ctx: &Context<'_>) -> Result<Vec<PartnerGroupRule>, ApiError> {
        identity::require_read(ctx, Resource::PartnerGroups)?;
        Ok(self.0.rules.rules().iter().map(PartnerGroupRule::from).collect())
    }
}
