use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::auth::config::KeySource;
use crate::auth::discovery::IssuerUrl;
use crate::auth::trusted_url::{PlainHttp, TrustedUrl};

const KEY_SET: &str = "/jwks.json";
const DOCUMENT: &str = "/.well-known/openid-configuration";

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
    /// Without a path.
    url: String,
    state: Arc<State>,
}

struct State {
    answer: Mutex<Answer>,
    asked: AtomicUsize,
    document: Mutex<Answer>,
    document_asked: AtomicUsize,
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
        let url = format!("http://{}", listener.local_addr().unwrap());
        let document = json!({ "issuer": url, "jwks_uri": format!("{url}{KEY_SET}") });
        let state = Arc::new(State {
            answer: Mutex::new(answer),
            asked: AtomicUsize::new(0),
            document: Mutex::new(Answer::Body(document.to_string())),
            document_asked: AtomicUsize::new(0),
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

    /// Its `iss`.
    pub(in crate::auth) fn url(&self) -> String {
        self.url.clone()
    }

    /// Its keys, by the URL of its key set.
    pub(in crate::auth) fn key_set(&self) -> KeySource {
        let url = format!("{}{KEY_SET}", self.url);
        KeySource::JwksUrl(TrustedUrl::parse(&url, PlainHttp::ThisMachine).unwrap())
    }

    /// Its keys, by its own URL.
    pub(in crate::auth) fn discovery(&self) -> KeySource {
        KeySource::Discovery(IssuerUrl::parse(&self.url, PlainHttp::ThisMachine).unwrap())
    }

    /// The number of requests for the document of discovery.
    pub(in crate::auth) fn document_asked(&self) -> usize {
        self.state.document_asked.load(Ordering::SeqCst)
    }

    pub(in crate::auth) fn answer_document_with(&self, answer: Answer) {
        *self.state.document.lock().unwrap() = answer;
    }

    /// The number of requests for the key set.
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
        let mut request = [0; 4_096];
        let length = stream.read(&mut request).await.unwrap();
        let asks_for = |path: &str| {
            request[..length].starts_with(format!("GET {path} HTTP/1.1\r\n").as_bytes())
        };
        let (asked, answer) = if asks_for(DOCUMENT) {
            (&self.document_asked, &self.document)
        } else {
            assert!(asks_for(KEY_SET));
            (&self.asked, &self.answer)
        };
        asked.fetch_add(1, Ordering::SeqCst);
        // An error means that it is closed, so there is no limit.
        let _permit = self.may_answer.acquire().await;
        let answer = answer.lock().unwrap().clone();
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
