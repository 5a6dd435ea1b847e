//! The scopes of tokens and API keys (`partners:read`), called permissions here. To add one, add a [`Resource`].

use domain::text_enum;

text_enum! {
    /// What a permission covers: one or more types of the API.
    Resource {
        Partners = "partners",
        PartnerGroups = "partner_groups",
        Campaigns = "campaigns",
        Coupons = "coupons",
        Links = "links",
        Events = "events",
        Commissions = "commissions",
        Payouts = "payouts",
        CommissionRules = "commission_rules",
        Deals = "deals",
        TieredCommissions = "tiered_commissions",
        ApiKeys = "api_keys",
        Webhooks = "webhooks",
        Audit = "audit",
    }
}

/// One permission: `partners:read`, `partners:write`, ..., or `admin`, which is all of them and the tenant's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    Read(Resource),
    Write(Resource),
    Admin,
}

impl Permission {
    pub fn parse(name: &str) -> Option<Self> {
        match name.split_once(':') {
            None if name == "admin" => Some(Self::Admin),
            None => None,
            Some((resource, "read")) => Resource::parse(resource).map(Self::Read),
            // Only the program itself writes the audit log.
            Some((resource, "write")) => Resource::parse(resource)
                .filter(|resource| *resource != Resource::Audit)
                .map(Self::Write),
            Some(_) => None,
        }
    }

    fn bit(self) -> u32 {
        match self {
            Self::Read(resource) => 1 << (2 * resource as u32),
            Self::Write(resource) => 1 << (2 * resource as u32 + 1),
            Self::Admin => 1 << 31,
        }
    }
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(resource) => write!(f, "{}:read", resource.as_str()),
            Self::Write(resource) => write!(f, "{}:write", resource.as_str()),
            Self::Admin => f.write_str("admin"),
        }
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u32);

impl Permissions {
    /// Reads a space-separated list. Unknown names grant nothing.
    pub fn parse(scope: &str) -> Self {
        scope.split_whitespace().filter_map(Permission::parse).collect()
    }

    pub fn allow(self, permission: Permission) -> bool {
        self.0 & (permission.bit() | Permission::Admin.bit()) != 0
    }

    /// The permissions by name. `admin` stands for all of them.
    pub fn list(self) -> Vec<Permission> {
        if self.allow(Permission::Admin) {
            return vec![Permission::Admin];
        }
        let each = Resource::ALL
            .iter()
            .flat_map(|resource| [Permission::Read(*resource), Permission::Write(*resource)]);
        each.filter(|permission| self.allow(*permission)).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(
            permissions
                .into_iter()
                .fold(0, |bits, permission| bits | permission.bit()),
        )
    }
}

impl std::fmt::Display for Permissions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, permission) in self.list().into_iter().enumerate() {
            write!(f, "{}{permission}", if index == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admin_is_every_permission_and_unknown_names_are_none() {
        let admin = Permissions::parse("admin");
        for resource in Resource::ALL {
            assert!(admin.allow(Permission::Read(*resource)) && admin.allow(Permission::Write(*resource)));
        }
        assert_eq!(
            Permissions::parse("Admin partners partners:delete partners:read:x audit:write *"),
            Permissions::default()
        );
    }

    #[test]
    fn a_permission_grants_itself_only() {
        let set = Permissions::parse("partners:read  api_keys:write");
        assert_eq!(set.to_string(), "partners:read api_keys:write");
        assert!(!set.allow(Permission::Write(Resource::Partners)));
        assert!(!set.allow(Permission::Read(Resource::ApiKeys)));
        assert!(!set.allow(Permission::Admin));
    }
}
