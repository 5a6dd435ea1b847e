//! Events, with the attribution that is part of their row.

use std::collections::HashMap;
use std::sync::Arc;

use entity::event::{self, Column, Entity};
use entity::{event_attribution, event_refunded};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::event_decision::events_decided;
use super::filter::{one_of_ids, text_of};
use super::order::{Key, SortBy, Sorted};
use super::page::{Page, PageRequest, Sort};
use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{StoreError, Transaction, many, row, view};
use crate::auth::Scope;
use crate::domain::Timestamp;
use crate::domain::decision::NoCommissionReason;
use crate::domain::event::{Attribution, Event, EventKind};
use crate::domain::id::{AttributionId, CampaignId, CustomerId, EventId, PartnerId, TenantId};
use crate::domain::money::Money;
use crate::domain::refund::Refunded;

const TABLE: &str = "event";

/// What to list; everything given must hold.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct EventFilter {
    /// One of these; empty matches nothing.
    pub kinds: Option<Vec<EventKind>>,
    pub event_type: Option<String>,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
    pub customer: Option<CustomerId>,
    pub occurred_from: Option<Timestamp>,
    pub occurred_to: Option<Timestamp>,
    pub recorded_from: Option<Timestamp>,
    pub recorded_to: Option<Timestamp>,
    /// Whether rows were written with it; events without a decision are neither.
    pub earned: Option<bool>,
    /// Its decision gives one of these; empty matches nothing.
    pub reasons: Option<Vec<NoCommissionReason>>,
    /// One of these; empty matches nothing.
    pub types: Option<Vec<String>>,
    pub partners: Option<Vec<PartnerId>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub customers: Option<Vec<CustomerId>>,
    pub external_ids: Option<Vec<String>>,
}

text_of!(EventFilter: kinds event_type partner campaign customer occurred_from occurred_to recorded_from recorded_to earned reasons, later: types partners campaigns customers external_ids);

/// The orders in which events are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EventOrder {
    #[default]
    RecordedAt,
    OccurredAt,
}

impl SortBy for EventOrder {
    fn key(self) -> Option<Key> {
        match self {
            Self::RecordedAt => None,
            Self::OccurredAt => Some(Key::time(view::column(Column::OccurredAt))),
        }
    }

    fn id() -> view::Column {
        view::column(Column::Id)
    }
}

/// In the order of recording, the newest first.
pub fn sort() -> Sort<Column> {
    Sort::newest_first(Column::Id)
}

pub async fn find_by_external_id(
    database: &impl ConnectionTrait,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<Event>, StoreError> {
    visible::<Entity>(scope)
        .filter(Column::ExternalId.eq(external_id))
        .one(database)
        .await?
        .map(from_row)
        .transpose()
}

/// Events by their external ids.
pub async fn by_external_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
    external_ids: &[String],
) -> Result<HashMap<String, Event>, StoreError> {
    let column = Column::ExternalId.as_column_ref();
    let one_of = many::one_of_texts(database.get_database_backend(), column, external_ids);
    let rows = visible::<Entity>(scope).filter(one_of).all(database).await?;
    rows.into_iter()
        .map(|row| Ok((row.external_id.clone(), from_row(row)?)))
        .collect()
}

/// The event for update: refunds of it take turns.
pub async fn lock(transaction: &impl ConnectionTrait, scope: &Scope, id: EventId) -> Result<Option<Event>, StoreError> {
    let row = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .lock_exclusive()
        .one(transaction)
        .await?;
    row.map(from_row).transpose()
}

pub async fn by_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Event>, StoreError> {
    by(database, scope, Column::Id, ids, |event| event.id).await
}

