//! Events, attributions and customers as they are read.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use uuid::Uuid;

use super::decision::{EventDecision, NoCommissionReason};
use super::revenue::RevenueAdjustment;
use crate::auth::Resource;
use crate::domain::id::{CustomerId, EventId, TenantId};
use crate::domain::{decision, event, id, money};
use crate::graphql::campaign::object::{CAMPAIGN, Campaign};
use crate::graphql::connection::{Connection, PageArguments, children};
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable, nullable_link};
use crate::graphql::ledger::commission::list::{CommissionConnection, commissions_under, under};
use crate::graphql::loader::{EventsOfCustomer, RevenueAdjustmentsOfEvent};
use crate::graphql::lookup::{all_wanted, ids, one_of_two, wanted};
use crate::graphql::money::Money;
use crate::graphql::order::OrderBy;
use crate::graphql::partner::object::{PARTNER, Partner};
use crate::graphql::rows::{
    Described, Listing, Pages, Partners, Shown, Type, children_under, family, link, listed, optional_amount, page_of,
    required, resolver, same,
};
use crate::graphql::scalar::{DateTime, Json};
use crate::graphql::{identity, order, rows};
use crate::store;
use crate::store::commission::Parent;
use crate::store::customer::CustomerFilter as StoreCustomerFilter;
use crate::store::event::EventFilter as StoreFilter;
use crate::store::{StoreError, view};

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "event::EventKind")]
pub enum EventKind {
    /// A customer paid.
    Charge,
    /// Something else that may earn: a sign-up, a lead, an order.
    Conversion,
    /// An earlier charge or conversion is taken back, wholly or in part.
    Refund,
    /// The same, forced by the customer's bank.
    Chargeback,
}

/// Something that happened and may earn.
#[derive(Clone)]
pub struct Event(Arc<event::Event>);

impl From<Arc<event::Event>> for Event {
    fn from(event: Arc<event::Event>) -> Self {
        Self(event)
    }
}

impl From<event::Event> for Event {
    fn from(event: event::Event) -> Self {
        Self(Arc::new(event))
    }
}

impl Event {
    pub async fn load(ctx: &Context<'_>, id: EventId) -> Result<Option<Self>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Events)?;
        Ok(request.loaders().event.load(id.uuid()).await?.map(Self))
    }

    /// Whom it is credited to.
    pub fn credited(&self) -> Option<Attribution> {
        let attribution = self.0.attribution?;
        Some(Attribution {
            event: self.0.clone(),
            attribution,
        })
    }
}

impl Described for Event {
    const TYPE: &'static Type = &EVENT;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::event::at_hand(tenant, &self.0)
    }
}

/// A list of them.
pub fn events(list: view::List) -> Listing {
    Listing {
        to: &EVENT,
        connection: "EventConnection",
        edge: "EventEdge",
        list,
    }
}

pub static EVENT: Type = Type {
    name: "Event",
    resource: Resource::Events,
    identity: &["id", "externalId", "attribution"],
    is_named: false,
    table: &view::EVENT,
    id: || view::column(view::EventColumn::Id),
    field: |name| {
        use view::EventColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || resolver(|row, prefix| Ok(Box::new(Event::from(store::event::whole(row, prefix)?))));
        let money = |currency, minor| optional_amount(view::column(currency), view::column(minor));
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Event>),
            "externalId" => value(Column::ExternalId, view::text),
            "kind" => value(Column::Kind, view::word!(event::EventKind)),
            "type" => value(Column::Type, view::text),
            "base" => value(Column::Base, view::truth),
            "amount" => money(Column::Currency, Column::AmountMinor),
            "revenue" => money(Column::RevenueCurrency, Column::RevenueMinor).for_partners(Partners::Null),
            "occurredAt" => value(Column::OccurredAt, view::moment),
            "recordedAt" => value(Column::RecordedAt, view::moment),
            "customer" => link(view::column(Column::CustomerId), &CUSTOMER).for_partners(Partners::Null),
            "attribution" => same(&ATTRIBUTION, false),
            "original" => link(view::column(Column::OriginalId), &EVENT),
            "refunds" => family(&EVENT, store::event::refunds),
            "metadata" => value(Column::Metadata, view::document).for_partners(Partners::Null),
            "commissions" => page_of(|ctx| commissions_under(ctx, Parent::Event)),
            "finalRevenue" => ask().for_partners(Partners::Null),
            // Of events without an amount it is null, whatever was taken back.
            "refundedAmount" | "revenueAdjustments" | "decision" => ask(),
            _ => return None,
        })
    },
};

