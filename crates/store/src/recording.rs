//! Everything that the recording of events depends on, read by one statement.

use std::collections::HashMap;

use entity::{
    campaign, commission_snapshot, customer, erasure, event, partner_customer, tenant, tiered_commission_reference,
    visitor,
};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, ValueTuple};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IdenStatic, Iterable,
    QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait, Statement, Value,
};
use serde_json::{Value as JsonValue, json};
use uuid::Uuid;

use super::scope::{Scoped, covered, visible};
use super::template::EngineTemplates;
use super::{Connection, StoreError, many, row};
use auth::Scope;
use domain::campaign::Campaign;
use domain::event::Customer;
use domain::id::{CampaignId, CustomerId, PartnerId, TenantId};
use domain::money::Currency;
use domain::snapshot::CommissionSnapshot;

/// What an event refers to.
#[derive(Clone, Copy)]
pub struct EventReferences<'a> {
    pub external_id: &'a str,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
    pub customer_external_id: Option<&'a str>,
    pub visitor: Option<&'a str>,
}

/// What is stored of it.
pub struct RecordingFacts {
    /// The tenant's base currency and time zone.
    pub base: Currency,
    pub zone: chrono_tz::Tz,
    /// An event with this external id was recorded before.
    pub is_known: bool,
    pub campaign: Option<Campaign>,
    /// The partner's snapshot in force for the campaign: the newest for it, else the newest for all campaigns.
    pub snapshot: Option<CommissionSnapshot>,
    /// Whether tiers name the campaign or its advertiser.
    pub is_tiered: bool,
    /// Whether the tenant has ever erased personal values, so that external ids may have been replaced.
    pub has_erasures: bool,
    pub customer: Option<Customer>,
    /// How many charges above 0 that are not fully refunded the customer paid through the partner.
    pub paid_charges: i64,
    /// The customer that the visitor is.
    pub tied_to: Option<CustomerId>,
}

/// What external ids cannot begin with: a row that asks only for a campaign.
const ONLY_CAMPAIGN: &str = " campaign ";

