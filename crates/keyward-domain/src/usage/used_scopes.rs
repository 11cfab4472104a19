use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::RandomState;

use super::gathered::{GATHERED_BATCH, GATHERED_SHARDS, Writing, lock};
use crate::key::id::ApiKeyId;
use crate::key::scope::{SCOPES_MAX, Scope};
use crate::ports::{RepositoryError, ScopeUse};
use crate::timestamp::Timestamp;

/// Notes which scopes of keys are used until it is written, and then until the day ends, so that each
/// key, scope and day (UTC) is written once.
pub struct UsedScopes {
    shards: Vec<Mutex<Shard>>,
    per_shard_max: usize,
    dropped: AtomicU64,
}

/// The scopes of some keys.
struct Shard {
    keys: HashMap<ApiKeyId, Vec<UsedScope>, RandomState>,
    /// The number of scopes of all keys.
    count: usize,
    /// How many of them are unwritten.
    unwritten: usize,
    /// The latest day.
    today: Timestamp,
    /// Nothing that is written is from before this day.
    kept_since: Timestamp,
}

/// A scope of a key, and its last day.
struct UsedScope {
    scope: Scope,
    day: Timestamp,
    is_written: bool,
}

impl UsedScopes {
    /// Notes at most so many keys and scopes per shard.
    #[must_use]
    pub fn new(per_shard_max: usize) -> Self {
        Self {
            shards: (0..GATHERED_SHARDS)
                .map(|_at| Mutex::new(Shard::new()))
                .collect(),
            per_shard_max,
            dropped: AtomicU64::new(0),
        }
    }

    /// How many uses of scopes were dropped because of the limit.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Notes that an allowed call required these scopes. Returns whether it is time to write. Needs
    /// no memory when they were noted on the same day, and no lock when there are none.
    pub fn add(&self, api_key_id: ApiKeyId, scopes: &[Scope], at: Timestamp) -> bool {
        if scopes.is_empty() {
            return false;
        }
        let [.., last] = *api_key_id.uuid().as_bytes();
        let Some(shard) = self.shards.get(usize::from(last % GATHERED_SHARDS)) else {
            return false;
        };
        let day = at.truncated_to_days();
        let mut shard = lock(shard);
        let mut is_full = false;
        for scope in scopes {
            if !shard.add(api_key_id, scope, day, self.per_shard_max) {
                self.dropped.fetch_add(1, Ordering::Relaxed);
                is_full = true;
            }
        }
        is_full || shard.unwritten > self.per_shard_max / 2
    }

    /// Passes everything unwritten to `record`, batch by batch, until one fails.
    ///
    /// # Errors
    /// The first failure of `record`. What may not be written is still unwritten: a second time
    /// changes nothing in the store.
    pub async fn write<'a>(
        &'a self,
        record: impl Fn(Vec<ScopeUse>) -> Writing<'a>,
    ) -> Result<(), RepositoryError> {
        for shard in &self.shards {
            let unwritten = lock(shard).unwritten();
            for batch in unwritten.chunks(GATHERED_BATCH) {
                record(batch.to_vec()).await?;
                lock(shard).note_written(batch);
            }
        }
        Ok(())
    }
}

impl Shard {
    fn new() -> Self {
        Self {
            keys: HashMap::default(),
            count: 0,
            unwritten: 0,
            today: Timestamp::MIN,
            kept_since: Timestamp::MIN,
        }
    }

    /// Returns whether there was room.
    fn add(&mut self, api_key_id: ApiKeyId, scope: &Scope, day: Timestamp, max: usize) -> bool {
        let noted = self.keys.get_mut(&api_key_id);
        let noted = noted.and_then(|noted| noted.iter_mut().find(|used| used.scope == *scope));
        if let Some(used) = noted {
            if used.day < day {
                used.day = day;
                self.today = self.today.max(day);
                if std::mem::take(&mut used.is_written) {
                    self.unwritten += 1;
                }
            }
            return true;
        }
        if self.count >= max {
            // To forget fewer would not be worth the time.
            if self.unwritten > max / 2 {
                return false;
            }
            self.forget_written_before(Timestamp::MAX);
        }
        let noted = self.keys.entry(api_key_id).or_default();
        if noted.len() >= SCOPES_MAX {
            // The key has had other scopes on the same day.
            noted.retain(|used| !used.is_written);
            self.count -= SCOPES_MAX - noted.len();
            if noted.len() >= SCOPES_MAX {
                return false;
            }
        }
        noted.push(UsedScope {
            scope: scope.clone(),
            day,
            is_written: false,
        });
        self.count += 1;
        self.unwritten += 1;
        self.today = self.today.max(day);
        true
    }

    /// What must be written. Forgets what was written on an older day.
    fn unwritten(&mut self) -> Vec<ScopeUse> {
        if self.kept_since < self.today {
            self.kept_since = self.today;
            self.forget_written_before(self.today);
        }
        if self.unwritten == 0 {
            return Vec::new();
        }
        let keys = self.keys.iter();
        let all = keys.flat_map(|(id, noted)| noted.iter().map(move |used| (*id, used)));
        let unwritten = all.filter(|(_id, used)| !used.is_written);
        unwritten
            .map(|(api_key_id, used)| ScopeUse {
                api_key_id,
                scope: used.scope.clone(),
                last_used_on: used.day,
            })
            .collect()
    }

    /// A scope that was used on a later day meanwhile stays unwritten.
    fn note_written(&mut self, batch: &[ScopeUse]) {
        for written in batch {
            let noted = self.keys.get_mut(&written.api_key_id);
            let used = noted.and_then(|noted| {
                let mut noted = noted.iter_mut();
                noted.find(|used| used.scope == written.scope && used.day == written.last_used_on)
            });
            if let Some(used) = used
                && !std::mem::replace(&mut used.is_written, true)
            {
                self.unwritten -= 1;
            }
        }
    }

    fn forget_written_before(&mut self, day: Timestamp) {
        self.keys.retain(|_id, noted| {
            noted.retain(|used| !used.is_written || used.day >= day);
            !noted.is_empty()
        });
        self.count = self.keys.values().map(Vec::len).sum();
    }
}

#[cfg(test)]
mod tests;
