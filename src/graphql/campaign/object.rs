//! Campaigns.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object};
use uuid::Uuid;

use crate::auth::Resource;
use crate::domain::id::{CampaignId, TenantId};
use crate::domain::{campaign, id};
use crate::graphql::connection::{Connection, PageArguments, children};
use crate::graphql::context::{mutation, request};
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::input::{DeleteInput, id_text, patch, plain};
use crate::graphql::label::object::{ADVERTISER, Advertiser};
use crate::graphql::ledger::commission::list::{CommissionConnection, commissions_under, under};
use crate::graphql::ledger::commission::object::CommissionFilter;
use crate::graphql::loader::PartnersOfCampaign;
use crate::graphql::lookup::{all_wanted, ids, one_of_two, wanted};
use crate::graphql::order::{CommissionOrder, OrderBy};
use crate::graphql::partner::object::{Partner, partners};
use crate::graphql::rows::{
    Described, Listing, Pages, Partners, Shown, Type, children_under, link, listed, made_of, page_of,
};
use crate::graphql::scalar::DateTime;
use crate::graphql::tenant::audit::{AuditEntry, histories, history};
use crate::graphql::terms::term::{CommissionTerm, CommissionTermInput, drafts, write_terms};
use crate::graphql::user_error::{DeletePayload, payload};
use crate::graphql::{identity, order, rows};
use crate::service::campaign::{CampaignChange, NewCampaign, create, delete, update};
use crate::store;
use crate::store::campaign::CampaignOrder;
use crate::store::commission::Parent;
use crate::store::view;

/// Whether the events of a campaign earn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "campaign::CampaignStatus")]
pub enum CampaignStatus {
    /// They do, within its window.
    Active,
    /// They keep their attribution and earn nothing.
    Paused,
    /// It is over: its window ended when it got this status.
    Ended,
}

/// An offer that partners promote.
#[derive(Clone)]
pub struct Campaign(Arc<campaign::Campaign>);

impl From<Arc<campaign::Campaign>> for Campaign {
    fn from(campaign: Arc<campaign::Campaign>) -> Self {
        Self(campaign)
    }
}

impl From<campaign::Campaign> for Campaign {
    fn from(campaign: campaign::Campaign) -> Self {
        Self(Arc::new(campaign))
    }
}

impl Described for Campaign {
    const TYPE: &'static Type = &CAMPAIGN;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::campaign::at_hand(tenant, &self.0)
    }
}

/// A list of them.
pub fn campaigns(list: view::List) -> Listing {
    Listing {
        to: &CAMPAIGN,
        connection: "CampaignConnection",
        edge: "CampaignEdge",
        list,
    }
}

pub static CAMPAIGN: Type = Type {
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
            "terms" => made_of(view::column(Column::Terms), write_terms).for_partners(Partners::EmptyList),
            "holdbackDays" => value(Column::HoldbackDays, view::number).for_partners(Partners::Null),
            "startsAt" => value(Column::StartsAt, view::moment).for_partners(Partners::Null),
            "endsAt" => value(Column::EndsAt, view::moment).for_partners(Partners::Null),
            "advertiser" => link(view::column(Column::AdvertiserId), &ADVERTISER).for_partners(Partners::Null),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            "commissions" => page_of(|ctx| commissions_under(ctx, Parent::Campaign)),
            "partners" => page_of(|ctx| {
                children_under::<PartnersOfCampaign>(
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

/// An offer that partners promote; carries commission terms and a holdback. A partner's token shows what the
/// campaigns are called that it belongs to or is promised something for, their status and when they were made; the rest
/// reads as null or as an empty list: what pays it is in its `termsInForce`.
#[Object]
impl Campaign {
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

    /// Whether its events earn.
    async fn status(&self, ctx: &Context<'_>) -> Result<CampaignStatus, ApiError> {
        identity::beyond(ctx, Resource::Campaigns)?;
        Ok(self.0.status.into())
    }

    /// The live terms, which pay partners without a snapshot; empty: the rules of the partner's group pay.
    async fn terms(&self, ctx: &Context<'_>) -> Result<Vec<CommissionTerm>, ApiError> {
        identity::beyond(ctx, Resource::Campaigns)?;
        let terms = if request(ctx).is_partner() {
            &[]
        } else {
            self.0.terms.as_slice()
        };
        Ok(terms.iter().map(CommissionTerm::from).collect())
    }

    /// How many days a commission waits before it may be approved; null: it is approved by hand only.
    async fn holdback_days(&self, ctx: &Context<'_>) -> Nullable<u32> {
        identity::staffs_part(ctx, Resource::Campaigns, self.0.holdback_days)
    }

    /// From when on events earn; null: they always did.
    async fn starts_at(&self, ctx: &Context<'_>) -> Nullable<DateTime> {
        identity::staffs_part(ctx, Resource::Campaigns, self.0.starts_at.map(DateTime))
    }

    /// From when on events earn no more; null: no end is set.
    async fn ends_at(&self, ctx: &Context<'_>) -> Nullable<DateTime> {
        identity::staffs_part(ctx, Resource::Campaigns, self.0.ends_at.map(DateTime))
    }

    /// Who owns it; null if nobody is named.
    async fn advertiser(&self, ctx: &Context<'_>) -> Nullable<Advertiser> {
        nullable(async {
            identity::beyond(ctx, Resource::Campaigns)?;
            let Some(id) = self.0.advertiser_id else {
                return Ok(None);
            };
            let advertiser = request(ctx).loaders().advertiser.load(id.uuid()).await?;
            Ok(advertiser.map(Advertiser::from))
        })
        .await
    }

    /// When it was created.
    async fn created_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        identity::beyond(ctx, Resource::Campaigns)?;
        Ok(DateTime(self.0.created_at))
    }

    /// When it was last changed.
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        identity::beyond(ctx, Resource::Campaigns)?;
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

    /// The partners that belong to it, newest first.
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
        children::<PartnersOfCampaign, _>(scope, self.0.id.uuid(), page)
    }

    /// The commissions earned in it, newest first where no other order is asked for.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<CommissionFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<CommissionOrder>,
    ) -> Result<CommissionConnection, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        under(ctx, Parent::Campaign, self.0.id.uuid(), &page, filter, order_by)
    }
}

