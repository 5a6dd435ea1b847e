//! Turns outbox rows into deliveries: of each row one for every subscribed endpoint, in the order of the rows.
//!
//! One replica at a time does this, under the lock of the mark that records the position; deliveries and mark are
//! written in one transaction, so that a row is neither skipped nor processed twice, wherever the work is interrupted.
//! Bodies are built here, from rows that no longer change.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use uuid::Uuid;

use super::delivery::new;
use crate::app::App;
use auth::Scope;
use domain::Timestamp;
use domain::commission::{Commission, Payout};
use domain::coupon::Coupon;
use domain::id::{PartnerId, TenantId};
use domain::link::Link;
use domain::partnership_request::PartnershipRequest;
use domain::webhook::WebhookEventType;
use domain::webhook::body::{self, ExternalIds};
use store::outbox::adopt::adopt;
use store::outbox::mark::{self, OutboxMark};
use store::outbox::{OutboxPosition, OutboxRow};
use store::webhook::delivery::{self, NewDelivery};
use store::webhook::work::{self, Subscriber};
use store::{StoreError, Transaction};

/// The result of one pass over the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FannedOut {
    /// How many deliveries were created.
    pub made: usize,
    /// Whether there are no more rows at present.
    pub is_whole: bool,
    /// Whether any endpoint exists.
    pub has_subscribers: bool,
}

/// Creates the deliveries of the next rows of the outbox.
pub async fn fan_out(app: &App) -> Result<FannedOut, StoreError> {
    let has_subscribers = work::has_subscribers(app.store.reader()).await?;
    let nothing = FannedOut {
        made: 0,
        is_whole: true,
        has_subscribers,
    };
    if !has_subscribers {
        return Ok(nothing);
    }
    let transaction = app.store.begin_unaudited().await?;
    let Some(position) = mark::take(&transaction, OutboxMark::Webhooks).await? else {
        transaction.rollback().await?;
        return Ok(nothing);
    };
    if adopt(&transaction, position.as_ref(), app.clock.now()).await? {
        transaction.commit().await?;
        return Ok(FannedOut {
            is_whole: false,
            ..nothing
        });
    }
    // Read before the rows: an endpoint that is not seen here receives only what is committed later.
    let subscribers = work::subscribers(&transaction).await?;
    let Some(before) = beginning(position.as_ref(), &subscribers) else {
        transaction.rollback().await?;
        return Ok(nothing);
    };
    let mut position = before.clone();
    let reading = position.entries(&transaction).await?;
    if reading.rows.is_empty() && is_near(&position, &before) {
        transaction.rollback().await?;
        return Ok(nothing);
    }
    let made = make(app, &transaction, reading.rows, &subscribers).await?;
    mark::put(&transaction, OutboxMark::Webhooks, Some(&position), app.clock.now()).await?;
    transaction.commit().await?;
    Ok(FannedOut {
        made,
        is_whole: reading.is_whole,
        has_subscribers,
    })
}

/// When the oldest unread row of the outbox was written; `None`: all are read, or no endpoint exists.
pub(super) async fn unread_since(app: &App) -> Result<Option<Timestamp>, StoreError> {
    let reader = app.store.reader();
    let subscribers = work::subscribers(reader).await?;
    let kept = mark::look(reader, OutboxMark::Webhooks).await?;
    match beginning(kept.as_ref(), &subscribers) {
        Some(position) => position.next_at(reader).await,
        None => Ok(None),
    }
}

/// Where to continue reading: no endpoint receives what was written before the first of them subscribed.
fn beginning(
    kept: Option<&OutboxPosition>,
    subscribers: &HashMap<TenantId, Vec<Subscriber>>,
) -> Option<OutboxPosition> {
    let since = subscribers.values().flatten().map(Subscriber::since);
    let first = since.min_by_key(|since| since.order())?;
    // Of two equal positions the last one counts: the stored one also says how far a snapshot was read.
    let furthest = [first].into_iter().chain(kept).max_by_key(|position| position.order());
    furthest.cloned()
}

