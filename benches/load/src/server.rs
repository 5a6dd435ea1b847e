//! The servers under load, as children of this process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Failure;
use crate::client::{Connection, Request};
use crate::load::NUMBERS;

/// Signs the tokens of the benchmark.
pub const SECRET: &str = "a secret that only this benchmark knows";

/// Everything that production enables is enabled. Only the throttle is out of reach, since one subject sends all
/// requests, and the maximum cost of a document, since drawn ones may be large.
const SETTINGS: &str = "production = true
log = \"info\"
log_format = \"json\"
webhook_keys = \"bench:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"

[webhooks]
allowed_networks = [\"127.0.0.0/8\"]

[limits]
cost = 1000000

[throttle]
maximum = 1000000000000
restore_per_second = 1000000000000
";

/// How long a server may take to become ready; the debug build on a slow machine needs it.
const TIMEOUT: Duration = Duration::from_secs(60);

pub struct Server {
    pub address: SocketAddr,
    pub pid: u32,
    /// Time from start to readiness.
    pub ready_after: Duration,
    // The process ends when this is dropped.
    _child: Child,
}

/// The program `tributary`, which is built into the same folder as this one; TRIBUTARY_BENCH_PROGRAM names another.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever compares builds names one in the environment"
)]
pub fn tributary() -> Result<PathBuf, Failure> {
    if let Some(other) = std::env::var_os("TRIBUTARY_BENCH_PROGRAM") {
        return Ok(other.into());
    }
    let own = std::env::current_exe()?;
    let program = own.with_file_name("tributary");
    if program.exists() {
        Ok(program)
    } else {
        Err(format!("{} is missing: build the package tributary first", program.display()).into())
    }
}

impl Server {
    /// The gateway as it runs in production; its log goes to a file in `folder`.
    pub async fn gateway(database_url: &str, folder: &Path) -> Result<Self, Failure> {
        let (settings, log) = (folder.join("gateway.toml"), folder.join("gateway.log"));
        std::fs::write(&settings, SETTINGS)?;
        let mut command = Command::new(tributary()?);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--jwt-secret", SECRET])
            .args(["--database-url", database_url])
            .arg("--config")
            .arg(settings)
            .stderr(std::fs::File::create(log)?);
        Self::start(command).await
    }

    /// The ceiling is this program under another name.
    pub async fn ceiling(database_url: &str, folder: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["--database-url", database_url, "ceiling"])
            .stderr(std::fs::File::create(folder.join("ceiling.log"))?);
        Self::start(command).await
    }

    async fn start(mut command: Command) -> Result<Self, Failure> {
        let started = Instant::now();
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let mut line = String::new();
        let reading = async { BufReader::new(stdout).read_line(&mut line).await };
        tokio::time::timeout(TIMEOUT, reading).await??;
        let address = line.trim().trim_start_matches("http://").trim_end_matches("/graphql");
        let address = address
            .parse()
            .map_err(|_| format!("the server said {line:?} instead of its address: see its log"))?;
        wait_until_ready(address, started).await?;
        Ok(Self {
            address,
            pid: child.id().ok_or("the server ended")?,
            ready_after: started.elapsed(),
            _child: child,
        })
    }
}

async fn wait_until_ready(address: SocketAddr, started: Instant) -> Result<(), Failure> {
    let request = Request::get("/readyz");
    while started.elapsed() < TIMEOUT {
        if let Ok(mut connection) = Connection::open(address).await
            && connection
                .ask(&request, &NUMBERS)
                .await
                .is_ok_and(|answer| answer.status == 200)
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Err("the server did not become ready: see its log".into())
}
