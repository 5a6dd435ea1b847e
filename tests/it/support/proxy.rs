//! What lies between a gateway and its database, and how it fails.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How connections fare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Open,
    /// All are cut, and so is everyone who comes.
    Down,
    /// A connection is cut when its client sends COMMIT, before or after the server has got it.
    CutAtCommit {
        after: bool,
    },
}

/// A TCP proxy on a port of its own.
pub struct Proxy {
    address: SocketAddr,
    way: watch::Sender<Way>,
    /// Connections below this number are forgotten: nobody closes them, and nothing goes through any more.
    forgotten: watch::Sender<usize>,
    made: Arc<AtomicUsize>,
}

impl Proxy {
    /// Stands before the server of a database's URL.
    pub async fn before(url: &str) -> Self {
        let server = host(url).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            way: watch::Sender::new(Way::Open),
            forgotten: watch::Sender::new(0),
            made: Arc::default(),
        };
        let (way, forgotten, made) = (proxy.way.subscribe(), proxy.forgotten.subscribe(), proxy.made.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = made.fetch_add(1, Ordering::SeqCst);
                if *way.borrow() != Way::Down {
                    let server = TcpStream::connect(&server).await.unwrap();
                    tokio::spawn(join(client, server, number, way.clone(), forgotten.clone()));
                }
            }
        });
        proxy
    }

    /// The URL of the same database by this way.
    pub fn url(&self, url: &str) -> String {
        url.replacen(host(url), &self.address.to_string(), 1)
    }

    /// Forgets the connections that there are.
    pub fn freeze(&self) {
        self.forgotten.send_replace(self.made.load(Ordering::SeqCst));
    }

    pub fn fail(&self, way: Way) {
        self.way.send_replace(way);
    }
}

/// `HOST:PORT` of a URL.
fn host(url: &str) -> &str {
    let (_, rest) = url.split_once("://").expect("a URL");
    let (authority, _) = rest.split_once('/').expect("a database");
    authority.rsplit('@').next().expect("a host")
}

async fn join(
    client: TcpStream,
    server: TcpStream,
    number: usize,
    way: watch::Receiver<Way>,
    mut forgotten: watch::Receiver<usize>,
) {
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let (mut cut, answer_is_lost) = (way.clone(), AtomicBool::new(false));
    let mut carrying = pin!(async {
        tokio::select! {
            () = ask(from_client, to_server, way, &answer_is_lost) => {}
            () = answer(from_server, to_client, &answer_is_lost) => {}
            _ = cut.wait_for(|way| *way == Way::Down) => {}
        }
    });
    tokio::select! {
        () = &mut carrying => return,
        _ = forgotten.wait_for(|forgotten| number < *forgotten) => {}
    }
    // Neither carried nor closed.
    std::future::pending::<()>().await;
}

async fn ask(mut client: OwnedReadHalf, mut server: OwnedWriteHalf, way: watch::Receiver<Way>, is_lost: &AtomicBool) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = client.read(&mut bytes).await {
        let asked = &bytes[..length];
        match *way.borrow() {
            Way::CutAtCommit { after } if asked.windows(6).any(|word| word == b"COMMIT") => {
                if !after {
                    return;
                }
                is_lost.store(true, Ordering::SeqCst);
            }
            _ => {}
        }
        if server.write_all(asked).await.is_err() {
            return;
        }
    }
}

async fn answer(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, is_lost: &AtomicBool) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = server.read(&mut bytes).await {
        if is_lost.load(Ordering::SeqCst) || client.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}