/// Events by the id of their attribution.
pub async fn by_attributions(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Event>, StoreError> {
    by(database, scope, Column::AttributionId, ids, |event| {
        event.attribution_id.unwrap_or_default()
    })
    .await
}

async fn by(
    database: &impl ConnectionTrait,
    scope: &Scope,
    column: Column,
    ids: &[Uuid],
    key: impl Fn(&event::Model) -> Uuid,
) -> Result<HashMap<Uuid, Event>, StoreError> {
    let one_of = many::one_of(database.get_database_backend(), column.as_column_ref(), ids);
    let rows = visible::<Entity>(scope).filter(one_of).all(database).await?;
    rows.into_iter().map(|row| Ok((key(&row), from_row(row)?))).collect()
}

/// The refunds and chargebacks of events, in the order of recording.
pub fn refunds() -> view::Family {
    view::Family {
        table: &view::EVENT,
        parent: view::column(Column::OriginalId),
        through: None,
        order: view::Order {
            key: None,
            id: view::column(Column::Id),
            descending: false,
        },
    }
}

/// The refunds and chargebacks of each event, in the order of recording.
pub async fn refunds_of(
    database: &impl ConnectionTrait,
    scope: &Scope,
    originals: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Event>>, StoreError> {
    let one_of = many::one_of(
        database.get_database_backend(),
        Column::OriginalId.as_column_ref(),
        originals,
    );
    let mut refunds: HashMap<Uuid, Vec<_>> = HashMap::new();
    for row in visible::<Entity>(scope)
        .filter(one_of)
        .order_by_asc(Column::Id)
        .all(database)
        .await?
    {
        refunds
            .entry(row.original_id.unwrap_or_default())
            .or_default()
            .push(from_row(row)?);
    }
    Ok(refunds)
}

/// When the first charge or conversion of the customer with the partner occurred that was recorded before this event: of
/// any type, or of one.
pub async fn first_occurred_at(
    database: &impl ConnectionTrait,
    scope: &Scope,
    (partner, customer): (PartnerId, CustomerId),
    event_type: Option<&str>,
    before: EventId,
) -> Result<Option<Timestamp>, StoreError> {
    let earning = [EventKind::Charge, EventKind::Conversion].map(EventKind::as_str);
    let mut select = visible::<Entity>(scope)
        .select_only()
        .column(Column::OccurredAt)
        .filter(Column::PartnerId.eq(partner.uuid()))
        .filter(Column::CustomerId.eq(customer.uuid()))
        .filter(Column::Id.lt(before.uuid()))
        .filter(Column::Kind.is_in(earning));
    if let Some(event_type) = event_type {
        select = select.filter(Column::Type.eq(event_type));
    }
    Ok(select
        .order_by_asc(Column::Id)
        .limit(1)
        .into_tuple()
        .one(database)
        .await?)
}

pub async fn count(database: &impl ConnectionTrait, scope: &Scope, filter: &EventFilter) -> Result<u64, StoreError> {
    Ok(filtered(scope, filter).count(database).await?)
}

/// The events that the filter lets through.
pub fn list(filter: Arc<EventFilter>, sorted: Sorted<EventOrder>) -> view::List {
    let kept = (*filter == EventFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::EVENT, kept, sorted.into(), select)
}

/// The events of customers.
pub fn list_of_customers() -> view::List {
    let select = |_, scope: &Scope, customer| of_customer(scope, customer).into_query();
    view::List::new(&view::EVENT, Some("customer".to_owned()), sort().into(), select)
}

/// A page of the events of each customer.
pub async fn pages_of_customers(
    database: &impl ConnectionTrait,
    scope: &Scope,
    customers: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Event>>, StoreError> {
    let pages = many::pages(database, customers, sort(), request, |customer| {
        of_customer(scope, customer)
    })
    .await?;
    pages
        .into_iter()
        .map(|(customer, page)| Ok((customer, page.try_map(from_row)?)))
        .collect()
}

pub async fn counts_of_customers(
    database: &impl ConnectionTrait,
    scope: &Scope,
    customers: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, customers, |customer| of_customer(scope, customer)).await
}

fn of_customer(scope: &Scope, customer: Expr) -> Select<Entity> {
    visible::<Entity>(scope).filter(Expr::col(Column::CustomerId.as_column_ref()).eq(customer))
}

fn filtered(scope: &Scope, filter: &EventFilter) -> Select<Entity> {
    let mut wanted = Condition::all();
    if let Some(kinds) = &filter.kinds {
        wanted = wanted.add(Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())));
    }
    let wanted = wanted
        .add_option(filter.event_type.as_ref().map(|event_type| Column::Type.eq(event_type)))
        .add_option(filter.partner.map(|partner| Column::PartnerId.eq(partner.uuid())))
        .add_option(filter.campaign.map(|campaign| Column::CampaignId.eq(campaign.uuid())))
        .add_option(filter.customer.map(|customer| Column::CustomerId.eq(customer.uuid())))
        .add_option(filter.occurred_from.map(|from| Column::OccurredAt.gte(from)))
        .add_option(filter.occurred_to.map(|to| Column::OccurredAt.lt(to)))
        .add_option(filter.recorded_from.map(|from| Column::RecordedAt.gte(from)))
        .add_option(filter.recorded_to.map(|to| Column::RecordedAt.lt(to)))
        .add_option(filter.types.as_ref().map(|types| Column::Type.is_in(types)))
        .add_option(one_of_ids(Column::PartnerId, filter.partners.as_deref()))
        .add_option(one_of_ids(Column::CampaignId, filter.campaigns.as_deref()))
        .add_option(one_of_ids(Column::CustomerId, filter.customers.as_deref()))
        .add_option(filter.external_ids.as_ref().map(|ids| Column::ExternalId.is_in(ids)));
    let wanted = match (filter.earned, filter.reasons.as_deref()) {
        (None, None) => wanted,
        (earned, reasons) => wanted.add(Column::Id.in_subquery(events_decided(scope, earned, reasons))),
    };
    visible::<Entity>(scope).filter(wanted)
}

