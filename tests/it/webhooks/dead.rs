//! Endpoints that never answer beside one that does: the program as it runs, with the system's time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tributary::service::webhook::Webhooks;

use super::{How, Receiver, Seller, endpoint, lasting, patient};
use crate::support::{TestApp, both_databases};

const AT_ONCE: usize = 4;
/// As many as fail at once.
const WAITING: usize = 12;
const MESSAGES: usize = 60;
/// A tenant has 20 endpoints at most.
const OF_A_TENANT: usize = 17;

/// Nobody who is silent is given up within the test, so that whoever waited for one would wait for ever.
async fn hears_beside(app: TestApp, dead: usize) {
    let app = app.with_webhooks(Webhooks {
        at_once: AT_ONCE,
        ..patient()
    });
    let (receiver, silent) = (Receiver::start().await, Receiver::start().await);
    silent.always(How::Silence);
    let mut sellers = Vec::new();
    for (place, number) in (0..dead).enumerate() {
        if place % OF_A_TENANT == 0 {
            let staff = lasting(&app, &app.tenant(&format!("t{place}")).await);
            let seller = Seller::new(&staff, "ann").await;
            sellers.push((staff, seller));
        }
        let (staff, _) = &sellers[place / OF_A_TENANT];
        let url = silent.url().replace("/hooks", &format!("/{number}"));
        endpoint(staff, &url, &["COMMISSION_ACCRUED"]).await;
    }
    // The living one is among those of a tenant whose others are dead.
    endpoint(&sellers[0].0, &receiver.url(), &["COMMISSION_ACCRUED"]).await;
    for (staff, seller) in &sellers {
        for _ in 0..WAITING {
            seller.earns(staff, "1").await;
        }
    }
    let (end, ending) = watch::channel(false);
    let running = tokio::spawn(tributary::jobs::run(app.app.clone(), ending));
    let hears = async |count: usize| {
        let waiting = async {
            let mut heard = 0;
            while heard < count {
                tokio::time::sleep(Duration::from_millis(1)).await;
                heard += receiver.take().len();
            }
        };
        let waiting = tokio::time::timeout(Duration::from_secs(120), waiting).await;
        waiting.expect("whoever answers hears, whoever else does not");
    };
    hears(WAITING).await;
    let mut latencies = Vec::new();
    for _ in 0..MESSAGES {
        for (staff, seller) in &sellers {
            seller.earns(staff, "1").await;
        }
        let committed = Instant::now();
        hears(1).await;
        latencies.push(committed.elapsed());
    }
    let mut of_each: BTreeMap<String, usize> = BTreeMap::new();
    for message in silent.take() {
        *of_each.entry(message.path).or_default() += 1;
    }
    assert_eq!(of_each.len(), dead, "each is tried");
    assert!(of_each.values().all(|requests| *requests <= AT_ONCE), "{of_each:?}");
    latencies.sort_unstable();
    let of = |share: usize| latencies[latencies.len() * share / 100];
    println!("beside {dead} dead endpoints: p50 {:?}, p99 {:?}", of(50), of(99));
    running.abort();
    drop(end);
}

#[apply(both_databases)]
async fn one_dead_endpoint_delays_nobody(app: TestApp) {
    hears_beside(app, 1).await;
}

#[apply(both_databases)]
async fn fifty_dead_endpoints_delay_nobody(app: TestApp) {
    hears_beside(app, 50).await;
}
