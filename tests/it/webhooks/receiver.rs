//! Somebody who is told: a server of its own, that keeps what it gets and answers as it is told to.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tributary::domain::Timestamp;
use tributary::domain::webhook::signature::{Secret, signatures};

/// How to answer.
#[derive(Clone, Debug)]
pub enum How {
    Status(u16),
    /// Leads elsewhere.
    Redirect(String),
    /// Hangs up instead.
    Reset,
    /// Says nothing.
    Silence,
    /// Says that it has it, and never comes to the end of its answer.
    Slow,
    /// Begins to answer, and goes on too slowly to come to a status.
    Half,
}

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Message {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub text: String,
    pub body: Value,
}

impl Message {
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().expect("a type")
    }

    /// Whether one of its signatures is that of a secret, as receivers see it.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        use base64::Engine;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(secret.strip_prefix("whsec_").expect("a secret"))
            .unwrap();
        let seconds: i64 = self.headers["webhook-timestamp"].parse().unwrap();
        let at = Timestamp::from_timestamp(seconds, 0).unwrap();
        let secret = Secret::new(bytes.try_into().expect("32 bytes"));
        let expected = signatures(&[secret], &self.headers["webhook-id"], at, &self.text);
        self.headers["webhook-signature"]
            .split(' ')
            .any(|signature| signature == expected)
    }
}

#[derive(Default)]
struct State {
    messages: Vec<Message>,
    next: VecDeque<How>,
    /// How it answers what `next` says nothing of; `None`: with 204.
    usual: Option<How>,
    /// What is kept open.
    silent: Vec<TcpStream>,
}

pub struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::<Mutex<State>>::default();
        let shared = state.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self {
            address,
            state,
            serving,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hooks?from=tributary", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers the next messages like this, and then 204 again.
    pub fn answer(&self, next: impl IntoIterator<Item = How>) {
        self.state.lock().unwrap().next.extend(next);
    }

    /// Answers everything like this that it is told nothing else of.
    pub fn always(&self, how: How) {
        self.state.lock().unwrap().usual = Some(how);
    }

    /// Answers with 204 again, whatever it was told before.
    pub fn behave(&self) {
        let mut state = self.state.lock().unwrap();
        state.next.clear();
        state.usual = None;
    }

    /// What came since the last look.
    pub fn take(&self) -> Vec<Message> {
        std::mem::take(&mut self.state.lock().unwrap().messages)
    }

    /// How many came since.
    pub fn count(&self) -> usize {
        self.state.lock().unwrap().messages.len()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.take().iter().map(|message| message.kind().to_owned()).collect()
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let Some(message) = read(&mut stream).await else {
        return;
    };
    let how = {
        let mut state = state.lock().unwrap();
        state.messages.push(message);
        let usual = state.usual.clone().unwrap_or(How::Status(204));
        state.next.pop_front().unwrap_or(usual)
    };
    let text = match how {
        How::Status(code) => {
            let words = if code < 300 {
                String::new()
            } else {
                format!("no: {code}")
            };
            format!("HTTP/1.1 {code} x\r\ncontent-length: {}\r\n\r\n{words}", words.len())
        }
        How::Redirect(to) => format!("HTTP/1.1 307 x\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"),
        How::Reset => return,
        How::Silence => String::new(),
        How::Half => "HTTP/1.1 20".to_owned(),
        How::Slow => "HTTP/1.1 200 x\r\ncontent-length: 5000\r\n\r\nbit by".to_owned(),
    };
    let _ = stream.write_all(text.as_bytes()).await;
    state.lock().unwrap().silent.push(stream);
}

async fn read(stream: &mut TcpStream) -> Option<Message> {
    let mut bytes = Vec::new();
    let (head, begin) = loop {
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break (String::from_utf8(bytes[..end].to_vec()).ok()?, end + 4);
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let path = head.split(' ').nth(1)?.to_owned();
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers: BTreeMap<_, _> = lines
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    while bytes.len() < begin + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let text = String::from_utf8(bytes[begin..begin + length].to_vec()).ok()?;
    let body = serde_json::from_str(&text).ok()?;
    Some(Message {
        path,
        headers,
        text,
        body,
    })
}
