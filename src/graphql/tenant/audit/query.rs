//! Queries of the audit log: who changed what. Staff with `audit:read` only.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use paged::paged;

use super::entry::{AUDIT_ENTRY, AuditEntry};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, ProjectedPage, projected_page};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::{audit, id};

/// A filter for audit entries; all given conditions must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AuditFilter {
    /// By exactly this actor.
    pub actor: Option<String>,
    /// With exactly this operation.
    pub operation: Option<String>,
    /// Only entries that list changes to this object.
    pub object_id: Option<ID>,
    /// At this moment or later.
    pub from: Option<DateTime>,
    /// Before this moment.
    pub to: Option<DateTime>,
}

impl AuditFilter {
    fn parse(self) -> Result<store::audit::AuditFilter, ApiError> {
        let object = |text: ID| match id::parse_any(&text) {
            Some((_, object)) => Ok(object),
            None => Err(ApiError::bad_user_input(format!("{:?} is not an id", text.as_str()))),
        };
        Ok(store::audit::AuditFilter {
            actor: self.actor.map(|actor| audit::cut(&actor)),
            operation: self.operation,
            object: self.object_id.map(object).transpose()?,
            from: self.from.map(|moment| moment.0),
            to: self.to.map(|moment| moment.0),
        })
    }
}

#[derive(Default)]
pub struct AuditQuery;

#[paged]
#[Object]
impl AuditQuery {
    /// The changes and who made them, newest first. Needs `audit:read`; empty for a partner's token.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<AuditFilter>,
    ) -> Result<ProjectedPage<Connection<AuditEntry>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Audit)?;
        let filter = Arc::new(filter.unwrap_or_default().parse()?);
        let cursors = Cursors::of((scope, "auditLog", &filter));
        projected_page(
            Listing::of(&AUDIT_ENTRY, store::audit::list(filter)),
            &cursors,
            &arguments,
        )
    }
}
