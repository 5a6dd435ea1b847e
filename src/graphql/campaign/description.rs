//! The fields of campaigns, and the columns and rows that they are made of.

use async_graphql::ID;

use super::attribution::CampaignAttribution;
use super::object::{Campaign, CampaignStatus};
use crate::graphql::connection::Connection;
use crate::graphql::label::{ADVERTISER, Advertiser};
use crate::graphql::ledger::commission::{CommissionConnection, commission_pages, commissions_under};
use crate::graphql::loader::PartnersOfCampaign;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{PartnerVisibility, child_list_of, declare, link, made_of, page_of, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::tenant::audit::{AuditEntry, histories};
use crate::graphql::terms::CommissionTerm;
use auth::Resource;
use domain::{campaign, id};
use store::commission::CommissionParent;
use store::view;
use store::view::CampaignColumn as Column;

declare! {
    /// An offer that partners promote, with commission terms and a holdback. A partner's token can read only the
    /// campaigns to which the partner belongs or for which it has a snapshot; their terms, holdback, window,
    /// advertiser and attribution are null or empty lists. What pays the partner is in its `termsInForce`.
    pub static CAMPAIGN: Campaign = TypeDescription {
        resource: Resource::Campaigns,
        identity: &["id", "name", "externalId"],
        is_named: true,
        table: &view::CAMPAIGN,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Campaign>);
    /// Its name.
    "name": String = value(Column::Name, view::text);
    /// The id that another system gave it, unique in the tenant; null if there is none.
    "externalId": Option<String> = value(Column::ExternalId, view::text);
    /// Its status, which decides whether its events earn.
    "status": CampaignStatus = value(Column::Status, view::word!(campaign::CampaignStatus));
    /// The live terms, which pay partners without a snapshot; empty: the rules of the partner's group pay.
    "terms": Vec<CommissionTerm> = made_of(Column::Terms, |_, row, cells, below, json| {
        below.stored::<CommissionTerm, _>(store::snapshot::terms(row, cells[0]), json)
    }).for_partners(PartnerVisibility::EmptyList);
    /// How many days a commission waits before it may be approved; null: it is approved by hand only.
    "holdbackDays": Option<u32> = value(Column::HoldbackDays, view::number).for_partners(PartnerVisibility::Null);
    /// When its events start to earn; null: there is no start.
    "startsAt": Option<DateTime> = value(Column::StartsAt, view::moment).for_partners(PartnerVisibility::Null);
    /// When its events stop earning, exclusive; null: there is no end.
    "endsAt": Option<DateTime> = value(Column::EndsAt, view::moment).for_partners(PartnerVisibility::Null);
    /// The advertiser that owns it; null if there is none.
    "advertiser": Option<Advertiser> = link(Column::AdvertiserId, &ADVERTISER).for_partners(PartnerVisibility::Null);
    /// Where its links lead that have no destination of their own; null: each link needs its own.
    "destinationUrl": Option<String> = value(Column::DestinationUrl, view::text);
    /// The hosts where its links may lead; empty: only that of `destinationUrl`.
    "linkHosts": Vec<String> = value(Column::LinkHosts, view::document);
    /// How touches and coupons credit events to partners; null only for a partner's token.
    "attribution": Option<CampaignAttribution> = made_of(Column::Attribution, |_, row, cells, below, json| {
        let settings = store::campaign::attribution(row, cells[0])?;
        below.object(&CampaignAttribution::from(&settings), json);
        Ok(())
    }).for_partners(PartnerVisibility::Null);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was last changed.
    "updatedAt": DateTime = value(Column::UpdatedAt, view::moment);
    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    "history": Connection<AuditEntry> = page_of(histories);
    /// The partners that belong to it, newest first.
    "partners": Connection<Partner> = page_of(|ctx| {
        child_list_of::<PartnersOfCampaign>(ctx, Resource::Partners, &PARTNER)
    });
    /// Its commissions, by default newest first.
    "commissions": CommissionConnection = commissions_under(|ctx| commission_pages(ctx, CommissionParent::Campaign));
}
