//! The fields of commission rules, and the columns and rows that they are made of.

use async_graphql::ID;

use super::object::CommissionRule;
use crate::graphql::connection::Connection;
use crate::graphql::ledger::commission::PaymentTarget;
use crate::graphql::loader::PartnersOfRule;
use crate::graphql::partner::{PARTNER, Partner, PartnerType};
use crate::graphql::rows::{child_list_of, declare, page_of, value};
use crate::graphql::scalar::DateTime;
use crate::graphql::tenant::audit::{AuditEntry, histories};
use auth::Resource;
use domain::id;
use store::view;
use store::view::CommissionRuleColumn as Column;

declare! {
    /// A deal-stage commission rule: pays when a deal of a matching partner enters a stage. If several rules match, one
    /// per payment target pays: the most specific (partners, then tiers, then categories, then type only), and of
    /// equally specific ones the newest.
    pub static COMMISSION_RULE: CommissionRule = TypeDescription {
        resource: Resource::CommissionRules,
        identity: &[],
        is_named: false,
        table: &view::COMMISSION_RULE,
        id: || view::column(Column::Id),
    };

    /// Its id.
    "id": ID = value(Column::Id, view::id::<id::CommissionRule>);
    "label" = CommissionRule::computed();
    /// The id that another system gave it, unique among the rules that are not archived; null if there is none.
    "externalId": Option<String> = value(Column::ExternalId, view::text);
    /// The type of the partners to which it applies.
    "partnerType": PartnerType = value(Column::PartnerType, view::word!(domain::partner::PartnerType));
    /// Who is paid.
    "paymentTarget": PaymentTarget = value(
        Column::PaymentTarget,
        view::word!(domain::commission::PaymentTarget),
    );
    "autoAssignRecipient" = CommissionRule::computed();
    "currency" = CommissionRule::computed();
    "holdbackDays" = CommissionRule::computed();
    /// Starts at 1 and rises with every change.
    "version": u32 = value(Column::Version, view::number);
    /// When it was archived: it starts no new payments, and recurring ones that have started continue. Null if it is in
    /// force.
    "archivedAt": Option<DateTime> = value(Column::ArchivedAt, view::moment);
    "entries" = CommissionRule::computed();
    "tiers" = CommissionRule::computed();
    "categories" = CommissionRule::computed();
    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    "history": Connection<AuditEntry> = page_of(histories);
    /// The partners to which it applies, newest first; empty: all.
    "partners": Connection<Partner> = page_of(|ctx| {
        child_list_of::<PartnersOfRule>(ctx, Resource::Partners, &PARTNER)
    });
    /// When it was created.
    "createdAt": DateTime = value(Column::CreatedAt, view::moment);
    /// When it was last changed.
    "updatedAt": DateTime = value(Column::UpdatedAt, view::moment);
}
