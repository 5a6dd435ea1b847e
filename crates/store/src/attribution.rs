//! To whom events are credited. Rows never change, but for their end, which is set once.

use entity::attribution::{self, Column, Entity};
use entity::{attribution_ended, event};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, IntoActiveModel, QuerySelect, Select};

use super::scope::{covered, visible};
use super::table_functions::table_functions;
use super::view::{self, AtHand};
use super::writes::{Conflict, Writes};
use super::{StoreError, row};
use auth::Scope;
use domain::Timestamp;
use domain::attribution::AttributionModel;
use domain::event::{AttributedVia, Attribution, AttributionSource, Event, Weight};
use domain::id::{AttributionId, CampaignId, CouponId, EventId, LinkId, PartnerId, TenantId, TouchId};

const TABLE: &str = "attribution";

table_functions!(Attribution: by_ids);
table_functions!(Attribution: whole);

/// Whether an attribution is in force: the condition of the indexes.
pub(super) fn in_force() -> Expr {
    Column::EndedAt.is_null()
}

/// Whether an attribution was in force at a moment, since its event was recorded: what holds once no writer is left that
/// could record or move anything before that moment, whatever is moved after it.
pub(super) fn in_force_since_recorded(at: Timestamp) -> Condition {
    let not_ended = Condition::any()
        .add(Column::EndedAt.is_null())
        .add(Column::EndedAt.gte(at));
    Condition::all()
        .add(Column::MovedAt.is_null())
        .add(Column::RecordedAt.lt(at))
        .add(not_ended)
}

/// Whether a move before a moment began or ended an attribution.
pub(super) fn moved_before(at: Timestamp) -> Condition {
    Condition::any().add(Column::MovedAt.lt(at)).add(Column::EndedAt.lt(at))
}

/// Whether an attribution belongs to the event that it is joined to.
fn of_event() -> Expr {
    Expr::col(Column::EventId.as_column_ref()).equals(event::Column::Id.as_column_ref())
}

/// Joins each event of the select to its first attribution in force, if the scope covers that.
pub(super) fn with_first(scope: &Scope, mut select: Select<event::Entity>) -> Select<event::Entity> {
    let first = Expr::col(Column::Id.as_column_ref()).equals(event::Column::PrimaryAttributionId.as_column_ref());
    let own = covered::<Entity>(scope).add(of_event()).add(first);
    QuerySelect::query(&mut select).left_join(Entity, own);
    select
}

/// Events joined to their attributions in force, to be filtered by columns of these: their indexes find the events of a
/// partner or a campaign.
pub(super) fn credited(scope: &Scope) -> Select<event::Entity> {
    with_each(scope, Condition::all().add(in_force()))
}

/// Events joined to those of their attributions that meet a condition.
pub(super) fn with_each(scope: &Scope, which: Condition) -> Select<event::Entity> {
    let whole = Scope::tenant_wide(scope.tenant());
    let mut select = visible::<event::Entity>(&whole);
    let own = covered::<Entity>(scope).add(of_event()).add(which);
    QuerySelect::query(&mut select).inner_join(Entity, own);
    select
}

/// Writes the attributions of new events.
pub(super) fn add<'a>(writes: &mut Writes, tenant: TenantId, events: impl IntoIterator<Item = &'a Event>) {
    let rows = events.into_iter().filter_map(|event| to_row(tenant, event));
    writes.add(rows.map(IntoActiveModel::into_active_model), Conflict::Fail);
}

/// The attributions that rest on touches, in the order of writing.
pub fn of_touches() -> view::Family {
    view::Family {
        table: &view::ATTRIBUTION,
        parent: view::column(Column::TouchId),
        through: None,
        order: view::Order {
            key: None,
            id: view::column(Column::Id),
            found_by: None,
            descending: false,
        },
    }
}

