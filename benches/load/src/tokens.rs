//! Tokens, signed with the gateway's secret.

use std::time::Duration;

use tributary::auth::Keys;
use tributary::clock::Clock;
use tributary::domain::id::{PartnerId, TenantId};
use uuid::Uuid;

use crate::Failure;
use crate::server::SECRET;

const LIFE: Duration = Duration::from_secs(24 * 60 * 60);
const FOR_PARTNERS: &str = "partners:read partner_groups:read campaigns:read commissions:read";

pub struct Tokens(Keys);

impl Tokens {
    pub fn new() -> Result<Self, Failure> {
        Ok(Self(Keys::from_secret(SECRET.as_bytes(), "tributary", "tributary")?))
    }

    /// A token for everything of a tenant.
    pub fn staff(&self, tenant: Uuid) -> String {
        self.mint("operator", tenant, "admin", None)
    }

    /// A token for the data of one partner.
    pub fn partner(&self, tenant: Uuid, partner: Uuid) -> String {
        let partner = PartnerId::from_uuid(partner).to_string();
        self.mint(&partner, tenant, FOR_PARTNERS, Some(partner.clone()))
    }

    fn mint(&self, subject: &str, tenant: Uuid, scope: &str, partner: Option<String>) -> String {
        let (tenant, now) = (TenantId::from_uuid(tenant).to_string(), Clock::System.now());
        self.0
            .mint(subject, &tenant, scope, partner, now, now + LIFE)
            .expect("a secret signs")
    }
}