/// The facts for each event, by its external id; these must differ. Also, by the same statement, these other campaigns. The
/// caller holds the locks of the partners and campaigns, so that the facts do not change.
pub async fn facts(
    database: &Connection,
    scope: &Scope,
    asked: &[EventReferences<'_>],
    campaigns: &[CampaignId],
) -> Result<(HashMap<String, RecordingFacts>, HashMap<CampaignId, Campaign>), StoreError> {
    let others: Vec<_> = campaigns.iter().map(|id| format!("{ONLY_CAMPAIGN}{id}")).collect();
    let others = others.iter().zip(campaigns).map(|(name, campaign)| EventReferences {
        external_id: name,
        partner: None,
        campaign: Some(*campaign),
        customer_external_id: None,
        visitor: None,
    });
    let asked: Vec<_> = asked
        .iter()
        .copied()
        .chain(others)
        .map(|asked| asked.on(database))
        .collect();
    let mut campaigns = HashMap::new();
    let statement = statement(database.get_database_backend(), scope, &asked);
    let mut facts = HashMap::with_capacity(asked.len());
    for row in database.query_all_raw(statement).await? {
        let paid_charges: Option<i64> = row.try_get("", "paid_charges")?;
        let (base, zone): (String, String) = (row.try_get("", "base_currency")?, row.try_get("", "time_zone")?);
        let found = RecordingFacts {
            base: row::currency("tenant", "base_currency", &base)?,
            zone: row::text("tenant", "time_zone", &zone, |name| name.parse().ok())?,
            is_known: row.try_get::<Option<Uuid>>("", "event_id")?.is_some(),
            campaign: found::<campaign::Entity>(&row, "campaign_")?
                .map(super::campaign::from_row)
                .transpose()?,
            snapshot: found::<commission_snapshot::Entity>(&row, "snapshot_")?
                .map(super::snapshot::from_row)
                .transpose()?,
            is_tiered: row.try_get("", "is_tiered")?,
            has_erasures: row.try_get("", "has_erasures")?,
            customer: found::<customer::Entity>(&row, "customer_")?
                .map(super::customer::from_row)
                .transpose()?,
            tied_to: row.try_get::<Option<Uuid>>("", "tied_to")?.map(CustomerId::from_uuid),
            paid_charges: paid_charges.unwrap_or(0),
        };
        let external_id: String = row.try_get("", "external_id")?;
        match found.campaign {
            Some(campaign) if external_id.starts_with(ONLY_CAMPAIGN) => {
                campaigns.insert(campaign.id, campaign);
            }
            campaign => {
                facts.insert(external_id, RecordingFacts { campaign, ..found });
            }
        }
    }
    Ok((facts, campaigns))
}

/// The statement for these events, from a template where its text is always the same.
fn statement(backend: DbBackend, scope: &Scope, asked: &[EventReferences<'_>]) -> Statement {
    static TEMPLATES: EngineTemplates = EngineTemplates::new();
    match (backend, asked, scope.partner()) {
        (DbBackend::Postgres, [_], None) | (DbBackend::Sqlite, _, None) => {}
        _ => return backend.build(&select(backend, scope, asked)),
    }
    let template = TEMPLATES.get(backend, || {
        let scope = Scope::tenant_wide(TenantId::from_uuid(Uuid::from_u128(1)));
        let asked = [EventReferences {
            external_id: "event",
            partner: Some(PartnerId::from_uuid(Uuid::from_u128(2))),
            campaign: Some(CampaignId::from_uuid(Uuid::from_u128(3))),
            customer_external_id: Some("customer"),
            visitor: Some("visitor"),
        }];
        let model = backend.build(&select(backend, &scope, &asked));
        (model, parameters(backend, &scope, &asked))
    });
    template.with(&parameters(backend, scope, asked))
}

/// All values that the statement binds.
fn parameters(backend: DbBackend, scope: &Scope, asked: &[EventReferences<'_>]) -> Vec<Value> {
    let mut parameters = vec![scope.tenant().uuid().into()];
    match backend {
        DbBackend::Postgres => parameters.extend(asked.iter().flat_map(EventReferences::values)),
        _ => parameters.push(json_list(asked).into()),
    }
    parameters
}

fn select(backend: DbBackend, scope: &Scope, asked: &[EventReferences<'_>]) -> SelectStatement {
    let names = ReferenceTable::given(backend, asked);
    let mut statement = names.list;
    statement
        .expr_as(names.event.clone(), "external_id")
        .inner_join(tenant::Entity, tenant::Column::Id.eq(scope.tenant().uuid()));
    for column in [tenant::Column::BaseCurrency, tenant::Column::TimeZone] {
        statement.expr_as(Expr::col(column.as_column_ref()), column.as_str());
    }
    let of_event = Expr::col(event::Column::ExternalId.as_column_ref()).eq(names.event);
    statement
        .left_join(event::Entity, covered::<event::Entity>(scope).add(of_event))
        .expr_as(Expr::col(event::Column::Id.as_column_ref()), "event_id");
    let of_campaign = Expr::col(campaign::Column::Id.as_column_ref()).eq(names.campaign.clone());
    join::<campaign::Entity>(&mut statement, scope, of_campaign, "campaign_");
    let in_force = newest(scope, &names.partner, Some(&names.campaign)).if_null(newest(scope, &names.partner, None));
    let of_snapshot = Expr::col(commission_snapshot::Column::Id.as_column_ref()).eq(in_force);
    join::<commission_snapshot::Entity>(&mut statement, scope, of_snapshot, "snapshot_");
    statement.expr_as(is_tiered(scope, &names.campaign), "is_tiered");
    let erasures = visible::<erasure::Entity>(scope)
        .select_only()
        .column(erasure::Column::Id);
    statement.expr_as(Expr::exists(erasures.into_query()), "has_erasures");
    let of_customer = Expr::col(customer::Column::ExternalId.as_column_ref()).eq(names.customer);
    join::<customer::Entity>(&mut statement, scope, of_customer, "customer_");
    let of_both = Expr::col(partner_customer::Column::PartnerId.as_column_ref())
        .eq(names.partner)
        .and(
            Expr::col(partner_customer::Column::CustomerId.as_column_ref())
                .equals(customer::Column::Id.as_column_ref()),
        );
    statement
        .left_join(
            partner_customer::Entity,
            covered::<partner_customer::Entity>(scope).add(of_both),
        )
        .expr_as(
            Expr::col(partner_customer::Column::PaidCharges.as_column_ref()),
            "paid_charges",
        );
    let of_visitor = Expr::col(visitor::Column::VisitorId.as_column_ref()).eq(names.visitor);
    statement
        .left_join(visitor::Entity, covered::<visitor::Entity>(scope).add(of_visitor))
        .expr_as(Expr::col(visitor::Column::CustomerId.as_column_ref()), "tied_to");
    statement
}

/// The id of the partner's newest snapshot, for the campaign or for all.
fn newest(scope: &Scope, partner: &Expr, campaign: Option<&Expr>) -> Expr {
    use commission_snapshot::Column;
    let of_campaign = match campaign {
        Some(campaign) => Expr::col(Column::CampaignId.as_column_ref()).eq(campaign.clone()),
        None => Column::CampaignId.is_null(),
    };
    let newest = visible::<commission_snapshot::Entity>(scope)
        .select_only()
        .column(Column::Id)
        .filter(Expr::col(Column::PartnerId.as_column_ref()).eq(partner.clone()))
        .filter(of_campaign)
        .order_by_desc(Column::Version)
        .limit(1);
    Expr::SubQuery(None, Box::new(newest.into_query().into()))
}

/// Whether tiers name the campaign, or the advertiser of the campaign that is joined.
fn is_tiered(scope: &Scope, campaign: &Expr) -> Expr {
    use tiered_commission_reference::Column;
    let advertiser = Expr::col(campaign::Column::AdvertiserId.as_column_ref());
    let named = Condition::any()
        .add(Expr::col(Column::CampaignId.as_column_ref()).eq(campaign.clone()))
        .add(Expr::col(Column::AdvertiserId.as_column_ref()).eq(advertiser));
    let references = visible::<tiered_commission_reference::Entity>(scope)
        .select_only()
        .column(Column::TierId)
        .filter(named);
    Expr::exists(references.into_query())
}

impl EventReferences<'_> {
    /// The references in the form that this database needs. Citus cannot route a join that its planner recognises as
    /// empty at once, as it does where an event refers to nothing; no id is all zeros, and no external id is empty.
    fn on(&self, database: &Connection) -> Self {
        if !database.is_distributed() {
            return *self;
        }
        let nobody = Uuid::nil();
        Self {
            external_id: self.external_id,
            partner: self.partner.or(Some(PartnerId::from_uuid(nobody))),
            campaign: self.campaign.or(Some(CampaignId::from_uuid(nobody))),
            customer_external_id: self.customer_external_id.or(Some("")),
            visitor: self.visitor.or(Some("")),
        }
    }

    fn values(&self) -> [Value; 5] {
        [
            self.external_id.into(),
            Value::Uuid(self.partner.map(|id| id.uuid())),
            Value::Uuid(self.campaign.map(|id| id.uuid())),
            Value::String(self.customer_external_id.map(str::to_owned)),
            Value::String(self.visitor.map(str::to_owned)),
        ]
    }
}

fn json_list(asked: &[EventReferences<'_>]) -> String {
    let hex = |id: Uuid| id.simple().to_string();
    let values = asked.iter().map(|asked| {
        let partner = asked.partner.map(|id| hex(id.uuid()));
        let campaign = asked.campaign.map(|id| hex(id.uuid()));
        json!([
            asked.external_id,
            partner,
            campaign,
            asked.customer_external_id,
            asked.visitor
        ])
    });
    JsonValue::from_iter(values).to_string()
}

/// The references of events as a table, and its columns.
struct ReferenceTable {
    list: SelectStatement,
    event: Expr,
    partner: Expr,
    campaign: Expr,
    customer: Expr,
    visitor: Expr,
}

impl ReferenceTable {
    /// PostgreSQL gets a list of values, for whose length it plans; SQLite gets a JSON text, whatever the number, so
    /// that its statement stays prepared.
    fn given(backend: DbBackend, asked: &[EventReferences<'_>]) -> Self {
        let (list, [event, partner, campaign, customer, visitor]) = match backend {
            DbBackend::Postgres => {
                let column = |name: &'static str| Expr::col(("asked", name));
                let columns = ["column1", "column2", "column3", "column4", "column5"].map(column);
                let values = asked.iter().map(|asked| ValueTuple::Many(asked.values().into()));
                (Query::select().from_values(values, "asked").take(), columns)
            }
            _ => {
                let list = Func::cust("json_each").arg(json_list(asked));
                let text = |place: u8| Expr::cust(format!("\"asked\".\"value\" ->> {place}"));
                let columns = [text(0), many::unhex(text(1)), many::unhex(text(2)), text(3), text(4)];
                (Query::select().from_function(list, "asked").take(), columns)
            }
        };
        Self {
            list,
            event,
            partner,
            campaign,
            customer,
            visitor,
        }
    }
}

/// Joins the row that is named, with its columns under a prefix.
pub(super) fn join<E: Scoped + Default>(statement: &mut SelectStatement, scope: &Scope, named: Expr, prefix: &str) {
    statement.left_join(E::default(), covered::<E>(scope).add(named));
    columns::<E>(statement, prefix);
}

pub(super) fn columns<E: EntityTrait>(statement: &mut SelectStatement, prefix: &str) {
    for column in E::Column::iter() {
        statement.expr_as(
            Expr::col(column.as_column_ref()),
            format!("{prefix}{}", column.as_str()),
        );
    }
}

/// The row that was joined under this prefix, if there is one.
pub(super) fn found<E: EntityTrait>(row: &QueryResult, prefix: &str) -> Result<Option<E::Model>, StoreError> {
    match row.try_get::<Option<Uuid>>(prefix, "id")? {
        Some(_) => Ok(Some(E::Model::from_query_result(row, prefix)?)),
        None => Ok(None),
    }
}
