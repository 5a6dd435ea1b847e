//! The filter of commission lists.

use entity::commission::{Column, Entity};
use entity::{commission_entered, deal_payment, payout_item};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Select};

use crate::filter::{one_of_ids, one_of_words};
use crate::scope::visible;
use auth::Scope;
use domain::Timestamp;
use domain::commission::{CommissionKind, CommissionStatus};
use domain::id::{CampaignId, DealId, EventId, PartnerId, PayoutId};
use domain::money::Currency;

/// What to list; all given conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CommissionFilter {
    /// Any of these values; an empty list matches nothing.
    pub status: Option<Vec<CommissionStatus>>,
    pub kinds: Option<Vec<CommissionKind>>,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
    pub recipient: Option<String>,
    pub currency: Option<Currency>,
    /// Both inclusive, in minor units of the currency.
    pub least_minor: Option<i64>,
    pub most_minor: Option<i64>,
    pub accrued_from: Option<Timestamp>,
    pub accrued_to: Option<Timestamp>,
    pub mature_from: Option<Timestamp>,
    pub mature_before: Option<Timestamp>,
    pub approved_from: Option<Timestamp>,
    pub approved_to: Option<Timestamp>,
    pub paid_from: Option<Timestamp>,
    pub paid_to: Option<Timestamp>,
    pub event: Option<EventId>,
    /// The deal that earned them.
    pub deal: Option<DealId>,
    /// The payout that contains them, open or paid.
    pub payout: Option<PayoutId>,
    /// Any of these values; an empty list matches nothing.
    pub partners: Option<Vec<PartnerId>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub recipients: Option<Vec<String>>,
}

impl CommissionFilter {
    /// Whether many requests are likely to use this filter: it names no row, no person, no amount and no moment.
    pub(super) fn is_common(&self) -> bool {
        let Self {
            partner,
            campaign,
            recipient,
            ..
        } = self;
        let names_nobody = partner.is_none() && campaign.is_none() && recipient.is_none();
        let names_none_of_many = self.partners.is_none() && self.campaigns.is_none() && self.recipients.is_none();
        let names_nothing = self.event.is_none() && self.deal.is_none() && self.payout.is_none();
        let moments = [
            self.accrued_from,
            self.accrued_to,
            self.mature_from,
            self.mature_before,
            self.approved_from,
            self.approved_to,
            self.paid_from,
            self.paid_to,
        ];
        let names_no_amount = [self.least_minor, self.most_minor] == [None; 2];
        names_nobody && names_none_of_many && names_nothing && names_no_amount && moments == [None; 8]
    }
}

/// With the status in the statement's text: a generic plan for all statuses cannot use an index of the rows of one
/// status.
pub(crate) fn has_status(status: CommissionStatus) -> Expr {
    Expr::col(Column::Status.as_column_ref()).eq(Expr::cust(format!("'{}'", status.as_str())))
}

/// When a row was paid; an imported one, in the other system, if that is known. As the index by this time has it.
pub(crate) fn paid_at() -> Expr {
    let at_the_source = Expr::col(commission_entered::Column::SourcePaidAt.as_column_ref());
    Expr::expr(Func::coalesce([
        at_the_source,
        Expr::col(Column::PaidAt.as_column_ref()),
    ]))
}

/// That a row was paid: the index by [`paid_at`] contains no others.
pub(crate) fn was_paid() -> Expr {
    Column::PaidAt.is_not_null()
}

/// The ids of the rows that a deal made.
pub(super) fn made_by_deal(scope: &Scope, deal: Expr) -> SelectStatement {
    Query::select()
        .column(deal_payment::Column::CommissionId)
        .from(deal_payment::Entity)
        .and_where(deal_payment::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(Expr::col(deal_payment::Column::DealId.as_column_ref()).eq(deal))
        .and_where(deal_payment::Column::CommissionId.is_not_null())
        .take()
}

/// The ids of the rows that were ever put into a payout.
pub(super) fn ever_in_payout(scope: &Scope, payout: Expr) -> SelectStatement {
    Query::select()
        .column(payout_item::Column::CommissionId)
        .from(payout_item::Entity)
        .and_where(payout_item::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(Expr::col(payout_item::Column::PayoutId.as_column_ref()).eq(payout))
        .take()
}

pub(crate) fn filtered(scope: &Scope, filter: &CommissionFilter) -> Select<Entity> {
    let (statuses, kinds) = (filter.status.as_deref(), filter.kinds.as_deref());
    let wanted = Condition::all()
        .add_option(one_of_words(Column::Status, statuses, CommissionStatus::as_str))
        .add_option(one_of_words(Column::Kind, kinds, CommissionKind::as_str))
        .add_option(filter.partner.map(|partner| Column::PartnerId.eq(partner.uuid())))
        .add_option(filter.campaign.map(|campaign| Column::CampaignId.eq(campaign.uuid())))
        .add_option(
            filter
                .recipient
                .as_ref()
                .map(|recipient| Column::Recipient.eq(recipient)),
        )
        .add_option(filter.currency.map(|currency| Column::Currency.eq(currency.code())))
        .add_option(filter.accrued_from.map(|from| Column::AccruedAt.gte(from)))
        .add_option(filter.accrued_to.map(|to| Column::AccruedAt.lt(to)))
        .add_option(filter.least_minor.map(|least| Column::AmountMinor.gte(least)))
        .add_option(filter.most_minor.map(|most| Column::AmountMinor.lte(most)))
        .add_option(filter.mature_from.map(|from| Column::MatureAt.gte(from)))
        .add_option(filter.mature_before.map(|before| Column::MatureAt.lt(before)))
        .add_option(filter.approved_from.map(|from| Column::ApprovedAt.gte(from)))
        .add_option(filter.approved_to.map(|to| Column::ApprovedAt.lt(to)))
        .add_option(filter.paid_from.map(|from| was_paid().and(paid_at().gte(from))))
        .add_option(filter.paid_to.map(|to| was_paid().and(paid_at().lt(to))))
        .add_option(one_of_ids(Column::PartnerId, filter.partners.as_deref()))
        .add_option(one_of_ids(Column::CampaignId, filter.campaigns.as_deref()))
        .add_option(filter.recipients.as_ref().map(|names| Column::Recipient.is_in(names)))
        .add_option(filter.event.map(|event| Column::EventId.eq(event.uuid())))
        .add_option(filter.deal.map(|deal| {
            let made = made_by_deal(scope, Expr::val(deal.uuid()));
            Column::Id.in_subquery(made)
        }))
        .add_option(filter.payout.map(|payout| {
            // Found by its items, so that no index of commissions by payout is needed.
            let items = ever_in_payout(scope, Expr::val(payout.uuid()));
            Column::Id.in_subquery(items).and(Column::PayoutId.eq(payout.uuid()))
        }));
    visible::<Entity>(scope).filter(wanted)
}
