use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use keyward_domain::ports::{KeyLookup, RepositoryError};

/// How long an answer of the store is used.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// Whether any key has an imported secret. Without any, a text that Keyward can't have issued needs no
/// look-up.
#[derive(Default)]
pub(super) struct Imported {
    answered: Mutex<Option<(bool, Instant)>>,
    /// Held while the store is asked, so that concurrent questions ask once.
    asking: tokio::sync::Mutex<()>,
}

impl Imported {
    fn answered(&self) -> Option<(bool, Instant)> {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current(&self) -> Option<bool> {
        let (is_any, asked_at) = self.answered()?;
        (asked_at.elapsed() < KEPT_FOR).then_some(is_any)
    }

    /// As if the last answer were too old.
    #[cfg(test)]
    pub(super) fn expire(&self) {
        let mut answered = self.answered.lock().unwrap();
        if let Some((_, asked_at)) = answered.as_mut() {
            *asked_at -= KEPT_FOR;
        }
    }

    /// The answer of the store, at most one second old; while the store fails, its last answer.
    pub(super) async fn is_any(&self, lookup: &dyn KeyLookup) -> Result<bool, RepositoryError> {
        if let Some(is_any) = self.current() {
            return Ok(is_any);
        }
        let _turn = self.asking.lock().await;
        if let Some(is_any) = self.current() {
            return Ok(is_any);
        }
        let asked_at = Instant::now();
        let asked = lookup.has_imported_secrets().await;
        let last = self.answered().map(|(is_any, _)| is_any);
        let is_any = match (asked, last) {
            (Ok(is_any), _) | (Err(_), Some(is_any)) => is_any,
            (Err(error), None) => return Err(error),
        };
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        *answered = Some((is_any, asked_at));
        Ok(is_any)
    }
}
