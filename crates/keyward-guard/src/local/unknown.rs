use std::time::{Duration, Instant};

use keyward_domain::SecretHash;
use quick_cache::sync::Cache;

/// The maximum number of unknown hashes. They have their own space, so that a flood of them never
/// evicts a key.
const HASHES_MAX: usize = 16 * 1024;

/// How long an unknown hash is kept. No new key gets a secret that was presented before, unless it is
/// imported.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// Hashes that no key has, each with the time when the node was asked.
pub(super) struct Unknown(Cache<[u8; 32], Instant>);

impl Default for Unknown {
    fn default() -> Self {
        Self(Cache::new(HASHES_MAX))
    }
}

impl Unknown {
    pub(super) fn has(&self, hash: &SecretHash, now: Instant) -> bool {
        let asked_at = self.0.get(hash.as_bytes());
        asked_at.is_some_and(|asked_at| now.saturating_duration_since(asked_at) < KEPT_FOR)
    }

    pub(super) fn add(&self, hash: &SecretHash, asked_at: Instant) {
        self.0.insert(*hash.as_bytes(), asked_at);
    }
}
