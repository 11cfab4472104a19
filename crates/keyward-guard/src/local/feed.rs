use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use http_body_util::BodyExt as _;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::event::{Event, EventReader};
use super::freshness::{Confirmation, Freshness};
use crate::http_client::{Node, NodeBody, NodeError};

/// How often a heartbeat is sent.
const HEARTBEAT_EVERY: Duration = Duration::from_millis(200);

/// After this time without an answer to a heartbeat, the stream is considered broken.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// The pauses between two attempts to connect: each twice as long as the last.
const RETRY_AFTER_MIN: Duration = Duration::from_millis(20);
const RETRY_AFTER_MAX: Duration = Duration::from_secs(2);

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A heartbeat that is being sent.
type Sending = Pin<Box<dyn Future<Output = Result<StatusCode, NodeError>> + Send>>;

#[derive(Serialize)]
struct HeartbeatBody {
    stream: String,
    number: u64,
    position: String,
}

/// Receives changes until the verifier is dropped, and reconnects after each failure.
pub(super) async fn run(
    node: Arc<Node>,
    freshness: Arc<Freshness>,
    mut is_over: watch::Receiver<bool>,
) {
    let (mut stream, mut next_heartbeat) = (None, 1);
    let mut retry_after = RETRY_AFTER_MIN;
    let mut is_lost = false;
    loop {
        let mut connection = Connection::new(&node, &freshness, stream, next_heartbeat);
        let ended = tokio::select! {
            ended = connection.listen() => ended,
            _over = is_over.wait_for(|is_over| *is_over) => return,
        };
        (stream, next_heartbeat) = (connection.stream, connection.next_heartbeat);
        if connection.is_confirmed {
            (retry_after, is_lost) = (RETRY_AFTER_MIN, false);
        }
        if let Err(cause) = ended
            && !std::mem::replace(&mut is_lost, true)
        {
            let cause: &dyn std::error::Error = cause.as_ref();
            tracing::warn!(cause, "guard.changes_lost");
        }
        tokio::select! {
            () = tokio::time::sleep(retry_after.mul_f64(jitter())) => {}
            _over = is_over.wait_for(|is_over| *is_over) => return,
        }
        retry_after = (retry_after * 2).min(RETRY_AFTER_MAX);
    }
}

/// Between 0.5 and 1, so that guards do not all come back at the same time.
fn jitter() -> f64 {
    let random = RandomState::new().hash_one(0);
    0.5 + f64::from(u16::try_from(random % 1_000).unwrap_or(0)) / 2_000.0
}

struct Connection<'a> {
    node: &'a Arc<Node>,
    freshness: &'a Freshness,
    stream: Option<Uuid>,
    /// Whether the stream has begun on this connection.
    is_open: bool,
    /// The heartbeats that have not come back, in order.
    heartbeats: VecDeque<(u64, Instant)>,
    /// No number is used twice for a stream: an answer may come late, on the next connection.
    next_heartbeat: u64,
    /// The number of the last change that the node was told to be applied.
    acknowledged: Option<u64>,
    heard_at: Instant,
    is_confirmed: bool,
}

impl<'a> Connection<'a> {
    fn new(
        node: &'a Arc<Node>,
        freshness: &'a Freshness,
        stream: Option<Uuid>,
        next_heartbeat: u64,
    ) -> Self {
        Self {
            node,
            freshness,
            stream,
            is_open: false,
            heartbeats: VecDeque::new(),
            next_heartbeat,
            acknowledged: None,
            heard_at: Instant::now(),
            is_confirmed: false,
        }
    }

