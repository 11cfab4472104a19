use std::sync::{Mutex, PoisonError};

/// Why the change feed is down. While it is, every question is answered by the store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedFault {
    /// The database takes notifications, but none comes back on the connection that listens.
    #[error(
        "notifications do not come back: the database URL leads through a pooler in transaction \
         mode; give KEYWARD_LISTEN_URL a direct one"
    )]
    Unheard,
    /// Heartbeats came back, and then none did for some time.
    #[error("heartbeats do not come back any more")]
    Silent,
    /// A connection failed, or can't be made.
    #[error("{0}")]
    Disconnected(String),
    /// The triggers that notify changes are missing, disabled, or do not fire in every session, as
    /// after a partial restore.
    #[error(
        "the triggers notify_change and notify_truncate of the table api_keys are not there, or not \
         enabled always: ALTER TABLE api_keys ENABLE ALWAYS TRIGGER notify_change, ENABLE ALWAYS \
         TRIGGER notify_truncate"
    )]
    NoTriggers,
}

/// How the feed is, for all who want to know. A fault is logged once until the feed is up again.
#[derive(Default)]
pub(super) struct FeedStatus(Mutex<State>);

#[derive(Default)]
enum State {
    #[default]
    Starting,
    Listening,
    Lost(FeedFault),
}

impl FeedStatus {
    /// A heartbeat came back.
    pub(super) fn listens(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*state, State::Listening) {
            tracing::info!("change_feed.listening");
            *state = State::Listening;
        }
    }

    pub(super) fn lost(&self, fault: FeedFault) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = matches!(&*state, State::Lost(known) if *known == fault);
        if !is_known {
            tracing::warn!(cause = %fault, "change_feed.lost");
            *state = State::Lost(fault);
        }
    }

    /// Why it is down; `None` while it is up, or starts.
    pub(super) fn fault(&self) -> Option<FeedFault> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Starting | State::Listening => None,
            State::Lost(fault) => Some(fault.clone()),
        }
    }
}
