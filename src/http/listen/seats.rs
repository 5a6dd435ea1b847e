//! How many subscriptions there may be: of a token's subject, and of a tenant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::auth::Caller;
use crate::http::options::Subscriptions;

pub struct Seats {
    per_subject: usize,
    per_tenant: usize,
    taken: Arc<Mutex<HashMap<String, usize>>>,
}

/// A subscription's place, until it is dropped.
pub struct Seat {
    taken: Arc<Mutex<HashMap<String, usize>>>,
    holders: [String; 2],
}

impl Seats {
    pub fn new(settings: &Subscriptions) -> Self {
        Self {
            per_subject: settings.per_subject,
            per_tenant: settings.per_tenant,
            taken: Arc::default(),
        }
    }

    /// A place for one more subscription; otherwise the text for the caller that says why there is none.
    pub fn take(&self, caller: &Caller) -> Result<Seat, String> {
        // No tenant's id has a slash.
        let tenant = caller.tenant().to_string();
        let subject = format!("{tenant}/{}", caller.subject());
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for (holder, most, who) in [
            (&subject, self.per_subject, "this token's subject"),
            (&tenant, self.per_tenant, "this tenant"),
        ] {
            if taken.get(holder).is_some_and(|count| *count >= most) {
                return Err(format!(
                    "{who} has {most} subscriptions already, which is the most: end one first"
                ));
            }
        }
        let holders = [subject, tenant];
        for holder in &holders {
            *taken.entry(holder.clone()).or_default() += 1;
        }
        drop(taken);
        Ok(Seat {
            taken: self.taken.clone(),
            holders,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        for holder in &self.holders {
            if let Some(count) = taken.get_mut(holder) {
                *count -= 1;
                if *count == 0 {
                    taken.remove(holder);
                }
            }
        }
    }
}
