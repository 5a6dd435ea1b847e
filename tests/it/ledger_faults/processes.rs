//! Two gateways on one PostgreSQL database: the same events sent to both, then reviews, refunds and payouts of the same
//! rows racing in both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::thread;

use serde_json::Value;
use uuid::Uuid;

use super::answers::{Told, is_done, list, rows, text};
use super::gateway::{Gateway, Wire};
use super::operation::{Operation, charge, euros, refund};
use super::programme::Programme;
use super::sums::Ledger;
use super::{Place, uuid_of};

const EVENTS: usize = 2_000;
const PARTNERS: usize = 10;
/// Senders of each process.
const SENDERS: usize = 4;

fn event(programme: &Programme, number: usize) -> Value {
    let customer = format!("customer {}", number % 200);
    let partner = &programme.partners[number % PARTNERS];
    let campaign = &programme.campaigns[number / PARTNERS % 2];
    charge(
        &format!("event {number}"),
        minor(number),
        Some(&customer),
        partner,
        campaign,
    )
}

/// What event `number` charges, in cents.
fn minor(number: usize) -> i64 {
    i64::try_from(101 + number * 37 % 9_000).unwrap()
}

/// 12.5 % of it, half a cent rounded up.
fn commission_minor(number: usize) -> i64 {
    (minor(number) * 125 + 500) / 1_000
}

/// Sends every event four times, to both gateways, in a shuffled order; gives the row of each.
fn send_all(programme: &Programme, gateways: &[Gateway; 2], token: &str) -> Vec<Told> {
    let mut sends: Vec<usize> = (0..EVENTS).cycle().take(4 * EVENTS).collect();
    fastrand::Rng::with_seed(7).shuffle(&mut sends);
    let earned: Mutex<BTreeMap<usize, Told>> = Mutex::default();
    let learn = |number: usize, recorded: &Value| {
        assert!(is_done(recorded), "{recorded}");
        let rows = rows(recorded);
        let [row] = rows.as_slice() else { panic!("{recorded}") };
        let expected = format!("{} EUR", euros(commission_minor(number)));
        assert_eq!((row.kind.as_str(), &row.amount), ("EVENT", &expected));
        let mut earned = earned.lock().unwrap();
        assert_eq!(
            earned.entry(number).or_insert_with(|| row.clone()),
            row,
            "every answer tells of the same row"
        );
    };
    thread::scope(|scope| {
        for (sender, numbers) in sends.chunks(sends.len() / (2 * SENDERS)).enumerate() {
            let learn = &learn;
            scope.spawn(move || {
                let mut wire = gateways[sender % 2].connect(token).unwrap();
                // Of every 100, 80 in one call and the others one by one.
                for numbers in numbers.chunks(100) {
                    let (batch, single) = numbers.split_at(numbers.len().min(80));
                    let events = batch.iter().map(|number| event(programme, *number)).collect();
                    let answer = wire.ask(&Operation::record_all(events)).unwrap();
                    assert_eq!(list(&answer).len(), batch.len());
                    for (number, recorded) in batch.iter().zip(list(&answer)) {
                        learn(*number, recorded);
                    }
                    for number in single {
                        let answer = wire.ask(&Operation::record(event(programme, *number))).unwrap();
                        learn(*number, &answer);
                    }
                }
            });
        }
    });
    earned.into_inner().unwrap().into_values().collect()
}

