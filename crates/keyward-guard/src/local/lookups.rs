use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use keyward_domain::{Generation, SecretHash, SharedValues, VerificationKey};
use serde::Serialize;
use tokio::sync::{Semaphore, mpsc, oneshot};
use uuid::Uuid;

use super::freshness::Freshness;
use super::key_data::{FoundData, LookupAnswer, LookupData};
use crate::http_client::Node;

/// The maximum number of hashes in one request (contract §10).
const HASHES_MAX: usize = 100;

/// The maximum number of requests at the same time. Further hashes are gathered into the next one.
const REQUESTS_MAX: usize = 4;

/// The maximum number of questions that wait. Any further one is undecided at once.
const WAITING_MAX: usize = 8 * 1024;

/// Looks up keys at the node, many with one request.
pub(super) struct Lookups {
    questions: mpsc::Sender<Asked>,
    timeout: Duration,
}

/// A question, and where its answer goes.
struct Asked {
    hash: Option<SecretHash>,
    answer: oneshot::Sender<Result<LookedUp, LookupFailed>>,
}

/// What the node knows about one secret. It was read after the question.
#[derive(Clone)]
pub(super) struct LookedUp {
    pub(super) key: Option<Arc<VerificationKey>>,
    /// The generation before the node was asked.
    pub(super) read: Generation,
    pub(super) asked_at: Instant,
    pub(super) epoch: Uuid,
    pub(super) has_imported_secrets: Option<bool>,
}

/// Why the node did not tell. It has no text of the node.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum LookupFailed {
    #[error("too many questions wait for the node")]
    TooMany,
    #[error("the node did not answer in time")]
    Late,
    #[error("the node did not answer")]
    Unanswered,
    #[error("the node answered with status {0}")]
    Refused(StatusCode),
    #[error("the answer is not from Keyward")]
    Unreadable,
    #[error("the node can't read the key now")]
    KeyUnread,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LookupBody {
    secret_hashes: Vec<String>,
}

impl Lookups {
    /// Starts the task that sends the requests. It ends when this is dropped.
    pub(super) fn start(
        runtime: &tokio::runtime::Handle,
        node: Arc<Node>,
        freshness: Arc<Freshness>,
        timeout: Duration,
    ) -> Self {
        let (questions, asked) = mpsc::channel(WAITING_MAX);
        runtime.spawn(run(asked, node, freshness, timeout));
        Self { questions, timeout }
    }

    /// Looks up the key of a secret. Without a hash, only the rest of the answer is of interest.
    pub(super) async fn ask(&self, hash: Option<SecretHash>) -> Result<LookedUp, LookupFailed> {
        let (answer, answered) = oneshot::channel();
        let asked = Asked { hash, answer };
        let sent = self.questions.try_send(asked);
        sent.map_err(|_full| LookupFailed::TooMany)?;
        match tokio::time::timeout(self.timeout, answered).await {
            Ok(Ok(looked_up)) => looked_up,
            Ok(Err(_dropped)) => Err(LookupFailed::Unanswered),
            Err(_elapsed) => Err(LookupFailed::Late),
        }
    }
}

async fn run(
    mut asked: mpsc::Receiver<Asked>,
    node: Arc<Node>,
    freshness: Arc<Freshness>,
    timeout: Duration,
) {
    let places = Arc::new(Semaphore::new(REQUESTS_MAX));
    let shared = Arc::new(SharedValues::default());
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let mut gathered = Vec::new();
        if asked.recv_many(&mut gathered, HASHES_MAX).await == 0 {
            return;
        }
        // Callers that have gone away need no answer.
        gathered.retain(|asked| !asked.answer.is_closed());
        let (node, freshness) = (Arc::clone(&node), Arc::clone(&freshness));
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let request = look_up(gathered, &node, &freshness, &shared);
            // Those who wait have given up by then.
            let _done = tokio::time::timeout(timeout, request).await;
            drop(place);
        });
    }
}

async fn look_up(gathered: Vec<Asked>, node: &Node, freshness: &Freshness, shared: &SharedValues) {
    let mut places: HashMap<[u8; 32], usize> = HashMap::new();
    let mut body = LookupBody {
        secret_hashes: Vec::new(),
    };
    for hash in gathered.iter().filter_map(|asked| asked.hash) {
        places.entry(*hash.as_bytes()).or_insert_with(|| {
            body.secret_hashes.push(hash.to_base64url());
            body.secret_hashes.len() - 1
        });
    }
    let (read, asked_at) = (freshness.generations.generation(), Instant::now());
    let answer = match answer(&body, node).await {
        Ok(answer) => answer,
        Err(failed) => return answer_all(gathered, |_asked| Err(failed)),
    };
    freshness.measure(answer.now_micros, asked_at, Instant::now());
    let Ok(epoch) = Uuid::try_parse(&answer.epoch) else {
        return answer_all(gathered, |_asked| Err(LookupFailed::Unreadable));
    };
    let has_imported_secrets = answer.has_imported_secrets;
    let found = answer.keys.into_iter().map(|found| parsed(found, shared));
    let found: Vec<_> = found.collect();
    answer_all(gathered, |asked| {
        let key = match asked.hash.and_then(|hash| places.get(hash.as_bytes())) {
            Some(at) => found
                .get(*at)
                .cloned()
                .unwrap_or(Err(LookupFailed::Unreadable))?,
            None => None,
        };
        Ok(LookedUp {
            key,
            read,
            asked_at,
            epoch,
            has_imported_secrets,
        })
    });
}

fn answer_all(gathered: Vec<Asked>, answer: impl Fn(&Asked) -> Result<LookedUp, LookupFailed>) {
    for asked in gathered {
        let answer = answer(&asked);
        // A caller that has gone away needs no answer.
        let _unheard = asked.answer.send(answer);
    }
}

async fn answer(body: &LookupBody, node: &Node) -> Result<LookupData, LookupFailed> {
    let answer = node.post("/internal/v1/lookup", body).await;
    let answer = answer.map_err(|_error| LookupFailed::Unanswered)?;
    if answer.status != StatusCode::OK {
        return Err(LookupFailed::Refused(answer.status));
    }
    let answer: Result<LookupAnswer, _> = serde_json::from_slice(&answer.body);
    let LookupAnswer { data } = answer.map_err(|_any| LookupFailed::Unreadable)?;
    if data.keys.len() == body.secret_hashes.len() {
        Ok(data)
    } else {
        Err(LookupFailed::Unreadable)
    }
}

fn parsed(
    found: Option<FoundData>,
    shared: &SharedValues,
) -> Result<Option<Arc<VerificationKey>>, LookupFailed> {
    match found {
        None => Ok(None),
        Some(FoundData::Unknown { .. }) => Err(LookupFailed::KeyUnread),
        Some(FoundData::Key(key)) => match key.parse() {
            Some(mut key) => {
                shared.share(&mut key);
                Ok(Some(Arc::new(key)))
            }
            None => Err(LookupFailed::Unreadable),
        },
    }
}
