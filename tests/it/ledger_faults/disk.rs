//! A SQLite file that cannot be written for a while: its disk has no more room, or another process holds its lock. What
//! was acknowledged before, meanwhile and afterwards is in the ledger, and nothing is there twice.

use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use tokio::runtime::Handle;

use super::Place;
use super::book::Book;
use super::gateway::{Gateway, Wire};
use super::kills::{CLIENTS, assert_told_is_there, send_what_waits};
use super::programme::Programme;
use super::sums::Ledger;

/// What the disk is like, and for how long: until so many operations were answered, or failed where it is not well.
const WEATHER: [(Disk, usize); 7] = [
    (Disk::Well, 500),
    (Disk::Full, 80),
    (Disk::Well, 300),
    (Disk::Locked, 12),
    (Disk::Well, 200),
    (Disk::Full, 80),
    (Disk::Well, 600),
];

/// Readiness has followed by then.
const SOON: Duration = Duration::from_secs(15);

/// More than what the gateway logs, and less than the ledger and its log have when the disk is full first.
const ROOM: &str = "2000000";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disk {
    Well,
    /// Files may not grow: a write fails, or is done in part.
    Full,
    /// Another process writes, and does not end.
    Locked,
}

struct Weather<'a> {
    gateway: &'a Gateway,
    place: &'a Place,
    runtime: Handle,
    /// What it is like now.
    disk: Disk,
    /// What is and what is to come.
    phases: &'static [(Disk, usize)],
    /// How many operations came to the end that this phase is about.
    count: usize,
    /// Another process with the lock.
    other: Option<DatabaseConnection>,
}

impl Weather<'_> {
    /// Whether it goes on after an operation that was answered or failed.
    fn goes_on(&mut self, answered: bool) -> bool {
        let Some((disk, last)) = self.phases.first() else {
            return false;
        };
        if answered != (*disk == Disk::Well) {
            return true;
        }
        self.count += 1;
        if self.count == *last {
            (self.phases, self.count) = (&self.phases[1..], 0);
            self.change();
        }
        true
    }

    fn change(&mut self) {
        // The phase that is over.
        if self.disk == Disk::Full {
            self.until_readiness_is("503 Service Unavailable");
        }
        let Some((disk, _)) = self.phases.first() else {
            return;
        };
        self.disk = *disk;
        if let Some(other) = self.other.take() {
            self.runtime.block_on(other.close()).unwrap();
        }
        match disk {
            Disk::Well => {
                self.limit("unlimited");
                self.until_readiness_is("200 OK");
            }
            Disk::Full => self.limit(ROOM),
            Disk::Locked => self.other = Some(self.runtime.block_on(lock(&self.place.url))),
        }
    }

    /// What the orchestrator is told, some seconds after a change: nobody else writes or fails meanwhile.
    fn until_readiness_is(&self, status: &str) {
        let began = Instant::now();
        loop {
            let answer = self.gateway.readiness();
            if answer == format!("HTTP/1.1 {status}") {
                return;
            }
            assert!(began.elapsed() < SOON, "/readyz says {answer}, not {status}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// What is written beyond so many bytes of a file fails.
    fn limit(&self, bytes: &str) {
        let id = self.gateway.id().to_string();
        let told = Command::new("prlimit")
            .args(["--pid", &id, &format!("--fsize={bytes}:")])
            .status();
        assert!(told.expect("prlimit, of util-linux, is there").success());
    }
}

async fn lock(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let other = Database::connect(options).await.unwrap();
    let statement = Statement::from_string(other.get_database_backend(), "BEGIN IMMEDIATE");
    other.execute_raw(statement).await.unwrap();
    other
}

fn work(mut wire: Wire, book: &Mutex<Book>, weather: &Mutex<Weather<'_>>) {
    loop {
        let (index, operation) = book.lock().unwrap().next();
        let answer = wire.ask_in_vain(&operation).expect("the gateway lives");
        let answered = answer.is_some();
        if let Some(answer) = answer {
            book.lock().unwrap().learn(index, answer);
        }
        if !weather.lock().unwrap().goes_on(answered) {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_for_a_while_loses_and_doubles_nothing() {
    let place = Place::sqlite();
    let programme = Programme::new(&mut place.serve().connect(&place.token).unwrap(), 5);
    let book = Mutex::new(Book::new(3, programme.partners, programme.campaigns.into()));
    let settings = place.folder.path().join("settings.toml");
    std::fs::write(&settings, "[database]\nacquire_seconds = 1").unwrap();
    let settings = settings.to_str().expect("UTF-8").to_owned();
    let serve = place.command(&[
        "--listen",
        "127.0.0.1:0",
        "--config",
        &settings,
        "--log",
        "error",
        "serve",
    ]);
    let gateway = Gateway::start(unstopped(&serve), &place.log_file());
    let weather = Mutex::new(Weather {
        gateway: &gateway,
        place: &place,
        runtime: Handle::current(),
        disk: Disk::Well,
        phases: &WEATHER,
        count: 0,
        other: None,
    });
    tokio::task::block_in_place(|| {
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                let wire = gateway.connect(&place.token).unwrap();
                scope.spawn(|| work(wire, &book, &weather));
            }
        });
    });
    gateway.kill();
    // Whatever failed is sent again, and everything else, too: the answers are the same after a restart.
    let gateway = place.serve();
    book.lock().unwrap().resume(usize::MAX);
    tokio::task::block_in_place(|| send_what_waits(&gateway, &place, &book));
    drop(gateway);
    let ledger = Ledger::read(&place.url).await;
    assert_told_is_there(&book.into_inner().unwrap(), &ledger);
    ledger.assert_adds_up();
    assert_eq!(place.done(&["verify"]), "verified tenants: 1, findings: 0\n");
}

/// The same program, to which a write beyond the limit is an error and not a signal that ends it.
fn unstopped(program: &Command) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(program.get_program())
        .args(program.get_args())
        .stdin(Stdio::null());
    command
}
