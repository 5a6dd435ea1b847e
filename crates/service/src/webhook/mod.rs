//! Webhooks: endpoints as callers look after them ([`endpoint`]), asking for deliveries ([`delivery`]), and the two pieces
//! of background work: making deliveries from the outbox ([`fan_out`]), and sending them ([`send`]). [`lag`] says how far
//! behind that is.

pub mod delivery;
pub mod endpoint;
pub mod fan_out;
pub mod forget;
pub mod lag;
pub mod send;

use std::sync::Arc;
use std::time::Duration;

use auth::{Caller, Denied, Permission, Resource, SealingKeys};
use domain::webhook::WebhookEventType;
use domain::webhook::address::AddressPolicy;
use outgoing::{Authorities, Outgoing, SystemResolver};

/// What webhooks need of the program.
#[derive(Clone)]
pub struct Webhooks {
    /// `None`: there are no webhooks, since the settings have no key for their secrets.
    pub keys: Option<Arc<SealingKeys>>,
    pub outgoing: Outgoing,
    /// How many requests an endpoint gets at once.
    pub at_once: usize,
    /// For how long the outbox is kept for those who come back to it.
    pub keep_outbox: Duration,
    /// Which replica this is: the process and a random number, since containers count processes anew.
    pub replica: String,
}

/// How long a receiver may take.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// How many requests an endpoint gets at once.
pub const AT_ONCE: usize = 16;
/// For how long the outbox is kept.
pub const KEEP_OUTBOX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl Default for Webhooks {
    /// For trying things out: secrets are encrypted with a key that everybody knows.
    fn default() -> Self {
        Self {
            keys: Some(Arc::new(SealingKeys::development())),
            outgoing: Outgoing::new(
                AddressPolicy::default(),
                Arc::new(SystemResolver),
                PATIENCE,
                &Authorities::default(),
            ),
            at_once: AT_ONCE,
            keep_outbox: KEEP_OUTBOX,
            replica: format!("{}-{:016x}", std::process::id(), fastrand::u64(..)),
        }
    }
}

/// What a type is about: reading of it takes this scope, too.
pub fn resource(event_type: WebhookEventType) -> Resource {
    use WebhookEventType as Type;
    match event_type {
        Type::CommissionAccrued | Type::CommissionApproved | Type::CommissionPaid | Type::CommissionReversed => {
            Resource::Commissions
        }
        Type::PayoutCreated | Type::PayoutSettled => Resource::Payouts,
        Type::TierAchieved => Resource::TieredCommissions,
        Type::PartnerCreated
        | Type::PartnerActivated
        | Type::PartnerSuspended
        | Type::PartnerRevoked
        | Type::PartnerReinstated
        | Type::PartnershipRequestCreated
        | Type::PartnershipRequestDecided => Resource::Partners,
        Type::CustomerReassigned => Resource::Events,
    }
}

/// The types that a caller may read of; `None`: all.
pub fn readable(caller: &Caller) -> Option<Vec<WebhookEventType>> {
    let may = |kind: &WebhookEventType| caller.read(resource(*kind)).is_ok();
    let readable: Vec<_> = WebhookEventType::ALL.iter().copied().filter(may).collect();
    (readable.len() < WebhookEventType::ALL.len()).then_some(readable)
}

/// Refuses whoever may not read of each of these types.
fn check_readable(caller: &Caller, types: &[WebhookEventType]) -> Result<(), Denied> {
    for event_type in types {
        let needed = Permission::Read(resource(*event_type));
        if !caller.permissions().allow(needed) {
            return Err(Denied::Lacks(needed));
        }
    }
    Ok(())
}
