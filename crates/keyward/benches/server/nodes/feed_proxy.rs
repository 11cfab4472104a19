use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A proxy that can delay and cut the connections on which somebody listens for changes: a node in
/// front of PostgreSQL, or a guard in front of its node.
pub(crate) struct FeedProxy {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

struct State {
    /// The text that marks a connection.
    listens: &'static [u8],
    is_held_up: AtomicBool,
    /// The marked connections.
    streams: Mutex<Vec<TcpStream>>,
}

impl FeedProxy {
    /// In front of PostgreSQL. Returns the URL of the database too.
    pub(crate) fn before(url: &str) -> (Self, String) {
        let (before, rest) = url.split_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let proxy = Self::in_front_of(server.to_owned(), b"LISTEN ");
        let url = format!("{before}@{}/{database}", proxy.address);
        (proxy, url)
    }

    /// In front of a node, for a guard.
    pub(crate) fn before_node(internal: SocketAddr) -> Self {
        Self::in_front_of(internal.to_string(), b"/internal/v1/changes")
    }

    fn in_front_of(server: String, listens: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            listens,
            is_held_up: AtomicBool::new(false),
            streams: Mutex::default(),
        });
        let accepting = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else {
                    continue;
                };
                for stream in [&client, &server] {
                    stream.set_nodelay(true).unwrap();
                }
                let listens = Arc::new(AtomicBool::new(false));
                pump(&client, &server, &accepting, &listens);
                pump(&server, &client, &accepting, &listens);
            }
        });
        Self { address, state }
    }

    pub(crate) fn hold_up(&self, is_held_up: bool) {
        self.state.is_held_up.store(is_held_up, Ordering::SeqCst);
    }

    pub(crate) fn cut(&self) {
        for stream in self.state.streams.lock().unwrap().drain(..) {
            // It may be closed already.
            let _closed = stream.shutdown(Shutdown::Both);
        }
    }
}

fn pump(from: &TcpStream, to: &TcpStream, state: &Arc<State>, listens: &Arc<AtomicBool>) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let (state, listens) = (Arc::clone(state), Arc::clone(listens));
    thread::spawn(move || {
        let mut buffer = [0; 16_384];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let chunk = &buffer[..length];
            let mut parts = chunk.windows(state.listens.len());
            if parts.any(|part| part == state.listens) && !listens.swap(true, Ordering::SeqCst) {
                let stream = from.try_clone().unwrap();
                state.streams.lock().unwrap().push(stream);
            }
            while listens.load(Ordering::SeqCst) && state.is_held_up.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(5));
            }
            if to.write_all(chunk).is_err() {
                break;
            }
        }
        for stream in [&from, &to] {
            // The other direction may have closed it already.
            let _closed = stream.shutdown(Shutdown::Both);
        }
    });
}
