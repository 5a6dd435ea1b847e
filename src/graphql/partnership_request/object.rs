//! Partnership requests as they are read.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use uuid::Uuid;

use crate::auth::Resource;
use crate::domain::id::{self, TenantId};
use crate::domain::partnership_request;
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::error::{ApiError, Nullable, existing, nullable_link};
use crate::graphql::identity;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{self, Listing, RowObject, TypeDescription, link, required};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::shares;
use crate::store::{self, view};

/// Whether a request was decided, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "partnership_request::PartnershipRequestStatus")]
pub enum PartnershipRequestStatus {
    /// It waits for a decision.
    Pending,
    /// It was approved: the partner belongs to the campaign.
    Approved,
    /// It was rejected.
    Rejected,
}

/// Somebody asks to promote a campaign.
#[derive(Clone)]
pub struct PartnershipRequest(Arc<partnership_request::PartnershipRequest>);

shares!(PartnershipRequest, partnership_request::PartnershipRequest);

impl RowObject for PartnershipRequest {
    const TYPE: &'static TypeDescription = &PARTNERSHIP_REQUEST;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::partnership_request::at_hand(tenant, &self.0)
    }
}

/// A list of them.
pub fn partnership_requests(list: view::List) -> Listing {
    Listing {
        to: &PARTNERSHIP_REQUEST,
        connection: "PartnershipRequestConnection",
        edge: "PartnershipRequestEdge",
        list,
    }
}

pub static PARTNERSHIP_REQUEST: TypeDescription = TypeDescription {
    name: "PartnershipRequest",
    resource: Resource::Partners,
    identity: &[],
    is_named: false,
    table: &view::PARTNERSHIP_REQUEST,
    id: || view::column(view::PartnershipRequestColumn::Id),
    field: |name| {
        use view::PartnershipRequestColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::PartnershipRequest>),
            "name" => value(Column::Name, view::text),
            "email" => value(Column::Email, view::text),
            "campaign" => required(view::column(Column::CampaignId), &CAMPAIGN),
            "status" => value(
                Column::Status,
                view::word!(partnership_request::PartnershipRequestStatus),
            ),
            "message" => value(Column::Message, view::text),
            "partner" => link(view::column(Column::PartnerId), &PARTNER),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "decidedAt" => value(Column::DecidedAt, view::moment),
            "reason" => value(Column::Reason, view::text),
            _ => return None,
        })
    },
};

/// Somebody asks to promote a campaign.
#[Object]
impl PartnershipRequest {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Who asks.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The e-mail address of who asks, in lower case.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// What is to be promoted.
    async fn campaign(&self, ctx: &Context<'_>) -> Result<Campaign, ApiError> {
        let campaign = identity::campaign(ctx, self.0.campaign_id).await?;
        existing(campaign, "partnership_request", "campaign_id", self.0.campaign_id)
    }

    /// Whether it was decided, and how.
    async fn status(&self) -> PartnershipRequestStatus {
        self.0.status.into()
    }

    /// What the asking party adds; null if nothing.
    async fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The partner that the approval created or joined to the campaign; null before.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        nullable_link(self.0.partner_id, |id| identity::partner(ctx, id)).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was approved or rejected; null before.
    async fn decided_at(&self) -> Option<DateTime> {
        self.0.decided_at.map(DateTime)
    }

    /// Why it was rejected; null otherwise.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
}
