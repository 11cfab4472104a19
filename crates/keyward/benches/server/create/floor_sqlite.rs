//! The bare writer: the same rows through the port, without HTTP, tokens or ownership.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use keyward_domain::ports::{ApiKeys as _, Inserted, NewApiKey};
use keyward_domain::usecases::authorize;
use keyward_domain::{
    ApiKey, ApiKeyId, Given, Mode, Origin, OwnedWorkspace, RawDraft, RequestId, Scope, Secret,
    Timestamp, WorkspaceId,
};
use keyward_persistence::Store;

use crate::report::Round;
use crate::{SECONDS, WORKSPACES, subject};

static COUNTER: AtomicU64 = AtomicU64::new(1);

pub(crate) async fn run(store: &Store, clients: usize) -> Round {
    let mut workspaces = Vec::new();
    for at in 0..WORKSPACES {
        let id = WorkspaceId::parse(&subject::workspace(at)).unwrap();
        workspaces.push(authorize::operator(store, &id).await.unwrap().unwrap());
    }
    let started = Instant::now();
    let until = started + Duration::from_secs(SECONDS);
    let tasks: Vec<_> = (0..clients)
        .map(|client| tokio::spawn(one(store.clone(), workspaces.clone(), client, until)))
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    Round::new(started.elapsed(), latencies)
}

async fn one(
    store: Store,
    workspaces: Vec<OwnedWorkspace>,
    client: usize,
    until: Instant,
) -> Vec<Duration> {
    let mut latencies = Vec::new();
    for workspace in workspaces.iter().cycle().skip(client * 7 % WORKSPACES) {
        let new = new_key(workspace);
        let sent = Instant::now();
        if sent >= until {
            break;
        }
        assert_eq!(store.insert(new).await.unwrap(), Inserted::Created);
        latencies.push(sent.elapsed());
    }
    latencies
}

pub(crate) fn new_key(workspace: &OwnedWorkspace) -> NewApiKey {
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let now = Timestamp::from_unix_seconds(1_800_000_000).unwrap();
    let text = |text: &str| Given::Value(text.to_owned());
    let raw = RawDraft {
        name: text("Production Key"),
        scopes: Given::Value(vec![text("payment:read"), text("payment:write")]),
        ip_allowlist: Given::Value(vec![text("192.168.1.0/24")]),
        ..RawDraft::default()
    };
    let existing: BTreeSet<Scope> = raw.named_scopes();
    let draft = raw.parse(now, &existing).unwrap();
    let mut id = [0; 10];
    id.iter_mut()
        .zip(count.to_be_bytes())
        .for_each(|(to, from)| *to = from);
    let mut entropy = zeroize::Zeroizing::new([0; 32]);
    entropy
        .iter_mut()
        .zip(count.to_be_bytes())
        .for_each(|(to, from)| *to = from);
    let secret = Secret::from_entropy(Mode::Live, &entropy);
    let id = ApiKeyId::from_entropy(Mode::Live, now, id);
    let origin = Origin {
        address: None,
        request_id: RequestId::parse("bench").unwrap(),
    };
    let (key, event) = ApiKey::issue(workspace, draft, id, &secret, now, origin).unwrap();
    NewApiKey {
        key,
        event,
        idempotency: None,
        key_count_max: u32::MAX,
    }
}
