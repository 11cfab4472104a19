//! A cached key, and changes to it by this process, by other processes, and by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use keyward_domain::ports::{
    ApiKeys as _, CacheAnswer, KeyLookup as _, Propagation as _, Reach, Saved,
};
use keyward_domain::testing::{at, used_once};
use keyward_domain::{ApiKey, Change, OwnedWorkspace};
use keyward_persistence::{ChangeFeed, KeyCache, KeyCacheConfig, Store};

use crate::postgres_alone::behind_proxy;
use crate::subject::{Subject, changed, on_both_stores, rotation};

const ROUNDS: i64 = 200;

/// Much longer than anything here takes, even on a slow machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server process: its store, its cache and its feed.
struct Node {
    store: Store,
    cache: KeyCache,
    feed: ChangeFeed,
}

impl Node {
    fn over(store: Store) -> Self {
        let config = KeyCacheConfig::default();
        Self {
            cache: store.key_cache(config),
            feed: ChangeFeed::start(&store, config.staleness_max),
            store,
        }
    }

    async fn of(subject: &Subject) -> Self {
        Self::over(Store::open(subject.database.config()).await.unwrap())
    }

    async fn is_disabled(&self, key: &ApiKey) -> bool {
        let found = self.cache.find(&key.fields().secret.hash).await.unwrap();
        found.unwrap().is_disabled
    }

    /// Waits until the node has seen the change.
    async fn sees_disabled(&self, key: &ApiKey, is_disabled: bool) {
        let begun = Instant::now();
        while self.is_disabled(key).await != is_disabled {
            assert!(begun.elapsed() < PATIENCE, "the change is never seen");
            tokio::task::yield_now().await;
        }
    }

    /// Disables or enables the key, and returns it as it is then.
    async fn toggle(&self, workspace: &OwnedWorkspace, key: &ApiKey, now: i64) -> ApiKey {
        let change = if key.fields().is_disabled {
            Change::Enable
        } else {
            Change::Disable
        };
        let changed = changed(workspace, key, &change, at(now));
        let after = changed.key.clone();
        assert_eq!(self.store.save(changed).await.unwrap(), Saved::Done);
        after
    }

    /// Waits until every node has confirmed that it listens.
    async fn settles(&self) {
        let begun = Instant::now();
        while self.feed.settle().await != Reach::Everywhere {
            assert!(
                begun.elapsed() < PATIENCE,
                "the nodes never find each other"
            );
        }
    }
}

