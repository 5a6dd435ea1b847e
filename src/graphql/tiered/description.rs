//! How tiered commissions are read from the database.

use super::object::TieredCommission;
use crate::auth::Resource;
use crate::domain::{id, tiered};
use crate::graphql::rows::{self, Listing, TypeDescription, resolver};
use crate::graphql::tenant::audit::histories;
use crate::store::{self, view};

/// A list of them.
pub fn tiered_commissions(list: view::List) -> Listing {
    Listing {
        to: &TIERED_COMMISSION,
        connection: "TieredCommissionConnection",
        edge: "TieredCommissionEdge",
        list,
    }
}

pub static TIERED_COMMISSION: TypeDescription = TypeDescription {
    name: "TieredCommission",
    resource: Resource::TieredCommissions,
    identity: &[],
    is_named: false,
    table: &view::TIERED_COMMISSION,
    id: || view::column(view::TieredCommissionColumn::Id),
    field: |name| {
        use view::TieredCommissionColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || {
            resolver(|row, prefix| {
                Ok(Box::new(TieredCommission::from(store::tiered_commission::whole(
                    row, prefix,
                )?)))
            })
        };
        Some(match name {
            "id" => value(Column::Id, view::id::<id::TieredCommission>),
            "name" => value(Column::Name, view::text),
            "externalId" => value(Column::ExternalId, view::text),
            "notes" => value(Column::Notes, view::text),
            "status" => value(Column::Status, view::word!(tiered::Status)),
            "startDate" => value(Column::StartDate, view::text),
            "endDate" => value(Column::EndDate, view::text),
            "period" => value(Column::Period, view::word!(tiered::Period)),
            "crossingPolicy" => value(Column::CrossingPolicy, view::word!(tiered::CrossingPolicy)),
            "currency" => value(Column::Currency, view::text),
            "eventType" => value(Column::EventType, view::text),
            "applyToAllPartners" => value(Column::ApplyToAllPartners, view::truth),
            "campaigns" | "advertisers" | "goals" | "payout" | "revenue" | "retroactivePayout"
            | "retroactiveRevenue" | "partners" => ask(),
            "version" => value(Column::Version, view::number),
            "archivedAt" => value(Column::ArchivedAt, view::moment),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            "history" => rows::page_of(histories),
            _ => return None,
        })
    },
};
