//! Why events earned what they earned. Append-only; the newest decision of an event is in force.

use std::collections::HashMap;

use entity::event_decision::{self, Column, Entity};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, IdenStatic, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::commission_totals::{SUM, add_sums};
use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, many, row, sum};
use auth::Scope;
use domain::Timestamp;
use domain::backtest::HistoryDecision;
use domain::campaign::CampaignStatus;
use domain::decision::{Component, Decision, MadeWith, NoCommissionReason, TermsSource};
use domain::event::Event;
use domain::id::{CampaignId, PartnerId, TenantId};
use domain::money::{Currency, Money};
use domain::partner::PartnerStatus;

const TABLE: &str = "event_decision";

/// A component as it is stored.
#[derive(serde::Serialize, serde::Deserialize)]
struct StoredComponent {
    term: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minor: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    detail: String,
}

/// A decision to write.
pub struct NewDecision<'a> {
    pub event: &'a Event,
    pub decision: &'a Decision,
    pub with: &'a MadeWith,
    /// The number of the decision among those of its event, from 1.
    pub number: i32,
    pub at: Timestamp,
}

/// Writes decisions of events.
pub fn add<'a>(writes: &mut Writes, tenant: TenantId, decisions: impl IntoIterator<Item = NewDecision<'a>>) {
    let rows = decisions.into_iter().map(|made| {
        let NewDecision { event, decision, .. } = made;
        let attribution = event.attribution;
        event_decision::Model {
            tenant_id: tenant.uuid(),
            event_id: event.id.uuid(),
            number: made.number,
            place: 1,
            attribution_id: attribution.map(|attribution| attribution.id.uuid()),
            reason: decision.reason.map(|reason| reason.as_str().to_owned()),
            detail: decision.detail.clone(),
            components: row::to_json(&decision.components.iter().map(stored_component).collect::<Vec<_>>()),
            made_with: made_with_json(made.with),
            decided_at: made.at,
            recorded_at: event.recorded_at,
            partner_id: attribution.map(|attribution| attribution.partner_id.uuid()),
            campaign_id: attribution
                .and_then(|attribution| attribution.campaign_id)
                .map(|id| id.uuid()),
            amount_minor: event.amount.map(Money::minor),
            currency: event.amount.map(|amount| amount.currency().code().to_owned()),
        }
        .into_active_model()
    });
    writes.add(rows, Conflict::Fail);
}

/// The number of the latest decision of each event; events without one are left out.
pub async fn last_numbers(
    database: &Connection,
    scope: &Scope,
    events: &[Uuid],
) -> Result<HashMap<Uuid, i32>, StoreError> {
    let one_of = many::among(database, Column::EventId, events);
    let select = newest(scope).filter(one_of).select_only();
    let select = select.columns([Column::EventId, Column::Number]);
    let numbers: Vec<(Uuid, i32)> = select.into_tuple().all(database).await?;
    Ok(numbers.into_iter().collect())
}

/// The decision in force of each event; refunds and chargebacks have none.
pub async fn of_events(
    database: &Connection,
    scope: &Scope,
    events: &[Uuid],
) -> Result<HashMap<Uuid, Decision>, StoreError> {
    let one_of = many::among(database, Column::EventId, events);
    let rows = newest(scope).filter(one_of).all(database).await?;
    rows.into_iter().map(|row| Ok((row.event_id, from_row(row)?))).collect()
}

/// The decisions of events, by the attribution that each was made for.
pub(super) async fn of_attributions(
    database: &Connection,
    scope: &Scope,
    events: &[Uuid],
) -> Result<HashMap<Uuid, HistoryDecision>, StoreError> {
    let select = visible::<Entity>(scope).filter(many::among(database, Column::EventId, events));
    let mut decided = HashMap::new();
    for row in select.order_by_asc(Column::Number).all(database).await? {
        let Some(attribution) = row.attribution_id else {
            continue;
        };
        let made_with = made_with(&row.made_with)?;
        let Decision { reason, components, .. } = from_row(row)?;
        let decision = HistoryDecision {
            reason,
            components,
            made_with,
        };
        decided.insert(attribution, decision);
    }
    Ok(decided)
}

