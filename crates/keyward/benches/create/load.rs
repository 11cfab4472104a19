//! Clients that each send the next create when the last was answered, over one connection each.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::report::Round;
use crate::subject::Subject;
use crate::{SECONDS, WORKSPACES};

pub(crate) fn run(subject: &Subject, clients: usize) -> Round {
    let started = Instant::now();
    let until = started + Duration::from_secs(SECONDS);
    let latencies: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|client| scope.spawn(move || one(subject, client, until)))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    Round::new(started.elapsed(), latencies)
}

fn one(subject: &Subject, client: usize, until: Instant) -> Vec<Duration> {
    let requests: Vec<Vec<u8>> = (0..WORKSPACES).map(|at| subject.request(at)).collect();
    let mut stream = TcpStream::connect(subject.addr).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut latencies = Vec::new();
    // Clients begin at different workspaces, as many clients of one platform would.
    for request in requests.iter().cycle().skip(client * 7 % WORKSPACES) {
        let sent = Instant::now();
        if sent >= until {
            break;
        }
        stream.write_all(request).unwrap();
        assert_eq!(read_status(&mut stream), 201);
        latencies.push(sent.elapsed());
    }
    latencies
}

fn read_status(stream: &mut TcpStream) -> u16 {
    let mut bytes = Vec::with_capacity(2_048);
    let mut part = [0; 2_048];
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
