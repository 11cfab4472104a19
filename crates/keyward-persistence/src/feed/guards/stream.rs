use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use keyward_domain::ports::{ChangePosition, GuardMessage, KeyChangeStream};
use tokio::sync::watch;
use uuid::Uuid;

use super::{Guards, MARGIN, SILENCE_MAX};

/// The messages to one guard on one connection.
pub(super) struct GuardStream {
    guards: Arc<Guards>,
    id: Uuid,
    connection: u64,
    /// The last change that was sent; `None` before the first message to a guard that knows nothing.
    sent: Option<u64>,
    is_open: bool,
    changes: watch::Receiver<u64>,
    is_closed: watch::Receiver<bool>,
}

impl GuardStream {
    pub(super) fn new(guards: Arc<Guards>, id: Uuid, connection: u64, after: Option<u64>) -> Self {
        Self {
            changes: guards.log().subscribe(),
            is_closed: guards.is_closed.subscribe(),
            guards,
            id,
            connection,
            sent: after,
            is_open: false,
        }
    }

    /// The changes that were not sent yet.
    fn changes(&mut self) -> Vec<GuardMessage> {
        // A number that was never given out stands for all keys.
        let changes = self.guards.log().after(self.sent.unwrap_or(u64::MAX));
        if let Some((last, _)) = changes.last() {
            self.sent = Some(last.number);
        }
        let changes = changes.into_iter();
        changes
            .map(|(position, change)| GuardMessage::Changed(position, change))
            .collect()
    }
}

#[async_trait]
impl KeyChangeStream for GuardStream {
    async fn next(&mut self) -> Option<Vec<GuardMessage>> {
        loop {
            if *self.is_closed.borrow() {
                return None;
            }
            self.changes.mark_unchanged();
            let margin = self.guards.staleness_max + MARGIN;
            let turn = self
                .guards
                .known()
                .turn(self.id, self.connection, |heard| heard.at + margin)?;
            // In this order: all changes before the confirmation are in the log.
            let unconfirmed_for = self.guards.invalidations.unconfirmed_for(Instant::now());
            let mut messages = Vec::new();
            if !std::mem::replace(&mut self.is_open, true) {
                messages.push(GuardMessage::Opened {
                    stream: self.id,
                    staleness_max: self.guards.staleness_max,
                });
            }
            messages.append(&mut self.changes());
            messages.extend(turn.heartbeat.map(|heard| GuardMessage::Heartbeat {
                number: heard.number,
                position: ChangePosition {
                    epoch: self.guards.epoch(),
                    number: self.sent.unwrap_or(0),
                },
                unconfirmed_for,
            }));
            if !messages.is_empty() {
                return Some(messages);
            }
            let silent_at = turn.heard_at + SILENCE_MAX;
            if silent_at <= Instant::now() {
                return None;
            }
            tokio::select! {
                _changed = self.changes.changed() => {}
                _closed = self.is_closed.changed() => {}
                () = turn.wake.notified() => {}
                () = tokio::time::sleep_until(silent_at.into()) => {}
            }
        }
    }
}

impl Drop for GuardStream {
    fn drop(&mut self) {
        self.guards.known().disconnect(self.id, self.connection);
    }
}
