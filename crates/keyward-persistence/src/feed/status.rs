use std::sync::{Mutex, PoisonError};

/// Why the change feed is down. While it is down, the store answers every question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeedFault {
    /// The database accepts notifications, but none comes back on the listening connection.
    #[error(
        "notifications do not come back: the database URL leads through a pooler in transaction \
         mode; give KEYWARD_LISTEN_URL a direct one"
    )]
    Unheard,
    /// Heartbeats came back before, but no longer do.
    #[error("heartbeats no longer come back")]
    Silent,
    /// A connection failed, or could not be established.
    #[error("{0}")]
    Disconnected(String),
    /// The notifying triggers are missing, disabled, or not enabled for every session, for example
    /// after a partial restore.
    #[error(
        "the triggers notify_change and notify_truncate of the table api_keys, and notify_key_lifetime \
         of workspaces, are not there, or not enabled always: ALTER TABLE api_keys ENABLE ALWAYS \
         TRIGGER notify_change, ENABLE ALWAYS TRIGGER notify_truncate; ALTER TABLE workspaces ENABLE \
         ALWAYS TRIGGER notify_key_lifetime"
    )]
    NoTriggers,
}

/// The status of the feed. A fault is logged once until the feed is up again.
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

    /// Why the feed is down; `None` while it is up or starting.
    pub(super) fn fault(&self) -> Option<FeedFault> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Starting | State::Listening => None,
            State::Lost(fault) => Some(fault.clone()),
        }
    }
}
