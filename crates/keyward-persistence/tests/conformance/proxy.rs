//! A network between a store and PostgreSQL that can fail.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Default)]
struct State {
    /// Drops everything in both directions, but keeps connections open.
    silent: AtomicBool,
    /// Loses all answers after a commit has passed through.
    loses_commits: AtomicBool,
    /// Loses all answers.
    loses_answers: AtomicBool,
    /// How often a client has waited for the server.
    round_trips: AtomicU64,
    streams: Mutex<Vec<TcpStream>>,
}

#[derive(Default)]
struct Connection {
    /// Its answers are lost.
    is_lost: AtomicBool,
    /// The client spoke last, and waits.
    is_asked: AtomicBool,
}

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

impl Proxy {
    pub(crate) fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let accepting = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(server) else {
                    continue;
                };
                let connection = Arc::new(Connection::default());
                let streams = [&client, &server].map(|stream| stream.try_clone().unwrap());
                accepting.streams.lock().unwrap().extend(streams);
                pump(&client, &server, &accepting, &connection, true);
                pump(&server, &client, &accepting, &connection, false);
            }
        });
        Self { address, state }
    }

    pub(crate) fn fall_silent(&self) {
        self.state.silent.store(true, Ordering::SeqCst);
    }

    pub(crate) fn speak_again(&self) {
        self.state.silent.store(false, Ordering::SeqCst);
    }

    pub(crate) fn lose_answers_to_commits(&self) {
        self.state.loses_commits.store(true, Ordering::SeqCst);
    }

    pub(crate) fn lose_answers(&self) {
        self.state.loses_answers.store(true, Ordering::SeqCst);
    }

    pub(crate) fn round_trips(&self) -> u64 {
        self.state.round_trips.load(Ordering::SeqCst)
    }

    pub(crate) fn cut_all(&self) {
        for stream in self.state.streams.lock().unwrap().drain(..) {
            // It may be closed already.
            let _closed = stream.shutdown(Shutdown::Both);
        }
    }
}

fn pump(
    from: &TcpStream,
    to: &TcpStream,
    state: &Arc<State>,
    connection: &Arc<Connection>,
    is_client: bool,
) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let (state, connection) = (Arc::clone(state), Arc::clone(connection));
    thread::spawn(move || {
        let mut buffer = [0; 8_192];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let chunk = &buffer[..length];
            if is_client
                && state.loses_commits.load(Ordering::SeqCst)
                && chunk.windows(7).any(|window| window == b"COMMIT\0")
            {
                connection.is_lost.store(true, Ordering::SeqCst);
            }
            let was_asked = connection.is_asked.swap(is_client, Ordering::SeqCst);
            if is_client && !was_asked {
                state.round_trips.fetch_add(1, Ordering::SeqCst);
            }
            let is_lost = connection.is_lost.load(Ordering::SeqCst)
                || state.loses_answers.load(Ordering::SeqCst);
            let swallowed = is_lost && !is_client;
            if state.silent.load(Ordering::SeqCst) || swallowed {
                continue;
            }
            if to.write_all(chunk).is_err() {
                break;
            }
        }
        let _closed = to.shutdown(Shutdown::Both);
    });
}
