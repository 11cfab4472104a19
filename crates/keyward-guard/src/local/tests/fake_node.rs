use std::io::{BufReader, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

use keyward_domain::testing::{key, secret};
use serde_json::{Value, json};

/// A node with one key, whose behaviour tests control.
pub(super) struct FakeNode {
    addr: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

pub(super) struct State {
    pub(super) epoch: u128,
    pub(super) position: u64,
    pub(super) is_disabled: bool,
    /// The epoch of look-ups, if it is another one.
    pub(super) other_epoch: Option<u128>,
    pub(super) holds_lookups: bool,
    pub(super) answers_heartbeats: bool,
    /// How long the node is unconfirmed.
    pub(super) unconfirmed_millis: Option<u64>,
    /// The status of answers to reports; 0 for no answer.
    pub(super) report_status: u16,
    /// The same for reports of used scopes.
    pub(super) scope_report_status: u16,
    pub(super) lookups: usize,
    pub(super) streams: usize,
    /// The last position that the guard has acknowledged.
    pub(super) acknowledged: String,
    pub(super) reports: Vec<Value>,
    stream: Option<TcpStream>,
}

impl FakeNode {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let state = State {
            epoch: 1,
            position: 0,
            is_disabled: false,
            other_epoch: None,
            holds_lookups: false,
            answers_heartbeats: true,
            unconfirmed_millis: Some(0),
            report_status: 204,
            scope_report_status: 204,
            lookups: 0,
            streams: 0,
            acknowledged: String::new(),
            reports: Vec::new(),
            stream: None,
        };
        let state = Arc::new((Mutex::new(state), Condvar::new()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(&stream, &shared));
            }
        });
        Self { addr, state }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.0.lock().unwrap()
    }

    pub(super) fn set(&self, set: impl FnOnce(&mut State)) {
        set(&mut self.state());
        self.state.1.notify_all();
    }

    /// Changes the key, and tells the guard.
    pub(super) fn disable(&self) {
        self.set(|state| {
            state.is_disabled = true;
            state.position += 1;
            let event = state.changed();
            state.tell(&event);
        });
    }

    /// Ends the stream.
    pub(super) fn cut(&self) {
        if let Some(stream) = self.state().stream.take() {
            let _gone = stream.shutdown(Shutdown::Both);
        }
    }
}

impl State {
    pub(super) fn at(&self) -> String {
        format!("{:032x}-{}", self.epoch, self.position)
    }

    pub(super) fn changed(&self) -> String {
        let (at, uuid) = (self.at(), key().id().uuid());
        format!("id: {at}\nevent: changed\ndata: {{\"uuid\":\"{uuid}\"}}\n\n")
    }

    pub(super) fn tell(&mut self, events: &str) {
        if let Some(stream) = &mut self.stream {
            let _gone = stream.write_all(events.as_bytes());
        }
    }

    fn heartbeat(&self, number: u64) -> String {
        let mut data = json!({
            "number": number, "position": self.at(), "nowMicros": 1_800_000_000_000_000_i64,
        });
        if let Some(millis) = self.unconfirmed_millis {
            data["unconfirmedMillis"] = millis.into();
        }
        format!("event: heartbeat\ndata: {data}\n\n")
    }

    fn found(&self) -> Value {
        json!({
            "apiKeyId": key().id().to_string(), "workspaceId": "ws_1", "name": "Key",
            "scopes": ["payment:read"], "ipWhitelist": [], "disabled": self.is_disabled,
            "secretHash": secret(1).hash().to_base64url(),
        })
    }
}

fn serve(stream: &TcpStream, shared: &(Mutex<State>, Condvar)) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some((line, body)) = request(&mut reader) {
        let mut stream = stream.try_clone().unwrap();
        let mut state = shared.0.lock().unwrap();
        if line.starts_with("GET /internal/v1/changes") {
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
            let opened = json!({ "stream": format!("{:032x}", 5), "stalenessMillis": 1_000 });
            let all = format!("id: {}\nevent: all\ndata: {{}}\n\n", state.at());
            let text = format!("{head}event: opened\ndata: {opened}\n\n{all}");
            stream.write_all(text.as_bytes()).unwrap();
            state.stream = Some(stream);
            state.streams += 1;
            return;
        } else if line.starts_with("POST /internal/v1/changes/heartbeats") {
            state.acknowledged = body["position"].as_str().unwrap().to_owned();
            if state.answers_heartbeats {
                let event = state.heartbeat(body["number"].as_u64().unwrap());
                state.tell(&event);
            }
            answer(&mut stream, 204, "");
        } else if line.starts_with("POST /internal/v1/lookup") {
            state.lookups += 1;
            let hashes = body["secretHashes"].as_array().unwrap().len();
            let epoch = state.other_epoch.unwrap_or(state.epoch);
            let data = json!({ "data": {
                "epoch": format!("{epoch:032x}"), "nowMicros": 1_800_000_000_000_000_i64,
                "hasImportedSecrets": false, "keys": vec![state.found(); hashes],
            }});
            // What was read is old by the time it is sent.
            let _released = shared.1.wait_while(state, |state| state.holds_lookups);
            answer(&mut stream, 200, &data.to_string());
        } else {
            let status = if body.get("scopeUses").is_some() {
                state.scope_report_status
            } else {
                state.report_status
            };
            state.reports.push(body);
            match status {
                0 => return drop(stream.shutdown(Shutdown::Both)),
                status => answer(&mut stream, status, ""),
            }
        }
    }
}

fn request(reader: &mut impl std::io::BufRead) -> Option<(String, Value)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header == "\r\n" {
            break;
        }
        if let Some(value) = header.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((line, serde_json::from_slice(&body).unwrap_or_default()))
}

fn answer(stream: &mut TcpStream, status: u16, body: &str) {
    let length = if status == 204 {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let _gone = stream.write_all(format!("HTTP/1.1 {status} S\r\n{length}\r\n{body}").as_bytes());
}
