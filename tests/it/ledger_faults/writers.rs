//! Many writers at one SQLite file: none is turned away because the file is locked, be the others in the same process
//! or in another.

use std::sync::Mutex;
use std::thread;

use super::Place;
use super::answers::{is_done, list, rows, told};
use super::gateway::Wire;
use super::operation::{Operation, charge, euros};
use super::programme::Programme;
use super::sums::Ledger;

const ROUNDS: usize = 8;
/// Events of each client in each round.
const EVENTS: usize = 9;

/// Records events one by one and together, enters a row, approves some of its own; everything must be done. Gives the
/// ids of its rows.
fn write(wire: &mut Wire, client: usize, programme: &Programme) -> Vec<String> {
    let mut ids = Vec::new();
    for round in 0..ROUNDS {
        // All clients write to all partners, in turns that differ.
        let partner = &programme.partners[(client + round) % programme.partners.len()];
        let event = |part: usize| {
            let (id, customer) = (
                format!("event {client} {round} {part}"),
                format!("customer {}", (client * part) % 7),
            );
            charge(&id, 1_000, Some(&customer), partner, &programme.campaigns[part % 2])
        };
        let one = wire.ask(&Operation::record(event(0))).unwrap();
        let others = wire
            .ask(&Operation::record_all((1..EVENTS).map(event).collect()))
            .unwrap();
        let recorded: Vec<_> = [&one].into_iter().chain(list(&others)).collect();
        assert!(
            recorded.len() == EVENTS && recorded.iter().all(|payload| is_done(payload)),
            "{recorded:?}"
        );
        let fresh: Vec<_> = recorded.into_iter().flat_map(rows).map(|row| row.id).collect();
        let approved = wire
            .ask(&Operation::approve(&fresh[..4], Some("agreed"), None))
            .unwrap();
        // The job may have approved what is held back for no time.
        let is_approved = |answer| is_done(answer) || answer["userErrors"][0]["code"] == "INVALID_TRANSITION";
        assert!(list(&approved).iter().all(is_approved), "{approved}");
        let manual = wire.ask(&Operation::manual(partner, &euros(250), None)).unwrap();
        assert!(is_done(&manual), "{manual}");
        ids.extend(fresh);
        ids.push(told(&manual["commission"]).id);
    }
    ids
}

/// Writes with this many clients of each gateway at once.
async fn all_are_served(clients: &[usize]) {
    let place = Place::sqlite();
    let gateways: Vec<_> = clients.iter().map(|_| place.serve()).collect();
    let programme = Programme::new(&mut gateways[0].connect(&place.token).unwrap(), 4);
    let ids: Mutex<Vec<String>> = Mutex::default();
    let mut count = 0;
    thread::scope(|scope| {
        for (gateway, clients) in gateways.iter().zip(clients) {
            for _ in 0..*clients {
                let (client, programme, ids) = (count, &programme, &ids);
                count += 1;
                let mut wire = gateway.connect(&place.token).unwrap();
                scope.spawn(move || {
                    let written = write(&mut wire, client, programme);
                    ids.lock().unwrap().extend(written);
                });
            }
        }
    });
    let mut told: Vec<_> = ids.into_inner().unwrap().iter().map(|id| super::uuid_of(id)).collect();
    told.sort();
    // Their jobs approve rows as long as they run, also between two reads.
    drop(gateways);
    let ledger = Ledger::read(&place.url).await;
    assert!(
        ledger.rows.keys().eq(&told),
        "every acknowledged row is there once, and no other"
    );
    assert_eq!(ledger.events.len(), count * ROUNDS * EVENTS);
    let each = i64::try_from(EVENTS).unwrap() * 125 + 250;
    let sum: i64 = ledger.rows.values().map(|row| row.minor).sum();
    assert_eq!(sum, each * i64::try_from(count * ROUNDS).unwrap());
    place.assert_sound().await;
    let log = std::fs::read_to_string(place.log_file()).unwrap();
    assert!(!log.contains("locked"), "{log}");
}

#[tokio::test]
async fn sixteen_clients_of_one_gateway_write_to_one_sqlite_file() {
    all_are_served(&[16]).await;
}

#[tokio::test]
async fn two_gateways_share_a_sqlite_file() {
    all_are_served(&[12, 4]).await;
}