/// Which campaigns to list; everything given must hold.
#[derive(Default, InputObject)]
pub struct CampaignFilter {
    /// Part of the name or of the external id, whatever the case.
    pub search: Option<String>,
    /// One of these.
    pub status: Option<Vec<CampaignStatus>>,
    /// Of this advertiser.
    pub advertiser_id: Option<ID>,
    /// To which this partner belongs.
    pub partner_id: Option<ID>,
    /// Of one of these advertisers. Not for a partner's token.
    pub advertiser_ids: Option<Vec<ID>>,
    /// To which one of these partners belongs.
    pub partner_ids: Option<Vec<ID>>,
    /// With exactly one of these external ids. Not for a partner's token.
    pub external_ids: Option<Vec<String>>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
}

/// A new campaign.
#[derive(InputObject)]
pub struct CreateCampaignInput {
    /// Its name.
    pub name: String,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// ACTIVE by default. ENDED ends its window now.
    pub status: Option<CampaignStatus>,
    /// At most 10 components; none: the rules of the partner's group pay.
    pub terms: Option<Vec<CommissionTermInput>>,
    /// How many days a commission waits before it may be approved, 0 to 365; none: it is approved by hand only.
    pub holdback_days: Option<i32>,
    /// From when on events earn.
    pub starts_at: Option<DateTime>,
    /// From when on events earn no more; after `startsAt`.
    pub ends_at: Option<DateTime>,
    /// Who owns it.
    pub advertiser_id: Option<ID>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a campaign. Absent fields stay as they are; null clears. Past commissions and the terms stamped for
/// partners do not change.
#[derive(InputObject)]
pub struct UpdateCampaignInput {
    /// Which campaign.
    pub id: ID,
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// The id that another system gave it; unique in the tenant.
    pub external_id: MaybeUndefined<String>,
    /// ENDED ends its window now. To reopen an ended campaign give a later `endsAt`, or null, too.
    pub status: MaybeUndefined<CampaignStatus>,
    /// At most 10 components: they replace the former ones.
    pub terms: MaybeUndefined<Vec<CommissionTermInput>>,
    /// How many days a commission waits before it may be approved, 0 to 365.
    pub holdback_days: MaybeUndefined<i32>,
    /// From when on events earn.
    pub starts_at: MaybeUndefined<DateTime>,
    /// From when on events earn no more; after `startsAt`.
    pub ends_at: MaybeUndefined<DateTime>,
    /// Who owns it.
    pub advertiser_id: MaybeUndefined<ID>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

payload! {
    /// What creating or changing a campaign did.
    CampaignPayload {
        /// The campaign as it is now; null if nothing was changed.
        campaign: Campaign, Campaigns
    }
}

/// What campaigns are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "CampaignOrder")]
pub enum CampaignOrderField {
    /// When they were created.
    #[default]
    CreatedAt,
    /// Their name, whatever the case.
    Name,
    /// When they start; those that do not say so, when they were created. Not for a partner's token.
    StartsAt,
}

#[derive(Default)]
pub struct CampaignQuery;

#[Object]
impl CampaignQuery {
    /// One campaign, by its id or by the id that another system gave it; null if there is none.
    async fn campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Shown<Campaign>> {
        nullable(async {
            let request = request(ctx);
            request.caller.read(Resource::Campaigns)?;
            match one_of_two(id, external_id)? {
                Ok(id) => Shown::row(ctx, id.parse::<CampaignId>()?.uuid()),
                // External ids of campaigns are not for partners, nor whether a guess is right.
                Err(_) if request.is_partner() => Ok(None),
                Err(external_id) => Shown::named(ctx, view::column(view::CampaignColumn::ExternalId), external_id),
            }
        })
        .await
    }

