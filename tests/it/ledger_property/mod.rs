//! Whatever happens in whatever order: the balances are the sums of the rows, nothing of the past changes, and rows move
//! only along the state machine.

mod past;
mod step;
mod story;
mod view;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::test_runner::{Config, TestRunner};

use crate::support::TestApp;

const STEPS: usize = 40;

/// Tells so many random stories, each on a database of its own; gives in how many of them what came to be. `app` gives
/// `None` where there is no server for it.
fn tell_stories(cases: u32, app: impl AsyncFn() -> Option<TestApp>) -> BTreeMap<String, usize> {
    let config = Config {
        cases,
        // A story takes a second: a failure is made shorter for two minutes at most, not for an hour.
        max_shrink_iters: 100,
        failure_persistence: None,
        ..Config::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let kinds = RefCell::new(BTreeMap::new());
    let told = TestRunner::new(config).run(&step::story(STEPS), |steps| {
        runtime.block_on(async {
            if let Some(app) = app().await {
                for kind in story::tell(app, &steps).await {
                    *kinds.borrow_mut().entry(kind).or_default() += 1;
                }
            }
        });
        Ok(())
    });
    told.unwrap_or_else(|failure| panic!("{failure}"));
    kinds.into_inner()
}

#[test]
fn any_story_keeps_the_ledger_sound_on_sqlite() {
    let kinds = tell_stories(20, async || Some(TestApp::on_sqlite().await));
    // The stories go far enough to mean something.
    for kind in [
        "EVENT ACCRUED",
        "EVENT APPROVED",
        "EVENT PAID",
        "EVENT REVERSED",
        "CLAWBACK APPROVED",
        "PAYOUT PENDING",
        "PAYOUT PAID",
    ] {
        assert!(kinds.contains_key(kind), "no {kind} in {kinds:#?}");
    }
}

#[test]
fn any_story_keeps_the_ledger_sound_on_postgres() {
    tell_stories(4, TestApp::on_postgres);
}
