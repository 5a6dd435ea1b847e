//! The fields of backtests, and the columns and rows that they are made of.

use async_graphql::ID;

use super::object::{Backtest, BacktestStatus};
use crate::graphql::campaign::{CAMPAIGN, Campaign};
use crate::graphql::partner_group::{PARTNER_GROUP, PartnerGroup};
use crate::graphql::rows::{declare, link, value};
use crate::graphql::scalar::{DateTime, Json};
use crate::graphql::tiered::{TIERED_COMMISSION, TieredCommission};
use auth::Resource;
use domain::{backtest, id};
use store::view;
use store::view::BacktestColumn as Column;

declare! {
    /// What other rules would have cost on recorded events: compares the ledger with what it would have been. Kept for
    /// 30 days after it has ended. Writes nothing to the ledger. Not visible to partners.
    pub static BACKTEST: Backtest = TypeDescription {
        resource: Resource::Commissions,
        identity: &[],
        is_named: false,
        table: &view::BACKTEST,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Backtest>);
    /// Its name; null if none was given.
    "name": Option<String> = value(Column::Name, view::text);
    /// Its status.
    "status": BacktestStatus = value(Column::Status, view::word!(backtest::BacktestStatus));
    /// The start of the compared range of recording times, inclusive.
    "from": DateTime = value(Column::RangeFrom, view::moment);
    /// The end of the range, exclusive.
    "to": DateTime = value(Column::RangeTo, view::moment);
    /// The proposal as it was submitted.
    "proposal": Json = value(Column::Proposal, view::document);
    /// The campaign whose terms are proposed; null for other proposals.
    "campaign": Option<Campaign> = link(Column::CampaignId, &CAMPAIGN);
    /// The group whose rules are proposed; null for other proposals.
    "partnerGroup": Option<PartnerGroup> = link(Column::GroupId, &PARTNER_GROUP);
    /// The tiered commission that the proposal replaces; null if it replaces none.
    "tieredCommission": Option<TieredCommission> = link(Column::TierId, &TIERED_COMMISSION);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When processing first started; null if it has not started.
    "startedAt": Option<DateTime> = value(Column::StartedAt, view::moment);
    /// When it ended; null if it has not.
    "finishedAt": Option<DateTime> = value(Column::FinishedAt, view::moment);
    /// Who created it.
    "createdBy": String = value(Column::CreatedBy, view::text);
    "progress" = Backtest::computed();
    /// Why it failed; null if it has not.
    "failure": Option<String> = value(Column::Failure, view::text);
    /// Whether what was in force when some events were recorded is unknown, so that what is in force now was used for
    /// them.
    "incompleteHistory": bool = value(Column::IncompleteHistory, view::truth);
    "totals" = Backtest::computed();
    "months" = Backtest::computed();
    "campaigns" = Backtest::computed();
    "partners" = Backtest::computed();
    "event" = Backtest::computed();
}