    /// Receives changes until the stream ends.
    async fn listen(&mut self) -> Result<(), Cause> {
        let opening = tokio::time::timeout(SILENCE_MAX, self.open());
        let mut body = opening.await??;
        let mut reader = EventReader::default();
        let mut ticks = tokio::time::interval(HEARTBEAT_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sending: Option<Sending> = None;
        let mut is_due = false;
        loop {
            tokio::select! {
                frame = body.frame() => {
                    let Some(frame) = frame else { return Ok(()) };
                    let Ok(part) = frame?.into_data() else { continue };
                    for event in reader.read(&part).inspect_err(|_| self.freshness.reset())? {
                        self.hear(event)?;
                    }
                }
                _tick = ticks.tick() => {
                    if self.heard_at.elapsed() > SILENCE_MAX {
                        return Err("heartbeats do not come back".into());
                    }
                    is_due = true;
                }
                sent = sent(&mut sending) => {
                    sending = None;
                    let status = sent?;
                    if !status.is_success() {
                        return Err(format!("a heartbeat was answered with {status}").into());
                    }
                }
            }
            if sending.is_none() && (is_due || self.has_news()) {
                sending = self.heartbeat();
                is_due &= sending.is_none();
            }
        }
    }

    async fn open(&self) -> Result<NodeBody, Cause> {
        let mut path = "/internal/v1/changes".to_owned();
        if let Some(stream) = self.stream {
            path = format!("{path}?stream={}", stream.simple());
        }
        let after = self.freshness.applied().map(|applied| applied.to_string());
        let answer = self.node.get(&path, after.as_deref()).await?;
        let status = answer.status();
        if status == StatusCode::OK {
            Ok(answer.into_body())
        } else {
            Err(format!("the node answered with {status}").into())
        }
    }

    fn hear(&mut self, event: Event) -> Result<(), Cause> {
        match event {
            Event::Opened { stream, staleness } => {
                self.stream = Some(stream);
                self.is_open = true;
                self.freshness.opened(staleness);
            }
            Event::Changed(position, change) => {
                if !self.freshness.apply(position, change) {
                    self.freshness.reset();
                    return Err("a change is missing in the stream".into());
                }
            }
            Event::Heartbeat {
                number,
                position,
                now_micros,
                unconfirmed_for,
            } => {
                if self.freshness.applied() != Some(position) {
                    self.freshness.reset();
                    return Err("a change is missing in the stream".into());
                }
                self.came_back(number, |sent_at| Confirmation {
                    sent_at,
                    received_at: Instant::now(),
                    now_micros,
                    unconfirmed_for,
                });
            }
            // Perhaps a change. Reading too much again is the safe choice.
            Event::Unknown => self.freshness.generations.all_changed(),
        }
        Ok(())
    }

    fn came_back(&mut self, number: u64, confirmation: impl FnOnce(Instant) -> Confirmation) {
        let is_it = |heartbeat: &mut (u64, Instant)| heartbeat.0 <= number;
        let mut last = None;
        // Earlier ones were overtaken.
        while let Some(heartbeat) = self.heartbeats.pop_front_if(is_it) {
            last = Some(heartbeat);
        }
        if let Some((_, sent_at)) = last.filter(|(sent, _)| *sent == number) {
            self.heard_at = Instant::now();
            self.freshness.confirm(&confirmation(sent_at));
            self.is_confirmed = true;
        }
    }

    /// Whether the node waits for this guard to know a change.
    fn has_news(&self) -> bool {
        let applied = self.freshness.applied().map(|applied| applied.number);
        self.acknowledged.is_some() && applied != self.acknowledged
    }

    /// Begins to send the next heartbeat. `None` before the stream has begun.
    fn heartbeat(&mut self) -> Option<Sending> {
        let stream = self.stream.filter(|_stream| self.is_open);
        let (stream, position) = stream.zip(self.freshness.applied())?;
        let number = self.next_heartbeat;
        self.next_heartbeat += 1;
        self.acknowledged = Some(position.number);
        let body = HeartbeatBody {
            stream: stream.simple().to_string(),
            number,
            position: position.to_string(),
        };
        let node = Arc::clone(self.node);
        self.heartbeats.push_back((number, Instant::now()));
        Some(Box::pin(async move {
            let heard = node.post("/internal/v1/changes/heartbeats", &body);
            let heard = tokio::time::timeout(SILENCE_MAX, heard).await;
            let heard = heard.map_err(|late| NodeError::Unanswered(late.into()))?;
            Ok(heard?.status)
        }))
    }
}

/// The heartbeat that is being sent, if any.
async fn sent(sending: &mut Option<Sending>) -> Result<StatusCode, NodeError> {
    match sending {
        Some(sending) => sending.await,
        None => std::future::pending().await,
    }
}
