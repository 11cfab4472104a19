//! A network between a store and PostgreSQL that can fail.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

#[derive(Default)]
struct State {
    /// Drops everything in both directions, but keeps connections open.
    silent: AtomicBool,
    /// Loses all answers after a commit has passed through.
    loses_commits: AtomicBool,
    streams: Mutex<Vec<TcpStream>>,
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
                let lost = Arc::new(AtomicBool::new(false));
                let streams = [&client, &server].map(|stream| stream.try_clone().unwrap());
                accepting.streams.lock().unwrap().extend(streams);
                pump(&client, &server, &accepting, &lost, true);
                pump(&server, &client, &accepting, &lost, false);
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
    lost: &Arc<AtomicBool>,
    is_client: bool,
) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let (state, lost) = (Arc::clone(state), Arc::clone(lost));
    thread::spawn(move || {
        let mut buffer = [0; 8_192];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let chunk = &buffer[..length];
            if is_client
                && state.loses_commits.load(Ordering::SeqCst)
                && chunk.windows(7).any(|window| window == b"COMMIT\0")
            {
                lost.store(true, Ordering::SeqCst);
            }
            let swallowed = lost.load(Ordering::SeqCst) && !is_client;
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
