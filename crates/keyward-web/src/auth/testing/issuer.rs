use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// The response of the identity service to a request for its keys.
#[derive(Clone)]
pub(in crate::auth) enum Answer {
    /// 200 and this body.
    Body(String),
    /// This status line with headers, and this body.
    Head(&'static str, String),
    /// 200 and endless spaces.
    Endless,
    /// Closes the connection.
    HangUp,
    /// Never responds.
    Silence,
}

/// An identity service on this machine that counts its requests.
pub(in crate::auth) struct Issuer {
    url: String,
    state: Arc<State>,
}

struct State {
    answer: Mutex<Answer>,
    asked: AtomicUsize,
    /// How many bytes of an endless response were read.
    sent_bytes: AtomicUsize,
    /// One permit per response; closed when there is no limit.
    may_answer: Semaphore,
}

impl Issuer {
    /// A service that responds at once.
    pub(in crate::auth) async fn start(answer: Answer) -> Self {
        let issuer = Self::start_slow(answer).await;
        issuer.answer_all();
        issuer
    }

    /// A service that does not respond before [`answer_all`](Self::answer_all).
    pub(in crate::auth) async fn start_slow(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
        let state = Arc::new(State {
            answer: Mutex::new(answer),
            asked: AtomicUsize::new(0),
            sent_bytes: AtomicUsize::new(0),
            may_answer: Semaphore::new(0),
        });
        let serving = Arc::clone(&state);
        tokio::spawn(async move {
            loop {
                let (stream, _from) = listener.accept().await.unwrap();
                tokio::spawn(Arc::clone(&serving).answer(stream));
            }
        });
        Self { url, state }
    }

    pub(in crate::auth) fn url(&self) -> String {
        self.url.clone()
    }

    /// The number of requests.
    pub(in crate::auth) fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }

    /// How many bytes of an endless response were read.
    pub(in crate::auth) fn sent_bytes(&self) -> usize {
        self.state.sent_bytes.load(Ordering::SeqCst)
    }

    pub(in crate::auth) fn answer_with(&self, answer: Answer) {
        *self.state.answer.lock().unwrap() = answer;
    }

    pub(in crate::auth) fn answer_all(&self) {
        self.state.may_answer.close();
    }
}

impl State {
    async fn answer(self: Arc<Self>, mut stream: TcpStream) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut request = [0; 4_096];
        let length = stream.read(&mut request).await.unwrap();
        assert!(request[..length].starts_with(b"GET /jwks.json HTTP/1.1\r\n"));
        // An error means that it is closed, so there is no limit.
        let _permit = self.may_answer.acquire().await;
        let answer = self.answer.lock().unwrap().clone();
        let text = match answer {
            Answer::Body(body) => format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                body.len()
            ),
            Answer::Head(head, body) => format!(
                "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            ),
            Answer::Endless => return self.send_without_end(stream).await,
            Answer::HangUp => return,
            Answer::Silence => return std::future::pending().await,
        };
        // The client may be gone.
        let _gone = stream.write_all(text.as_bytes()).await;
    }

    async fn send_without_end(&self, mut stream: TcpStream) {
        let spaces = vec![b' '; 64 * 1024];
        let mut next: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{";
        while stream.write_all(next).await.is_ok() {
            self.sent_bytes.fetch_add(next.len(), Ordering::SeqCst);
            next = &spaces;
        }
    }
}