/// Ends attributions that are in force.
pub(super) fn end(
    writes: &mut Writes,
    tenant: TenantId,
    attributions: impl IntoIterator<Item = (AttributionId, Timestamp)>,
) {
    let rows = attributions.into_iter().map(|(id, at)| {
        let row = attribution_ended::Model {
            tenant_id: tenant.uuid(),
            id: id.uuid(),
            ended_at: Some(at),
        };
        row.into_active_model()
    });
    writes.set(rows);
}

/// The attribution of an event as it is written.
pub(super) fn to_row(tenant: TenantId, event: &Event) -> Option<attribution::Model> {
    let credited = event.attribution.as_ref()?;
    Some(attribution::Model {
        tenant_id: tenant.uuid(),
        id: credited.id.uuid(),
        event_id: event.id.uuid(),
        partner_id: credited.partner_id.uuid(),
        campaign_id: credited.campaign_id.map(|id| id.uuid()),
        via: credited.source.via.as_str().to_owned(),
        coupon_id: credited.source.coupon_id.map(|id| id.uuid()),
        link_id: credited.source.link_id.map(|id| id.uuid()),
        touch_id: credited.source.touch_id.map(|id| id.uuid()),
        touched_at: credited.source.touched_at,
        model: credited.source.model.map(|model| model.as_str().to_owned()),
        weight_numerator: credited.weight.numerator,
        weight_denominator: credited.weight.denominator,
        share_minor: credited.share_minor,
        revenue_share_minor: credited.revenue_share_minor,
        sequence: credited.sequence,
        moved_at: credited.moved_at,
        ended_at: None,
        customer_id: event.customer_id.map(|id| id.uuid()),
        kind: event.kind.as_str().to_owned(),
        r#type: event.event_type.clone(),
        base: event.base,
        qualifying: event.is_qualifying(),
        has_amount: event.has_amount(),
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
    })
}

pub(super) fn from_row(row: attribution::Model) -> Result<Attribution, StoreError> {
    let model = row.model.as_deref();
    let model = model.map(|model| row::text(TABLE, "model", model, AttributionModel::parse));
    Ok(Attribution {
        id: AttributionId::from_uuid(row.id),
        event_id: EventId::from_uuid(row.event_id),
        partner_id: PartnerId::from_uuid(row.partner_id),
        campaign_id: row.campaign_id.map(CampaignId::from_uuid),
        source: AttributionSource {
            via: row::text(TABLE, "via", &row.via, AttributedVia::parse)?,
            coupon_id: row.coupon_id.map(CouponId::from_uuid),
            link_id: row.link_id.map(LinkId::from_uuid),
            touch_id: row.touch_id.map(TouchId::from_uuid),
            touched_at: row.touched_at,
            model: model.transpose()?,
        },
        weight: Weight {
            numerator: row.weight_numerator,
            denominator: row.weight_denominator,
        },
        share_minor: row.share_minor,
        revenue_share_minor: row.revenue_share_minor,
        sequence: row.sequence,
        moved_at: row.moved_at,
    })
}

/// The column values of an attribution in memory.
pub fn at_hand(attribution: &Attribution) -> AtHand {
    let (id, event) = (attribution.id.uuid(), attribution.event_id.uuid());
    let (partner, campaign) = (
        attribution.partner_id.uuid(),
        attribution.campaign_id.map(|id| id.uuid()),
    );
    let source = attribution.source;
    let (coupon, link) = (source.coupon_id.map(|id| id.uuid()), source.link_id.map(|id| id.uuid()));
    let touch = source.touch_id.map(|id| id.uuid());
    Box::new(move |name| match name {
        "id" => Some(id.into()),
        "coupon_id" => Some(coupon.into()),
        "link_id" => Some(link.into()),
        "touch_id" => Some(touch.into()),
        "event_id" => Some(event.into()),
        "partner_id" => Some(partner.into()),
        "campaign_id" => Some(campaign.into()),
        _ => None,
    })
}
