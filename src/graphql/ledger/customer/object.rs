//! Customers as output types.

use async_graphql::{ComplexObject, Context, ID};
use paged::paged;

use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::connection::{Connection, children};
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::ledger::event::{EVENT, Event};
use crate::graphql::loader::EventsOfCustomer;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{child_list_of, declare, link, page_of, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use auth::Resource;
use domain::event;
use domain::id::{self, CustomerId};
use store::view;
use store::view::CustomerColumn as Column;

row! {
    /// A customer, who pays.
    pub struct Customer(event::Customer): CUSTOMER, store::customer;
    load: Events, customer, CustomerId;
}

declare! {
    /// Somebody who pays; acquired by a partner.
    pub static CUSTOMER: Customer = TypeDescription {
        resource: Resource::Events,
        identity: &[],
        is_named: false,
        table: &view::CUSTOMER,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Customer>);
    /// Its id in other systems; unique in the tenant.
    "externalId": String = value(Column::ExternalId, view::text);
    /// When month 1 of its life starts. It never changes.
    "acquiredAt": DateTime = value(Column::AcquiredAt, view::moment);
    "partner" = link(Column::PartnerId, &PARTNER);
    "campaign" = link(Column::CampaignId, &CAMPAIGN);
    "events" = page_of(|ctx| {
        child_list_of::<EventsOfCustomer>(ctx, Resource::Events, &EVENT)
    });
}

#[paged]
#[ComplexObject]
impl Customer {
    /// The partner to which it is bound, by its first attributed event or by a reassignment; null if there is none.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        nullable_link(self.0.partner_id, |id| identity::partner(ctx, id)).await
    }

    /// The campaign to which it is bound, by its first attributed event or by a reassignment; null if there is none.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.0.campaign_id, |id| identity::campaign(ctx, id)).await
    }

    /// Its events, the last recorded first.
    async fn events(&self, ctx: &Context<'_>, page: PageArguments) -> Result<Connection<Event>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Events)?;
        children::<EventsOfCustomer, _>(scope, self.0.id.uuid(), page)
    }
}