on_both_stores! {
    async fn a_change_decides_the_next_look_up_on_the_node_that_made_it(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let node = Node::of(subject).await;
        let mut key = subject.created(&workspace).await;
        for round in 0..ROUNDS {
            key = node.toggle(&workspace, &key, round).await;
            assert_eq!(node.is_disabled(&key).await, key.fields().is_disabled, "{round}");
        }
    }

    async fn an_ended_secret_is_found_no_more_however_it_was_cached(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let node = Node::of(subject).await;
        let first = subject.created(&workspace).await;
        let save = async |key: &ApiKey, change: &Change, now| {
            let changed = changed(&workspace, key, change, at(now));
            let after = changed.key.clone();
            assert_eq!(node.store.save(changed).await.unwrap(), Saved::Done);
            after
        };
        let hash = |key: &ApiKey| key.fields().secret.hash;
        let second = save(&first, &rotation(at(1), 600), 1).await;
        for key in [&first, &second] {
            assert!(node.cache.find(&hash(key)).await.unwrap().is_some());
        }
        let third = save(&second, &Change::EndOverlap, 2).await;
        assert_eq!(node.cache.find(&hash(&first)).await.unwrap(), None);
        save(&third, &Change::Delete, 3).await;
        assert_eq!(node.cache.find(&hash(&second)).await.unwrap(), None);
    }

    async fn what_another_process_changes_is_noticed(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (server, operator) = (Node::of(subject).await, Node::of(subject).await);
        let mut key = subject.created(&workspace).await;
        for round in 0..10 {
            server.sees_disabled(&key, key.fields().is_disabled).await;
            key = operator.toggle(&workspace, &key, round).await;
            server.sees_disabled(&key, key.fields().is_disabled).await;
        }
    }

    async fn what_is_changed_by_hand_is_noticed(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let node = Node::of(subject).await;
        let key = subject.created(&workspace).await;
        node.sees_disabled(&key, false).await;
        subject.execute_on_both("UPDATE api_keys SET is_disabled = (1 = 1)").await;
        node.sees_disabled(&key, true).await;
        subject.execute("DELETE FROM api_keys", "TRUNCATE api_keys CASCADE").await;
        let begun = Instant::now();
        while node.cache.find(&key.fields().secret.hash).await.unwrap().is_some() {
            assert!(begun.elapsed() < PATIENCE);
            tokio::task::yield_now().await;
        }
    }

    async fn an_external_id_that_is_changed_by_hand_is_noticed(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let node = Node::of(subject).await;
        let key = subject.created(&workspace).await;
        node.sees_disabled(&key, false).await;
        subject.execute_on_both("UPDATE api_keys SET external_id = 'customer-1'").await;
        let begun = Instant::now();
        loop {
            let found = node.cache.find(&key.fields().secret.hash).await.unwrap().unwrap();
            if found.external_id().is_some() {
                break;
            }
            assert!(begun.elapsed() < PATIENCE);
            tokio::task::yield_now().await;
        }
    }

    /// A look-up that is in progress when the key changes must not leave a stale entry.
    async fn a_look_up_that_races_a_change_is_never_believed_after_it(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let node = Arc::new(Node::of(subject).await);
        let mut key = subject.created(&workspace).await;
        let is_over = Arc::new(AtomicBool::new(false));
        let asking: Vec<_> = (0..4).map(|_| {
            let (node, key, is_over) = (node.clone(), key.clone(), is_over.clone());
            tokio::spawn(async move {
                while !is_over.load(Ordering::SeqCst) {
                    node.is_disabled(&key).await;
                    tokio::task::yield_now().await;
                }
            })
        }).collect();
        for round in 0..ROUNDS {
            key = node.toggle(&workspace, &key, round).await;
            assert_eq!(node.is_disabled(&key).await, key.fields().is_disabled, "{round}");
        }
        is_over.store(true, Ordering::SeqCst);
        for asking in asking {
            asking.await.unwrap();
        }
    }

    async fn a_node_alone_settles(subject: &Subject) {
        Node::of(subject).await.settles().await;
    }

    async fn recorded_uses_change_no_key(subject: &Subject) {
        use keyward_domain::ports::UsageStore as _;
        let workspace = subject.workspace("ws_1").await;
        let (node, other) = (Node::of(subject).await, Node::of(subject).await);
        let key = subject.created(&workspace).await;
        let secret_hash = key.fields().secret.hash;
        // A stall of this process may end the trust in what was read before the use.
        let begun = Instant::now();
        loop {
            node.settles().await;
            node.is_disabled(&key).await;
            let used = used_once(secret_hash, at(9));
            node.store.record(vec![used]).await.unwrap();
            if matches!(node.cache.cached(&secret_hash), CacheAnswer::Hit(_)) {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "a recorded use invalidates its key");
        }
        drop(other);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_everywhere_no_node_contradicts_a_change() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let mut nodes = Vec::new();
    for _ in 0..4 {
        nodes.push(Node::of(&subject).await);
    }
    nodes[0].settles().await;
    let mut key = subject.created(&workspace).await;
    let mut complete = 0;
    for round in 0..ROUNDS {
        let changing = &nodes[usize::try_from(round % 4).unwrap()];
        key = changing.toggle(&workspace, &key, round).await;
        if changing.feed.settle().await != Reach::Everywhere {
            continue;
        }
        complete += 1;
        for node in &nodes {
            assert_eq!(
                node.is_disabled(&key).await,
                key.fields().is_disabled,
                "{round}"
            );
        }
    }
    assert!(
        complete > ROUNDS / 2,
        "{complete} changes were known everywhere in time"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_hears_nothing_believes_nothing_for_long() {
    let subject = Subject::postgres().await;
    let workspace = subject.workspace("ws_1").await;
    let near = Node::of(&subject).await;
    let (proxy, store) = behind_proxy(&subject).await;
    let far = Node::over(store);
    let mut key = subject.created(&workspace).await;
    near.settles().await;
    far.settles().await;
    far.sees_disabled(&key, false).await;

    proxy.fall_silent();
    key = near.toggle(&workspace, &key, 1).await;
    let changed_at = Instant::now();
    let second = Duration::from_secs(1);
    assert_eq!(
        near.feed.settle().await,
        Reach::Within(second),
        "the other node can't know the change"
    );
    let hash = key.fields().secret.hash;
    loop {
        let asked_at = Instant::now();
        match far.cache.find(&hash).await {
            Ok(found) => assert!(
                found.unwrap().is_disabled || asked_at < changed_at + second,
                "the cached key was used for too long"
            ),
            Err(_cannot_say) if asked_at > changed_at + second => break,
            Err(_cannot_say) => {}
        }
        tokio::task::yield_now().await;
    }
    // Nobody waits for this node any more: it uses no cached key until it listens again.
    near.settles().await;

    proxy.speak_again();
    proxy.cut_all();
    let begun = Instant::now();
    while !matches!(far.cache.find(&hash).await, Ok(Some(found)) if found.is_disabled) {
        assert!(begun.elapsed() < PATIENCE, "the node never listens again");
    }
    far.settles().await;
    near.settles().await;
    key = near.toggle(&workspace, &key, 2).await;
    far.sees_disabled(&key, false).await;
}
