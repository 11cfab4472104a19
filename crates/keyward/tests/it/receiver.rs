//! A receiver of webhooks on a port of this machine.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// A request that a receiver got.
#[derive(Clone, Debug)]
pub(crate) struct Delivered {
    /// By lower-case name.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// Answers each request with the status that `status` chooses by the number of requests before it, and
/// keeps all requests.
pub(crate) struct Receiver {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Delivered>>>,
}

impl Delivered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn event_type(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub(crate) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }
}

impl Receiver {
    pub(crate) fn start(status: impl Fn(usize) -> u16 + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/in", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, status) = (Arc::clone(&requests), Arc::new(status));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, seen, status) =
                    (stream.unwrap(), Arc::clone(&seen), Arc::clone(&status));
                std::thread::spawn(move || serve(stream, &seen, &*status));
            }
        });
        Self { url, requests }
    }

    /// Takes everything.
    pub(crate) fn willing() -> Self {
        Self::start(|_| 204)
    }

    pub(crate) fn requests(&self) -> Vec<Delivered> {
        self.requests.lock().unwrap().clone()
    }
}

/// Serves a connection until the sender closes it.
fn serve(stream: TcpStream, seen: &Mutex<Vec<Delivered>>, status: &dyn Fn(usize) -> u16) {
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(delivered) = read(&mut reader) {
        let status = {
            let mut seen = seen.lock().unwrap();
            seen.push(delivered);
            status(seen.len() - 1)
        };
        let answer = format!("HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n");
        if writer.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// `None` when the connection ends, also in the middle of a request.
fn read(reader: &mut BufReader<TcpStream>) -> Option<Delivered> {
    let mut headers = BTreeMap::new();
    let mut line = String::new();
    reader
        .read_line(&mut line)
        .ok()
        .filter(|length| *length > 0)?;
    loop {
        let mut line = String::new();
        reader
            .read_line(&mut line)
            .ok()
            .filter(|length| *length > 0)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    Some(Delivered { headers, body })
}
