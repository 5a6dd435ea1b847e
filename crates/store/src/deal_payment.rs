//! Payments that were due for deals, and the ledger rows that they produced. Every writer holds the lock of the deal's
//! partner.

use std::collections::HashMap;

use entity::commission_rule_version;
use entity::deal_payment::{self, Column, Entity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::scope::visible;
use super::{Connection, StoreError, many, row, write};
use auth::Scope;
use domain::commission::PaymentTarget;
use domain::deal_rules::{PartKind, PastPayment, PaymentHistory, Slot};
use domain::history::Moment;
use domain::id::{CommissionId, CommissionRuleId, DealId, DealPaymentId, PaymentStageId, TenantId};

const TABLE: &str = "deal_payment";

/// A payment to write.
#[derive(Clone, Copy, Debug)]
pub struct NewPayment {
    pub slot: Slot,
    pub rule: CommissionRuleId,
    pub version: u32,
    /// `None`: the amount due was 0.
    pub commission: Option<CommissionId>,
}

/// The payments of each deal, with the versions of the rules that paid: two statements. Deals without payments are left
/// out.
pub async fn histories_of(
    database: &Connection,
    scope: &Scope,
    deals: &[Uuid],
) -> Result<HashMap<Uuid, PaymentHistory>, StoreError> {
    let of_deals = || many::among(database, Column::DealId, deals);
    let rows = visible::<Entity>(scope)
        .filter(of_deals())
        .order_by_asc(Column::Id)
        .all(database)
        .await?;
    let mut histories: HashMap<Uuid, PaymentHistory> = HashMap::new();
    if rows.is_empty() {
        return Ok(histories);
    }
    use commission_rule_version::Column as Version;
    let paid_by = visible::<Entity>(scope)
        .filter(of_deals())
        .select_only()
        .column(Column::RuleId);
    let versions = visible::<commission_rule_version::Entity>(scope)
        .filter(Version::RuleId.in_subquery(sea_orm::QueryTrait::into_query(paid_by)))
        .all(database)
        .await?;
    let mut plans = HashMap::with_capacity(versions.len());
    for version in versions {
        let plan = row::json("commission_rule_version", "plan", version.plan)?;
        plans.insert((version.rule_id, version.version), plan);
    }
    for row in rows {
        let history = histories.entry(row.deal_id).or_default();
        let known = |(rule, version, _): &(CommissionRuleId, u32, _)| {
            rule.uuid() == row.rule_id && i64::from(*version) == i64::from(row.version)
        };
        if !history.versions.iter().any(known)
            && let Some(plan) = plans.get(&(row.rule_id, row.version))
        {
            let version = row::unsigned(TABLE, "version", row.version)?;
            let rule = CommissionRuleId::from_uuid(row.rule_id);
            history.versions.push((rule, version, Clone::clone(plan)));
        }
        history.payments.push(from_row(row)?);
    }
    Ok(histories)
}

/// The ledger rows of a deal's payments that are not void.
pub async fn commissions_of(database: &Connection, scope: &Scope, deal: DealId) -> Result<Vec<Uuid>, StoreError> {
    let rows = visible::<Entity>(scope)
        .filter(Column::DealId.eq(deal.uuid()))
        .filter(Column::VoidedAt.is_null())
        .all(database)
        .await?;
    Ok(rows.into_iter().filter_map(|row| row.commission_id).collect())
}

pub async fn insert(
    transaction: &Connection,
    tenant: TenantId,
    deal: DealId,
    payments: &[NewPayment],
    moment: Moment,
) -> Result<(), StoreError> {
    let rows = payments.iter().map(|payment| deal_payment::Model {
        tenant_id: tenant.uuid(),
        id: DealPaymentId::new(moment.at).uuid(),
        deal_id: deal.uuid(),
        payment_target: payment.slot.target.as_str().to_owned(),
        stage_id: payment.slot.stage.uuid(),
        entry: row::signed(payment.slot.entry),
        part: payment.slot.part.as_str().to_owned(),
        occurrence: row::signed(payment.slot.occurrence),
        rule_id: payment.rule.uuid(),
        version: row::signed(payment.version),
        commission_id: payment.commission.map(|id| id.uuid()),
        voided_at: None,
        voided_sequence: None,
        created_at: moment.at,
        sequence: moment.sequence,
    });
    write::insert_all(transaction, rows).await
}

/// Voids the payments that are worth nothing since the deal was lost: those of 0, and those whose rows are `reversed`.
pub async fn void(
    transaction: &Connection,
    tenant: TenantId,
    deal: DealId,
    reversed: &[Uuid],
    moment: Moment,
) -> Result<(), StoreError> {
    let nothing_left = sea_orm::Condition::any()
        .add(Column::CommissionId.is_null())
        .add(many::among(transaction, Column::CommissionId, reversed));
    Entity::update_many()
        .col_expr(Column::VoidedAt, Expr::value(moment.at))
        .col_expr(Column::VoidedSequence, Expr::value(moment.sequence))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::DealId.eq(deal.uuid()))
        .filter(Column::VoidedAt.is_null())
        .filter(nothing_left)
        .exec(transaction)
        .await?;
    Ok(())
}

/// Whether a rule has ever paid.
pub async fn has_paid(database: &Connection, scope: &Scope, rule: CommissionRuleId) -> Result<bool, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::RuleId.eq(rule.uuid())).limit(1);
    Ok(select.one(database).await?.is_some())
}

fn from_row(row: deal_payment::Model) -> Result<PastPayment, StoreError> {
    Ok(PastPayment {
        slot: Slot {
            stage: PaymentStageId::from_uuid(row.stage_id),
            target: row::text(TABLE, "payment_target", &row.payment_target, PaymentTarget::parse)?,
            entry: row::unsigned(TABLE, "entry", row.entry)?,
            part: row::text(TABLE, "part", &row.part, PartKind::parse)?,
            occurrence: row::unsigned(TABLE, "occurrence", row.occurrence)?,
        },
        rule: CommissionRuleId::from_uuid(row.rule_id),
        version: row::unsigned(TABLE, "version", row.version)?,
        voided: row.voided_at.is_some(),
    })
}
