use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use futures_util::future::join_all;
use keyward_domain::testing::{self, altered, secret, verification_key};
use tokio::sync::Notify;

use super::*;
use crate::cache::batch_lookup::FoundKeys;

/// A store whose answers are released by the test.
#[derive(Default)]
struct Lookup {
    key: Mutex<Option<Arc<VerificationKey>>>,
    is_down: Mutex<bool>,
    /// The hash of a key that can't be read.
    unreadable: Mutex<Option<SecretHash>>,
    asked: AtomicUsize,
    /// The hashes in each statement.
    batches: Mutex<Vec<Vec<SecretHash>>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    is_held: Mutex<bool>,
    begun: Notify,
    let_go: Notify,
}

#[async_trait]
impl BatchLookup for Lookup {
    async fn find_all(&self, hashes: Vec<SecretHash>) -> Result<FoundKeys, RepositoryError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.batches.lock().unwrap().push(hashes.clone());
        let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(under_way, Ordering::SeqCst);
        let answer = self.key.lock().unwrap().clone();
        let unreadable = *self.unreadable.lock().unwrap();
        let is_down = *self.is_down.lock().unwrap();
        let is_held = *self.is_held.lock().unwrap();
        self.begun.notify_one();
        if is_held {
            self.let_go.notified().await;
        } else {
            tokio::task::yield_now().await;
        }
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        if is_down {
            return Err(unavailable("down"));
        }
        let mut found = FoundKeys::default();
        for hash in hashes {
            let bytes = hash.as_bytes().to_vec();
            if unreadable == Some(hash) {
                found.insert(bytes, Err(RepositoryError::Corrupt("unreadable".into())));
            } else if let Some(key) = &answer {
                found.insert(bytes, Ok(Arc::clone(key)));
            }
        }
        Ok(found)
    }
}

#[async_trait]
impl KeyLookup for Lookup {
    fn cached(&self, _hash: &SecretHash) -> CacheAnswer {
        CacheAnswer::Miss
    }

    async fn find(
        &self,
        hash: &SecretHash,
    ) -> Result<Option<Arc<VerificationKey>>, RepositoryError> {
        self.find_all(vec![*hash]).await?.of(hash)
    }

    async fn has_imported_secrets(&self) -> Result<bool, RepositoryError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if *self.is_down.lock().unwrap() {
            return Err(unavailable("down"));
        }
        Ok(self.key.lock().unwrap().is_some())
    }
}

struct World {
    lookup: Arc<Lookup>,
    invalidations: Arc<Invalidations>,
    cache: Arc<KeyCache>,
}

/// A key that has secret 1.
fn key() -> Arc<VerificationKey> {
    verification_key(&testing::key())
}

fn disabled() -> Arc<VerificationKey> {
    let disabled = altered(testing::key(), |fields| fields.is_disabled = true);
    verification_key(&disabled)
}

const BOUNDS: LookupBounds = LookupBounds {
    lookups_max: 8,
    waiting_max: 10_000,
    deadline: Duration::from_secs(1),
};

impl World {
    fn with(config: KeyCacheConfig) -> Self {
        Self::within(config, BOUNDS)
    }

    fn within(config: KeyCacheConfig, bounds: LookupBounds) -> Self {
        let lookup = Arc::new(Lookup::default());
        *lookup.key.lock().unwrap() = Some(key());
        let invalidations = Arc::new(Invalidations::default());
        let port: Arc<dyn BatchLookup> = lookup.clone();
        let cache = KeyCache::new(
            port,
            Arc::clone(&invalidations),
            config,
            bounds,
            Handle::current(),
        );
        Self {
            lookup,
            invalidations,
            cache: Arc::new(cache),
        }
    }

    /// A cache that was confirmed just now.
    fn new() -> Self {
        let world = Self::with(KeyCacheConfig {
            staleness_max: Duration::from_hours(1),
            ..KeyCacheConfig::default()
        });
        world.invalidations.confirmed(Instant::now());
        world
    }

    async fn find(&self) -> Option<Arc<VerificationKey>> {
        self.cache.find(&secret(1).hash()).await.unwrap()
    }

    fn spawn_find(&self) -> tokio::task::JoinHandle<Option<Arc<VerificationKey>>> {
        let cache = Arc::clone(&self.cache);
        tokio::spawn(async move { cache.find(&secret(1).hash()).await.unwrap() })
    }