/// Which decisions to sum, by when their events were recorded: from `from` (inclusive) to `to` (exclusive).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DecisionRange {
    pub from: Timestamp,
    pub to: Timestamp,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
}

/// How many events were decided for this reason, and their amounts by currency; events without an amount are only
/// counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionTotal {
    pub reason: Option<NoCommissionReason>,
    pub count: i64,
    pub amounts: Vec<(Currency, i128)>,
}

/// Counts and sums by reason, in the order of reasons; events that earned come first.
pub async fn totals(
    database: &Connection,
    scope: &Scope,
    wanted: &DecisionRange,
) -> Result<Vec<DecisionTotal>, StoreError> {
    let mut select = newest(scope)
        .filter(Column::RecordedAt.gte(wanted.from))
        .filter(Column::RecordedAt.lt(wanted.to));
    if let Some(partner) = wanted.partner {
        select = select.filter(Column::PartnerId.eq(partner.uuid()));
    }
    if let Some(campaign) = wanted.campaign {
        select = select.filter(Column::CampaignId.eq(campaign.uuid()));
    }
    let mut select = select.select_only();
    let statement = QuerySelect::query(&mut select);
    statement.column(Column::Reason).column(Column::Currency);
    let amount = Expr::col(Column::AmountMinor.as_column_ref());
    add_sums(database.get_database_backend(), statement, amount);
    statement.add_group_by([Column::Reason, Column::Currency].map(|column| Expr::col(column.as_column_ref())));
    let mut totals: Vec<DecisionTotal> = Vec::new();
    for found in database.query_all(&statement.take()).await? {
        let reason = found
            .try_get::<Option<String>>("", "reason")?
            .map(|text| parse_reason(&text))
            .transpose()?;
        let index = totals.iter().position(|total| total.reason == reason);
        let index = index.unwrap_or_else(|| {
            totals.push(DecisionTotal {
                reason,
                count: 0,
                amounts: Vec::new(),
            });
            totals.len() - 1
        });
        totals[index].count += found.try_get::<i64>("", "count")?;
        let currency: Option<String> = found.try_get("", "currency")?;
        if let Some(code) = currency {
            let amount = (row::currency(TABLE, "currency", &code)?, sum::read(&found, SUM)?);
            totals[index].amounts.push(amount);
        }
    }
    totals.sort_by_key(|total| total.reason);
    for total in &mut totals {
        total.amounts.sort_unstable();
    }
    Ok(totals)
}

/// The events that were decided for one of these reasons, or that earned, or did not.
pub(super) fn events_decided(
    scope: &Scope,
    earned: Option<bool>,
    reasons: Option<&[NoCommissionReason]>,
) -> SelectStatement {
    let mut select = newest(scope);
    if let Some(earned) = earned {
        let reason = Expr::col(Column::Reason.as_column_ref());
        select = select.filter(if earned { reason.is_null() } else { reason.is_not_null() });
    }
    if let Some(reasons) = reasons {
        select = select.filter(Column::Reason.is_in(reasons.iter().map(|reason| reason.as_str())));
    }
    select.select_only().column(Column::EventId).into_query()
}

/// The decisions in force.
fn newest(scope: &Scope) -> Select<Entity> {
    let later = Alias::new("later");
    let of_later = |column: Column| Expr::col((later.clone(), Alias::new(column.as_str())));
    let superseded = Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, later.clone())
        .and_where(of_later(Column::TenantId).eq(scope.tenant().uuid()))
        .and_where(of_later(Column::EventId).equals(Column::EventId.as_column_ref()))
        .and_where(of_later(Column::Number).gt(Expr::col(Column::Number.as_column_ref())))
        .take();
    visible::<Entity>(scope).filter(Expr::exists(superseded).not())
}

