use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use keyward_domain::{Role, UserId, WorkspaceId};
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::Unanswered;

/// From this number of entries on, answers are dropped.
const ENTRIES_MAX: usize = 10_000;

pub(super) type Answer = Result<Option<Role>, Unanswered>;
type About = (WorkspaceId, UserId);
type Asked = Shared<BoxFuture<'static, Answer>>;

/// The questions that are being asked, and the answers that may still be used.
pub(super) struct Questions {
    entries: Arc<Mutex<HashMap<About, Entry>>>,
    cached_for: Duration,
    runtime: Handle,
}

enum Entry {
    Asked(Asked),
    Answered { role: Option<Role>, until: Instant },
}

impl Questions {
    /// Questions run on `runtime`, so that a client that goes away does not end the question for
    /// the others.
    pub(super) fn new(cached_for: Duration, runtime: Handle) -> Self {
        Self {
            entries: Arc::default(),
            cached_for,
            runtime,
        }
    }

    /// The answer about a user: one that may still be used, that of a question in progress, or that
    /// of a new question.
    pub(super) async fn ask<F>(
        &self,
        workspace_id: &WorkspaceId,
        user_id: &UserId,
        ask: impl FnOnce() -> F,
    ) -> Answer
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let about = (workspace_id.clone(), user_id.clone());
        let asked = {
            let mut entries = lock(&self.entries);
            match entries.get(&about) {
                Some(Entry::Answered { role, until }) if Instant::now() < *until => {
                    return Ok(*role);
                }
                Some(Entry::Asked(asked)) => asked.clone(),
                Some(Entry::Answered { .. }) | None => {
                    // The lock is held until the entry is there: the question can't end before.
                    let asked = self.begin(about.clone(), ask());
                    entries.insert(about.clone(), Entry::Asked(asked.clone()));
                    asked
                }
            }
        };
        let answer = asked.await;
        if answer == Err(Unanswered::Aborted) {
            // A question that was aborted has not removed itself.
            lock(&self.entries).remove(&about);
        }
        answer
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.entries).is_empty()
    }

    /// Starts a question. It replaces its entry when it ends, even if nobody waits for it any more,
    /// so that its answer is never used later.
    fn begin(&self, about: About, asking: impl Future<Output = Answer> + Send + 'static) -> Asked {
        let entries = Arc::clone(&self.entries);
        // Counted from the beginning: the platform may have answered at once, but slowly.
        let until = Instant::now() + self.cached_for;
        let asked = self.runtime.spawn(async move {
            let answer = asking.await;
            let mut entries = lock(&entries);
            match answer {
                Ok(role) if Instant::now() < until => {
                    make_room(&mut entries);
                    entries.insert(about, Entry::Answered { role, until });
                }
                Ok(_) | Err(_) => {
                    entries.remove(&about);
                }
            }
            answer
        });
        let answer = async { asked.await.unwrap_or(Err(Unanswered::Aborted)) };
        answer.boxed().shared()
    }
}

fn lock(entries: &Mutex<HashMap<About, Entry>>) -> MutexGuard<'_, HashMap<About, Entry>> {
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

fn make_room(entries: &mut HashMap<About, Entry>) {
    if entries.len() < ENTRIES_MAX {
        return;
    }
    let now = Instant::now();
    entries.retain(|_about, entry| match entry {
        Entry::Asked(_) => true,
        Entry::Answered { until, .. } => now < *until,
    });
    if entries.len() >= ENTRIES_MAX {
        entries.retain(|_about, entry| matches!(entry, Entry::Asked(_)));
    }
}