    fn asked(&self) -> usize {
        self.lookup.asked.load(Ordering::SeqCst)
    }

    /// Sets the store's answer.
    fn store(&self, key: Option<Arc<VerificationKey>>) {
        *self.lookup.key.lock().unwrap() = key;
    }

    fn hold(&self, is_held: bool) {
        *self.lookup.is_held.lock().unwrap() = is_held;
    }
}

mod gathering;

#[tokio::test]
async fn the_store_is_asked_once() {
    let world = World::new();
    for _ in 0..3 {
        assert_eq!(world.find().await, Some(key()));
    }
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn a_changed_key_is_read_again() {
    let world = World::new();
    world.find().await;
    world.store(Some(disabled()));
    world.invalidations.changed(key().id.uuid());
    assert_eq!(world.find().await, Some(disabled()));
    world.store(Some(key()));
    world.invalidations.all_changed();
    assert_eq!(world.find().await, Some(key()));
    world.find().await;
    assert_eq!(world.asked(), 3);
}

#[tokio::test]
async fn an_answer_read_before_a_change_is_never_given_after_it() {
    let world = World::new();
    world.hold(true);
    let early = world.spawn_find();
    world.lookup.begun.notified().await;
    // The store was read. Now the key changes, and the change is known before the answer arrives.
    world.store(Some(disabled()));
    world.invalidations.changed(key().id.uuid());
    let late = world.spawn_find();
    tokio::task::yield_now().await;
    world.hold(false);
    world.lookup.let_go.notify_one();
    early.await.unwrap();
    assert_eq!(late.await.unwrap(), Some(disabled()));
    assert_eq!(world.find().await, Some(disabled()));
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_asks_the_store() {
    let world = World::new();
    world.hold(true);
    let asking: Vec<_> = (0..100).map(|_| world.spawn_find()).collect();
    world.lookup.begun.notified().await;
    world.hold(false);
    world.lookup.let_go.notify_one();
    for answer in join_all(asking).await {
        assert_eq!(answer.unwrap(), Some(key()));
    }
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn a_cancelled_look_up_does_not_affect_other_callers() {
    let world = World::new();
    world.hold(true);
    let leaving = world.spawn_find();
    world.lookup.begun.notified().await;
    let staying = world.spawn_find();
    tokio::task::yield_now().await;
    world.hold(false);
    leaving.abort();
    assert_eq!(staying.await.unwrap(), Some(key()));
}

#[tokio::test]
async fn without_a_confirmation_nothing_kept_is_believed() {
    let world = World::with(KeyCacheConfig::default());
    world.find().await;
    world.find().await;
    assert_eq!(world.asked(), 2);
    world.invalidations.confirmed(Instant::now());
    world.find().await;
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn a_confirmation_lasts_as_long_as_configured() {
    let staleness_max = Duration::from_millis(1);
    let config = KeyCacheConfig {
        staleness_max,
        ..KeyCacheConfig::default()
    };
    let world = World::with(config);
    let confirmed_at = Instant::now();
    world.invalidations.confirmed(confirmed_at);
    world.find().await;
    while confirmed_at.elapsed() <= staleness_max {
        tokio::task::yield_now().await;
    }
    world.find().await;
    assert_eq!(world.asked(), 2);
}

#[tokio::test]
async fn without_confirmation_a_look_up_serves_earlier_questions_only() {
    let world = World::with(KeyCacheConfig::default());
    world.hold(true);
    let first = world.spawn_find();
    world.lookup.begun.notified().await;
    let others: Vec<_> = (0..50).map(|_| world.spawn_find()).collect();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    world.hold(false);
    world.lookup.let_go.notify_one();
    first.await.unwrap();
    for answer in join_all(others).await {
        assert_eq!(answer.unwrap(), Some(key()));
    }
    assert_eq!(
        world.asked(),
        2,
        "the first look-up, and one for all later callers"
    );
}

#[tokio::test]
async fn an_unknown_secret_is_remembered_apart() {
    let world = World::new();
    world.store(None);
    assert_eq!(world.find().await, None);
    assert_eq!(world.find().await, None);
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn a_flood_of_unknown_secrets_pushes_no_key_out() {
    let world = World::new();
    world.find().await;
    world.store(None);
    for number in 1_000..41_000 {
        let unknown = secret(number).hash();
        assert_eq!(world.cache.find(&unknown).await.unwrap(), None);
    }
    assert_eq!(world.asked(), 40_001);
    // The flood may have taken longer than a key is fresh.
    world.invalidations.confirmed(Instant::now());
    assert_eq!(world.find().await, Some(key()));
    assert_eq!(world.asked(), 40_001);
}

#[tokio::test]
async fn a_store_that_fails_is_asked_again_and_nothing_is_kept() {
    let world = World::new();
    *world.lookup.is_down.lock().unwrap() = true;
    assert!(world.cache.find(&secret(1).hash()).await.is_err());
    *world.lookup.is_down.lock().unwrap() = false;
    assert_eq!(world.find().await, Some(key()));
}

#[tokio::test]
async fn a_trusted_cached_key_is_used_while_the_store_is_down() {
    let world = World::new();
    world.find().await;
    *world.lookup.is_down.lock().unwrap() = true;
    assert_eq!(world.find().await, Some(key()));
}

/// A deadline that passes at once.
const HASTY: LookupBounds = LookupBounds {
    lookups_max: 2,
    waiting_max: 100,
    deadline: Duration::from_millis(1),
};

#[tokio::test]
async fn a_store_that_hangs_costs_no_more_than_the_deadline() {
    let world = World::within(KeyCacheConfig::default(), HASTY);
    world.hold(true);
    let answer = world.cache.find(&secret(1).hash()).await;
    assert!(matches!(answer, Err(RepositoryError::Unavailable(_))));
}

#[tokio::test]
async fn a_look_up_keeps_its_place_until_the_store_has_ended_its_work() {
    let world = World::within(KeyCacheConfig::default(), HASTY);
    world.hold(true);
    for number in 0..20 {
        let answer = world.cache.find(&secret(number).hash()).await;
        assert!(matches!(answer, Err(RepositoryError::Unavailable(_))));
    }
    let under_way = || world.lookup.under_way.load(Ordering::SeqCst);
    assert_eq!(
        under_way(),
        HASTY.lookups_max,
        "nobody waits for them any more"
    );
    assert_eq!(world.cache.stats().lookups_in_flight, HASTY.lookups_max);
    world.hold(false);
    world.lookup.let_go.notify_waiters();
    while world.cache.stats().lookups_in_flight > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(under_way(), 0);
}

#[tokio::test]
async fn memory_is_bounded() {
    let bytes_max = 100_000;
    let world = World::with(KeyCacheConfig {
        bytes_max,
        ..KeyCacheConfig::default()
    });
    for number in 0..2_048 {
        world.cache.find(&secret(number).hash()).await.unwrap();
    }
    let stats = world.cache.stats();
    assert!(
        stats.bytes <= bytes_max && stats.bytes > bytes_max / 2,
        "{stats:?}"
    );
    assert!(stats.evictions > 0 && stats.keys > 50, "{stats:?}");
    assert_eq!((stats.misses, stats.lookups_in_flight), (2_048, 0));
}

#[tokio::test]
async fn the_store_is_asked_once_whether_a_key_was_imported_and_its_last_answer_outlives_it() {
    let world = World::with(KeyCacheConfig::default());
    *world.lookup.is_down.lock().unwrap() = true;
    assert!(
        world.cache.has_imported_secrets().await.is_err(),
        "never known"
    );
    *world.lookup.is_down.lock().unwrap() = false;
    let before = world.lookup.asked.load(Ordering::SeqCst);
    let asking = (0..20).map(|_| world.cache.has_imported_secrets());
    for answer in futures_util::future::join_all(asking).await {
        assert!(answer.unwrap());
    }
    assert_eq!(world.lookup.asked.load(Ordering::SeqCst), before + 1);
    *world.lookup.is_down.lock().unwrap() = true;
    world.cache.imported.expire();
    assert!(
        world.cache.has_imported_secrets().await.unwrap(),
        "the last answer"
    );
    *world.lookup.is_down.lock().unwrap() = false;
    *world.lookup.key.lock().unwrap() = None;
    world.cache.imported.expire();
    assert!(!world.cache.has_imported_secrets().await.unwrap());
}