/// What the racing clients were told.
#[derive(Default)]
struct Known {
    /// Payouts by their id, with their amount.
    payouts: BTreeMap<String, String>,
    /// How each was settled.
    settled: Vec<(String, &'static str)>,
    reversed: BTreeSet<String>,
}

/// One client that does everything at random to the same rows as the others.
fn race(wire: &mut Wire, worker: u64, earned: &[Told], known: &Mutex<Known>) {
    let mut rng = fastrand::Rng::with_seed(worker);
    for step in 0..30 {
        let mut some = |count: usize| -> Vec<String> {
            let ids: BTreeSet<_> = (0..count).map(|_| rng.usize(..earned.len())).collect();
            ids.into_iter().map(|index| earned[index].id.clone()).collect()
        };
        match step % 6 {
            0 | 3 => {
                let answers = wire.ask(&Operation::approve(&some(60), Some("race"), None)).unwrap();
                assert!(!list(&answers).is_empty());
            }
            1 => {
                let answers = wire.ask(&Operation::reverse(&some(15), None)).unwrap();
                let done = list(&answers).iter().filter(|answer| is_done(answer));
                let mut known = known.lock().unwrap();
                for answer in done {
                    assert!(
                        known.reversed.insert(text(&answer["id"])),
                        "a row is reversed once: {answer}"
                    );
                }
            }
            2 => {
                let number = rng.usize(..EVENTS);
                // All of it, or a part that several of them may take together.
                let part = rng.bool().then(|| minor(number) / 3);
                let event = refund(
                    &format!("refund {worker} {step}"),
                    "REFUND",
                    &format!("event {number}"),
                    part,
                );
                wire.ask(&Operation::record(event)).unwrap();
            }
            4 => {
                let run = wire.ask(&Operation::run(None)).unwrap();
                assert!(is_done(&run), "{run}");
                let mut known = known.lock().unwrap();
                for payout in list(&run["payoutRun"]["payouts"]["nodes"]) {
                    known
                        .payouts
                        .insert(text(&payout["id"]), super::answers::amount(payout));
                }
            }
            _ => {
                let open: Vec<_> = known.lock().unwrap().payouts.keys().cloned().collect();
                // The newest few, which the others settle at the same time in other ways.
                for id in open.iter().rev().take(6) {
                    let status = ["PAID", "PAID", "FAILED", "CANCELED"][rng.usize(..4)];
                    let answer = wire.ask(&Operation::settle(id, status, None)).unwrap();
                    if is_done(&answer) {
                        known.lock().unwrap().settled.push((id.clone(), status));
                    } else {
                        assert_eq!(answer["userErrors"][0]["code"], "INVALID_TRANSITION", "{answer}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn two_gateways_record_each_event_once_and_pay_each_row_once() {
    let Some(place) = Place::postgres().await else { return };
    let gateways = [place.serve(), place.serve()];
    let programme = Programme::new(&mut gateways[0].connect(&place.token).unwrap(), PARTNERS);

    let earned = send_all(&programme, &gateways, &place.token);
    assert_eq!(earned.len(), EVENTS);
    let ledger = Ledger::read(&place.url).await;
    assert_eq!((ledger.events.len(), ledger.rows.len()), (EVENTS, EVENTS));
    let told: BTreeSet<Uuid> = earned.iter().map(|row| uuid_of(&row.id)).collect();
    assert!(
        ledger.rows.keys().eq(&told),
        "every row was told of, and no other is there"
    );
    let sum: i64 = ledger.rows.values().map(|row| row.minor).sum();
    assert_eq!(sum, (0..EVENTS).map(commission_minor).sum::<i64>());
    place.assert_sound().await;

    let known: Mutex<Known> = Mutex::default();
    thread::scope(|scope| {
        for worker in 0..2 * SENDERS {
            let (gateway, earned, known, token) = (&gateways[worker % 2], &earned, &known, &place.token);
            let mut wire = gateway.connect(token).unwrap();
            scope.spawn(move || race(&mut wire, worker as u64, earned, known));
        }
    });
    let known = known.into_inner().unwrap();
    let ledger = Ledger::read(&place.url).await;
    let told: BTreeSet<Uuid> = known.payouts.keys().map(|id| uuid_of(id)).collect();
    assert!(
        ledger.payouts.keys().eq(&told),
        "every payout was told of, and no other is there"
    );
    let mut settled = BTreeMap::new();
    for (id, status) in &known.settled {
        assert_eq!(settled.insert(id, status), None, "{id} was settled twice");
        assert_eq!(ledger.payouts[&uuid_of(id)].status, *status);
    }
    for (id, amount) in &known.payouts {
        let payout = &ledger.payouts[&uuid_of(id)];
        assert_eq!(&format!("{} {}", euros(payout.minor), payout.currency), amount);
        assert_eq!(payout.status == "PENDING", !settled.contains_key(id));
    }
    for id in &known.reversed {
        assert_eq!(ledger.rows[&uuid_of(id)].status, "REVERSED");
    }
    let paid: i64 = ledger
        .payouts
        .values()
        .filter(|payout| payout.status == "PAID")
        .map(|payout| payout.minor)
        .sum();
    assert_eq!(paid, ledger.sum("PAID"));
    // The race was one: some of everything happened.
    assert!(
        paid > 0 && !known.reversed.is_empty(),
        "{} payouts",
        known.payouts.len()
    );
    assert!(ledger.rows.values().any(|row| row.kind == "CLAWBACK"));
    assert!(
        ["PAID", "FAILED", "CANCELED"]
            .iter()
            .all(|status| known.settled.iter().any(|(_, as_what)| as_what == status))
    );
    place.assert_sound().await;
}
