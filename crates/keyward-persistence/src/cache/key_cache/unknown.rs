use std::time::{Duration, Instant};

use quick_cache::sync::Cache;

/// How many are kept: they have a place of their own, so that no flood of them pushes a key out.
const HASHES_MAX: usize = 16 * 1024;

/// For how long. No key can get a secret that somebody has asked for before: what is kept here can't
/// become wrong but by a store that was put back, and then not for long.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// The hashes that no key has, each with the instant at which the store said so.
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
