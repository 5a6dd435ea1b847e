//! What the recording of an event looks at, read by one statement.

use entity::{campaign, customer, event, partner_customer, tenant};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryResult};
use uuid::Uuid;

use super::StoreError;
use super::scope::{Scoped, covered};
use crate::auth::Scope;
use crate::domain::campaign::Campaign;
use crate::domain::event::Customer;
use crate::domain::id::{CampaignId, PartnerId};
use crate::domain::tenant::Tenant;

/// What an event names.
pub struct Asked<'a> {
    pub external_id: &'a str,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
    pub customer_external_id: Option<&'a str>,
}

/// What is there of it.
pub struct Facts {
    pub tenant: Tenant,
    /// An event with this external id was recorded before.
    pub is_known: bool,
    pub campaign: Option<Campaign>,
    pub customer: Option<Customer>,
    /// How many charges above 0, not wholly refunded, the customer paid through the partner.
    pub paid_charges: i64,
}

/// The caller holds the partner's lock, so that all of it stays as it is.
pub async fn facts(database: &impl ConnectionTrait, scope: &Scope, asked: &Asked<'_>) -> Result<Facts, StoreError> {
    let mut statement = Query::select();
    statement
        .from(tenant::Entity)
        .and_where(Expr::col(tenant::Column::Id.as_column_ref()).eq(scope.tenant().uuid()));
    columns::<tenant::Entity>(&mut statement, "tenant_");
    let of_event = Expr::col(event::Column::ExternalId.as_column_ref()).eq(asked.external_id);
    statement
        .left_join(event::Entity, covered::<event::Entity>(scope).add(of_event))
        .expr_as(Expr::col(event::Column::Id.as_column_ref()), "event_id");
    if let Some(campaign) = asked.campaign {
        let named = Expr::col(campaign::Column::Id.as_column_ref()).eq(campaign.uuid());
        join::<campaign::Entity>(&mut statement, scope, named, "campaign_");
    }
    if let Some(external_id) = asked.customer_external_id {
        let named = Expr::col(customer::Column::ExternalId.as_column_ref()).eq(external_id);
        join::<customer::Entity>(&mut statement, scope, named, "customer_");
        if let Some(partner) = asked.partner {
            use partner_customer::Column;
            let of_both = Expr::col(Column::PartnerId.as_column_ref())
                .eq(partner.uuid())
                .and(Expr::col(Column::CustomerId.as_column_ref()).equals(customer::Column::Id.as_column_ref()));
            statement
                .left_join(
                    partner_customer::Entity,
                    covered::<partner_customer::Entity>(scope).add(of_both),
                )
                .expr_as(Expr::col(Column::PaidCharges.as_column_ref()), "paid_charges");
        }
    }
    let row = database
        .query_one(&statement)
        .await?
        .ok_or_else(|| StoreError::Corrupt {
            table: "tenant",
            column: "id",
            value: scope.tenant().to_string(),
        })?;
    let (has_campaign, has_customer) = (asked.campaign.is_some(), asked.customer_external_id.is_some());
    let paid_charges: Option<i64> = match (has_customer, asked.partner) {
        (true, Some(_)) => row.try_get("", "paid_charges")?,
        _ => None,
    };
    Ok(Facts {
        tenant: super::tenant::from_row(tenant::Model::from_query_result(&row, "tenant_")?)?,
        is_known: row.try_get::<Option<Uuid>>("", "event_id")?.is_some(),
        campaign: found::<campaign::Entity>(&row, has_campaign, "campaign_")?
            .map(super::campaign::from_row)
            .transpose()?,
        customer: found::<customer::Entity>(&row, has_customer, "customer_")?.map(super::customer::from_row),
        paid_charges: paid_charges.unwrap_or(0),
    })
}

fn join<E: Scoped + Default>(statement: &mut SelectStatement, scope: &Scope, named: Expr, prefix: &str) {
    statement.left_join(E::default(), covered::<E>(scope).add(named));
    columns::<E>(statement, prefix);
}

fn columns<E: EntityTrait>(statement: &mut SelectStatement, prefix: &str) {
    for column in E::Column::iter() {
        statement.expr_as(
            Expr::col(column.as_column_ref()),
            format!("{prefix}{}", column.as_str()),
        );
    }
}

/// The row that was joined with this prefix, if it was asked for and is there.
fn found<E: EntityTrait>(row: &QueryResult, asked: bool, prefix: &str) -> Result<Option<E::Model>, StoreError> {
    if !asked || row.try_get::<Option<Uuid>>(prefix, "id")?.is_none() {
        return Ok(None);
    }
    Ok(Some(E::Model::from_query_result(row, prefix)?))
}