/// Events of a customer that may be moved.
#[derive(Clone, Copy, Debug)]
pub struct Movable {
    pub customer: CustomerId,
    /// Credited to this partner, or to nobody.
    pub credited_to: Option<PartnerId>,
    /// And not to these already.
    pub target: Option<(PartnerId, Option<CampaignId>)>,
    /// That occurred from this moment on.
    pub since: Timestamp,
}

impl Movable {
    fn select(&self, scope: &Scope) -> Select<Entity> {
        let earning = [EventKind::Charge, EventKind::Conversion].map(EventKind::as_str);
        let credited = Condition::any()
            .add_option(self.target.map(|_| Column::PartnerId.is_null()))
            .add_option(self.credited_to.map(|partner| Column::PartnerId.eq(partner.uuid())));
        let is_there = self.target.map(|(partner, campaign)| {
            let of_campaign = match campaign {
                Some(campaign) => Column::CampaignId.eq(campaign.uuid()),
                None => Column::CampaignId.is_null(),
            };
            // A comparison with null is neither true nor false, and would leave out what is credited to nobody.
            Condition::any()
                .add(Column::PartnerId.is_null())
                .add(Column::CampaignId.is_null().and(Expr::value(campaign.is_some())))
                .add(
                    Condition::all()
                        .add(Column::PartnerId.eq(partner.uuid()))
                        .add(of_campaign)
                        .not(),
                )
        });
        visible::<Entity>(scope)
            .filter(Column::CustomerId.eq(self.customer.uuid()))
            .filter(Column::OccurredAt.gte(self.since))
            .filter(Column::Kind.is_in(earning))
            .filter(match credited.is_empty() {
                // Whoever is credited to nobody stays so.
                true => Condition::all().add(Expr::value(false)),
                false => credited,
            })
            .filter(Condition::all().add_option(is_there))
    }

    /// Their ids, in the order of recording, at most so many.
    pub async fn ids(
        &self,
        database: &impl ConnectionTrait,
        scope: &Scope,
        limit: u64,
    ) -> Result<Vec<Uuid>, StoreError> {
        let select = self.select(scope).select_only().column(Column::Id);
        let select = select.order_by_asc(Column::Id).limit(limit);
        Ok(select.into_tuple().all(database).await?)
    }

    pub async fn count(&self, database: &impl ConnectionTrait, scope: &Scope) -> Result<u64, StoreError> {
        Ok(self.select(scope).count(database).await?)
    }
}

/// Events for update, in the order of recording.
pub async fn lock_all(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<Vec<Event>, StoreError> {
    let one_of = many::one_of(transaction.get_database_backend(), Column::Id.as_column_ref(), ids);
    let select = visible::<Entity>(scope).filter(one_of).order_by_asc(Column::Id);
    let rows = select.lock_exclusive().all(transaction).await?;
    rows.into_iter().map(from_row).collect()
}

/// Writes whom events are credited to from now on.
pub fn set_attribution<'a>(writes: &mut Writes, tenant: TenantId, events: impl IntoIterator<Item = &'a Event>) {
    let rows = events.into_iter().map(|event| {
        let row = to_row(tenant, event);
        event_attribution::Model {
            tenant_id: row.tenant_id,
            id: row.id,
            attribution_id: row.attribution_id,
            partner_id: row.partner_id,
            campaign_id: row.campaign_id,
            sequence: row.sequence,
            attributed_at: row.attributed_at,
        }
        .into_active_model()
    });
    writes.set(rows);
}

/// Writes events whose external ids are new; whoever loses a race for one gets the error that says so. `entry` is that of
/// the audit log ([`Transaction::audit_entry`]).
pub fn add<'a>(
    writes: &mut Writes,
    tenant: TenantId,
    events: impl IntoIterator<Item = &'a Event>,
    entry: Option<Uuid>,
) {
    let rows = events
        .into_iter()
        .map(|event| audited_row(tenant, event, entry).into_active_model());
    writes.add(rows, Conflict::Fail);
}

