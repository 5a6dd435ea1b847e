//! How commission rules are read from the database.

use super::object::CommissionRule;
use crate::auth::Resource;
use crate::domain::id;
use crate::graphql::rows::{self, Listing, TypeDescription, resolver};
use crate::graphql::tenant::audit::histories;
use crate::store::{self, view};

/// A list of them.
pub fn commission_rules(list: view::List) -> Listing {
    Listing {
        to: &COMMISSION_RULE,
        connection: "CommissionRuleConnection",
        edge: "CommissionRuleEdge",
        list,
    }
}

pub static COMMISSION_RULE: TypeDescription = TypeDescription {
    name: "CommissionRule",
    resource: Resource::CommissionRules,
    identity: &[],
    is_named: false,
    table: &view::COMMISSION_RULE,
    id: || view::column(view::CommissionRuleColumn::Id),
    field: |name| {
        use view::CommissionRuleColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || {
            resolver(|row, prefix| {
                Ok(Box::new(CommissionRule::from(store::commission_rule::whole(
                    row, prefix,
                )?)))
            })
        };
        Some(match name {
            "id" => value(Column::Id, view::id::<id::CommissionRule>),
            "externalId" => value(Column::ExternalId, view::text),
            "partnerType" => value(Column::PartnerType, view::word!(crate::domain::partner::PartnerType)),
            "paymentTarget" => value(
                Column::PaymentTarget,
                view::word!(crate::domain::commission::PaymentTarget),
            ),
            "label"
            | "autoAssignRecipient"
            | "currency"
            | "holdbackDays"
            | "entries"
            | "tiers"
            | "categories"
            | "partners" => ask(),
            "version" => value(Column::Version, view::number),
            "archivedAt" => value(Column::ArchivedAt, view::moment),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            "history" => rows::page_of(histories),
            _ => return None,
        })
    },
};
