//! Campaigns: offers that partners promote.

use super::id::{AdvertiserId, CampaignId};
use super::terms::Term;
use super::{Timestamp, text_enum};
use crate::attribution::AttributionSettings;
use crate::audit::audited;

text_enum! {
    /// Whether events of a campaign earn commissions.
    CampaignStatus { Active = "ACTIVE", Paused = "PAUSED", Ended = "ENDED" }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    pub id: CampaignId,
    pub name: String,
    pub external_id: Option<String>,
    pub status: CampaignStatus,
    /// The live terms; if empty, the rules of the partner's group apply.
    pub terms: Vec<Term>,
    pub holdback_days: Option<u32>,
    /// The campaign's period is [starts_at, ends_at); `None` leaves that end open.
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub advertiser_id: Option<AdvertiserId>,
    /// Where links lead that have no destination of their own.
    pub destination_url: Option<String>,
    /// The hosts where links may lead; none: that of the destination.
    pub link_hosts: Vec<String>,
    /// How touches and coupons credit events to partners.
    pub attribution: AttributionSettings,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Incremented whenever the terms, the holdback, the advertiser or the attribution change, since they decide what
    /// events earn, which tiers count, and who is credited.
    pub version: u32,
}

audited!(Campaign as "Campaign": {
    id: _, name, external_id, status, terms, holdback_days, starts_at, ends_at, advertiser_id, destination_url,
    link_hosts, attribution, created_at: _, updated_at: _, version
} => [
    "name": name,
    "externalId": external_id,
    "status": status.as_str(),
    "terms": terms,
    "holdbackDays": holdback_days,
    "startsAt": starts_at,
    "endsAt": ends_at,
    "advertiserId": advertiser_id,
    "destinationUrl": destination_url,
    "linkHosts": link_hosts,
    "attribution": attribution,
    "version": version,
]);
