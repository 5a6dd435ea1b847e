//! The fields of tiered commissions, and the columns and rows that they are made of.

use async_graphql::ID;

use super::object::{TieredCommission, TieredCommissionStatus};
use crate::graphql::connection::Connection;
use crate::graphql::loader::PartnersOfTier;
use crate::graphql::partner::{PARTNER, Partner};
use crate::graphql::rows::{child_list_of, declare, page_of, value};
use crate::graphql::scalar::{CurrencyCode, Date, DateTime};
use crate::graphql::tenant::audit::{AuditEntry, histories};
use crate::graphql::tiered::goal::{CrossingPolicy, TierPeriod};
use auth::Resource;
use domain::{id, tiered};
use store::view;
use store::view::TieredCommissionColumn as Column;

declare! {
    /// A tiered commission: once a partner reaches goals in a campaign within a period, it changes what further
    /// conversions pay, and may change what earlier conversions of the period paid. If several apply, one acts on the
    /// payout and one on the revenue: the one with the highest goals, then the latest start date, then the newest.
    pub static TIERED_COMMISSION: TieredCommission = TypeDescription {
        resource: Resource::TieredCommissions,
        identity: &[],
        is_named: false,
        table: &view::TIERED_COMMISSION,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::TieredCommission>);
    /// Its name.
    "name": String = value(Column::Name, view::text);
    /// The id that another system gave it, unique among the tiered commissions that are not archived; null if there is
    /// none.
    "externalId": Option<String> = value(Column::ExternalId, view::text);
    /// A note for staff; null if there is none.
    "notes": Option<String> = value(Column::Notes, view::text);
    /// Its status, which decides whether it changes amounts.
    "status": TieredCommissionStatus = value(Column::Status, view::word!(tiered::Status));
    /// The first day on which it counts, in the tenant's time zone.
    "startDate": Date = value(Column::StartDate, view::text);
    /// The last day on which it counts, in the tenant's time zone.
    "endDate": Date = value(Column::EndDate, view::text);
    /// How often its counters start again.
    "period": TierPeriod = value(Column::Period, view::word!(tiered::Period));
    /// The counters that decide the rate of a conversion.
    "crossingPolicy": CrossingPolicy = value(Column::CrossingPolicy, view::word!(tiered::CrossingPolicy));
    /// The currency of its goals and of its flat and exact values. Amounts in other currencies are neither counted nor
    /// changed.
    "currency": CurrencyCode = value(Column::Currency, view::text);
    /// Whether it applies to all partners, including future ones; then `partners` is ignored.
    "applyToAllPartners": bool = value(Column::ApplyToAllPartners, view::truth);
    "campaigns" = TieredCommission::computed();
    "advertisers" = TieredCommission::computed();
    /// The only type of events that are counted and changed; null: all charges and conversions.
    "eventType": Option<String> = value(Column::EventType, view::text);
    "goals" = TieredCommission::computed();
    "payout" = TieredCommission::computed();
    "revenue" = TieredCommission::computed();
    "retroactivePayout" = TieredCommission::computed();
    "retroactiveRevenue" = TieredCommission::computed();
    /// Starts at 1 and rises with every change.
    "version": u32 = value(Column::Version, view::number);
    /// When it was archived: it no longer counts or changes anything. Null if it is in force.
    "archivedAt": Option<DateTime> = value(Column::ArchivedAt, view::moment);
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was last changed.
    "updatedAt": DateTime = value(Column::UpdatedAt, view::moment);
    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    "history": Connection<AuditEntry> = page_of(histories);
    /// The partners that it lists, newest first.
    "partners": Connection<Partner> = page_of(|ctx| {
        child_list_of::<PartnersOfTier>(ctx, Resource::Partners, &PARTNER)
    });
}