fn stored_component(component: &Component) -> StoredComponent {
    StoredComponent {
        term: component.term,
        reason: component.reason.map(|reason| reason.as_str().to_owned()),
        minor: component.amount.map(Money::minor),
        currency: component.amount.map(Money::currency),
        detail: component.detail.clone(),
    }
}

fn made_with_json(made_with: &MadeWith) -> Json {
    let group = made_with
        .group
        .map(|(id, version)| json!({ "id": id.to_string(), "version": version }));
    let tiers = made_with.tiers.iter();
    let tiers: Vec<_> = tiers
        .map(|(id, version)| json!({ "id": id.to_string(), "version": version.to_string() }))
        .collect();
    let mut json = json!({
        "partnerStatus": made_with.partner_status.map(|status| status.as_str()),
        "campaignStatus": made_with.campaign_status.map(|status| status.as_str()),
        "source": made_with.source.map(|source| source.as_str()),
        "snapshot": made_with.snapshot.map(|id| id.to_string()),
        "group": group,
        "tiers": tiers,
        "campaignVersion": made_with.campaign_version,
    });
    if let Some(group) = made_with.own_group {
        json["ownGroup"] = json!(group);
    }
    json
}

/// Parses the state on which a decision was based; anything absent was not recorded at the time.
fn made_with(kept: &Json) -> Result<MadeWith, StoreError> {
    let corrupt = || StoreError::Corrupt {
        table: TABLE,
        column: "made_with",
        value: kept.to_string().chars().take(200).collect(),
    };
    fn read<T>(value: &Json, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
        match value {
            Json::Null => Some(None),
            Json::String(text) => parse(text).map(Some),
            _ => None,
        }
    }
    fn version(value: &Json) -> Option<u32> {
        match value {
            Json::String(text) => text.parse().ok(),
            number => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        }
    }
    let group = match &kept["group"] {
        Json::Null => None,
        group => {
            let id = read(&group["id"], |text| text.parse().ok()).flatten();
            Some(id.zip(version(&group["version"])).ok_or_else(corrupt)?)
        }
    };
    let mut tiers = Vec::new();
    for tier in kept["tiers"].as_array().into_iter().flatten() {
        let id = read(&tier["id"], |text| text.parse().ok()).flatten();
        tiers.push(id.zip(version(&tier["version"])).ok_or_else(corrupt)?);
    }
    let own_group = match kept.get("ownGroup") {
        None => None,
        Some(own) => Some(read(own, |text| text.parse().ok()).ok_or_else(corrupt)?),
    };
    Ok(MadeWith {
        partner_status: read(&kept["partnerStatus"], PartnerStatus::parse).ok_or_else(corrupt)?,
        campaign_status: read(&kept["campaignStatus"], CampaignStatus::parse).ok_or_else(corrupt)?,
        source: read(&kept["source"], TermsSource::parse).ok_or_else(corrupt)?,
        snapshot: read(&kept["snapshot"], |text| text.parse().ok()).ok_or_else(corrupt)?,
        campaign_version: version(&kept["campaignVersion"]),
        own_group,
        group,
        tiers,
    })
}

fn parse_reason(text: &str) -> Result<NoCommissionReason, StoreError> {
    row::text(TABLE, "reason", text, NoCommissionReason::parse)
}

fn from_row(row: event_decision::Model) -> Result<Decision, StoreError> {
    let kept: Vec<StoredComponent> = row::json(TABLE, "components", row.components)?;
    let components = kept.into_iter().map(|kept| {
        let amount = kept.minor.zip(kept.currency);
        Ok(Component {
            term: kept.term,
            reason: kept.reason.as_deref().map(parse_reason).transpose()?,
            amount: amount
                .map(|(minor, currency)| row::money(TABLE, "components", minor, currency))
                .transpose()?,
            detail: kept.detail,
        })
    });
    Ok(Decision {
        reason: row.reason.as_deref().map(parse_reason).transpose()?,
        detail: row.detail,
        components: components.collect::<Result<_, StoreError>>()?,
    })
}
