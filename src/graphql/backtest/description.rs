//! How backtests are read from the database.

use super::object::Backtest;
use crate::auth::Resource;
use crate::domain::{backtest, id};
use crate::graphql::campaign::CAMPAIGN;
use crate::graphql::partner_group::PARTNER_GROUP;
use crate::graphql::rows::{self, TypeDescription, resolver};
use crate::graphql::tiered::TIERED_COMMISSION;
use crate::store::{self, view};

pub static BACKTEST: TypeDescription = TypeDescription {
    name: "Backtest",
    resource: Resource::Commissions,
    identity: &[],
    is_named: false,
    table: &view::BACKTEST,
    id: || view::column(view::BacktestColumn::Id),
    field: |name| {
        use view::BacktestColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let link = |column, to| rows::link(view::column(column), to);
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Backtest>),
            "name" => value(Column::Name, view::text),
            "status" => value(Column::Status, view::word!(backtest::BacktestStatus)),
            "from" => value(Column::RangeFrom, view::moment),
            "to" => value(Column::RangeTo, view::moment),
            "proposal" => value(Column::Proposal, view::document),
            "campaign" => link(Column::CampaignId, &CAMPAIGN),
            "partnerGroup" => link(Column::GroupId, &PARTNER_GROUP),
            "tieredCommission" => link(Column::TierId, &TIERED_COMMISSION),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "startedAt" => value(Column::StartedAt, view::moment),
            "finishedAt" => value(Column::FinishedAt, view::moment),
            "createdBy" => value(Column::CreatedBy, view::text),
            "failure" => value(Column::Failure, view::text),
            "incompleteHistory" => value(Column::IncompleteHistory, view::truth),
            "progress" | "totals" | "months" | "campaigns" | "partners" | "event" => {
                resolver(|row, prefix| Ok(Box::new(Backtest::from(store::backtest::whole(row, prefix)?))))
            }
            _ => return None,
        })
    },
};
