//! A tenant with many callers at once, each of whom may ask for as much as it likes: another tenant hardly notices.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{Seen, attacks, lasts, programmes};
use crate::support::both_databases;
use crate::support::program::Program;

/// How many ask at once; as an attack that is measured, and as a test beside others.
const CROWDS: [usize; 2] = [64, 16];

/// No bucket runs empty.
const RICH: &str = "maximum = 1000000000\nrestore_per_second = 1000000000\ntenant_maximum = 1000000000\ntenant_restore_per_second = 1000000000\n";

/// As long as a request of another tenant may take in half of all cases, on a machine that is busy with other tests.
const HALF_WITHIN: Duration = Duration::from_secs(1);

#[apply(both_databases)]
async fn a_crowd_of_one_tenant_holds_nobody_up(app: TestApp) {
    let ids = programmes(&app).await;
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let token = |tenant: &str, subject: &str| {
        app.sign(&json!({ "tenant": tenant, "sub": subject, "iat": now, "exp": now + 3600 }))
    };
    // Measured: as it would be without turns, and as it is.
    let (crowd, shares): (_, &[u32]) = match lasts().is_zero() {
        false => (CROWDS[0], &[100, 50]),
        true => (CROWDS[1], &[50]),
    };
    for &percent in shares {
        let program = Program::start(
            &app,
            &format!("[throttle]\n{RICH}[requests]\ntenant_thread_percent = {percent}\n"),
        );
        let calm = token("calm", "bob");
        let quiet = Seen::during(&program, &calm, || ());
        println!(
            "{percent} % of the threads, quiet: p50 {:.1?}, p99 {:.1?}",
            quiet.p50(),
            quiet.p99()
        );
        for attack in attacks(&ids) {
            if !["what GraphiQL asks for", "a variable of 45,000 values, used 20 times"].contains(&attack.name) {
                continue;
            }
            let body = json!({ "query": attack.document, "variables": attack.variables }).to_string();
            let requests: Vec<_> = (0..crowd)
                .map(|number| program.request_of(&token("acme", &format!("caller {number}")), &body))
                .collect();
            let begun = Instant::now();
            let seen = Seen::during(&program, &calm, || {
                std::thread::scope(|scope| {
                    for request in &requests {
                        scope.spawn(|| {
                            while begun.elapsed() < lasts().max(Duration::from_secs(3)) {
                                program.send(request);
                            }
                        });
                    }
                })
            });
            println!(
                "{percent} % of the threads, {crowd} times {}: others' p50 {:.1?}, p99 {:.1?}, readiness {:.1?}",
                attack.name,
                seen.p50(),
                seen.p99(),
                seen.readiness[0]
            );
            assert!(
                percent == 100 || seen.p50() < HALF_WITHIN,
                "{}: {:?}",
                attack.name,
                seen.p50()
            );
        }
    }
}