/// Something that happened and may earn. A partner's token shows no revenue, customer or metadata.
#[Object]
impl Event {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What identifies it: the same external id is never recorded twice.
    async fn external_id(&self) -> &str {
        &self.0.external_id
    }

    /// What kind of thing happened.
    async fn kind(&self, ctx: &Context<'_>) -> Result<EventKind, ApiError> {
        identity::beyond(ctx, Resource::Events)?;
        Ok(self.0.kind.into())
    }

    /// A finer kind, such as "invoice_paid"; null if none was said.
    #[graphql(name = "type")]
    async fn event_type(&self, ctx: &Context<'_>) -> Nullable<&str> {
        identity::part(ctx, Resource::Events, self.0.event_type.as_deref())
    }

    /// Whether tiered commissions count it as a conversion (else as an event).
    async fn base(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        identity::beyond(ctx, Resource::Events)?;
        Ok(self.0.base)
    }

    /// What was paid or taken back; null if no amount was said.
    async fn amount(&self, ctx: &Context<'_>) -> Nullable<Money> {
        identity::part(ctx, Resource::Events, self.0.amount.map(Money::from))
    }

    /// What the advertiser pays for it; null if nothing was said.
    async fn revenue(&self, ctx: &Context<'_>) -> Nullable<Money> {
        identity::staffs_part(ctx, Resource::Events, self.0.revenue.map(Money::from))
    }

    /// What a tiered commission made of the revenue when the event was recorded, later adjustments apart; the revenue
    /// itself where none did; null if there is no revenue.
    async fn final_revenue(&self, ctx: &Context<'_>) -> Nullable<Money> {
        nullable(async {
            identity::beyond(ctx, Resource::Events)?;
            let request = request(ctx);
            if request.is_partner() || self.0.revenue.is_none() {
                return Ok(None);
            }
            let rated = request.loaders().final_revenue_of_event.load(self.0.id.uuid()).await?;
            Ok(rated.or(self.0.revenue).map(Money::from))
        })
        .await
    }

    /// When it happened.
    async fn occurred_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        identity::beyond(ctx, Resource::Events)?;
        Ok(DateTime(self.0.occurred_at))
    }

    /// When it reached the ledger. The order of recording decides everything sequential.
    async fn recorded_at(&self, ctx: &Context<'_>) -> Result<DateTime, ApiError> {
        identity::beyond(ctx, Resource::Events)?;
        Ok(DateTime(self.0.recorded_at))
    }

    /// Whose event it is; null if nobody was named.
    async fn customer(&self, ctx: &Context<'_>) -> Nullable<Customer> {
        nullable_link(self.0.customer_id, |id| Customer::load(ctx, id)).await
    }

    /// Whom it is credited to; null: nobody.
    async fn attribution(&self) -> Option<Attribution> {
        self.credited()
    }

    /// What a refund or chargeback takes back; null for the others.
    async fn original(&self, ctx: &Context<'_>) -> Nullable<Event> {
        nullable(async {
            identity::beyond(ctx, Resource::Events)?;
            match self.0.original_id {
                Some(id) => Event::load(ctx, id).await,
                None => Ok(None),
            }
        })
        .await
    }

    /// The refunds and chargebacks that name it, in the order of recording.
    async fn refunds(&self, ctx: &Context<'_>) -> Result<Vec<Event>, ApiError> {
        identity::beyond(ctx, Resource::Events)?;
        let refunds = request(ctx).loaders().refunds_of_event.load(self.0.id.uuid()).await?;
        Ok(refunds
            .map(Arc::unwrap_or_clone)
            .unwrap_or_default()
            .into_iter()
            .map(Event::from)
            .collect())
    }

    /// Why it earned what it earned, or nothing; null for refunds and chargebacks, and for events from before decisions
    /// were kept.
    async fn decision(&self, ctx: &Context<'_>) -> Nullable<EventDecision> {
        nullable(async {
            identity::beyond(ctx, Resource::Events)?;
            if self.0.kind.takes_back() {
                return Ok(None);
            }
            let decision = request(ctx).loaders().decision_of_event.load(self.0.id.uuid()).await?;
            Ok(decision.map(|decision| Arc::unwrap_or_clone(decision).into()))
        })
        .await
    }

    /// How much of it was taken back so far; null if it has no amount.
    async fn refunded_amount(&self, ctx: &Context<'_>) -> Nullable<Money> {
        let refunded = |amount: money::Money| money::Money::from_minor(self.0.refunded_minor, amount.currency()).ok();
        let refunded = self.0.amount.and_then(refunded).map(Money::from);
        identity::part(ctx, Resource::Events, refunded)
    }

    /// Whatever other systems want to keep with it; null if nothing.
    async fn metadata(&self, ctx: &Context<'_>) -> Nullable<Json> {
        identity::staffs_part(ctx, Resource::Events, self.0.metadata.clone().map(Json))
    }

    /// Its own rows of the ledger, newest first: what it earned, or what it clawed back.
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<CommissionConnection, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        under(ctx, Parent::Event, self.0.id.uuid(), &page, None, None)
    }

    /// How tiered commissions changed its revenue later, newest first.
    async fn revenue_adjustments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<RevenueAdjustment>, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        identity::beyond(ctx, Resource::Events)?;
        children::<RevenueAdjustmentsOfEvent, _>(request(ctx).caller.scope(), self.0.id.uuid(), page)
    }
}

