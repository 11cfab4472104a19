use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use keyward_domain::ports::Durability;

/// How long commits count as local after the database last said so: a commit may have been sent before it
/// said something else.
const LOCAL_FOR: Duration = Duration::from_secs(2);

/// Whether commits wait for a standby, as the database says with each heartbeat.
#[derive(Default)]
pub(super) struct ObservedDurability(Mutex<Observed>);

#[derive(Clone, Copy, Default)]
struct Observed {
    /// `None` before the database has said it.
    is_synchronous: Option<bool>,
    last_local: Option<Instant>,
}

impl ObservedDurability {
    /// What the database has said. A change is logged.
    pub(super) fn take(&self, is_synchronous: bool, now: Instant) {
        let mut observed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = observed.is_synchronous.replace(is_synchronous);
        if !is_synchronous {
            observed.last_local = Some(now);
        }
        drop(observed);
        match (before, is_synchronous) {
            (Some(true), true) | (Some(false), false) => {}
            (_, true) => tracing::info!("store.commits_wait_for_a_standby"),
            // Usual for a single server, so only a change is a warning.
            (None, false) => tracing::info!("store.commits_wait_for_no_standby"),
            (Some(true), false) => tracing::warn!("store.commits_wait_for_no_standby"),
        }
    }

    /// The durability of a commit that has ended just before `now`. Never claims more than it knows.
    pub(super) fn get(&self, now: Instant) -> Durability {
        let observed = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recently_local = observed
            .last_local
            .is_some_and(|last| now.saturating_duration_since(last) < LOCAL_FOR);
        if observed.is_synchronous == Some(true) && !is_recently_local {
            Durability::SurvivesFailover
        } else {
            Durability::Local
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_are_local_until_the_database_has_said_otherwise_for_a_while() {
        let observed = ObservedDurability::default();
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(observed.get(at(0)), Durability::Local);
        observed.take(true, at(0));
        assert_eq!(observed.get(at(0)), Durability::SurvivesFailover);
        observed.take(false, at(1));
        assert_eq!(observed.get(at(1)), Durability::Local);
        observed.take(true, at(2));
        assert_eq!(observed.get(at(2)), Durability::Local);
        assert_eq!(observed.get(at(3)), Durability::SurvivesFailover);
    }
}
