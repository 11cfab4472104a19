//! A platform's portal on an origin of its own: one page, which the scripts of tests/browser use.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

const PAGE: &str = include_str!("../browser/portal.html");

/// Serves the page until the tests end. Says on which port of this machine.
pub(crate) fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // A browser may connect and send nothing for a while.
            thread::spawn(move || answer(stream));
        }
    });
    port
}

fn answer(mut stream: TcpStream) {
    let mut head = BufReader::new(&stream).lines().map_while(Result::ok);
    if !head.any(|line| line.is_empty()) {
        return;
    }
    let length = PAGE.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{PAGE}"
    );
    // A browser that has gone needs no answer.
    let _unheard = stream.write_all(answer.as_bytes());
}
