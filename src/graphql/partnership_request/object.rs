//! Partnership requests.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use uuid::Uuid;

use crate::auth::Resource;
use crate::domain::id::{PartnershipRequestId, TenantId};
use crate::domain::{id, partnership_request};
use crate::graphql::campaign::object::{CAMPAIGN, Campaign};
use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::context::{mutation, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable, nullable_link};
use crate::graphql::input::id_text;
use crate::graphql::lookup::ids;
use crate::graphql::partner::object::{PARTNER, Partner};
use crate::graphql::rows::{Described, Listing, Pages, Shown, Type, link, listed, required};
use crate::graphql::scalar::DateTime;
use crate::graphql::user_error::payload;
use crate::graphql::{identity, rows};
use crate::service::partnership_request::{NewPartnershipRequest, approve, create, reject};
use crate::store;
use crate::store::partnership_request::PartnershipRequestFilter as StoreFilter;
use crate::store::{StoreError, view};

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

impl From<Arc<partnership_request::PartnershipRequest>> for PartnershipRequest {
    fn from(request: Arc<partnership_request::PartnershipRequest>) -> Self {
        Self(request)
    }
}

impl From<partnership_request::PartnershipRequest> for PartnershipRequest {
    fn from(request: partnership_request::PartnershipRequest) -> Self {
        Self(Arc::new(request))
    }
}

impl Described for PartnershipRequest {
    const TYPE: &'static Type = &PARTNERSHIP_REQUEST;

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

pub static PARTNERSHIP_REQUEST: Type = Type {
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
        Ok(campaign.ok_or(StoreError::Corrupt {
            table: "partnership_request",
            column: "campaign_id",
            value: self.0.campaign_id.to_string(),
        })?)
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

/// A new request to promote a campaign.
#[derive(InputObject)]
pub struct CreatePartnershipRequestInput {
    /// Who asks.
    pub name: String,
    /// The e-mail address of who asks.
    pub email: String,
    /// What is to be promoted.
    pub campaign_id: ID,
    /// What the asking party adds.
    pub message: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which request to approve.
#[derive(InputObject)]
pub struct ApprovePartnershipRequestInput {
    /// The request.
    pub id: ID,
    /// The group to put the partner in.
    pub group_id: Option<ID>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which request to reject, and why.
#[derive(InputObject)]
pub struct RejectPartnershipRequestInput {
    /// The request.
    pub id: ID,
    /// Why, for the record.
    pub reason: String,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What creating or deciding a partnership request did.
    PartnershipRequestPayload {
        /// The request as it is now; null if nothing was changed.
        partnership_request: PartnershipRequest, Partners
    }
}

/// Which partnership requests to list; everything given must hold.
#[derive(Default, InputObject)]
pub struct PartnershipRequestFilter {
    /// That stand like one of these.
    pub status: Option<Vec<PartnershipRequestStatus>>,
    /// For one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// Made at this moment or later.
    pub created_from: Option<DateTime>,
    /// Made before this moment.
    pub created_to: Option<DateTime>,
}

impl PartnershipRequestFilter {
    fn read(self) -> Result<StoreFilter, ApiError> {
        let status = partnership_request::PartnershipRequestStatus::from;
        Ok(StoreFilter {
            statuses: self.status.map(|list| list.into_iter().map(status).collect()),
            campaigns: ids(self.campaign_ids)?,
            created_from: self.created_from.map(|moment| moment.0),
            created_to: self.created_to.map(|moment| moment.0),
        })
    }
}

#[derive(Default)]
pub struct PartnershipRequestQuery;

#[Object]
impl PartnershipRequestQuery {
    /// One partnership request; null if there is none.
    async fn partnership_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Shown<PartnershipRequest>> {
        nullable(async { Shown::row(ctx, id.parse::<PartnershipRequestId>()?.uuid()) }).await
    }

    /// The partnership requests, newest first.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn partnership_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those that stand like this.")] status: Option<PartnershipRequestStatus>,
        #[graphql(desc = "Which ones.")] filter: Option<PartnershipRequestFilter>,
    ) -> Result<Pages<Connection<PartnershipRequest>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Partners)?;
        let status = status.map(partnership_request::PartnershipRequestStatus::from);
        let filter = Arc::new(filter.unwrap_or_default().read()?);
        let cursors = match *filter == StoreFilter::default() {
            // As they were before there was a filter.
            true => Cursors::of((scope, "partnershipRequests", status)),
            false => Cursors::of((scope, "partnershipRequests", status, &filter)),
        };
        let arguments = PageArguments::new(first, after, last, before);
        let listing = partnership_requests(store::partnership_request::list(status, filter.clone()));
        listed(listing, &cursors, &arguments, move |request| {
            let filter = filter.clone();
            Box::pin(async move {
                Ok(store::partnership_request::count(request.store().reader(), &scope, status, &filter).await?)
            })
        })
    }
}

#[derive(Default)]
pub struct PartnershipRequestMutation;

#[Object]
impl PartnershipRequestMutation {
    /// Records a request to promote a campaign. Needs `partners:write`.
    async fn create_partnership_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: CreatePartnershipRequestInput,
    ) -> Nullable<PartnershipRequestPayload> {
        let request = mutation(ctx).await;
        let (name, email, campaign_id) = (input.name, input.email, id_text(input.campaign_id));
        let asked = NewPartnershipRequest {
            name,
            email,
            campaign_id,
            message: input.message,
        };
        Some(PartnershipRequestPayload::of(&request, create(&request.app, &request.caller, asked)).await)
    }

    /// Approves a request, in one transaction: creates the partner, or takes the one with that e-mail address, joins it
    /// to the campaign, and stamps the campaign's terms of this moment. Needs `partners:write`.
    async fn approve_partnership_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request.")] input: ApprovePartnershipRequestInput,
    ) -> Nullable<PartnershipRequestPayload> {
        let request = mutation(ctx).await;
        let group = input.group_id.map(id_text);
        let approved = approve(&request.app, &request.caller, &input.id, group.as_deref());
        Some(PartnershipRequestPayload::of(&request, approved).await)
    }

    /// Rejects a request. Needs `partners:write`.
    async fn reject_partnership_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and why.")] input: RejectPartnershipRequestInput,
    ) -> Nullable<PartnershipRequestPayload> {
        let request = mutation(ctx).await;
        Some(
            PartnershipRequestPayload::of(
                &request,
                reject(&request.app, &request.caller, &input.id, &input.reason),
            )
            .await,
        )
    }
}
