//! The ledger under faults: several processes at once, processes that are killed, many writers at one file. The program
//! runs as it is installed, and is asked over HTTP.

mod answers;
mod book;
mod disk;
mod gateway;
mod keys;
mod kills;
mod moments;
mod operation;
mod processes;
mod programme;
mod sums;
mod workers;
mod writers;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::TestApp;
use gateway::Gateway;

/// The secret of every gateway here, so that one token serves them all.
const SECRET: &str = "nobody outside of these tests knows it";

/// A database with the tenant `acme`, and a token of its staff.
struct Place {
    url: String,
    token: String,
    /// Holds the SQLite file and what the gateways wrote to standard error.
    folder: TempDir,
    /// Holds the PostgreSQL database, and removes it in the end.
    _postgres: Option<TestApp>,
}

impl Place {
    /// A SQLite file that nothing but the spawned programs has open.
    fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("ledger.db").display());
        Self::new(url, folder, None)
    }

    /// `None` where no PostgreSQL server is at hand.
    async fn postgres() -> Option<Self> {
        let app = TestApp::on_postgres().await?;
        Some(Self::new(app.database_url(), tempfile::tempdir().unwrap(), Some(app)))
    }

    fn new(url: String, folder: TempDir, postgres: Option<TestApp>) -> Self {
        let mut place = Self {
            url,
            token: String::new(),
            folder,
            _postgres: postgres,
        };
        place.done(&["tenant", "create", "--slug", "acme", "--name", "Acme"]);
        place.token = place.done(&["token", "--tenant", "acme"]).trim().to_owned();
        place
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tributary"));
        command
            .args(["--database-url", &self.url, "--jwt-secret", SECRET])
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Standard output of a command that must succeed.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("it starts");
        let (text, errors) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {text}\n{errors}");
        text.into_owned()
    }

    /// What all gateways here wrote to standard error.
    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn serve(&self) -> Gateway {
        Gateway::start(self.command(&["--listen", "127.0.0.1:0", "serve"]), &self.log_file())
    }

    /// The program itself finds nothing wrong, nor does the test, and no gateway had an error to log.
    async fn assert_sound(&self) {
        sums::Ledger::read(&self.url).await.assert_adds_up();
        assert_eq!(self.done(&["verify"]), "verified tenants: 1, findings: 0\n");
        let log = std::fs::read_to_string(self.log_file()).unwrap();
        let errors: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

/// The UUID inside of an id.
fn uuid_of(id: &str) -> uuid::Uuid {
    let (_, uuid) = tributary::domain::id::parse_any(id).expect("an id");
    uuid
}
