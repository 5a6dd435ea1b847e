//! What the next event of a partner depends on besides its terms: the inputs of the group's rules, and the tiers that
//! would count it. One statement for each of the two, whatever the number of partners.

use std::collections::{BTreeMap, HashMap};

use entity::{partner, partner_group, partner_lifetime_value, partner_standing, tier_counter, tiered_commission};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::recording::{columns, found, join};
use super::scope::{covered, visible};
use super::tier_counter::{CounterKey, StoredCounter};
use super::{Connection, StoreError, many, row};
use auth::Scope;
use domain::Timestamp;
use domain::money::Sum;
use domain::partner_group::PartnerGroup;
use domain::tiered::TieredCommission;

/// A partner's group, and the inputs of its rules.
#[derive(Clone, Debug, Default)]
pub struct GroupState {
    /// The partner's own group, or else the tenant's default one.
    pub group: Option<PartnerGroup>,
    /// Whether the partner has no group of its own.
    pub by_default: bool,
    /// By currency.
    pub lifetime_values: Vec<Sum>,
    pub qualified_customers: u32,
}

/// The groups of partners, and the inputs of their rules.
pub async fn group_states(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, GroupState>, StoreError> {
    use partner_lifetime_value::Column as Value;
    let of_partner = || Expr::col(partner::Column::Id.as_column_ref());
    let mut statement = visible::<partner::Entity>(scope)
        .select_only()
        .column_as(partner::Column::Id, "partner_id")
        .column_as(partner::Column::GroupId, "own_group_id")
        .filter(many::among(database, partner::Column::Id, partners))
        .order_by_asc(Value::Currency)
        .into_query();
    let own = Expr::col(partner_group::Column::Id.as_column_ref()).equals(partner::Column::GroupId.as_column_ref());
    let by_default = partner::Column::GroupId
        .is_null()
        .and(partner_group::Column::IsDefault.eq(true));
    join::<partner_group::Entity>(&mut statement, scope, own.or(by_default), "group_");
    let standing = partner_standing::Column::PartnerId.as_column_ref();
    statement
        .left_join(
            partner_standing::Entity,
            covered::<partner_standing::Entity>(scope).add(of_partner().equals(standing)),
        )
        .column(partner_standing::Column::QualifiedCustomers.as_column_ref())
        .left_join(
            partner_lifetime_value::Entity,
            covered::<partner_lifetime_value::Entity>(scope).add(of_partner().equals(Value::PartnerId.as_column_ref())),
        )
        .column(Value::Currency.as_column_ref())
        .column(Value::AmountMinor.as_column_ref());
    let mut group_states: HashMap<Uuid, GroupState> = HashMap::new();
    for row in database.query_all(&statement).await? {
        let of_partner = match group_states.entry(row.try_get("", "partner_id")?) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                let group = found::<partner_group::Entity>(&row, "group_")?;
                let qualified: Option<i64> = row.try_get("", "qualified_customers")?;
                new.insert(GroupState {
                    group: group.map(super::partner_group::from_row).transpose()?,
                    by_default: row.try_get::<Option<Uuid>>("", "own_group_id")?.is_none(),
                    lifetime_values: Vec::new(),
                    qualified_customers: u32::try_from(qualified.unwrap_or(0)).unwrap_or(0),
                })
            }
        };
        // The group's own currency column has another name here.
        if let (Some(code), Some(minor)) = (
            row.try_get::<Option<String>>("", "currency")?,
            row.try_get("", "amount_minor")?,
        ) {
            let currency = row::currency("partner_lifetime_value", "currency", &code)?;
            of_partner.lifetime_values.push(Sum { minor, currency });
        }
    }
    Ok(group_states)
}

/// The tiers in force that apply to one of the partners on one of the campaigns or of the advertisers, in the order of
/// creation, and what they have counted for these in the windows that contain `now`.
pub async fn tiers(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
    campaigns: &[Uuid],
    advertisers: &[Uuid],
    now: Timestamp,
) -> Result<(Vec<TieredCommission>, HashMap<CounterKey, StoredCounter>), StoreError> {
    use tier_counter::Column;
    let backend = database.get_database_backend();
    let mut statement =
        super::tiered_commission::for_any(backend, scope, partners, campaigns, advertisers).into_query();
    let tier = Expr::col(Column::TierId.as_column_ref()).equals(tiered_commission::Column::Id.as_column_ref());
    let of_now: Condition = covered::<tier_counter::Entity>(scope)
        .add(tier)
        .add(many::among(database, Column::PartnerId, partners))
        .add(many::among(database, Column::CampaignId, campaigns))
        .add(Column::WindowStart.lte(now))
        .add(Column::WindowEnd.gt(now));
    statement.left_join(tier_counter::Entity, of_now);
    columns::<tier_counter::Entity>(&mut statement, "counter_");
    let (mut tiers, mut counters) = (BTreeMap::new(), HashMap::new());
    for row in database.query_all(&statement).await? {
        let tier = tiered_commission::Model::from_query_result(&row, "")?;
        if row.try_get::<Option<Uuid>>("counter_", "tier_id")?.is_some() {
            let counter = tier_counter::Model::from_query_result(&row, "counter_")?;
            counters.extend([super::tier_counter::from_row(counter)?]);
        }
        tiers.entry(tier.id).or_insert(tier);
    }
    let tiers = tiers.into_values().map(super::tiered_commission::from_row);
    Ok((tiers.collect::<Result<_, _>>()?, counters))
}