/// The link from an event to the partner, and the campaign, that it is credited to.
#[derive(Clone)]
pub struct Attribution {
    event: Arc<event::Event>,
    attribution: event::Attribution,
}

pub static ATTRIBUTION: Type = Type {
    name: "Attribution",
    resource: Resource::Events,
    identity: &["id", "partner", "campaign", "event"],
    is_named: false,
    table: &view::EVENT,
    id: || view::column(view::EventColumn::AttributionId),
    field: |name| {
        use view::EventColumn as Column;
        Some(match name {
            "id" => rows::value(view::column(Column::AttributionId), view::id::<id::Attribution>),
            "partner" => required(view::column(Column::PartnerId), &PARTNER),
            "campaign" => link(view::column(Column::CampaignId), &CAMPAIGN),
            "event" => same(&EVENT, true),
            _ => return None,
        })
    },
};

/// The link from an event to the partner, and the campaign, that it is credited to.
#[Object]
impl Attribution {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.attribution.id.to_string().into()
    }

    /// The partner who is credited.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.attribution.partner_id).await?;
        Ok(partner.ok_or(StoreError::Corrupt {
            table: "event",
            column: "partner_id",
            value: self.attribution.partner_id.to_string(),
        })?)
    }

    /// The campaign; null if there was none.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.attribution.campaign_id, |id| identity::campaign(ctx, id)).await
    }

    /// The event.
    async fn event(&self) -> Event {
        Event(self.event.clone())
    }
}

/// Who pays.
#[derive(Clone)]
pub struct Customer(Arc<event::Customer>);

impl From<Arc<event::Customer>> for Customer {
    fn from(customer: Arc<event::Customer>) -> Self {
        Self(customer)
    }
}

impl From<event::Customer> for Customer {
    fn from(customer: event::Customer) -> Self {
        Self(Arc::new(customer))
    }
}

impl Customer {
    pub async fn load(ctx: &Context<'_>, id: CustomerId) -> Result<Option<Self>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Events)?;
        Ok(request.loaders().customer.load(id.uuid()).await?.map(Self))
    }
}

impl Described for Customer {
    const TYPE: &'static Type = &CUSTOMER;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }
}

/// A list of them.
pub fn customers(list: view::List) -> Listing {
    Listing {
        to: &CUSTOMER,
        connection: "CustomerConnection",
        edge: "CustomerEdge",
        list,
    }
}

