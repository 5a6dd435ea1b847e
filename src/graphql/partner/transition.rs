//! The history of a partner's status.

use async_graphql::SimpleObject;

use super::kind::PartnerStatus;
use crate::graphql::rows::{self, TypeDescription};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::partner;
use store::view;

pub static PARTNER_TRANSITION: TypeDescription = TypeDescription {
    name: "PartnerTransition",
    connection: "",
    edge: "",
    resource: Resource::Partners,
    identity: &[],
    is_named: false,
    table: &view::PARTNER_TRANSITION,
    id: || view::column(view::PartnerTransitionColumn::Id),
    field: |name| {
        use view::PartnerTransitionColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        Some(match name {
            "from" => value(Column::FromStatus, view::word!(partner::PartnerStatus)),
            "to" => value(Column::ToStatus, view::word!(partner::PartnerStatus)),
            "actor" => value(Column::Actor, view::text),
            "reason" => value(Column::Reason, view::text),
            "at" => value(Column::At, view::moment),
            _ => return None,
        })
    },
};

/// A change of a partner's status.
// It declares the fields for the schema; `graphql::rows` reads and writes them.
#[derive(SimpleObject)]
pub struct PartnerTransition {
    /// The status before; null for the partner's creation.
    from: Option<PartnerStatus>,
    /// The status after.
    to: PartnerStatus,
    /// Who did it.
    actor: String,
    /// The reason; null for changes that have none.
    reason: Option<String>,
    /// When.
    at: DateTime,
}
