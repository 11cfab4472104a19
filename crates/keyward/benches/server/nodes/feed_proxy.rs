use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// A proxy in front of PostgreSQL that can delay the connection on which a node listens. Nothing is
/// lost or closed; messages only arrive later.
pub(crate) struct FeedProxy {
    pub(crate) url: String,
    is_held_up: Arc<AtomicBool>,
}

impl FeedProxy {
    pub(crate) fn before(url: &str) -> Self {
        let (before, rest) = url.split_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let (server, listener) = (server.to_owned(), TcpListener::bind("127.0.0.1:0").unwrap());
        let address = listener.local_addr().unwrap();
        let is_held_up = Arc::new(AtomicBool::new(false));
        let held = Arc::clone(&is_held_up);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else {
                    continue;
                };
                for stream in [&client, &server] {
                    stream.set_nodelay(true).unwrap();
                }
                let listens = Arc::new(AtomicBool::new(false));
                pump(&client, &server, &held, &listens);
                pump(&server, &client, &held, &listens);
            }
        });
        Self {
            url: format!("{before}@{address}/{database}"),
            is_held_up,
        }
    }

    pub(crate) fn hold_up(&self, is_held_up: bool) {
        self.is_held_up.store(is_held_up, Ordering::SeqCst);
    }
}

fn pump(from: &TcpStream, to: &TcpStream, held: &Arc<AtomicBool>, listens: &Arc<AtomicBool>) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let (held, listens) = (Arc::clone(held), Arc::clone(listens));
    thread::spawn(move || {
        let mut buffer = [0; 16_384];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let chunk = &buffer[..length];
            if chunk.windows(7).any(|window| window == b"LISTEN ") {
                listens.store(true, Ordering::SeqCst);
            }
            while listens.load(Ordering::SeqCst) && held.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(5));
            }
            if to.write_all(chunk).is_err() {
                break;
            }
        }
        for stream in [&from, &to] {
            // The other direction may have closed it already.
            let _closed = stream.shutdown(std::net::Shutdown::Both);
        }
    });
}
