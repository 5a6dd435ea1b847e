//! The program itself behind a socket, and a client that may send anything.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::TestApp;
use super::token::SECRET;

/// Names another build of the program for tests that measure it: the figures of docs/security.md are those of a release
/// build (`just attacks`).
const OTHER_PROGRAM: &str = "TRIBUTARY_TEST_PROGRAM";

#[expect(
    clippy::disallowed_methods,
    reason = "whoever measures names the program in the environment"
)]
fn other_program() -> Option<OsString> {
    std::env::var_os(OTHER_PROGRAM)
}

/// `tributary serve` over the test's database. Ends with the test, whatever becomes of it.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    /// An admin's of the tenant `acme`.
    pub token: String,
    _settings: tempfile::NamedTempFile,
}

impl Program {
    /// Starts it with a settings file. The tenant `acme` must be there.
    pub fn start(app: &TestApp, settings: &str) -> Self {
        Self::launch(app, settings, "127.0.0.1:0", &["--log", "error"], Stdio::inherit())
    }

    /// Starts it with a settings file, while the test's other tasks go on.
    pub async fn begin(app: &TestApp, settings: &'static str) -> Self {
        let url = app.database_url();
        let starting = move || Self::over(&url, settings, "127.0.0.1:0", &["--log", "error"], Stdio::inherit());
        tokio::task::spawn_blocking(starting).await.unwrap()
    }

    /// Starts it where it is told to listen, with further arguments, and what it logs goes there.
    pub fn launch(app: &TestApp, settings: &str, listen: &str, arguments: &[&str], log: impl Into<Stdio>) -> Self {
        Self::over(&app.database_url(), settings, listen, arguments, log)
    }

    /// The same over the database with this URL.
    pub fn over(database_url: &str, settings: &str, listen: &str, arguments: &[&str], log: impl Into<Stdio>) -> Self {
        let program = other_program().unwrap_or_else(|| env!("CARGO_BIN_EXE_tributary").into());
        Self::run(&[program], database_url, settings, listen, arguments, log)
    }

    /// Starts it with a variable in its environment: `NAME=value`.
    pub fn with_variable(app: &TestApp, settings: &str, variable: &str) -> Self {
        let program = other_program().unwrap_or_else(|| env!("CARGO_BIN_EXE_tributary").into());
        let (url, arguments) = (app.database_url(), ["--log", "warn"]);
        let command = ["env".into(), variable.into(), program];
        Self::run(&command, &url, settings, "127.0.0.1:0", &arguments, Stdio::inherit())
    }

    /// Starts it with a soft and a hard limit of open files.
    pub fn with_files(app: &TestApp, settings: &str, (soft, hard): (u64, u64), log: impl Into<Stdio>) -> Self {
        let program = other_program().unwrap_or_else(|| env!("CARGO_BIN_EXE_tributary").into());
        let limited = format!("ulimit -Sn {soft}; ulimit -Hn {hard}; exec \"$0\" \"$@\"");
        let shell = ["sh".into(), "-c".into(), limited.into(), program];
        Self::run(
            &shell,
            &app.database_url(),
            settings,
            "127.0.0.1:0",
            &["--log", "warn"],
            log,
        )
    }