pub static CUSTOMER: Type = Type {
    name: "Customer",
    resource: Resource::Events,
    identity: &[],
    is_named: false,
    table: &view::CUSTOMER,
    id: || view::column(view::CustomerColumn::Id),
    field: |name| {
        use view::CustomerColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Customer>),
            "externalId" => value(Column::ExternalId, view::text),
            "acquiredAt" => value(Column::AcquiredAt, view::moment),
            "partner" => link(view::column(Column::PartnerId), &PARTNER),
            "campaign" => link(view::column(Column::CampaignId), &CAMPAIGN),
            "events" => page_of(|ctx| {
                children_under::<EventsOfCustomer>(ctx, Resource::Events, events(store::event::list_of_customers()))
            }),
            _ => return None,
        })
    },
};

/// Who pays; acquired by a partner.
#[Object]
impl Customer {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What other systems call it; unique in the tenant.
    async fn external_id(&self) -> &str {
        &self.0.external_id
    }

    /// When month 1 of its life starts. Never moves.
    async fn acquired_at(&self) -> DateTime {
        DateTime(self.0.acquired_at)
    }

    /// The partner that its first attributed event bound it to; null: none did yet.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        nullable_link(self.0.partner_id, |id| identity::partner(ctx, id)).await
    }

    /// The campaign that its first attributed event bound it to; null if there was none.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.0.campaign_id, |id| identity::campaign(ctx, id)).await
    }

    /// Its events, the last recorded first.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Event>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Events)?;
        let page = PageArguments::new(first, after, last, before);
        children::<EventsOfCustomer, _>(scope, self.0.id.uuid(), page)
    }
}

/// Which events to list; everything given must hold.
#[derive(Default, InputObject)]
pub struct EventFilter {
    /// Of one of these kinds.
    pub kind: Option<Vec<EventKind>>,
    /// Of exactly this type.
    #[graphql(name = "type")]
    pub event_type: Option<String>,
    /// Credited to this partner.
    pub partner_id: Option<ID>,
    /// Credited to this campaign.
    pub campaign_id: Option<ID>,
    /// Of this customer.
    pub customer_id: Option<ID>,
    /// That happened at this moment or later.
    pub occurred_from: Option<DateTime>,
    /// That happened before this moment.
    pub occurred_to: Option<DateTime>,
    /// Recorded at this moment or later.
    pub recorded_from: Option<DateTime>,
    /// Recorded before this moment.
    pub recorded_to: Option<DateTime>,
    /// Whether commissions were written with it. Events without a decision are in neither list.
    pub earned: Option<bool>,
    /// That earned nothing for one of these reasons.
    pub reason: Option<Vec<NoCommissionReason>>,
    /// Of exactly one of these types.
    pub types: Option<Vec<String>>,
    /// Credited to one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Credited to one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// Of one of these customers. Not for a partner's token.
    pub customer_ids: Option<Vec<ID>>,
    /// With exactly one of these external ids.
    pub external_ids: Option<Vec<String>>,
}

impl EventFilter {
    fn read(self) -> Result<StoreFilter, ApiError> {
        Ok(StoreFilter {
            kinds: self
                .kind
                .map(|list| list.into_iter().map(event::EventKind::from).collect()),
            event_type: self.event_type.map(|text| wanted("filter.type", text)).transpose()?,
            partner: self.partner_id.map(|id| id.parse()).transpose()?,
            campaign: self.campaign_id.map(|id| id.parse()).transpose()?,
            customer: self.customer_id.map(|id| id.parse()).transpose()?,
            occurred_from: self.occurred_from.map(|moment| moment.0),
            occurred_to: self.occurred_to.map(|moment| moment.0),
            recorded_from: self.recorded_from.map(|moment| moment.0),
            recorded_to: self.recorded_to.map(|moment| moment.0),
            earned: self.earned,
            reasons: self
                .reason
                .map(|list| list.into_iter().map(decision::NoCommissionReason::from).collect()),
            types: all_wanted("filter.types", self.types)?,
            partners: ids(self.partner_ids)?,
            campaigns: ids(self.campaign_ids)?,
            customers: ids(self.customer_ids)?,
            external_ids: all_wanted("filter.externalIds", self.external_ids)?,
        })
    }
}

