//! Webhooks: managing endpoints ([`endpoint`]), requesting deliveries ([`delivery`]), and the three background jobs:
//! creating deliveries from the outbox ([`fan_out`]), sending them ([`send`]), and deleting old rows ([`forget`]).
//! [`lag`] measures how far the first two are behind.

pub mod delivery;
pub mod endpoint;
pub mod fan_out;
pub mod lag;
pub mod prune;
pub mod send;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use auth::{Caller, Denied, Permission, Resource, SealingKeys};
use domain::webhook::WebhookEventType;
use domain::webhook::address::AddressPolicy;
use outgoing::{Authorities, DnsResolver, Outgoing};

/// The settings and resources that webhooks need.
#[derive(Clone)]
pub struct Webhooks {
    /// `None`: there are no webhooks, since the settings have no key for their secrets.
    pub keys: Option<Arc<SealingKeys>>,
    pub outgoing: Outgoing,
    /// Maximum number of concurrent requests to an endpoint.
    pub at_once: usize,
    /// How long the outbox is kept for readers that resume from an earlier position.
    pub keep_outbox: Duration,
    /// Identifies this replica: the process id and a random number, since process ids repeat between containers.
    pub replica: String,
    /// Told when an endpoint is created or activated: without endpoints nothing else wakes the jobs soon.
    pub endpoint_began: Arc<Notify>,
}

/// How long a receiver may take to answer.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// Default maximum number of concurrent requests to an endpoint.
pub const AT_ONCE: usize = 16;
/// How long the outbox is kept by default.
pub const KEEP_OUTBOX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl Default for Webhooks {
    /// For trying things out: secrets are encrypted with a publicly known key.
    fn default() -> Self {
        Self {
            keys: Some(Arc::new(SealingKeys::development())),
            outgoing: Outgoing::new(
                AddressPolicy::default(),
                Arc::new(DnsResolver::default()),
                TIMEOUT,
                &Authorities::default(),
            ),
            at_once: AT_ONCE,
            keep_outbox: KEEP_OUTBOX,
            replica: format!("{}-{:016x}", std::process::id(), fastrand::u64(..)),
            endpoint_began: Arc::default(),
        }
    }
}

/// The resource that a type is about: reading events of the type takes its scope, too.
pub fn resource(event_type: WebhookEventType) -> Resource {
    use WebhookEventType as Type;
    match event_type {
        Type::CommissionAccrued | Type::CommissionApproved | Type::CommissionPaid | Type::CommissionReversed => {
            Resource::Commissions
        }
        Type::PayoutCreated | Type::PayoutSettled | Type::PayoutReturned => Resource::Payouts,
        Type::TierAchieved => Resource::TieredCommissions,
        Type::PartnerCreated
        | Type::PartnerActivated
        | Type::PartnerSuspended
        | Type::PartnerRevoked
        | Type::PartnerReinstated
        | Type::PartnershipRequestCreated
        | Type::PartnershipRequestDecided => Resource::Partners,
        Type::CouponCreated => Resource::Coupons,
        Type::LinkCreated => Resource::Links,
        Type::CustomerReassigned => Resource::Events,
    }
}

/// The types whose events a caller may read; `None`: all.
pub fn readable(caller: &Caller) -> Option<Vec<WebhookEventType>> {
    let may = |kind: &WebhookEventType| caller.read(resource(*kind)).is_ok();
    let readable: Vec<_> = WebhookEventType::ALL.iter().copied().filter(may).collect();
    (readable.len() < WebhookEventType::ALL.len()).then_some(readable)
}

/// Fails unless the caller may read events of each of these types.
fn check_readable(caller: &Caller, types: &[WebhookEventType]) -> Result<(), Denied> {
    for event_type in types {
        let needed = Permission::Read(resource(*event_type));
        if !caller.permissions().allow(needed) {
            return Err(Denied::Lacks(needed));
        }
    }
    Ok(())
}