    fn run(
        program: &[OsString],
        database_url: &str,
        settings: &str,
        listen: &str,
        arguments: &[&str],
        log: impl Into<Stdio>,
    ) -> Self {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let secret = std::str::from_utf8(&SECRET).unwrap();
        writeln!(file, "jwt_secret = {}\n{settings}", json!(secret)).unwrap();
        let command = |subcommand: &[&str]| {
            let mut command = Command::new(&program[0]);
            command
                .args(&program[1..])
                .args(["--listen", listen, "--config"])
                .arg(file.path())
                .args(["--database-url", database_url])
                .args(arguments)
                .args(subcommand)
                .stdin(Stdio::null());
            command
        };
        let token = command(&["token", "--tenant", "acme"]).output().unwrap();
        assert!(token.status.success(), "{}", String::from_utf8_lossy(&token.stderr));
        let token = String::from_utf8(token.stdout).unwrap().trim().to_owned();
        let mut child = command(&["serve"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        output.read_line(&mut line).expect("UTF-8");
        let address = line
            .strip_prefix("http://")
            .and_then(|line| line.split('/').next())
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            panic!("no address: {line:?}, {:?}", child.wait());
        };
        Self {
            child,
            address,
            token,
            _settings: file,
        }
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How long it has worked so far, on all processors, as Linux counts it.
    pub fn worked(&self) -> Duration {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let worked = threads.map(|thread| {
            // A thread that has just ended has no more to say.
            let text = std::fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap_or_default();
            text.split(' ')
                .next()
                .and_then(|nanoseconds| nanoseconds.parse().ok())
                .unwrap_or(0)
        });
        Duration::from_nanos(worked.sum())
    }

    pub fn connect(&self) -> Wire {
        Wire::open(self.address).expect("it listens")
    }

    /// A POST request of the admin's with this body, and headers over the usual ones.
    pub fn post(&self, headers: &str, body: &[u8]) -> Vec<u8> {
        let usual = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        self.request("POST /graphql", &format!("{usual}{headers}"), body)
    }

    /// The admin asks for a document to be run.
    pub fn asking(&self, document: &str, variables: &Value) -> Vec<u8> {
        let body = json!({ "query": document, "variables": variables }).to_string();
        self.post("accept: application/graphql-response+json\r\n", body.as_bytes())
    }

    /// A request of whoever has this token.
    pub fn request_of(&self, token: &str, body: &str) -> Vec<u8> {
        format!(
            "POST /graphql HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             accept: application/graphql-response+json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .into_bytes()
    }

    pub fn request(&self, line: &str, headers: &str, body: &[u8]) -> Vec<u8> {
        let mut bytes = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n{headers}\r\n",
            self.address, self.token
        )
        .into_bytes();
        bytes.extend_from_slice(body);
        bytes
    }

    /// Sends a request on a connection of its own.
    pub fn send(&self, request: &[u8]) -> Reply {
        let mut wire = self.connect();
        wire.write(request);
        wire.read().expect("an answer")
    }

    /// An honest request.
    pub fn is_well(&self) {
        let reply = self.send(&self.asking("{ viewer { subject } }", &json!({})));
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert!(reply.json()["data"]["viewer"]["subject"].is_string(), "{}", reply.body);
    }

    /// The memory that it holds, in kilobytes.
    pub fn resident(&self) -> u64 {
        self.memory("VmRSS:")
    }

    /// The most that it has held since the last call of `forget_peak`.
    pub fn peak(&self) -> u64 {
        self.memory("VmHWM:")
    }

    pub fn forget_peak(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
    }

    fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Tells it to end, as an orchestrator does.
    pub fn terminate(&self) {
        let told = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(told.unwrap().success());
    }

    /// Waits until it has ended.
    pub fn wait(mut self) -> ExitStatus {
        self.ended()
    }

    /// The same of a program that is replaced by another.
    pub fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection.
pub struct Wire(BufReader<TcpStream>);

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// In lower case, one a line.
    pub headers: String,
    pub body: String,
}

impl Wire {
    /// `None` where nobody listens.
    pub fn open(address: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Some(Self(BufReader::new(stream)))
    }

    /// Writes as much as the other side takes.
    pub fn write(&mut self, bytes: &[u8]) {
        let _ = self.0.get_mut().write_all(bytes);
    }

    /// Writes what the other side takes without being waited for.
    pub fn write_some(&mut self, bytes: &[u8]) {
        let stream = self.0.get_mut();
        stream.set_write_timeout(Some(Duration::from_millis(20))).unwrap();
        let _ = stream.write_all(bytes);
    }

    /// The next answer; `None` where the connection ended without one.
    pub fn read(&mut self) -> Option<Reply> {
        let mut line = String::new();
        let _ = self.0.read_line(&mut line);
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut headers = String::new();
        loop {
            line.clear();
            // It may end within the head.
            if self.0.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if line == "\r\n" {
                break;
            }
            headers.push_str(&line.to_ascii_lowercase());
        }
        let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).ok()?;
        let body = String::from_utf8(body).expect("answers are UTF-8");
        Some(Reply { status, headers, body })
    }

    /// Whether this comes before the end. What comes after it in the same piece is lost.
    pub fn hears(&mut self, text: &str) -> bool {
        let mut line = String::new();
        let mut heard = String::new();
        while self.0.read_line(&mut line).is_ok_and(|length| length > 0) {
            heard.push_str(&line);
            if heard.contains(text) {
                return true;
            }
            line.clear();
        }
        false
    }

    /// Whether the other side has closed the connection, or does so within the patience for reading.
    pub fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => rest.is_empty(),
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The code of the first error.
    pub fn code(&self) -> String {
        let body = self.json();
        let code = body["errors"][0]["extensions"]["code"].as_str();
        code.unwrap_or_default().to_owned()
    }
}
