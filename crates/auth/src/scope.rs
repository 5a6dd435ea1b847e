//! Which rows a caller may see: the tenant's or one partner's. Not the scopes of a token, which are
//! [`Permission`](super::Permission)s.

use domain::id::{PartnerId, TenantId};

/// The rows of one tenant, or of one partner in it. Reads of the store take a scope and turn it into SQL
/// (`store::scope`); a test lists the few files of the store that read without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    tenant: TenantId,
    partner: Option<PartnerId>,
}

impl Scope {
    /// All rows of a tenant: for its staff, and for the program's own work on its behalf.
    pub fn tenant_wide(tenant: TenantId) -> Self {
        Self { tenant, partner: None }
    }

    /// Only what belongs to `partner`.
    pub fn of_partner(tenant: TenantId, partner: PartnerId) -> Self {
        Self {
            tenant,
            partner: Some(partner),
        }
    }

    pub fn tenant(self) -> TenantId {
        self.tenant
    }

    pub fn partner(self) -> Option<PartnerId> {
        self.partner
    }
}
