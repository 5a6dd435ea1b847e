//! Identity travels with the row: a caller who may read a row may read the id, the name and the external id of the
//! partner, campaign, group, event and attribution that the row references. Their other fields need the read scope of
//! their own resource.

use async_graphql::Context;

use super::context::request;
use super::error::ApiError;
use auth::{Caller, Denied, Permission, Resource};

/// The resources whose rows reference partners.
const NAME_PARTNERS: [Resource; 5] = [
    Resource::Partners,
    Resource::Commissions,
    Resource::Payouts,
    Resource::Deals,
    Resource::Events,
];

/// Fields beyond the identity of an object need the read scope of its resource.
pub fn require_read(ctx: &Context<'_>, resource: Resource) -> Result<(), ApiError> {
    request(ctx).caller.read_linked(resource)?;
    Ok(())
}

/// Checks that the caller may read some resource whose rows reference partners, which permits reading a partner by id.
pub fn may_name_partners(caller: &Caller) -> Result<(), Denied> {
    let reads = |resource: &Resource| caller.permissions().allow(Permission::Read(*resource));
    match NAME_PARTNERS.iter().any(reads) {
        true => Ok(()),
        false => Err(Denied::Lacks(Permission::Read(Resource::Partners))),
    }
}