/// Whether the progress is too small to be stored, so that an idle replica writes nothing.
fn is_near(now: &OutboxPosition, before: &OutboxPosition) -> bool {
    /// Number of transactions of any kind: an older snapshot only costs reading some rows again.
    const WORTH_WRITING: i64 = 1_000;
    match now {
        OutboxPosition::Behind(_) => now == before,
        OutboxPosition::Between(_) => now.order().1 - before.order().1 < WORTH_WRITING,
    }
}

async fn make(
    app: &App,
    transaction: &Transaction,
    entries: Vec<OutboxRow>,
    subscribers: &HashMap<TenantId, Vec<Subscriber>>,
) -> Result<usize, StoreError> {
    let mut of_tenant: HashMap<TenantId, Vec<(OutboxRow, Vec<&Subscriber>)>> = HashMap::new();
    for entry in entries {
        let event_type = entry.outbox_event.event_type;
        let receives = |subscriber: &&Subscriber| subscriber.receives(event_type, entry.id, entry.transaction);
        let all = subscribers.get(&entry.tenant).into_iter().flatten();
        let concerned: Vec<_> = all.filter(receives).collect();
        if !concerned.is_empty() {
            of_tenant.entry(entry.tenant).or_default().push((entry, concerned));
        }
    }
    let mut made = 0;
    for (tenant, heard) in of_tenant {
        let told = ChangedObjects::read(
            transaction,
            &Scope::tenant_wide(tenant),
            heard.iter().map(|(entry, _)| entry),
        )
        .await?;
        let now = app.clock.now();
        let mut deliveries = Vec::new();
        for (entry, concerned) in heard {
            let Some(data) = told.of(&entry) else {
                continue;
            };
            let payload = body::body(&entry.outbox_event, entry.id, data);
            let of = Some((entry.id, entry.outbox_event.object));
            let event_type = entry.outbox_event.event_type;
            deliveries.extend(concerned.into_iter().map(|subscriber| NewDelivery {
                delivery: new(&subscriber.endpoint, event_type, payload.clone(), now),
                of,
            }));
        }
        made += deliveries.len();
        delivery::insert(transaction, tenant, deliveries).await?;
    }
    Ok(made)
}

/// The objects that a tenant's outbox rows are about.
struct ChangedObjects {
    commissions: HashMap<Uuid, Commission>,
    payouts: HashMap<Uuid, Payout>,
    requests: HashMap<Uuid, PartnershipRequest>,
    coupons: HashMap<Uuid, Coupon>,
    links: HashMap<Uuid, Link>,
    ids: ExternalIds,
}

