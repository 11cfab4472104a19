//! A platform's portal on an origin of its own: one page for the scripts of tests/browser.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// The page that calls the API in all ways.
pub(crate) const PAGE: &str = include_str!("../browser/portal.html");

/// Serves a page on a free port of this machine until the tests end, and returns the port.
pub(crate) fn serve(page: &str) -> u16 {
    let listener = listen();
    let port = listener.local_addr().unwrap().port();
    serve_at(listener, page.to_owned());
    port
}

/// A free port of this machine, to serve a page that is known later.
pub(crate) fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// Serves a page until the tests end.
pub(crate) fn serve_at(listener: TcpListener, page: String) {
    let page: Arc<str> = page.into();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // A browser may connect and send nothing for a while.
            let page = Arc::clone(&page);
            thread::spawn(move || answer(stream, &page));
        }
    });
}

fn answer(mut stream: TcpStream, page: &str) {
    let mut head = BufReader::new(&stream).lines().map_while(Result::ok);
    if !head.any(|line| line.is_empty()) {
        return;
    }
    let length = page.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{page}"
    );
    // A browser that has gone needs no answer.
    let _unheard = stream.write_all(answer.as_bytes());
}
