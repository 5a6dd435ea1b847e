//! Partnership requests as output types.

use async_graphql::{ComplexObject, Enum, ID};

use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{declare, link, required, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use auth::Resource;
use domain::id;
use domain::partnership_request;
use store::view;
use store::view::PartnershipRequestColumn as Column;

/// The status of a partnership request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "partnership_request::PartnershipRequestStatus")]
pub enum PartnershipRequestStatus {
    /// It has not been decided yet.
    Pending,
    /// It was approved: the partner belongs to the campaign.
    Approved,
    /// It was rejected.
    Rejected,
}

row! {
    /// A request to promote a campaign.
    pub struct PartnershipRequest(partnership_request::PartnershipRequest): PARTNERSHIP_REQUEST, store::partnership_request;
}

declare! {
    /// A request to promote a campaign.
    pub static PARTNERSHIP_REQUEST: PartnershipRequest = TypeDescription {
        resource: Resource::Partners,
        identity: &[],
        is_named: false,
        table: &view::PARTNERSHIP_REQUEST,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::PartnershipRequest>);
    /// The name of the applicant.
    "name": String = value(Column::Name, view::text);
    /// The applicant's e-mail address, in lower case.
    "email": String = value(Column::Email, view::text);
    /// The campaign to be promoted.
    "campaign": Campaign = required(Column::CampaignId, &CAMPAIGN);
    /// Its status.
    "status": PartnershipRequestStatus = value(
        Column::Status,
        view::word!(partnership_request::PartnershipRequestStatus),
    );
    /// A message from the applicant; null if there is none.
    "message": Option<String> = value(Column::Message, view::text);
    /// The partner that the approval created or added to the campaign; null if it is not approved.
    "partner": Option<Partner> = link(Column::PartnerId, &PARTNER);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was approved or rejected; null if it is pending.
    "decidedAt": Option<DateTime> = value(Column::DecidedAt, view::moment);
    /// Why it was rejected; null otherwise.
    "reason": Option<String> = value(Column::Reason, view::text);
}

#[ComplexObject]
impl PartnershipRequest {}
