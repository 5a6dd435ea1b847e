//! The history of a commission's status.

use async_graphql::SimpleObject;

use super::object::CommissionStatus;
use crate::graphql::rows::{self, PartnerVisibility, TypeDescription, made_of};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::commission;
use store::view;

pub static COMMISSION_TRANSITION: TypeDescription = TypeDescription {
    name: "CommissionTransition",
    connection: "",
    edge: "",
    resource: Resource::Commissions,
    identity: &[],
    is_named: false,
    table: &view::COMMISSION_TRANSITION,
    id: || view::column(view::CommissionTransitionColumn::Id),
    field: |name| {
        use view::CommissionTransitionColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "from" => value(Column::FromStatus, view::word!(commission::CommissionStatus)),
            "to" => value(Column::ToStatus, view::word!(commission::CommissionStatus)),
            "actor" => made_of(view::column(Column::Actor), |request, row, cells, _, json| {
                match request.is_partner() {
                    true => json.plain("staff"),
                    false => view::text(row, cells, json)?,
                }
                Ok(())
            })
            .for_partners(PartnerVisibility::Narrowed),
            "reason" => value(Column::Reason, view::text).for_partners(PartnerVisibility::Null),
            "at" => value(Column::At, view::moment),
            _ => return None,
        })
    },
};

/// A change of a commission's status.
// It declares the fields for the schema; `graphql::rows` reads and writes them.
#[derive(SimpleObject)]
pub struct CommissionTransition {
    /// The status before; null for the row's creation.
    from: Option<CommissionStatus>,
    /// The status after.
    to: CommissionStatus,
    /// Who did it.
    actor: String,
    /// The reason; null if none was given.
    reason: Option<String>,
    /// When.
    at: DateTime,
}
