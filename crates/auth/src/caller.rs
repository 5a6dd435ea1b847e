//! The authenticated caller, and what it may read and write.

use std::sync::Arc;

use super::{ApiKey, Claims, Keys, Permission, Permissions, Resource, Scope};
use domain::Timestamp;
use domain::audit::{self, Origin};
use domain::id::{PartnerId, TenantId};

/// The authenticated caller. Made from verified credentials, or for the command line by [`Caller::operator`].
#[derive(Clone, Debug)]
pub struct Caller {
    tenant: TenantId,
    /// Issuer and name of a token as one text, or the id of an API key.
    subject: String,
    permissions: Permissions,
    /// If set, the caller is this partner: it reads its own rows and writes nothing.
    partner: Option<PartnerId>,
    /// When the token expires; `None`: it does not expire by itself.
    expires_at: Option<Timestamp>,
    /// The call that may be repeated, if the caller gave an idempotency key.
    call: Option<Arc<Call>>,
    /// How the audit log names the caller.
    origin: Arc<Origin>,
}

/// A call that its caller may repeat: what is to be done, under which idempotency key.
#[derive(Clone, Debug)]
pub struct Call {
    pub operation: String,
    /// The idempotency key as the caller sent it.
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

/// Proof that the caller may write, with the tenant and the actor on record.
#[derive(Clone, Debug)]
pub struct Writer {
    tenant: TenantId,
    /// The only partner whose rows it may write; `None`: staff.
    partner: Option<PartnerId>,
    actor: String,
    call: Option<Arc<Call>>,
    origin: Arc<Origin>,
}

impl Writer {
    /// Background work of the program itself, for which histories name the system.
    pub fn job(tenant: TenantId, name: &str) -> Self {
        Self {
            tenant,
            partner: None,
            actor: "system".to_owned(),
            call: None,
            origin: Arc::new(Origin::job(name)),
        }
    }

    /// How the audit log names the writer.
    pub fn origin(&self) -> Arc<Origin> {
        self.origin.clone()
    }

    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The call that may be repeated, if the caller gave an idempotency key.
    pub fn call(&self) -> Option<&Call> {
        self.call.as_deref()
    }

    /// The actor that histories name.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The rows against which a writer's input is checked: all of the tenant, or those of the partner that it is.
    pub fn scope(&self) -> Scope {
        match self.partner {
            Some(partner) => Scope::of_partner(self.tenant, partner),
            None => Scope::tenant_wide(self.tenant),
        }
    }

    /// The partner that writes for itself; `None`: staff.
    pub fn partner(&self) -> Option<PartnerId> {
        self.partner
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

    /// The caller who presented a JWT with these claims, which were verified; `keys` are those of our own issuer.
    /// `partner` is the partner that they name: the function's caller must ensure that nothing is done or answered
    /// before the database has confirmed that this partner may sign in.
    pub fn of_token(tenant: TenantId, claims: &Claims, keys: &Keys, partner: Option<PartnerId>) -> Self {
        let permissions = Permissions::parse(&claims.scope);
        let caller = Self {
            expires_at: claims.expires_at(),
            ..Self::new(tenant, claims.subject(keys), permissions, partner)
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

    /// The same caller in a request.
    pub fn in_request(&self, id: &str) -> Self {
        self.clone().known_by(|origin| origin.request_id = Some(id.to_owned()))
    }

    fn known_by(mut self, set: impl FnOnce(&mut Origin)) -> Self {
        set(Arc::make_mut(&mut self.origin));
        self
    }

    /// The same caller performing an operation: a mutation by its field, a command by its name.
    pub fn doing(&self, operation: &str) -> Self {
        Self {
            origin: self.origin.doing(operation),
            ..self.clone()
        }
    }

    /// How the audit log names the caller.
    pub fn origin(&self) -> Arc<Origin> {
        self.origin.clone()
    }

    /// The same caller making a call that it may repeat.
    pub fn calling(&self, call: Call) -> Self {
        Self {
            call: Some(Arc::new(call)),
            ..self.clone()
        }
    }

    /// The call that may be repeated, if the caller gave an idempotency key.
    pub fn call(&self) -> Option<&Call> {
        self.call.as_deref()
    }

    /// The operator who runs the program's command line on the database itself.
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

    /// When the token expires; `None`: it does not expire by itself. Streams end at exactly that time: the leeway is
    /// only for clocks that differ while a request is on its way.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    /// The rows that the caller's token covers, whatever the resource: for what every token may read.
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

    /// The rows of `resource` that the caller may read through links from rows that it may read. A partner reads the
    /// names of its group and campaigns with any token, since they are part of what it is; listing them, or requesting
    /// them by id, requires their scope.
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

    /// For what partners may write, too, of their own.
    pub fn write_own(&self, resource: Resource) -> Result<Writer, Denied> {
        self.allowed_writer(Permission::Write(resource))
    }

    fn writer(&self, permission: Permission) -> Result<Writer, Denied> {
        match self.partner {
            Some(_) => Err(Denied::PartnerOnlyReads),
            None => self.allowed_writer(permission),
        }
    }

    fn allowed_writer(&self, permission: Permission) -> Result<Writer, Denied> {
        if !self.permissions.allow(permission) {
            return Err(Denied::Lacks(permission));
        }
        Ok(Writer {
            tenant: self.tenant,
            partner: self.partner,
            actor: self.subject.clone(),
            call: self.call.clone(),
            origin: self.origin.clone(),
        })
    }

    /// Refuses partners access to what only staff may see.
    pub fn staff_only(&self) -> Result<(), Denied> {
        if self.partner.is_some() {
            Err(Denied::NotForPartners)
        } else {
            Ok(())
        }
    }
}
