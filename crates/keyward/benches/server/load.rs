//! Clients with one connection each that send the next request after the previous response.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::report::Round;
use crate::settings::seconds;

/// Sends the requests in turn; each response must have `status`.
pub(crate) fn run(addr: SocketAddr, requests: &[Vec<u8>], status: u16, clients: usize) -> Round {
    // Clients begin at different requests, like independent clients of a platform.
    let turn = |client: usize| requests.iter().cycle().skip(client * 7 % requests.len());
    run_turns(addr, (0..clients).map(turn), status)
}

/// The same with a client for each list of requests.
pub(crate) fn run_own(addr: SocketAddr, requests: &[Vec<Vec<u8>>], status: u16) -> Round {
    run_turns(addr, requests.iter().map(|own| own.iter().cycle()), status)
}

fn run_turns<'a>(
    addr: SocketAddr,
    turns: impl Iterator<Item = impl Iterator<Item = &'a Vec<u8>> + Send>,
    status: u16,
) -> Round {
    let started = Instant::now();
    let until = started + Duration::from_secs(seconds());
    let latencies: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = turns
            .map(|turn| scope.spawn(move || one(addr, turn, status, until)))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    Round::new(started.elapsed(), latencies)
}
fn one<'a>(
    addr: SocketAddr,
    requests: impl Iterator<Item = &'a Vec<u8>>,
    status: u16,
    until: Instant,
) -> Vec<Duration> {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut latencies = Vec::new();
    for request in requests {
        let sent = Instant::now();
        if sent >= until {
            break;
        }
        stream.write_all(request).unwrap();
        assert_eq!(read_status(&mut stream), status);
        latencies.push(sent.elapsed());
    }
    latencies
}

fn read_status(stream: &mut TcpStream) -> u16 {
    let mut bytes = Vec::with_capacity(16_384);
    let mut part = [0; 16_384];
    loop {
        let length = stream.read(&mut part).unwrap();
        assert_ne!(length, 0, "the server closed");
        bytes.extend(part.iter().take(length));
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let head = head.to_ascii_lowercase();
        let (_, rest) = head.split_once("content-length: ").unwrap();
        let announced: usize = rest.split("\r\n").next().unwrap().parse().unwrap();
        if body.len() >= announced {
            return head.split(' ').nth(1).unwrap().parse().unwrap();
        }
    }
}