impl ChangedObjects {
    /// Reads the objects of outbox rows, and what these refer to.
    async fn read(
        database: &Transaction,
        scope: &Scope,
        entries: impl Iterator<Item = &OutboxRow>,
    ) -> Result<Self, StoreError> {
        let mut of: HashMap<ObjectKind, BTreeSet<Uuid>> = HashMap::new();
        for entry in entries {
            of.entry(ObjectKind::of(entry.outbox_event.event_type))
                .or_default()
                .insert(entry.outbox_event.object);
        }
        let wanted = |kind| of.get(&kind).into_iter().flatten().copied().collect::<Vec<_>>();
        let commissions = store::commission::by_ids(database, scope, &wanted(ObjectKind::Commission)).await?;
        let payouts = store::payout::by_ids(database, scope, &wanted(ObjectKind::Payout)).await?;
        let requests = store::partnership_request::by_ids(database, scope, &wanted(ObjectKind::Request)).await?;
        let coupons = store::coupon::by_ids(database, scope, &wanted(ObjectKind::Coupon)).await?;
        let links = store::link::by_ids(database, scope, &wanted(ObjectKind::Link)).await?;
        let attributions = commissions.values().filter_map(|row| row.attribution_id);
        let attributions = store::distinct(attributions.map(|id| id.uuid()));
        let attributions = store::attribution::by_ids(database, scope, &attributions).await?;
        let partners = commissions.values().map(|row| row.partner_id);
        let partners = partners.chain(coupons.values().map(|row| row.partner_id));
        let partners = partners.chain(links.values().map(|row| row.partner_id));
        let partners = partners.chain(payouts.values().map(|row| row.partner_id));
        let partners = partners.chain(requests.values().filter_map(|row| row.partner_id));
        let partners = partners.map(PartnerId::uuid).chain(wanted(ObjectKind::Partner));
        let campaigns = commissions.values().filter_map(|row| row.campaign_id);
        let campaigns = campaigns.chain(requests.values().map(|row| row.campaign_id));
        let campaigns = campaigns.chain(coupons.values().map(|row| row.campaign_id));
        let campaigns = campaigns.chain(links.values().map(|row| row.campaign_id));
        let events = commissions.values().filter_map(|row| row.event_id);
        let partners = store::partner::by_ids(database, scope, &store::distinct(partners)).await?;
        let campaigns =
            store::campaign::by_ids(database, scope, &store::distinct(campaigns.map(|id| id.uuid()))).await?;
        let events = store::event::by_ids(database, scope, &store::distinct(events.map(|id| id.uuid()))).await?;
        let ids = ExternalIds {
            partners: partners
                .into_iter()
                .map(|(id, partner)| (id, partner.external_id))
                .collect(),
            campaigns: campaigns
                .into_iter()
                .map(|(id, campaign)| (id, campaign.external_id))
                .collect(),
            events: events.into_iter().map(|(id, event)| (id, event.external_id)).collect(),
            coupons: attributions
                .iter()
                .filter_map(|(id, attribution)| Some((*id, attribution.source.coupon_id?)))
                .collect(),
            links: attributions
                .iter()
                .filter_map(|(id, attribution)| Some((*id, attribution.source.link_id?)))
                .collect(),
        };
        Ok(Self {
            commissions,
            payouts,
            requests,
            coupons,
            links,
            ids,
        })
    }

    /// The data of a row's webhook body; `None`: its object is gone.
    fn of(&self, entry: &OutboxRow) -> Option<Value> {
        let (event_type, at, object) = (
            entry.outbox_event.event_type,
            entry.outbox_event.at,
            &entry.outbox_event.object,
        );
        Some(match ObjectKind::of(event_type) {
            ObjectKind::Commission => body::commission(self.commissions.get(object)?, event_type, at, &self.ids),
            ObjectKind::Payout => body::payout(self.payouts.get(object)?, event_type, at, &self.ids),
            ObjectKind::Request => body::request(self.requests.get(object)?, event_type, at, &self.ids),
            ObjectKind::Partner => body::partner(PartnerId::from_uuid(*object), at, &self.ids),
            ObjectKind::Coupon => body::coupon(self.coupons.get(object)?, at, &self.ids),
            ObjectKind::Link => body::link(self.links.get(object)?, at, &self.ids),
            ObjectKind::Customer => body::other(at),
        })
    }
}

/// The kind of object that an event type is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum ObjectKind {
    Commission,
    Payout,
    Partner,
    Request,
    Coupon,
    Link,
    Customer,
}

impl ObjectKind {
    fn of(event_type: WebhookEventType) -> Self {
        use WebhookEventType as Type;
        match event_type {
            Type::CommissionAccrued | Type::CommissionApproved | Type::CommissionPaid | Type::CommissionReversed => {
                Self::Commission
            }
            Type::PayoutCreated | Type::PayoutSettled | Type::PayoutReturned => Self::Payout,
            // A tier is achieved by a partner, whose events are delivered in order.
            Type::TierAchieved
            | Type::PartnerCreated
            | Type::PartnerActivated
            | Type::PartnerSuspended
            | Type::PartnerRevoked
            | Type::PartnerReinstated => Self::Partner,
            Type::PartnershipRequestCreated | Type::PartnershipRequestDecided => Self::Request,
            Type::CouponCreated => Self::Coupon,
            Type::LinkCreated => Self::Link,
            Type::CustomerReassigned => Self::Customer,
        }
    }
}
