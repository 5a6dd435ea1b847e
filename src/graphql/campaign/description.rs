//! How campaigns are read from the database.

use crate::auth::Resource;
use crate::domain::{campaign, id};
use crate::graphql::label::ADVERTISER;
use crate::graphql::ledger::commission::commission_pages;
use crate::graphql::loader::PartnersOfCampaign;
use crate::graphql::partner::partners;
use crate::graphql::rows::{self, Listing, PartnerVisibility, TypeDescription, child_list_of, link, made_of, page_of};
use crate::graphql::tenant::audit::histories;
use crate::graphql::terms::write_terms;
use crate::store::commission::Parent;
use crate::store::{self, view};

/// A list of them.
pub fn campaigns(list: view::List) -> Listing {
    Listing {
        to: &CAMPAIGN,
        connection: "CampaignConnection",
        edge: "CampaignEdge",
        list,
    }
}

pub static CAMPAIGN: TypeDescription = TypeDescription {
    name: "Campaign",
    resource: Resource::Campaigns,
    identity: &["id", "name", "externalId"],
    is_named: true,
    table: &view::CAMPAIGN,
    id: || view::column(view::CampaignColumn::Id),
    field: |name| {
        use view::CampaignColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Campaign>),
            "name" => value(Column::Name, view::text),
            "externalId" => value(Column::ExternalId, view::text),
            "status" => value(Column::Status, view::word!(campaign::CampaignStatus)),
            "terms" => made_of(view::column(Column::Terms), write_terms).for_partners(PartnerVisibility::EmptyList),
            "holdbackDays" => value(Column::HoldbackDays, view::number).for_partners(PartnerVisibility::Null),
            "startsAt" => value(Column::StartsAt, view::moment).for_partners(PartnerVisibility::Null),
            "endsAt" => value(Column::EndsAt, view::moment).for_partners(PartnerVisibility::Null),
            "advertiser" => link(view::column(Column::AdvertiserId), &ADVERTISER).for_partners(PartnerVisibility::Null),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            "commissions" => page_of(|ctx| commission_pages(ctx, Parent::Campaign)),
            "partners" => page_of(|ctx| {
                child_list_of::<PartnersOfCampaign>(
                    ctx,
                    Resource::Partners,
                    partners(store::partner::list_of_campaigns()),
                )
            }),
            "history" => page_of(histories),
            _ => return None,
        })
    },
};