/// Which customers to list; everything given must hold.
#[derive(Default, InputObject)]
pub struct CustomerFilter {
    /// Part of the external id, whatever the case.
    pub search: Option<String>,
    /// Bound to this partner.
    pub partner_id: Option<ID>,
    /// Bound to this campaign.
    pub campaign_id: Option<ID>,
    /// Bound to one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Bound to one of these campaigns.
    pub campaign_ids: Option<Vec<ID>>,
    /// With exactly one of these external ids.
    pub external_ids: Option<Vec<String>>,
    /// Acquired at this moment or later.
    pub acquired_from: Option<DateTime>,
    /// Acquired before this moment.
    pub acquired_to: Option<DateTime>,
}

/// What events are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "store::event::EventOrder")]
pub enum EventOrderField {
    /// When they were recorded.
    #[default]
    RecordedAt,
    /// When they happened.
    OccurredAt,
}

/// What customers are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "store::customer::CustomerOrder")]
pub enum CustomerOrderField {
    /// When they were first heard of.
    #[default]
    CreatedAt,
    /// When month 1 of their life starts.
    AcquiredAt,
}

#[derive(Default)]
pub struct EventQuery;

#[Object]
impl EventQuery {
    /// One event, by its id or by its external id; null if there is none.
    async fn event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Shown<Event>> {
        nullable(async {
            match one_of_two(id, external_id)? {
                Ok(id) => Shown::row(ctx, id.parse::<EventId>()?.uuid()),
                Err(external_id) => Shown::named(ctx, view::column(view::EventColumn::ExternalId), external_id),
            }
        })
        .await
    }

    /// The events, the last recorded first where no other order is asked for.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<EventFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<OrderBy<EventOrderField>>,
    ) -> Result<Pages<Connection<Event>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Events)?;
        let filter = filter.unwrap_or_default();
        if filter.customer_id.is_some() || filter.customer_ids.is_some() {
            caller.staff_only()?;
        }
        let filter = Arc::new(filter.read()?);
        let sorted = OrderBy::read(order_by);
        let cursors = order::cursors((scope, "events", &filter), sorted);
        let arguments = PageArguments::new(first, after, last, before);
        let listing = events(store::event::list(filter.clone(), sorted));
        listed(listing, &cursors, &arguments, move |request| {
            let filter = filter.clone();
            Box::pin(async move { Ok(store::event::count(request.store().reader(), &scope, &filter).await?) })
        })
    }

    /// One customer, by its id or by its external id; null if there is none.
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Shown<Customer>> {
        nullable(async {
            match one_of_two(id, external_id)? {
                Ok(id) => Shown::row(ctx, id.parse::<CustomerId>()?.uuid()),
                Err(external_id) => Shown::named(ctx, view::column(view::CustomerColumn::ExternalId), external_id),
            }
        })
        .await
    }

    /// The customers, newest first where no other order is asked for.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<CustomerFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<OrderBy<CustomerOrderField>>,
    ) -> Result<Pages<Connection<Customer>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Events)?;
        let filter = filter.unwrap_or_default();
        let filter = Arc::new(StoreCustomerFilter {
            search: filter.search.map(|text| wanted("filter.search", text)).transpose()?,
            partner: filter.partner_id.map(|id| id.parse()).transpose()?,
            campaign: filter.campaign_id.map(|id| id.parse()).transpose()?,
            partners: ids(filter.partner_ids)?,
            campaigns: ids(filter.campaign_ids)?,
            external_ids: all_wanted("filter.externalIds", filter.external_ids)?,
            acquired_from: filter.acquired_from.map(|moment| moment.0),
            acquired_to: filter.acquired_to.map(|moment| moment.0),
        });
        let sorted = OrderBy::read(order_by);
        let cursors = order::cursors((scope, "customers", &filter), sorted);
        let arguments = PageArguments::new(first, after, last, before);
        let listing = customers(store::customer::list(filter.clone(), sorted));
        listed(listing, &cursors, &arguments, move |request| {
            let filter = filter.clone();
            Box::pin(async move { Ok(store::customer::count(request.store().reader(), &scope, &filter).await?) })
        })
    }
}
