use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A network between a guard and its node that can fail.
pub(super) struct Cut {
    pub(super) address: SocketAddr,
    state: Arc<State>,
}

struct State {
    node: Mutex<SocketAddr>,
    is_held_up: AtomicBool,
    streams: Mutex<Vec<TcpStream>>,
}

impl Cut {
    pub(super) fn before(node: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            node: Mutex::new(node),
            is_held_up: AtomicBool::new(false),
            streams: Mutex::default(),
        });
        let accepting = Arc::clone(&state);
        thread::spawn(move || {
            for guard in listener.incoming().map_while(Result::ok) {
                let node = *accepting.node.lock().unwrap();
                let Ok(node) = TcpStream::connect(node) else {
                    continue;
                };
                for stream in [&guard, &node] {
                    stream.set_nodelay(true).unwrap();
                }
                let streams = [&guard, &node].map(|stream| stream.try_clone().unwrap());
                accepting.streams.lock().unwrap().extend(streams);
                pump(&guard, &node, &accepting);
                pump(&node, &guard, &accepting);
            }
        });
        Self { address, state }
    }

    /// New connections lead to another node.
    pub(super) fn lead_to(&self, node: SocketAddr) {
        *self.state.node.lock().unwrap() = node;
    }

    /// Passes on nothing, in both directions, and keeps all of it for later.
    pub(super) fn hold_up(&self, is_held_up: bool) {
        self.state.is_held_up.store(is_held_up, Ordering::SeqCst);
    }

    pub(super) fn cut_all(&self) {
        for stream in self.state.streams.lock().unwrap().drain(..) {
            // It may be closed already.
            let _closed = stream.shutdown(Shutdown::Both);
        }
    }
}

fn pump(from: &TcpStream, to: &TcpStream, state: &Arc<State>) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let state = Arc::clone(state);
    thread::spawn(move || {
        let mut buffer = [0; 8_192];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            while state.is_held_up.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(2));
            }
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        for stream in [&from, &to] {
            let _closed = stream.shutdown(Shutdown::Both);
        }
    });
}
