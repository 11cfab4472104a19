use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use keyward_domain::{Generation, SecretHash, SharedValues, VerificationKey};
use quick_cache::sync::{Cache, EntryAction, EntryResult};
use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter};

/// The first half of the hash of a secret. It is unique as far as anyone can tell. If it were not,
/// the decision, which compares the whole hash, would deny the call.
type HashStart = [u8; 16];

/// The typical memory of a key, to estimate the number of entries.
const BYTES_TYPICAL: u64 = 256;

/// The memory of an entry beside the key: its slot, the links of the slots, and the index.
const SLOT_BYTES: usize = size_of::<HashStart>() + size_of::<Entry>() + 24;

/// A cached key.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: Arc<VerificationKey>,
    /// The generation of invalidations before the key was read.
    pub(super) read: Generation,
    /// When the store was asked.
    pub(super) read_at: Instant,
    /// The memory of the entry.
    bytes: u32,
}

/// The cached keys, within a memory limit.
pub(super) struct Known {
    entries: Cache<HashStart, Entry, Bytes, DefaultHashBuilder, Evictions>,
    evictions: Evictions,
    shared: SharedValues,
}

/// Either the key, or the task to look it up for all waiting callers.
pub(super) type Answer<'a> =
    EntryResult<'a, HashStart, Entry, Bytes, DefaultHashBuilder, Evictions, Arc<VerificationKey>>;

impl Known {
    pub(super) fn new(bytes_max: u64) -> Self {
        let items = usize::try_from(bytes_max / BYTES_TYPICAL).unwrap_or(usize::MAX);
        let evictions = Evictions::default();
        let hasher = DefaultHashBuilder::default();
        let entries = Cache::with(items, bytes_max, Bytes, hasher, evictions.clone());
        Self {
            entries,
            evictions,
            shared: SharedValues::default(),
        }
    }

    pub(super) fn get(&self, hash: &SecretHash) -> Option<Entry> {
        self.entries.get(&start_of(hash))
    }

    /// The entry of a key that was read. Equal values of several keys become shared.
    pub(super) fn entry_of(
        &self,
        mut key: VerificationKey,
        read: Generation,
        read_at: Instant,
    ) -> Entry {
        let unshared_bytes = self.shared.share(&mut key);
        let bytes = SLOT_BYTES + key.own_bytes() + unshared_bytes;
        Entry {
            key: Arc::new(key),
            read,
            read_at,
            bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
        }
    }

    /// The memory of all keys.
    pub(super) fn bytes(&self) -> u64 {
        self.entries.weight()
    }

    /// The number of keys.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many keys were evicted to make room.
    pub(super) fn evictions(&self) -> u64 {
        self.evictions.0.load(Ordering::Relaxed)
    }

    /// The key, if the entry is an answer. Otherwise one caller gets the task to look it up, and
    /// the others wait here for the result.
    pub(super) async fn entry(
        &self,
        hash: &SecretHash,
        answers: impl Fn(&Entry) -> bool,
    ) -> Answer<'_> {
        let look = |_start: &HashStart, entry: &mut Entry| {
            if answers(entry) {
                EntryAction::Retain(Arc::clone(&entry.key))
            } else {
                EntryAction::ReplaceWithGuard
            }
        };
        self.entries.entry_async(&start_of(hash), look).await
    }
}

fn start_of(hash: &SecretHash) -> HashStart {
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

/// Counts evicted keys.
#[derive(Clone, Default)]
pub(super) struct Evictions(Arc<AtomicU64>);

impl Lifecycle<HashStart, Entry> for Evictions {
    type RequestState = ();

    fn on_evict(&self, _state: &mut (), _start: HashStart, _entry: Entry) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The weight of an entry is its memory.
#[derive(Clone)]
pub(super) struct Bytes;

impl Weighter<HashStart, Entry> for Bytes {
    fn weight(&self, _start: &HashStart, entry: &Entry) -> u64 {
        entry.bytes.into()
    }
}
