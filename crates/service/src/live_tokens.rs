//! How many partners' tokens this process has issued for each tenant that have not expired. Tokens are not stored, so the
//! count begins anew with the process, and each replica has its own.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::{Mutex, PoisonError};

use domain::Timestamp;
use domain::id::TenantId;

pub struct LiveTokens {
    most: usize,
    /// When the tokens of a tenant expire, the earliest first.
    expiries: Mutex<HashMap<TenantId, BinaryHeap<Reverse<Timestamp>>>>,
}

impl LiveTokens {
    /// At most so many for each tenant.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            expiries: Mutex::default(),
        }
    }

    /// Counts a token that is about to be issued; the error is the maximum, if the tenant has as many.
    pub fn add(&self, tenant: TenantId, now: Timestamp, expires_at: Timestamp) -> Result<(), usize> {
        let mut expiries = self.expiries.lock().unwrap_or_else(PoisonError::into_inner);
        let live = expiries.entry(tenant).or_default();
        while live.peek().is_some_and(|Reverse(expiry)| *expiry <= now) {
            live.pop();
        }
        if live.len() >= self.most {
            return Err(self.most);
        }
        live.push(Reverse(expires_at));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn tokens_count_until_they_expire() {
        let (tokens, start) = (LiveTokens::new(2), Timestamp::UNIX_EPOCH);
        let at = |seconds| start + Duration::from_secs(seconds);
        let (acme, other) = (TenantId::new(start), TenantId::new(at(1)));
        assert_eq!(tokens.add(acme, start, at(60)), Ok(()));
        assert_eq!(tokens.add(acme, start, at(30)), Ok(()));
        assert_eq!(tokens.add(acme, at(29), at(90)), Err(2));
        assert_eq!(tokens.add(other, at(29), at(90)), Ok(()));
        assert_eq!(tokens.add(acme, at(30), at(90)), Ok(()));
        assert_eq!(tokens.add(acme, at(59), at(90)), Err(2));
        assert_eq!(tokens.add(acme, at(60), at(90)), Ok(()));
    }
}
