use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use keyward_domain::ports::GuardHeartbeat;
use tokio::sync::Notify;
use uuid::Uuid;

/// More streams than one node should serve.
const STREAMS_MAX: usize = 256;

/// More guards than can be connected within the time that a guard is remembered.
const GUARDS_MAX: usize = 16 * STREAMS_MAX;

/// The guards that are connected, or may still use keys.
#[derive(Default)]
pub(super) struct KnownGuards(HashMap<Uuid, KnownGuard>);

struct KnownGuard {
    /// The number of its connection, from 1. An earlier one has ended.
    connection: u64,
    is_connected: bool,
    /// The last change that it has applied.
    applied: u64,
    /// Since when it has applied no change, although there are more.
    behind_since: Option<Instant>,
    /// It may use its keys until then; `None` when it never could.
    may_use_until: Option<Instant>,
    /// The last heartbeat, until it is answered.
    heartbeat: Option<Heard>,
    heard_at: Instant,
    wake: Arc<Notify>,
}

/// A heartbeat that was heard.
#[derive(Clone, Copy)]
pub(super) struct Heard {
    pub(super) number: u64,
    pub(super) at: Instant,
}

/// Whether guards still use a key as it was before a change.
pub(super) enum GuardState {
    AllKnow,
    /// Not before one of them has applied it, or at this time.
    Waiting(Option<Instant>),
}

/// What a stream must do next.
pub(super) struct Turn {
    pub(super) heartbeat: Option<Heard>,
    pub(super) heard_at: Instant,
    pub(super) wake: Arc<Notify>,
}

impl KnownGuards {
    pub(super) fn streams(&self) -> usize {
        let guards = self.0.values();
        guards.filter(|guard| guard.is_connected).count()
    }

    /// A stream that replaces `earlier`. Returns its id and the number of its connection.
    pub(super) fn connect(&mut self, earlier: Option<Uuid>, now: Instant) -> Option<(Uuid, u64)> {
        self.forget(now);
        let earlier = earlier.filter(|id| self.0.contains_key(id));
        let replaces = earlier
            .and_then(|id| self.0.get(&id))
            .is_some_and(|guard| guard.is_connected);
        let has_place = replaces || self.streams() < STREAMS_MAX;
        if !has_place || (earlier.is_none() && self.0.len() >= GUARDS_MAX) {
            return None;
        }
        let id = earlier.unwrap_or_else(new_stream);
        let guard = self.0.entry(id).or_insert_with(|| KnownGuard {
            connection: 0,
            is_connected: true,
            applied: 0,
            behind_since: None,
            may_use_until: None,
            heartbeat: None,
            heard_at: now,
            wake: Arc::default(),
        });
        guard.connection += 1;
        guard.is_connected = true;
        guard.heartbeat = None;
        guard.heard_at = now;
        // The earlier connection ends.
        guard.wake.notify_one();
        guard.wake = Arc::default();
        Some((id, guard.connection))
    }

    pub(super) fn disconnect(&mut self, id: Uuid, connection: u64) {
        if let Some(guard) = self.at(id, connection) {
            guard.is_connected = false;
            guard.heartbeat = None;
        }
    }

    /// Returns whether the guard has a stream. `latest` is the last change. A guard that applies no
    /// changes for `behind_max` gets no answers, and so soon uses no keys.
    pub(super) fn heard(
        &mut self,
        heartbeat: GuardHeartbeat,
        latest: u64,
        behind_max: Duration,
        now: Instant,
    ) -> bool {
        let guard = self.0.get_mut(&heartbeat.stream);
        let Some(guard) = guard.filter(|guard| guard.is_connected) else {
            return false;
        };
        let applied = heartbeat.applied.min(latest);
        if applied > guard.applied || applied == latest {
            guard.behind_since = None;
        }
        guard.applied = guard.applied.max(applied);
        guard.heard_at = now;
        let is_behind = guard.applied < latest;
        let behind_since = is_behind.then(|| *guard.behind_since.get_or_insert(now));
        if behind_since.is_none_or(|since| now.saturating_duration_since(since) < behind_max) {
            guard.heartbeat = Some(Heard {
                number: heartbeat.number,
                at: now,
            });
            guard.wake.notify_one();
        }
        true
    }

    /// What the stream must do; `None` when it has ended. Its next heartbeat is answered now: from
    /// now on, the guard may use its keys until `use_until`.
    pub(super) fn turn(
        &mut self,
        id: Uuid,
        connection: u64,
        use_until: impl Fn(Heard) -> Instant,
    ) -> Option<Turn> {
        let guard = self.at(id, connection)?;
        let heartbeat = guard.heartbeat.take();
        guard.may_use_until = guard.may_use_until.max(heartbeat.map(use_until));
        Some(Turn {
            heartbeat,
            heard_at: guard.heard_at,
            wake: Arc::clone(&guard.wake),
        })
    }

    /// Whether any guard may use a key as it was before this change.
    pub(super) fn state(&self, change: u64, now: Instant) -> GuardState {
        let behind = self.0.values().filter(|guard| guard.applied < change);
        let ends = behind.filter_map(|guard| guard.may_use_until.filter(|until| now < *until));
        match ends.min() {
            None => GuardState::AllKnow,
            until => GuardState::Waiting(until),
        }
    }

    /// As if the guard had said nothing for this time.
    #[cfg(test)]
    pub(super) fn silence(&mut self, id: Uuid, time: Duration) {
        if let Some(guard) = self.0.get_mut(&id) {
            guard.heard_at -= time;
        }
    }

    fn at(&mut self, id: Uuid, connection: u64) -> Option<&mut KnownGuard> {
        let guard = self.0.get_mut(&id);
        guard.filter(|guard| guard.connection == connection)
    }

    fn forget(&mut self, now: Instant) {
        let may_use = |guard: &KnownGuard| guard.may_use_until.is_some_and(|until| now < until);
        self.0
            .retain(|_id, guard| guard.is_connected || may_use(guard));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the id of a stream only distinguishes the guards of a node"
)]
fn new_stream() -> Uuid {
    Uuid::new_v4()
}
