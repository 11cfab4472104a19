//! The attackers: their own process on the second core, with requests that are made beforehand. Its
//! priority is low, so that valid callers, who share the core, do not wait for it.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use keyward_domain::{KeyPrefix, Mode, Secret};
use serde_json::json;
use zeroize::Zeroizing;

use crate::floor_server::PATH;
use crate::settings::seconds;

/// The argument that makes this program the attackers.
pub(crate) const ARGUMENT: &str = "attackers";
/// Questions per second of all connections together.
pub(crate) const PER_SECOND: u32 = 20_000;
const CONNECTIONS: u32 = 20;
/// The number of questions that a connection sends at a time.
const PIPELINED: u32 = 10;

/// A prepared or running attack.
pub(super) struct Attack {
    process: Child,
    stdout: BufReader<ChildStdout>,
}

impl Attack {
    /// Returns when all requests are made.
    pub(super) fn prepare(addr: SocketAddr) -> Self {
        let this = std::env::current_exe().unwrap();
        let mut process = Command::new("nice")
            .args(["-n", "19", "taskset", "-c", "1"])
            .arg(this)
            .args(["--bench", ARGUMENT, &addr.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let mut attack = Self { process, stdout };
        assert_eq!(attack.line(), "ready");
        attack
    }

    pub(super) fn begin(mut self) -> Self {
        self.process
            .stdin
            .as_mut()
            .unwrap()
            .write_all(b"go\n")
            .unwrap();
        self
    }

    /// Ends it. Returns how many questions were answered.
    pub(super) fn end(mut self) -> usize {
        drop(self.process.stdin.take());
        let answered = self.line().parse().unwrap();
        assert!(self.process.wait().unwrap().success());
        answered
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

/// Makes the requests, waits for a line, and attacks until the input ends.
pub(crate) fn run(addr: SocketAddr) {
    let every = Duration::from_secs(1) * CONNECTIONS * PIPELINED / PER_SECOND;
    // One second more than needed.
    let times = (Duration::from_secs(seconds() + 1).as_nanos() / every.as_nanos()).try_into();
    let times: usize = times.unwrap();
    let batches: Vec<Vec<Vec<u8>>> = (0..CONNECTIONS)
        .map(|_| (0..times).map(|_| batch()).collect())
        .collect();
    println!("ready");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let begun = Instant::now();
    let is_over = AtomicBool::new(false);
    let answered: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CONNECTIONS)
            .zip(&batches)
            .map(|(at, batches)| {
                // The connections send in turn, not all at the same instant.
                let first = begun + every * at / CONNECTIONS;
                let is_over = &is_over;
                scope.spawn(move || attack(addr, batches, first, every, is_over))
            })
            .collect();
        let mut rest = Vec::new();
        std::io::stdin().read_to_end(&mut rest).unwrap();
        is_over.store(true, Ordering::SeqCst);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    println!("{answered}");
}

/// Sends a batch at each turn; late, when the answers to the one before were late.
fn attack(
    addr: SocketAddr,
    batches: &[Vec<u8>],
    first: Instant,
    every: Duration,
    is_over: &AtomicBool,
) -> usize {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut answered, mut next) = (0, first);
    for batch in batches {
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        stream.write_all(batch).unwrap();
        answered += read_answers(&mut stream);
        next += every;
    }
    answered
}

/// Reads the responses to one batch. A question without a timely decision gets 503.
fn read_answers(stream: &mut TcpStream) -> usize {
    let mut bytes = Vec::with_capacity(8_192);
    let mut part = [0; 8_192];
    let expected = usize::try_from(PIPELINED).unwrap();
    loop {
        let length = stream.read(&mut part).unwrap();
        assert_ne!(length, 0, "the server closed");
        bytes.extend(part.iter().take(length));
        let text = String::from_utf8_lossy(&bytes);
        let mut rest: &str = &text;
        let mut answered = 0;
        while let Some((head, after)) = rest.split_once("\r\n\r\n") {
            assert!(
                head.starts_with("HTTP/1.1 200") || head.starts_with("HTTP/1.1 503"),
                "{head}"
            );
            let head = head.to_ascii_lowercase();
            let (_, announced) = head.split_once("content-length: ").unwrap();
            let announced: usize = announced.split("\r\n").next().unwrap().parse().unwrap();
            let Some(after) = after.get(announced..) else {
                break;
            };
            rest = after;
            answered += 1;
        }
        if answered == expected {
            return answered;
        }
    }
}

/// Questions about unknown secrets with a correct checksum.
fn batch() -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..PIPELINED {
        let mut entropy = Zeroizing::new([0; 32]);
        for part in entropy.chunks_mut(8) {
            // Other ones in each process.
            part.copy_from_slice(&RandomState::new().hash_one(0).to_ne_bytes());
        }
        let secret = Secret::from_entropy(KeyPrefix::default(), Mode::Live, &entropy);
        let question = json!({ "secret": secret.expose() }).to_string();
        write!(
            bytes,
            "POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{question}",
            question.len()
        )
        .unwrap();
    }
    bytes
}
