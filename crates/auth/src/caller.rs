//! The authenticated caller and the one table of who may do what (domain.md 9).

use std::sync::Arc;

use super::{ApiKey, Claims, Permission, Permissions, Resource, Scope};
use domain::Timestamp;
use domain::audit::{self, Origin};
use domain::id::{PartnerId, TenantId};

/// Who is calling. Made from verified credentials, or for the command line by [`Caller::operator`].
#[derive(Clone, Debug)]
pub struct Caller {
    tenant: TenantId,
    subject: String,
    permissions: Permissions,
    /// Set: the caller is this partner; reads its own rows, writes nothing.
    partner: Option<PartnerId>,
    /// When the token expires; `None`: never by itself.
    expires_at: Option<Timestamp>,
    /// What it asks for, if it may ask again.
    call: Option<Arc<Call>>,
    /// What the audit log says of it.
    origin: Arc<Origin>,
}

/// A call that its caller may repeat: what is to be done, under which key.
#[derive(Clone, Debug)]
pub struct Call {
    pub operation: String,
    /// The caller's choice, as it came.
    pub key: String,
    /// A hash of the input.
    pub content: Vec<u8>,
}

/// The caller lacks a permission. The text is for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("this needs the scope {0}")]
    Lacks(Permission),
    #[error("a partner's token only reads")]
    PartnerOnlyReads,
    #[error("a partner's token does not show this")]
    NotForPartners,
}

/// Proof that the caller may write; says in which tenant and who is on record for it.
#[derive(Clone, Debug)]
pub struct Writer {
    tenant: TenantId,
    actor: String,
    call: Option<Arc<Call>>,
    origin: Arc<Origin>,
}

impl Writer {
    /// The program's own background work, whose histories name the system.
    pub fn job(tenant: TenantId, name: &str) -> Self {
        Self {
            tenant,
            actor: "system".to_owned(),
            call: None,
            origin: Arc::new(Origin::job(name)),
        }
    }

    /// What the audit log says of it.
    pub fn origin(&self) -> Arc<Origin> {
        self.origin.clone()
    }

    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// What the caller may ask for again, if it has said so.
    pub fn call(&self) -> Option<&Call> {
        self.call.as_deref()
    }

    /// Who is named in histories.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The rows that a writer checks its input against: all of the tenant.
    pub fn scope(&self) -> Scope {
        Scope::tenant_wide(self.tenant)
    }
}

impl Caller {
    fn new(tenant: TenantId, subject: String, permissions: Permissions, partner: Option<PartnerId>) -> Self {
        let origin = Origin {
            partner_id: partner,
            ..Origin::caller(&subject)
        };
        Self {
            tenant,
            subject,
            permissions,
            partner,
            expires_at: None,
            call: None,
            origin: Arc::new(origin),
        }
    }

    /// The caller who presented a JWT with these claims, which were verified. `partner` is the one that they name: the
    /// caller has looked up that it may sign in.
    pub fn of_token(tenant: TenantId, claims: &Claims, partner: Option<PartnerId>) -> Self {
        let caller = Self {
            expires_at: claims.expires_at(),
            ..Self::new(tenant, claims.sub.clone(), Permissions::parse(&claims.scope), partner)
        };
        caller.known_by(|origin| origin.token_id = claims.jti.as_deref().map(audit::cut))
    }

    /// The caller who presented this API key, which was found and is not revoked.
    pub fn of_api_key(tenant: TenantId, key: &ApiKey) -> Self {
        let caller = Self {
            expires_at: key.expires_at,
            ..Self::new(tenant, key.id.to_string(), key.permissions, key.partner_id)
        };
        caller.known_by(|origin| origin.api_key_id = Some(key.id))
    }

    /// The same in a request.
    pub fn in_request(&self, id: &str) -> Self {
        self.clone().known_by(|origin| origin.request_id = Some(id.to_owned()))
    }

    fn known_by(mut self, set: impl FnOnce(&mut Origin)) -> Self {
        set(Arc::make_mut(&mut self.origin));
        self
    }

    /// The same doing something: a mutation by its field, a command by its name.
    pub fn doing(&self, operation: &str) -> Self {
        Self {
            origin: self.origin.doing(operation),
            ..self.clone()
        }
    }

    /// What the audit log says of it.
    pub fn origin(&self) -> Arc<Origin> {
        self.origin.clone()
    }

    /// The same, asking for something that it may ask for again.
    pub fn calling(&self, call: Call) -> Self {
        Self {
            call: Some(Arc::new(call)),
            ..self.clone()
        }
    }

    /// What it asks for, if it may ask again.
    pub fn call(&self) -> Option<&Call> {
        self.call.as_deref()
    }

    /// Whoever runs the program's command line on the database itself.
    pub fn operator(tenant: TenantId, actor: &str) -> Self {
        let permissions = std::iter::once(Permission::Admin).collect();
        Self {
            origin: Arc::new(Origin::command(actor)),
            ..Self::new(tenant, actor.to_owned(), permissions, None)
        }
    }

    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub fn permissions(&self) -> Permissions {
        self.permissions
    }

    pub fn partner(&self) -> Option<PartnerId> {
        self.partner
    }

    /// When the token expires; `None`: never by itself. Streams end at that moment, which no leeway puts off: it is for
    /// clocks that differ while a request is on its way.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// The rows that the caller's token covers, whatever the resource: for what every token may see.
    pub fn scope(&self) -> Scope {
        match self.partner {
            Some(partner) => Scope::of_partner(self.tenant, partner),
            None => Scope::tenant_wide(self.tenant),
        }
    }

    /// The rows of `resource` that the caller may read.
    pub fn read(&self, resource: Resource) -> Result<Scope, Denied> {
        if self.permissions.allow(Permission::Read(resource)) {
            Ok(self.scope())
        } else {
            Err(Denied::Lacks(Permission::Read(resource)))
        }
    }

    /// The same for what a row names that the caller may read. A partner reads the names of its group and campaigns with
    /// any token, since they are part of what it is; listing them, or asking for them by id, takes their scope.
    pub fn read_linked(&self, resource: Resource) -> Result<Scope, Denied> {
        match resource {
            Resource::PartnerGroups | Resource::Campaigns if self.partner.is_some() => Ok(self.scope()),
            resource => self.read(resource),
        }
    }

    pub fn write(&self, resource: Resource) -> Result<Writer, Denied> {
        self.writer(Permission::Write(resource))
    }

    /// For the tenant's settings and for overrides.
    pub fn admin(&self) -> Result<Writer, Denied> {
        self.writer(Permission::Admin)
    }

    fn writer(&self, permission: Permission) -> Result<Writer, Denied> {
        if self.partner.is_some() {
            return Err(Denied::PartnerOnlyReads);
        }
        if !self.permissions.allow(permission) {
            return Err(Denied::Lacks(permission));
        }
        Ok(Writer {
            tenant: self.tenant,
            actor: self.subject.clone(),
            call: self.call.clone(),
            origin: self.origin.clone(),
        })
    }

    /// Refuses partners what only staff may see.
    pub fn staff_only(&self) -> Result<(), Denied> {
        if self.partner.is_some() {
            Err(Denied::NotForPartners)
        } else {
            Ok(())
        }
    }
}
