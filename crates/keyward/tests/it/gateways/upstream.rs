use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A small API that records its calls.
pub(crate) struct Upstream {
    pub(crate) addr: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

/// The head of a recorded call.
pub(crate) struct Seen(String);

impl Upstream {
    pub(crate) fn start() -> Self {
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        let addr = serve(move |head| seen.lock().unwrap().push(head));
        Self { addr, heads }
    }

    pub(crate) fn calls(&self) -> usize {
        self.heads.lock().unwrap().len()
    }

    pub(crate) fn last(&self) -> Seen {
        let heads = self.heads.lock().unwrap();
        Seen(heads.last().expect("the API was called").clone())
    }

    /// The calls after this many.
    pub(crate) fn since(&self, calls: usize) -> Vec<Seen> {
        let heads = self.heads.lock().unwrap();
        heads[calls..].iter().cloned().map(Seen).collect()
    }
}

impl Seen {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// All values of a header.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let fields = self.0.lines().filter_map(|line| line.split_once(": "));
        fields
            .filter(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }

    /// The caller's identity for an API that reads underscores as hyphens, like WSGI, Rack and CGI,
    /// behind another proxy that removes the headers in `Connection`: all values by name.
    pub(crate) fn identity(&self) -> BTreeMap<String, Vec<String>> {
        let mut identity = BTreeMap::<String, Vec<String>>::new();
        let fields = self
            .0
            .split(['\r', '\n'])
            .filter_map(|line| line.split_once(':'));
        for (name, value) in fields {
            let name = name.trim().to_ascii_lowercase().replace('_', "-");
            if name.starts_with("x-auth-") && name != "x-auth-decision" {
                identity
                    .entry(name)
                    .or_default()
                    .push(value.trim().to_owned());
            }
        }
        for named in self
            .all("connection")
            .iter()
            .flat_map(|list| list.split(','))
        {
            identity.remove(&named.trim().to_ascii_lowercase());
        }
        identity
    }
}

/// A server other than Keyward that answers everything with 200.
pub(crate) fn answers_200() -> SocketAddr {
    serve(|_head| {})
}

/// A server that accepts questions and never answers.
pub(crate) fn accepts_and_says_nothing() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        let kept: Vec<TcpStream> = listener.incoming().map_while(Result::ok).collect();
        drop(kept);
    });
    addr
}

/// A relay in front of a server, and how many connections were made to it.
pub(crate) fn relay(to: SocketAddr) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let made = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&made);
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            counted.fetch_add(1, Ordering::SeqCst);
            let server = TcpStream::connect(to).unwrap();
            let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
            for (mut from, mut to) in [(client, server), back] {
                thread::spawn(move || {
                    let _ended = std::io::copy(&mut from, &mut to);
                    to.shutdown(Shutdown::Write)
                });
            }
        }
    });
    (addr, made)
}

fn serve(see: impl Fn(String) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let see = Arc::new(see);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let see = Arc::clone(&see);
            thread::spawn(move || answer(stream, see.as_ref()));
        }
    });
    addr
}

/// One call per connection, without a body.
fn answer(mut stream: TcpStream, see: &dyn Fn(String)) {
    let mut bytes = Vec::new();
    let mut part = [0; 4_096];
    let end = loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            break end;
        }
        match stream.read(&mut part) {
            Ok(length @ 1..) => bytes.extend_from_slice(&part[..length]),
            Ok(0) | Err(_) => return,
        }
    };
    bytes.truncate(end);
    see(String::from_utf8_lossy(&bytes).into_owned());
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    // The gateway may be gone.
    let _unheard = stream.write_all(answer);
}
