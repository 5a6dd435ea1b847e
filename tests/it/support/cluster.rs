//! Servers of PostgreSQL that a test has for itself: a primary, and standbys that stream from it. `scripts/with-postgres` says
//! where the server's programs are, and ends what a test leaves behind.

use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};

const PROGRAMS: &str = "TRIBUTARY_POSTGRES_PROGRAMS";
const SERVERS: &str = "TRIBUTARY_TEST_POSTGRES_SERVERS";

/// What every server of a test has in its settings. What is lost with the machine is not missed.
const SETTINGS: &str = "listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
full_page_writes = off
max_connections = 100
shared_buffers = 16MB
wal_keep_size = 64MB
wal_retrieve_retry_interval = 100ms
";

/// One server, which is gone with this.
pub struct Server {
    programs: PathBuf,
    folder: PathBuf,
    pub port: u16,
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where the server's programs are"
)]
fn told(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

impl Server {
    /// A new server that takes writes; `None` where `scripts/with-postgres` does not say how to start one.
    pub fn primary() -> Option<Self> {
        Self::primary_with("")
    }

    /// The same with further settings.
    pub fn primary_with(settings: &str) -> Option<Self> {
        let server = Self::unborn()?;
        let data = format!("--pgdata={}", server.folder.display());
        let arguments = [
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ];
        server.run("initdb", [data.as_str()].into_iter().chain(arguments));
        Some(server.begun(settings))
    }

    /// A new standby that streams from this one, with further settings.
    pub fn standby(&self, settings: &str) -> Self {
        let server = Self::unborn().expect("there is one server already");
        let from = format!("--dbname=host=127.0.0.1 port={} user=postgres", self.port);
        let data = format!("--pgdata={}", server.folder.display());
        let arguments = [
            "--write-recovery-conf",
            "--wal-method=stream",
            "--checkpoint=fast",
            "--no-sync",
        ];
        server.run("pg_basebackup", [data.as_str(), &from].into_iter().chain(arguments));
        server.begun(settings)
    }

    /// Where one will be.
    fn unborn() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Some(Self {
            programs: told(PROGRAMS)?,
            folder: told(SERVERS)?.join(format!("{}-{number}", std::process::id())),
            port: 0,
        })
    }

    fn begun(mut self, settings: &str) -> Self {
        self.set(&format!("{SETTINGS}{settings}"));
        // As scripts/with-postgres finds a port that nobody has.
        for _ in 0..20 {
            self.port = fastrand::u16(20_000..32_000);
            if self.try_start() {
                return self;
            }
        }
        panic!(
            "no server starts: {}",
            std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
        );
    }

    /// Appends to its settings, which it reads when it starts.
    pub fn set(&self, settings: &str) {
        let file = self.folder.join("postgresql.auto.conf");
        let mut text = std::fs::read_to_string(&file).unwrap();
        let _ = writeln!(text, "{settings}");
        std::fs::write(file, text).unwrap();
    }

    /// Puts a file beside its data that nobody else may read.
    pub fn put(&self, name: &str, content: &str) {
        use std::os::unix::fs::{OpenOptionsExt, chown};
        let file = self.folder.join(name);
        let mut options = std::fs::OpenOptions::new();
        let mut open = options.write(true).create(true).mode(0o600).open(&file).unwrap();
        std::io::Write::write_all(&mut open, content.as_bytes()).unwrap();
        let owner = std::fs::metadata(&self.folder).unwrap();
        chown(file, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    pub fn start(&self) {
        assert!(self.try_start(), "it starts again");
    }

    fn try_start(&self) -> bool {
        let (port, log) = (
            format!("--options=-p {}", self.port),
            format!("--log={}", self.folder.join("log").display()),
        );
        self.control(["start", "--wait", &port, &log])
    }

    /// Ends it as a crash would.
    pub fn kill(&self) {
        assert!(self.control(["stop", "--mode=immediate", "--wait"]), "it ends");
    }

    /// Ends all of its processes by SIGKILL, in whatever they are.
    pub fn kill_outright(&self) {
        let file = std::fs::read_to_string(self.folder.join("postmaster.pid")).unwrap();
        let first = file.lines().next().unwrap().trim().to_owned();
        let children = std::fs::read_to_string(format!("/proc/{first}/task/{first}/children")).unwrap();
        let mut kill = Command::new("kill");
        kill.arg("-KILL").arg(&first).args(children.split_whitespace());
        // Some may have ended by themselves.
        let _ = kill.stderr(Stdio::null()).status().unwrap();
        // Whoever is left of them sees that the first is gone, and must not be in the way of the next.
        while std::path::Path::new(&format!("/proc/{first}")).exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    pub fn promote(&self) {
        assert!(self.control(["promote", "--wait"]), "it is promoted");
    }

    fn control<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> bool {
        let mut command = self.command("pg_ctl");
        command.arg("--pgdata").arg(&self.folder).args(arguments);
        command.status().unwrap().success()
    }

    fn run<'a>(&self, program: &str, arguments: impl IntoIterator<Item = &'a str>) {
        let mut command = self.command(program);
        let output = command.args(arguments).stderr(Stdio::piped()).output().unwrap();
        assert!(
            output.status.success(),
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// A program of PostgreSQL's.
    fn command(&self, program: &str) -> Command {
        self.beside(self.programs.join(program))
    }

    /// A program that runs as who owns the folder of servers: root may not. It must not keep a pipe of ours open.
    pub fn beside(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let owner = std::fs::metadata(self.folder.parent().expect("a folder of servers")).unwrap();
        if owner.uid() != own_uid() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// `HOST:PORT`, as gateways call it.
    pub fn name(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@{}/postgres", self.name())
    }

    /// Runs a statement there, past every gateway, and says its first value as a text. One that recovery ends is run again.
    pub async fn sql(&self, sql: &str) -> Option<String> {
        loop {
            match self.try_sql(sql).await {
                Ok(value) => return value,
                Err(error) if error.to_string().contains("conflict with recovery") => {}
                Err(error) => panic!("{sql}: {error}"),
            }
        }
    }

    async fn try_sql(&self, sql: &str) -> Result<Option<String>, DbErr> {
        let mut options = ConnectOptions::new(self.url());
        options.max_connections(1).sqlx_logging(false);
        let database: DatabaseConnection = Database::connect(options).await?;
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = database.query_one_raw(statement).await?;
        database.close().await?;
        Ok(row.and_then(|row| row.try_get_by_index(0).expect("a text")))
    }

    /// Waits until it has replayed what that server has written so far.
    pub async fn catches_up_with(&self, primary: &Self) {
        // A commit, with which everything before it leaves the server's memory.
        primary
            .sql("SELECT pg_logical_emit_message(true, 'test', '')::text")
            .await;
        let until = primary
            .sql("SELECT pg_current_wal_flush_lsn()::text")
            .await
            .expect("a place");
        let replayed = format!("SELECT (pg_last_wal_replay_lsn() >= '{until}')::text");
        while self.sql(&replayed).await.as_deref() != Some("true") {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.port != 0 {
            let _ = self.control(["stop", "--mode=immediate", "--wait"]);
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Who this process runs as.
fn own_uid() -> u32 {
    std::fs::metadata("/proc/self").map_or(0, |own| own.uid())
}

/// Whether a program is at hand.
pub fn is_installed(program: impl AsRef<OsStr>) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
