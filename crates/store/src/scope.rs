//! Which rows of each table are visible to whom: the one place where tenant and partner filters become SQL.

use entity::{
    advertiser, api_key, attribution, audit_entry, audit_object, backtest, backtest_event, backtest_partner,
    backtest_sum, campaign, campaign_member, campaign_version, commission, commission_entered, commission_rule,
    commission_rule_reference, commission_rule_version, commission_snapshot, commission_transition, commission_written,
    coupon, custom_field, custom_field_option, customer, deal, deal_field, deal_payment, default_group_version,
    deleted_partner, erasure, event, event_decision, event_move, idempotency, link, link_day, outbox, partner,
    partner_balance, partner_category, partner_category_member, partner_customer, partner_group, partner_group_version,
    partner_lifetime_value, partner_standing, partner_tier, partner_transition, partnership_request, payment_stage,
    payout, payout_item, payout_run, payout_run_line, reassigned_row, reassignment, tier_counter, tier_result,
    tiered_commission, tiered_commission_reference, tiered_commission_version, touch, visitor, webhook_delivery,
    webhook_endpoint,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use auth::Scope;
use domain::id::PartnerId;

/// The rows of `E` that `scope` covers. Every select of the store begins here.
pub fn visible<E: Scoped>(scope: &Scope) -> Select<E> {
    E::find().filter(covered::<E>(scope))
}

/// The same condition on `E`, for joins.
pub fn covered<E: Scoped>(scope: &Scope) -> Condition {
    let tenant = Condition::all().add(E::tenant_column().eq(scope.tenant().uuid()));
    match scope.partner() {
        None => tenant,
        Some(partner) => tenant.add(E::of_partner(partner, scope)),
    }
}

/// A table whose rows belong to a tenant, and some of them to a partner.
pub trait Scoped: EntityTrait {
    fn tenant_column() -> Self::Column;

    /// Which rows a partner sees, within its tenant.
    fn of_partner(partner: PartnerId, scope: &Scope) -> Condition;
}

/// Rows that partners never see.
fn none() -> Condition {
    Condition::all().add(Expr::cust("1 = 0"))
}

fn own(column: impl ColumnTrait, partner: PartnerId) -> Condition {
    Condition::all().add(column.eq(partner.uuid()))
}

/// Only the values of `column` that `link` selects from rows of the partner itself.
fn linked(column: impl ColumnTrait, link: SelectStatement) -> Condition {
    Condition::all().add(Expr::col(column.as_column_ref()).in_subquery(link))
}

/// A column of the partner's deals.
fn own_deals(column: deal::Column, partner: PartnerId, scope: &Scope) -> SelectStatement {
    Query::select()
        .column(column)
        .from(deal::Entity)
        .and_where(deal::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(deal::Column::PartnerId.eq(partner.uuid()))
        .and_where(column.is_not_null())
        .take()
}

/// Whether the event at hand is credited to the partner.
fn credited_to(partner: PartnerId, scope: &Scope) -> SelectStatement {
    use attribution::Column;
    Query::select()
        .expr(Expr::val(1))
        .from(attribution::Entity)
        .and_where(Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(Column::PartnerId.eq(partner.uuid()))
        .and_where(Expr::col(Column::EventId.as_column_ref()).equals(event::Column::Id.as_column_ref()))
        .and_where(Column::EndedAt.is_null())
        .take()
}

/// A column of the options that are set on the partner's deals.
fn borne_by_own_deals(column: deal_field::Column, partner: PartnerId, scope: &Scope) -> SelectStatement {
    Query::select()
        .column(column)
        .from(deal_field::Entity)
        .and_where(deal_field::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(deal_field::Column::DealId.in_subquery(own_deals(deal::Column::Id, partner, scope)))
        .take()
}

macro_rules! scoped {
    ($($entity:ident: |$partner:ident, $scope:ident| $condition:expr;)+) => {
        $(impl Scoped for $entity::Entity {
            fn tenant_column() -> $entity::Column {
                $entity::Column::TenantId
            }

            fn of_partner($partner: PartnerId, $scope: &Scope) -> Condition {
                $condition
            }
        })+
    };
}

scoped! {
    partner: |partner, _scope| own(partner::Column::Id, partner);
    partner_group: |partner, scope| linked(partner_group::Column::Id, Query::select()
        .column(partner::Column::GroupId)
        .from(partner::Entity)
        .and_where(partner::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(partner::Column::Id.eq(partner.uuid()))
        .take());
    campaign: |partner, scope| linked(campaign::Column::Id, Query::select()
        .column(campaign_member::Column::CampaignId)
        .from(campaign_member::Entity)
        .and_where(campaign_member::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(campaign_member::Column::PartnerId.eq(partner.uuid()))
        .take());
    commission_snapshot: |partner, _scope| own(commission_snapshot::Column::PartnerId, partner);
    campaign_member: |partner, _scope| own(campaign_member::Column::PartnerId, partner);
    partner_transition: |_partner, _scope| none();
    campaign_version: |_partner, _scope| none();
    partner_group_version: |_partner, _scope| none();
    default_group_version: |_partner, _scope| none();
    partner_category_member: |_partner, _scope| none();
    partner_tier: |_partner, _scope| none();
    partner_category: |_partner, _scope| none();
    advertiser: |_partner, _scope| none();
    api_key: |_partner, _scope| none();
    partnership_request: |_partner, _scope| none();
    event: |partner, scope| Condition::all().add(Expr::exists(credited_to(partner, scope)));
    coupon: |partner, _scope| own(coupon::Column::PartnerId, partner);
    link: |partner, _scope| own(link::Column::PartnerId, partner);
    link_day: |partner, scope| linked(link_day::Column::LinkId, Query::select()
        .column(link::Column::Id)
        .from(link::Entity)
        .and_where(link::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(link::Column::PartnerId.eq(partner.uuid()))
        .take());
    touch: |partner, _scope| own(touch::Column::PartnerId, partner);
    visitor: |_partner, _scope| none();
    // Those that have ended, too: rows that were made for them name them.
    attribution: |partner, _scope| own(attribution::Column::PartnerId, partner);
    event_decision: |partner, _scope| own(event_decision::Column::PartnerId, partner);
    commission: |partner, _scope| own(commission::Column::PartnerId, partner);
    commission_written: |partner, _scope| own(commission_written::Column::PartnerId, partner);
    commission_entered: |partner, _scope| own(commission_entered::Column::PartnerId, partner);
    payout: |partner, _scope| own(payout::Column::PartnerId, partner);
    partner_balance: |partner, _scope| own(partner_balance::Column::PartnerId, partner);
    partner_lifetime_value: |partner, _scope| own(partner_lifetime_value::Column::PartnerId, partner);
    commission_transition: |partner, scope| linked(commission_transition::Column::CommissionId, Query::select()
        .column(commission::Column::Id)
        .from(commission::Entity)
        .and_where(commission::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(commission::Column::PartnerId.eq(partner.uuid()))
        .take());
    payout_item: |partner, scope| linked(payout_item::Column::PayoutId, Query::select()
        .column(payout::Column::Id)
        .from(payout::Entity)
        .and_where(payout::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(payout::Column::PartnerId.eq(partner.uuid()))
        .take());
    deal: |partner, _scope| own(deal::Column::PartnerId, partner);
    deal_field: |partner, scope| linked(deal_field::Column::DealId, own_deals(deal::Column::Id, partner, scope));
    deal_payment: |partner, scope| linked(deal_payment::Column::DealId, own_deals(deal::Column::Id, partner, scope));
    payment_stage: |partner, scope| linked(payment_stage::Column::Id, own_deals(deal::Column::StageId, partner, scope));
    custom_field: |partner, scope| linked(
        custom_field::Column::Id,
        borne_by_own_deals(deal_field::Column::FieldId, partner, scope),
    );
    custom_field_option: |partner, scope| linked(
        custom_field_option::Column::Id,
        borne_by_own_deals(deal_field::Column::OptionId, partner, scope),
    );
    commission_rule: |_partner, _scope| none();
    commission_rule_reference: |_partner, _scope| none();
    commission_rule_version: |_partner, _scope| none();
    tiered_commission: |_partner, _scope| none();
    tiered_commission_reference: |_partner, _scope| none();
    tiered_commission_version: |_partner, _scope| none();
    tier_counter: |partner, _scope| own(tier_counter::Column::PartnerId, partner);
    tier_result: |_partner, _scope| none();
    customer: |_partner, _scope| none();
    partner_customer: |_partner, _scope| none();
    partner_standing: |_partner, _scope| none();
    payout_run: |_partner, _scope| none();
    payout_run_line: |_partner, _scope| none();
    reassignment: |_partner, _scope| none();
    event_move: |_partner, _scope| none();
    reassigned_row: |_partner, _scope| none();
    deleted_partner: |_partner, _scope| none();
    erasure: |_partner, _scope| none();
    idempotency: |_partner, _scope| none();
    backtest: |_partner, _scope| none();
    backtest_sum: |_partner, _scope| none();
    backtest_partner: |_partner, _scope| none();
    backtest_event: |_partner, _scope| none();
    outbox: |_partner, _scope| none();
    webhook_endpoint: |_partner, _scope| none();
    webhook_delivery: |_partner, _scope| none();
    audit_entry: |_partner, _scope| none();
    audit_object: |_partner, _scope| none();
}
