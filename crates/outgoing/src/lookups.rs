//! Lookups of names on behalf of tenants: a tenant looks up each name once at a time, and only so many at once. So slow
//! name servers of one tenant's receivers occupy only its own share.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared, WeakShared};

use super::{OutgoingError, Resolve};

/// The default of how many names are looked up at once for one tenant: more than a tenant has endpoints.
pub const TENANT_LOOKUPS: usize = 32;

/// `None`: the name could not be resolved.
type Found = Option<Arc<[IpAddr]>>;
type Lookup = BoxFuture<'static, Found>;
type OfTenant = HashMap<String, WeakShared<Lookup>>;

#[derive(Clone)]
pub(super) struct Lookups {
    most: usize,
    /// Those under way, by tenant and name. They end when nobody waits for them.
    of_tenants: Arc<Mutex<HashMap<String, OfTenant>>>,
}

impl Lookups {
    pub(super) fn new(most: usize) -> Self {
        let of_tenants = Arc::default();
        Self { most, of_tenants }
    }

    pub(super) async fn resolve(
        &self,
        resolver: &Arc<dyn Resolve>,
        tenant: &str,
        name: &str,
    ) -> Result<Vec<IpAddr>, OutgoingError> {
        let found = self.begin(resolver, tenant, name)?.await;
        found.map(|found| found.to_vec()).ok_or(OutgoingError::Unresolved)
    }

    /// A new lookup, or the one that is under way.
    fn begin(&self, resolver: &Arc<dyn Resolve>, tenant: &str, name: &str) -> Result<Shared<Lookup>, OutgoingError> {
        let mut of_tenants = self.of_tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let lookups = of_tenants.entry(tenant.to_owned()).or_default();
        if let Some(lookup) = lookups.get(name).and_then(WeakShared::upgrade) {
            return Ok(lookup);
        }
        lookups.retain(|_, lookup| lookup.upgrade().is_some());
        if lookups.len() >= self.most {
            return Err(OutgoingError::TooManyLookups(self.most));
        }
        let (resolver, wanted) = (resolver.clone(), name.to_owned());
        let lookup = async move { resolver.resolve(&wanted).await.ok().map(Arc::from) };
        let lookup = lookup.boxed().shared();
        let weak = lookup.downgrade().expect("it has not been polled");
        lookups.insert(name.to_owned(), weak);
        Ok(lookup)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::poll;

    use super::*;

    /// Never answers, and counts who asks.
    #[derive(Default)]
    struct Dead(AtomicUsize);

    impl Resolve for Dead {
        fn resolve<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            futures::future::pending().boxed()
        }
    }

    #[tokio::test]
    async fn a_tenant_looks_up_so_many_names_at_once_and_each_once() {
        let dead = Arc::new(Dead::default());
        let resolver: Arc<dyn Resolve> = dead.clone();
        let lookups = Lookups::new(2);
        let begin = |tenant: &'static str, name: &'static str| Box::pin(lookups.resolve(&resolver, tenant, name));
        let (mut first, mut same, mut second) = (begin("t", "a"), begin("t", "a"), begin("t", "b"));
        assert!(poll!(&mut first).is_pending() && poll!(&mut same).is_pending() && poll!(&mut second).is_pending());
        assert_eq!(dead.0.load(Ordering::Relaxed), 2);
        assert!(matches!(begin("t", "c").await, Err(OutgoingError::TooManyLookups(2))));
        // Another tenant has its own, also of the same name.
        let mut other = begin("u", "a");
        assert!(poll!(&mut other).is_pending());
        assert_eq!(dead.0.load(Ordering::Relaxed), 3);
        // Nobody waits for the second any more.
        drop(second);
        assert!(poll!(&mut begin("t", "c")).is_pending());
        drop(first);
        assert!(poll!(&mut same).is_pending());
        assert_eq!(dead.0.load(Ordering::Relaxed), 4);
    }
}
