//! A name server of the test's own, which answers some names, others late, and others never.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Names that end with this are never answered.
pub const DEAD: &str = ".dead.test";

/// Names that end with this are answered after [`LATE`].
pub const SLOW: &str = ".slow.test";
pub const LATE: Duration = Duration::from_secs(2);

/// Every name is that of this machine. It answers on threads of its own, so that tests may wait for programs.
pub struct NameServer {
    address: SocketAddr,
    asked: Arc<Mutex<BTreeSet<String>>>,
    ending: Arc<AtomicBool>,
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Relaxed);
    }
}

impl NameServer {
    pub fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let server = Self {
            address: socket.local_addr().unwrap(),
            asked: Arc::default(),
            ending: Arc::default(),
        };
        let (asked, ending) = (server.asked.clone(), server.ending.clone());
        thread::spawn(move || {
            let mut bytes = [0; 512];
            while !ending.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut bytes) else {
                    continue;
                };
                let (name, answer) = answer(&bytes[..length]);
                asked.lock().unwrap().insert(name.clone());
                if name.ends_with(SLOW) {
                    let socket = socket.try_clone().unwrap();
                    thread::spawn(move || {
                        thread::sleep(LATE);
                        let _ = socket.send_to(&answer, from);
                    });
                } else if !name.ends_with(DEAD) {
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        server
    }

    /// The setting that makes a program ask it.
    pub fn setting(&self) -> String {
        format!("servers = [\"{}\"]\n", self.address)
    }

    /// The names with this ending that it was asked for.
    pub fn names(&self, ending: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|name| name.ends_with(ending)).cloned().collect()
    }
}

/// The name that is asked for, and an answer (RFC 1035, 4): 127.0.0.1 where an IPv4 address is asked for, else nothing.
fn answer(question: &[u8]) -> (String, Vec<u8>) {
    let (mut name, mut place) = (String::new(), 12);
    while question[place] != 0 {
        let label = &question[place + 1..=place + usize::from(question[place])];
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&String::from_utf8_lossy(label).to_lowercase());
        place += 1 + label.len();
    }
    let kind = u16::from_be_bytes([question[place + 1], question[place + 2]]);
    let is_address = kind == 1;
    let mut answer = question[..2].to_vec();
    // A response without errors to one question; whatever else was sent along is not answered.
    answer.extend([0x81, 0x80, 0, 1, 0, u8::from(is_address), 0, 0, 0, 0]);
    answer.extend(&question[12..place + 5]);
    if is_address {
        // The name at byte 12, its address for a minute.
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(Ipv4Addr::LOCALHOST.octets());
    }
    (name, answer)
}
