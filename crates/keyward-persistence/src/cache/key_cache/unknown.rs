use std::time::{Duration, Instant};

use quick_cache::sync::Cache;

/// The maximum number of unknown hashes. They have their own space, so that a flood of them never
/// evicts a key.
const HASHES_MAX: usize = 16 * 1024;

/// How long an unknown hash is kept. No new key gets a secret that was presented before, unless it is
/// imported. So an entry can only become wrong by an import, or when the store is restored from a
/// backup, and then only for this long.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// Hashes that no key has, each with the time of the store's answer.
pub(super) struct Unknown(Cache<[u8; 32], Instant>);

impl Default for Unknown {
    fn default() -> Self {
        Self(Cache::new(HASHES_MAX))
    }
}

impl Unknown {
    pub(super) fn has(&self, hash: &[u8; 32], now: Instant) -> bool {
        let seen_at = self.0.get(hash);
        seen_at.is_some_and(|seen_at| now.saturating_duration_since(seen_at) < KEPT_FOR)
    }

    pub(super) fn add(&self, hash: [u8; 32], seen_at: Instant) {
        self.0.insert(hash, seen_at);
    }
}
