//! A run that was stopped goes on where it was, and one with nothing to do reads nothing of what is known.

use tributary::seed::{SeedAmounts, fill};
use tributary::service::ledger::verify::{Holds, VerifiedState, VerifyProgress, verify_since};
use tributary::store::StoreError;

use super::Vandal;
use crate::support::both_databases;

/// More than a page of them.
const PARTNERS: usize = 2_100;

const AMOUNTS: SeedAmounts = SeedAmounts {
    partners: 2_100,
    campaigns: 2,
    commissions: 300,
    rng_seed: 1,
};

/// What stops a run.
#[derive(Debug)]
struct Stopped;

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        panic!("{error}")
    }
}

#[apply(both_databases)]
async fn a_run_that_was_stopped_goes_on_where_it_was(app: TestApp) {
    let tenant = app.tenant("acme").await;
    fill(&app.app, &tenant, AMOUNTS, |_| {}).await.expect("a seed");
    let mut known = VerifiedState::default();
    let mut runs = Vec::new();
    // Each is stopped after its first page of partners.
    for _ in 0..10 {
        let before = known.clone();
        let mut first = None;
        let stopped = verify_since(&app.app, &tenant, &before, |progress: VerifyProgress, holds| {
            first.get_or_insert(progress.all);
            let partners = holds.iter().filter(|holds| matches!(holds, Holds::Partner(..))).count();
            holds.into_iter().for_each(|holds| known.add(holds));
            if partners > 0 { Err(Stopped) } else { Ok(()) }
        });
        let stopped = stopped.await;
        runs.push(first.unwrap());
        if let Ok(findings) = stopped {
            assert_eq!(findings, []);
            break;
        }
    }
    assert_eq!(runs.first(), Some(&PARTNERS));
    assert!(runs.windows(2).all(|pair| pair[1] < pair[0]), "{runs:?}");
    assert_eq!((runs.last(), known.partners.len()), (Some(&0), PARTNERS), "{runs:?}");
    // What is known is not read.
    app.reset_statements();
    verify_since(&app.app, &tenant, &known, |_, _| Ok::<_, StoreError>(()))
        .await
        .unwrap();
    let statements = app.statements();
    assert!(
        !statements
            .iter()
            .any(|sql| sql.contains("FROM commission ") || sql.contains("FROM \"commission\"")),
        "{statements:#?}"
    );
}

#[apply(both_databases)]
async fn what_was_looked_at_before_it_was_stopped_is_not_told_again(app: TestApp) {
    let tenant = app.tenant("acme").await;
    fill(&app.app, &tenant, AMOUNTS, |_| {}).await.expect("a seed");
    let vandal = Vandal::new(&app).await;
    vandal
        .run("UPDATE partner_balance SET paid_minor = paid_minor + 1 WHERE accrued_minor >= 0")
        .await;
    let mut known = VerifiedState::default();
    let find = async |known: &mut VerifiedState| {
        let before = known.clone();
        let add = |_, holds: Vec<_>| {
            holds.into_iter().for_each(|holds| known.add(holds));
            Ok::<_, StoreError>(())
        };
        verify_since(&app.app, &tenant, &before, add).await.unwrap()
    };
    // Findings are told until they are mended: what does not hold is never known to.
    let first = find(&mut known).await;
    assert!(!first.is_empty() && known.whole.is_some(), "{first:?}");
    assert_eq!(find(&mut known).await, first);
    vandal
        .run("UPDATE partner_balance SET paid_minor = paid_minor - 1 WHERE accrued_minor >= 0")
        .await;
    assert_eq!(find(&mut known).await, []);
    assert_eq!(known.partners.len(), PARTNERS);
}
