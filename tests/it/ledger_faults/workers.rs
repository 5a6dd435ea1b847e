//! Rows that Citus spreads over several servers: the tenant's worker is killed amid its work, and the tenant moved to another
//! one. Clients send again whatever got no answer: nothing that was acknowledged is lost or changed, and nothing is done twice.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::tempdir;

use super::Place;
use super::book::Book;
use super::gateway::Wire;
use super::kills::{CLIENTS, assert_told_is_there, send_what_waits};
use super::programme::Programme;
use super::sums::Ledger;
use crate::support::citus::Spread;

/// How often the worker is killed, and how many answers come between.
const KILLS: usize = 5;
const ANSWERS: usize = 60;

/// Longer than anything here takes on a machine that has other things to do.
const LONG: Duration = Duration::from_secs(120);

/// What clients do while servers come and go.
struct Work {
    book: Mutex<Book>,
    answers: AtomicUsize,
    is_over: AtomicBool,
}

impl Work {
    /// Sends one thing after the other, and keeps what is answered.
    fn go_on(&self, mut wire: Wire) {
        while !self.is_over.load(Ordering::Relaxed) {
            let (index, operation) = self.book.lock().unwrap().next();
            if let Some(answer) = wire.ask_in_vain(&operation).expect("the gateway lives") {
                self.book.lock().unwrap().learn(index, answer);
                self.answers.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Waits for so many answers more.
    async fn answers(&self, more: usize) {
        let (until, began) = (self.answers.load(Ordering::Relaxed) + more, Instant::now());
        while self.answers.load(Ordering::Relaxed) < until {
            assert!(began.elapsed() < LONG, "answers come again");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Has clients work while `disturb` does, and looks what came of it.
async fn nothing_is_lost_and_nothing_is_doubled(spread: &Spread, seed: u64, disturb: impl AsyncFnOnce(&Work)) {
    let place = Place::new(spread.coordinator.url(), tempdir().unwrap(), None);
    let gateway = place.serve();
    let programme = Programme::new(&mut gateway.connect(&place.token).unwrap(), 5);
    let work = Arc::new(Work {
        book: Mutex::new(Book::new(seed, programme.partners, programme.campaigns.into())),
        answers: AtomicUsize::new(0),
        is_over: AtomicBool::new(false),
    });
    let clients = (0..CLIENTS).map(|_| {
        let (work, wire) = (work.clone(), gateway.connect(&place.token).unwrap());
        thread::spawn(move || work.go_on(wire))
    });
    let clients: Vec<_> = clients.collect();
    disturb(&work).await;
    work.is_over.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().expect("no client failed");
    }
    // In the end everything is sent again.
    work.book.lock().unwrap().resume(usize::MAX);
    send_what_waits(&gateway, &place, &work.book);
    drop(gateway);
    let ledger = Ledger::read(&place.url).await;
    assert_told_is_there(&work.book.lock().unwrap(), &ledger);
    ledger.assert_adds_up();
    assert_eq!(place.done(&["verify"]), "verified tenants: 1, findings: 0\n");
}

#[tokio::test]
async fn a_worker_that_is_killed_loses_and_doubles_nothing() {
    let Some(spread) = Spread::new().await else { return };
    nothing_is_lost_and_nothing_is_doubled(&spread, 3, async |work: &Work| {
        for _ in 0..KILLS {
            work.answers(ANSWERS).await;
            let (_, worker, _) = spread.place().await;
            worker.kill_outright();
            worker.start();
        }
        work.answers(ANSWERS).await;
    })
    .await;
}

#[tokio::test]
async fn a_tenant_that_is_moved_under_load_loses_and_doubles_nothing() {
    let Some(spread) = Spread::new().await else { return };
    nothing_is_lost_and_nothing_is_doubled(&spread, 4, async |work: &Work| {
        for mode in ["block_writes", "force_logical", "block_writes", "force_logical"] {
            work.answers(ANSWERS).await;
            spread.move_tenant(mode).await;
        }
        work.answers(ANSWERS).await;
    })
    .await;
}
