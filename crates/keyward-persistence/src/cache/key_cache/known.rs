use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use keyward_domain::{Annotations, ApiKey, Description, ExternalId, MetadataMember};
use quick_cache::sync::{Cache, EntryAction, EntryResult};
use quick_cache::{DefaultHashBuilder, Lifecycle, Weighter};

use crate::cache::invalidations::Generation;

type Hash = [u8; 32];

/// The minimum memory of a key, to estimate the number of entries.
const BYTES_MIN: u64 = 256;

/// A cached key.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: Arc<ApiKey>,
    /// The generation of invalidations before the key was read.
    pub(super) read: Generation,
    /// When the store was asked.
    pub(super) read_at: Instant,
}

/// The cached keys, within a memory limit.
pub(super) struct Known {
    entries: Cache<Hash, Entry, Bytes, DefaultHashBuilder, Evictions>,
    evictions: Evictions,
}

/// Either the key, or the task to look it up for all waiting callers.
pub(super) type Answer<'a> =
    EntryResult<'a, Hash, Entry, Bytes, DefaultHashBuilder, Evictions, Arc<ApiKey>>;

impl Known {
    pub(super) fn new(bytes_max: u64) -> Self {
        let items = usize::try_from(bytes_max / BYTES_MIN).unwrap_or(usize::MAX);
        let evictions = Evictions::default();
        let hasher = DefaultHashBuilder::default();
        let entries = Cache::with(items, bytes_max, Bytes, hasher, evictions.clone());
        Self { entries, evictions }
    }

    pub(super) fn get(&self, hash: &Hash) -> Option<Entry> {
        self.entries.get(hash)
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
    pub(super) async fn entry(&self, hash: &Hash, answers: impl Fn(&Entry) -> bool) -> Answer<'_> {
        let look = |_hash: &Hash, entry: &mut Entry| {
            if answers(entry) {
                EntryAction::Retain(Arc::clone(&entry.key))
            } else {
                EntryAction::ReplaceWithGuard
            }
        };
        self.entries.entry_async(hash, look).await
    }
}

/// Counts evicted keys.
#[derive(Clone, Default)]
pub(super) struct Evictions(Arc<AtomicU64>);

impl Lifecycle<Hash, Entry> for Evictions {
    type RequestState = ();

    fn on_evict(&self, _state: &mut (), _hash: Hash, _entry: Entry) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The memory of an entry: the entry itself, its key, and their heap memory.
#[derive(Clone)]
pub(super) struct Bytes;

impl Weighter<Hash, Entry> for Bytes {
    fn weight(&self, _hash: &Hash, entry: &Entry) -> u64 {
        let fields = entry.key.fields();
        let scopes = fields.scopes.as_slice();
        let text = scopes
            .iter()
            .map(|scope| scope.as_str().len())
            .sum::<usize>()
            + fields.name.as_str().len()
            + annotations(&fields.annotations)
            + fields.workspace_id.as_str().len();
        let bytes = size_of::<Hash>()
            + size_of::<Entry>()
            + size_of::<ApiKey>()
            + size_of_val(scopes)
            + size_of_val(fields.ip_allowlist.as_slice())
            + text;
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

fn annotations(annotations: &Annotations) -> usize {
    let description = annotations.description.as_ref().map(Description::as_str);
    let external_id = annotations.external_id.as_ref().map(ExternalId::as_str);
    let members = annotations.metadata.iter();
    let members =
        members.map(|(name, value)| size_of::<MetadataMember>() + name.len() + value.len());
    description.map_or(0, str::len) + external_id.map_or(0, str::len) + members.sum::<usize>()
}