    /// The campaigns, newest first where no other order is asked for. A partner's token lists those that it belongs to, and
    /// may search their names.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<CampaignFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<OrderBy<CampaignOrderField>>,
    ) -> Result<Pages<Connection<Campaign>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Campaigns)?;
        let filter = filter.unwrap_or_default();
        let sorted = OrderBy::read(order_by);
        let is_for_staff = filter.status.is_some()
            || filter.advertiser_id.is_some()
            || filter.advertiser_ids.is_some()
            || filter.external_ids.is_some();
        // When campaigns start is not for partners, nor which does first.
        if is_for_staff || sorted.by == CampaignOrder::StartsAt {
            caller.staff_only()?;
        }
        let filter = store::campaign::CampaignFilter {
            search: filter.search.map(|text| wanted("search", text)).transpose()?,
            status: filter
                .status
                .map(|list| list.into_iter().map(campaign::CampaignStatus::from).collect()),
            advertiser: filter.advertiser_id.map(|id| id.parse()).transpose()?,
            partner: filter.partner_id.map(|id| id.parse()).transpose()?,
            advertisers: ids(filter.advertiser_ids)?,
            partners: ids(filter.partner_ids)?,
            external_ids: all_wanted("filter.externalIds", filter.external_ids)?,
            created_from: filter.created_from.map(|moment| moment.0),
            created_to: filter.created_to.map(|moment| moment.0),
        };
        let filter = Arc::new(filter);
        let cursors = order::cursors((scope, "campaigns", &filter), sorted);
        let arguments = PageArguments::new(first, after, last, before);
        let listing = campaigns(store::campaign::list(filter.clone(), sorted));
        listed(listing, &cursors, &arguments, move |request| {
            let filter = filter.clone();
            Box::pin(async move { Ok(store::campaign::count(request.store().reader(), &scope, &filter).await?) })
        })
    }
}

#[derive(Default)]
pub struct CampaignMutation;

#[Object]
impl CampaignMutation {
    /// Creates a campaign. Needs `campaigns:write`.
    async fn create_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new campaign.")] input: CreateCampaignInput,
    ) -> Nullable<CampaignPayload> {
        let request = mutation(ctx).await;
        let campaign = NewCampaign {
            name: input.name,
            external_id: input.external_id,
            status: input.status.map(campaign::CampaignStatus::from),
            terms: drafts(input.terms.unwrap_or_default()),
            holdback_days: input.holdback_days,
            starts_at: input.starts_at.map(|moment| moment.0),
            ends_at: input.ends_at.map(|moment| moment.0),
            advertiser_id: input.advertiser_id.map(id_text),
        };
        Some(CampaignPayload::of(&request, create(&request.app, &request.caller, campaign)).await)
    }

    /// Changes a campaign. Needs `campaigns:write`.
    async fn update_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateCampaignInput,
    ) -> Nullable<CampaignPayload> {
        let request = mutation(ctx).await;
        let change = CampaignChange {
            id: id_text(input.id),
            name: plain(input.name),
            external_id: plain(input.external_id),
            status: patch(input.status, campaign::CampaignStatus::from),
            terms: patch(input.terms, drafts),
            holdback_days: plain(input.holdback_days),
            starts_at: patch(input.starts_at, |moment| moment.0),
            ends_at: patch(input.ends_at, |moment| moment.0),
            advertiser_id: patch(input.advertiser_id, id_text),
        };
        Some(CampaignPayload::of(&request, update(&request.app, &request.caller, change)).await)
    }

    /// Deletes a campaign that nothing refers to, else IN_USE: end it instead. Needs `campaigns:write`.
    async fn delete_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }
}
