//! `kill -9` during creates: every response that a client got stays true.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use keyward_domain::ports::{ApiKeys as _, EventLog as _};
use keyward_domain::testing::workspace_id;
use keyward_domain::{
    ApiKey, ApiKeyFilter, ApiKeyId, ApiKeyListing, Pagination, PublishedEvent, Sort, Timestamp,
    WorkspaceId,
};
use keyward_persistence::Store;

use crate::server::{On, TestServer, TestStore, WORKSPACE, on_both_stores};
use crate::tokens;

const ROUNDS: usize = 10;
const CREATES: usize = 2_000;
const CLIENTS: usize = 200;

/// One round: the ids and secrets for which clients got a 201 before the server was killed.
fn create_until_killed(server: &TestServer, kill_after: usize) -> Vec<(ApiKeyId, String)> {
    let left = Arc::new(AtomicUsize::new(CREATES));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (left, seen, request) = (Arc::clone(&left), Arc::clone(&seen), server.create());
            std::thread::spawn(move || {
                while left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
                    .is_ok()
                {
                    match request.try_send() {
                        Some(response) if response.status == 201 => {
                            let data = response.json()["data"].clone();
                            let text = |name: &str| data[name].as_str().unwrap().to_owned();
                            let id = ApiKeyId::parse(&text("apiKeyId")).unwrap();
                            seen.lock().unwrap().push((id, text("secret")));
                        }
                        Some(response) => assert_eq!(response.status, 503, "{}", response.text()),
                        None => return,
                    }
                }
            })
        })
        .collect();
    while seen.lock().unwrap().len() < kill_after {
        std::thread::yield_now();
    }
    server.signal("KILL");
    for client in clients {
        client.join().unwrap();
    }
    Arc::try_unwrap(seen).unwrap().into_inner().unwrap()
}

/// Publishes what the killed servers have left, and returns all events of the workspace.
async fn published(store: &Store, workspace: &WorkspaceId) -> Vec<PublishedEvent> {
    while store.publish(100, Timestamp::MAX).await.unwrap().count > 0 {}
    let mut published = Vec::new();
    loop {
        let after = published
            .last()
            .and_then(|event: &PublishedEvent| event.sequence);
        let next = store.published_of_workspace(workspace, after.unwrap_or(0), 500);
        let next = next.await.unwrap();
        if next.is_empty() {
            return published;
        }
        published.extend(next);
    }
}

on_both_stores! {
    async fn every_201_survives_with_its_event_and_no_secret_is_in_any_file(on: On) {
        let store = TestStore::create(on).await;
        let workspace = workspace_id(WORKSPACE);
        let mut seen = Vec::new();
        for round in 0..ROUNDS {
            let server = TestServer::start_with(
                &store.database,
                &[("KEYWARD_JWT_SECRET", tokens::SECRET), ("KEYWARD_KEYS_PER_WORKSPACE_MAX", "1000000")],
            );
            let kill_after = 50 + round * 150;
            let survivors = tokio::task::spawn_blocking(move || {
                create_until_killed(&server, kill_after)
            });
            let created = survivors.await.unwrap();
            assert!(created.len() < CREATES, "killed in the middle, not after the end");
            seen.extend(created);
        }

        // A server starts on the remaining data, and still creates keys.
        let server = TestServer::start(&store.database);
        assert_ne!(server.create().send().status, 500);
        drop(server);

        let mut stored = Vec::new();
        for number in 0.. {
            let listing = ApiKeyListing {
                filter: ApiKeyFilter::default(),
                sort: Sort::default(),
                page: Pagination::new(number, 100).unwrap(),
                now: Timestamp::MAX,
            };
            let page = store.store.list(&workspace, &listing).await.unwrap();
            if page.items.is_empty() {
                assert_eq!(page.total, u64::try_from(stored.len()).unwrap());
                break;
            }
            stored.extend(page.items);
        }
        let ids: HashSet<ApiKeyId> = stored.iter().map(ApiKey::id).collect();
        for (id, _secret) in &seen {
            assert!(ids.contains(id), "{id} was returned to a client, but is lost");
        }
        for key in &stored {
            let events = store.trail(key.id()).await;
            assert_eq!(events.len(), 1, "{} has its event", key.id());
        }
        let report = keyward_domain::usecases::verify_trail(&store.store, &store.store, &workspace, |_| {}).await;
        assert_eq!(report.unwrap().unwrap().faults, [], "the trail is intact");
        let counted = keyward_domain::ports::WorkspaceDirectory::workspace(&store.store, &workspace);
        let counted = counted.await.unwrap().unwrap().key_count;
        assert_eq!(usize::try_from(counted).unwrap(), stored.len());

        let published = published(&store.store, &workspace).await;
        let sequences: Vec<u64> = published.iter().filter_map(|event| event.sequence).collect();
        assert_eq!(sequences, (1..).take(stored.len()).collect::<Vec<_>>(), "no gap and no double");
        let of_keys: HashSet<ApiKeyId> = published.iter().filter_map(PublishedEvent::api_key_id).collect();
        assert_eq!(of_keys, ids, "each creation is published, whenever its server was killed");

        let bytes = store.database.dump();
        let long_words = long_words(&bytes);
        assert!(!seen.is_empty());
        for (id, secret) in &seen {
            let digits = &secret.as_bytes()[8..];
            assert!(!long_words.contains(digits), "the secret of {id} is in a file");
        }
    }
}

/// Everything that could be a secret without its prefix: 49 consecutive letters and digits.
fn long_words(bytes: &[u8]) -> HashSet<&[u8]> {
    let words = bytes.split(|byte| !byte.is_ascii_alphanumeric());
    words.flat_map(|word| word.windows(49)).collect()
}