/// Writes the event if its external id is new; false if another one has it.
pub async fn insert(transaction: &Transaction, tenant: TenantId, event: &Event) -> Result<bool, StoreError> {
    let row = audited_row(tenant, event, transaction.audit_entry());
    let inserted = Entity::insert(row.into_active_model())
        .on_conflict(sea_orm::sea_query::OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(transaction)
        .await?;
    Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
}

/// Keeps how far events are refunded, of which no two are the same.
pub fn set_refunded(writes: &mut Writes, tenant: TenantId, refunded: impl IntoIterator<Item = (EventId, Refunded)>) {
    let rows = refunded.into_iter().map(|(event, refunded)| {
        let row = event_refunded::Model {
            tenant_id: tenant.uuid(),
            id: event.uuid(),
            refunded_minor: refunded.refunded_minor,
            wholly_refunded: refunded.wholly,
        };
        row.into_active_model()
    });
    writes.set(rows);
}

fn money(
    amount: &'static str,
    currency: &'static str,
    minor: Option<i64>,
    code: Option<String>,
) -> Result<Option<Money>, StoreError> {
    let (Some(minor), Some(code)) = (minor, code) else {
        return Ok(None);
    };
    row::money(TABLE, amount, minor, row::currency(TABLE, currency, &code)?).map(Some)
}

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, event: &Event) -> view::AtHand {
    view::at_hand(to_row(tenant, event), &["audit_entry_id"])
}

/// What a row holds whose columns were all read, with names that begin like this.
pub fn whole(row: &view::Row, prefix: &str) -> Result<Event, StoreError> {
    from_row(view::whole(row, prefix)?)
}

pub(super) fn from_row(row: event::Model) -> Result<Event, StoreError> {
    let attribution = row.attribution_id.zip(row.partner_id).map(|(id, partner)| Attribution {
        id: AttributionId::from_uuid(id),
        partner_id: PartnerId::from_uuid(partner),
        campaign_id: row.campaign_id.map(CampaignId::from_uuid),
    });
    Ok(Event {
        id: EventId::from_uuid(row.id),
        external_id: row.external_id,
        content: row.content,
        kind: row::text(TABLE, "kind", &row.kind, EventKind::parse)?,
        event_type: row.r#type,
        base: row.base,
        amount: money("amount_minor", "currency", row.amount_minor, row.currency)?,
        revenue: money(
            "revenue_minor",
            "revenue_currency",
            row.revenue_minor,
            row.revenue_currency,
        )?,
        occurred_at: row.occurred_at,
        recorded_at: row.recorded_at,
        sequence: row.sequence,
        customer_id: row.customer_id.map(CustomerId::from_uuid),
        attributed_at: row.attributed_at,
        attribution,
        original_id: row.original_id.map(EventId::from_uuid),
        metadata: row.metadata,
        refunded_minor: row.refunded_minor,
        wholly_refunded: row.wholly_refunded,
    })
}

fn audited_row(tenant: TenantId, event: &Event, entry: Option<Uuid>) -> event::Model {
    event::Model {
        audit_entry_id: entry,
        ..to_row(tenant, event)
    }
}

/// Without its entry in the audit log, which events do not know.
pub(super) fn to_row(tenant: TenantId, event: &Event) -> event::Model {
    let attribution = event.attribution;
    event::Model {
        tenant_id: tenant.uuid(),
        id: event.id.uuid(),
        external_id: event.external_id.clone(),
        content: event.content.clone(),
        kind: event.kind.as_str().to_owned(),
        r#type: event.event_type.clone(),
        base: event.base,
        amount_minor: event.amount.map(Money::minor),
        currency: event.amount.map(|amount| amount.currency().code().to_owned()),
        revenue_minor: event.revenue.map(Money::minor),
        revenue_currency: event.revenue.map(|revenue| revenue.currency().code().to_owned()),
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
        customer_id: event.customer_id.map(|id| id.uuid()),
        attribution_id: attribution.map(|attribution| attribution.id.uuid()),
        partner_id: attribution.map(|attribution| attribution.partner_id.uuid()),
        campaign_id: attribution
            .and_then(|attribution| attribution.campaign_id)
            .map(|id| id.uuid()),
        original_id: event.original_id.map(|id| id.uuid()),
        metadata: event.metadata.clone(),
        refunded_minor: event.refunded_minor,
        wholly_refunded: event.wholly_refunded,
        sequence: event.sequence,
        attributed_at: event.attributed_at,
        audit_entry_id: None,
    }
}
