//! A receiver that takes everything, and remembers what it got.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

const ANSWER: &[u8] = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";

/// What a receiver got.
#[derive(Default)]
pub(super) struct Got {
    /// How often each event came.
    pub(super) events: HashMap<String, u32>,
    /// The last sequence of each key.
    last: HashMap<String, u64>,
    /// Events that came for the first time after a later one of their key.
    pub(super) out_of_order: u64,
}

#[derive(Clone)]
pub(super) struct Receiver {
    pub(super) addr: SocketAddr,
    got: Arc<Mutex<Got>>,
}

impl Receiver {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let got: Arc<Mutex<Got>> = Arc::default();
        let kept = Arc::clone(&got);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, kept) = (stream.unwrap(), Arc::clone(&kept));
                std::thread::spawn(move || serve(stream, &kept));
            }
        });
        Self { addr, got }
    }

    pub(super) fn got(&self) -> MutexGuard<'_, Got> {
        self.got.lock().unwrap()
    }

    /// How many different events came.
    pub(super) fn count(&self) -> usize {
        self.got().events.len()
    }
}

impl Got {
    fn take(&mut self, id: String, body: &str) {
        let count = self.events.entry(id).or_default();
        *count += 1;
        if *count > 1 {
            return;
        }
        let (Some(key), Some(sequence)) = (member(body, "apiKeyId"), member(body, "sequence"))
        else {
            return;
        };
        let sequence: u64 = sequence.parse().unwrap();
        let last = self.last.entry(key.to_owned()).or_default();
        if sequence < *last {
            self.out_of_order += 1;
        }
        *last = sequence.max(*last);
    }
}

/// The text of a member at the top of the body.
fn member<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("\"{name}\":"))?;
    rest.split([',', '}']).next()
}

fn serve(stream: TcpStream, got: &Mutex<Got>) {
    stream.set_nodelay(true).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    loop {
        let (mut id, mut length) = (String::new(), 0);
        loop {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            if let Some(value) = text.strip_prefix("webhook-id: ") {
                value.clone_into(&mut id);
            } else if let Some(value) = text.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        if !id.is_empty() {
            got.lock()
                .unwrap()
                .take(id, &String::from_utf8_lossy(&body));
        }
        if writer.write_all(ANSWER).is_err() {
            return;
        }
    }
}
