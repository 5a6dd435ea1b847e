//! A running gateway, and a connection to it that notices when it dies.

use std::fs::File;
use std::io::{BufRead, BufReader, Error, Read, Result, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use super::operation::Operation;

pub struct Gateway {
    process: Mutex<Child>,
    address: String,
}

impl Gateway {
    /// Starts a program that prints where it listens.
    pub fn start(mut command: Command, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).unwrap();
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("it says something");
        let address = line
            .strip_prefix("http://")
            .and_then(|rest| rest.strip_suffix("/graphql\n"));
        let address = address.unwrap_or_else(|| panic!("no address: {line:?}")).to_owned();
        Self {
            process: Mutex::new(process),
            address,
        }
    }

    /// SIGKILL: it does nothing any more, not even clean up.
    pub fn kill(&self) {
        let mut process = self.process.lock().unwrap();
        process.kill().expect("it can be killed");
        process.wait().expect("it has ended");
    }

    pub fn id(&self) -> u32 {
        self.process.lock().unwrap().id()
    }

    /// The first line of the answer of `/readyz`.
    pub fn readiness(&self) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nhost: gateway\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer, and the end");
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// A client of its own connection.
    pub fn connect(&self, token: &str) -> Result<Wire> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        // Longer than any answer takes, shorter than anybody's patience with a test that hangs.
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Wire {
            stream: BufReader::new(stream),
            token: token.to_owned(),
        })
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if let Ok(process) = self.process.get_mut() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// A kept-alive HTTP connection of one client.
pub struct Wire {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Wire {
    /// The payload of an operation. An error means that no answer came: nobody knows whether it was done. An answer that
    /// is a fault of the server fails the test.
    pub fn ask(&mut self, operation: &Operation) -> Result<Value> {
        let data = self.data(&operation.body())?;
        Ok(data[operation.field].clone())
    }

    /// The same where the database may fail: `None` if the answer says that it did, whatever was done.
    pub fn ask_in_vain(&mut self, operation: &Operation) -> Result<Option<Value>> {
        const FAULTS: [&str; 4] = ["INTERNAL_SERVER_ERROR", "TIMEOUT", "UNAVAILABLE", "OUTCOME_UNKNOWN"];
        let (_, text) = self.post(&operation.body())?;
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        let Some(error) = answer.get("errors") else {
            return Ok(Some(answer["data"][operation.field].clone()));
        };
        let code = error[0]["extensions"]["code"].as_str();
        assert!(code.is_some_and(|code| FAULTS.contains(&code)), "{text}");
        Ok(None)
    }

    fn data(&mut self, body: &Value) -> Result<Value> {
        let (status, text) = self.post(body)?;
        assert!(!text.contains("database is locked"), "{text}");
        assert_eq!(status, "HTTP/1.1 200 OK", "{text}");
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(answer.get("errors"), None, "{text}");
        Ok(answer["data"].clone())
    }

    /// The first line of the answer, and its body.
    fn post(&mut self, body: &Value) -> Result<(String, String)> {
        let (body, token) = (body.to_string(), &self.token);
        let length = body.len();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n\
             authorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let mut length = None;
        loop {
            let header = self.line()?.to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = Some(value.trim().parse().expect("a number"));
            }
        }
        let mut bytes = vec![0; length.expect("answers say how long they are")];
        self.stream.read_exact(&mut bytes)?;
        Ok((status, String::from_utf8(bytes).expect("UTF-8")))
    }

    /// The next line of the answer's head without its end.
    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(line.to_owned()),
            // The other side is gone.
            None => Err(Error::other("the answer ends too early")),
        }
    }
}
