//! A gateway that is killed again and again amid its work. Clients send again whatever got no answer, and some of what
//! did: nothing that was acknowledged is lost or changed, and nothing is done twice.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use uuid::Uuid;

use super::book::Book;
use super::gateway::{Gateway, Wire};
use super::operation::euros;
use super::programme::Programme;
use super::sums::Ledger;
use super::{Place, uuid_of};

const KILLS: usize = 20;
pub const CLIENTS: usize = 6;

/// Works until the gateway dies, which it does by this client's hand if it gets the last answer of this life.
fn work(mut wire: Wire, gateway: &Gateway, book: &Mutex<Book>, (last, delay): (usize, u64)) {
    loop {
        let (index, operation) = book.lock().unwrap().next();
        let Ok(answer) = wire.ask(&operation) else { return };
        let mut book = book.lock().unwrap();
        book.learn(index, answer);
        if book.answered == last {
            drop(book);
            // Not to wait for anything: to hit the others' work at any point of it.
            thread::sleep(Duration::from_micros(delay));
            gateway.kill();
            return;
        }
    }
}

async fn nothing_is_lost_and_nothing_is_doubled(place: Place, seed: u64) {
    let programme = Programme::new(&mut place.serve().connect(&place.token).unwrap(), 5);
    let book = Mutex::new(Book::new(seed, programme.partners, programme.campaigns.into()));
    for _ in 0..KILLS {
        let gateway = place.serve();
        let life = {
            let mut book = book.lock().unwrap();
            book.resume(10);
            book.life()
        };
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                let wire = gateway.connect(&place.token).unwrap();
                scope.spawn(|| work(wire, &gateway, &book, life));
            }
        });
    }
    // In the end everything is sent again.
    let gateway = place.serve();
    book.lock().unwrap().resume(usize::MAX);
    send_what_waits(&gateway, &place, &book);
    drop(gateway);
    let book = book.into_inner().unwrap();
    assert_told_is_there(&book, &Ledger::read(&place.url).await);
    place.assert_sound().await;
}

/// The ledger holds what the answers told of, and nothing else.
/// Sends what is waiting until it is answered.
pub fn send_what_waits(gateway: &Gateway, place: &Place, book: &Mutex<Book>) {
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let mut wire = gateway.connect(&place.token).unwrap();
            scope.spawn(move || {
                loop {
                    let Some((index, operation)) = book.lock().unwrap().next_waiting() else {
                        return;
                    };
                    let answer = wire.ask(&operation).unwrap();
                    book.lock().unwrap().learn(index, answer);
                }
            });
        }
    });
}

pub fn assert_told_is_there(book: &Book, ledger: &Ledger) {
    let expected = book.expected();
    let sorted = |texts: &[String]| texts.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(sorted(&ledger.events), sorted(&expected.events));
    assert_eq!(ledger.events.len(), expected.events.len());
    // What reversing wrote by itself, no answer tells of.
    let rows = ledger
        .rows
        .iter()
        .filter(|(_, row)| row.kind != "CLAWBACK" || row.has_event);
    let rows: Vec<_> = rows
        .map(|(id, row)| (*id, format!("{} {}", euros(row.minor), row.currency)))
        .collect();
    assert_eq!(rows, by_uuid(&expected.rows));
    let payouts = ledger.payouts.iter();
    let payouts: Vec<_> = payouts
        .map(|(id, payout)| (*id, format!("{} {}", euros(payout.minor), payout.currency)))
        .collect();
    assert_eq!(payouts, by_uuid(&expected.payouts));
    let runs: BTreeSet<_> = expected.runs.iter().map(|id| uuid_of(id)).collect();
    assert_eq!((&ledger.runs, runs.len()), (&runs, expected.runs.len()));
    for (id, payout) in &ledger.payouts {
        let settled = expected.settled.iter().find(|(settled, _)| uuid_of(settled) == *id);
        assert_eq!(payout.status, settled.map_or("PENDING", |(_, status)| status), "{id}");
    }
    for mutation in [
        "recordEvent",
        "recordEvents",
        "approveCommissions",
        "reverseCommissions",
        "createManualCommission",
        "createPayoutRun",
        "settlePayout",
    ] {
        assert!(book.done(mutation) > 0, "{mutation} was never done");
    }
    assert!(ledger.sum("PAID") > 0 && ledger.rows.values().any(|row| row.kind == "CLAWBACK"));
}

fn by_uuid(told: &std::collections::BTreeMap<String, String>) -> Vec<(Uuid, String)> {
    // Ids sort as what is inside of them.
    told.iter().map(|(id, amount)| (uuid_of(id), amount.clone())).collect()
}

#[tokio::test]
async fn a_gateway_killed_twenty_times_on_sqlite_loses_and_doubles_nothing() {
    nothing_is_lost_and_nothing_is_doubled(Place::sqlite(), 1).await;
}

#[tokio::test]
async fn a_gateway_killed_twenty_times_on_postgres_loses_and_doubles_nothing() {
    if let Some(place) = Place::postgres().await {
        nothing_is_lost_and_nothing_is_doubled(place, 2).await;
    }
}
