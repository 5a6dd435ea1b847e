//! The fields of backtests, and the columns and rows that they are made of.

use async_graphql::ID;

use super::object::{Backtest, BacktestStatus};
use crate::graphql::campaign::CAMPAIGN;
use crate::graphql::partner_group::PARTNER_GROUP;
use crate::graphql::rows::{declare, link, resolver, value};
use crate::graphql::scalar::{DateTime, Json};
use crate::graphql::tiered::TIERED_COMMISSION;
use auth::Resource;
use domain::{backtest, id};
use store::view;
use store::view::BacktestColumn as Column;

declare! {
    /// What other rules would have cost, on what really happened: the ledger, held against what it would be. Kept for 30 days
    /// after it has ended. Nothing of the ledger is touched. Partners see nothing of backtests.
    pub static BACKTEST: Backtest = TypeDescription {
        resource: Resource::Commissions,
        identity: &[],
        is_named: false,
        table: &view::BACKTEST,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::Backtest>);
    /// What it is called; null: nothing.
    "name": Option<String> = value(Column::Name, view::text);
    /// Where it stands.
    "status": BacktestStatus = value(Column::Status, view::word!(backtest::BacktestStatus));
    /// What was recorded from this moment on is compared.
    "from": DateTime = value(Column::RangeFrom, view::moment);
    /// And before this one.
    "to": DateTime = value(Column::RangeTo, view::moment);
    /// The proposal as it was entered.
    "proposal": Json = value(Column::Proposal, view::document);
    "campaign" = link(Column::CampaignId, &CAMPAIGN);
    "partnerGroup" = link(Column::GroupId, &PARTNER_GROUP);
    "tieredCommission" = link(Column::TierId, &TIERED_COMMISSION);
    /// When it was entered.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was first taken up; null: it was not.
    "startedAt": Option<DateTime> = value(Column::StartedAt, view::moment);
    /// When it ended; null: it has not.
    "finishedAt": Option<DateTime> = value(Column::FinishedAt, view::moment);
    /// Who entered it.
    "createdBy": String = value(Column::CreatedBy, view::text);
    "progress" = resolver(|row, prefix| Ok(Box::new(Backtest::from(store::backtest::whole(row, prefix)?))));
    /// Why it could not be worked out; null: it could, or was not yet.
    "failure": Option<String> = value(Column::Failure, view::text);
    /// What was in force when some events were recorded is not known, and what is in force now counts for them.
    "incompleteHistory": bool = value(Column::IncompleteHistory, view::truth);
    "totals" = resolver(|row, prefix| Ok(Box::new(Backtest::from(store::backtest::whole(row, prefix)?))));
    "months" = resolver(|row, prefix| Ok(Box::new(Backtest::from(store::backtest::whole(row, prefix)?))));
    "campaigns" = resolver(|row, prefix| Ok(Box::new(Backtest::from(store::backtest::whole(row, prefix)?))));
    "partners" = resolver(|row, prefix| Ok(Box::new(Backtest::from(store::backtest::whole(row, prefix)?))));
    "event" = resolver(|row, prefix| Ok(Box::new(Backtest::from(store::backtest::whole(row, prefix)?))));
}
