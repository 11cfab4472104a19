//! A bare writer: the same rows through the port, without HTTP, tokens or ownership.

use std::time::{Duration, Instant};

use keyward_domain::OwnedWorkspace;
use keyward_domain::ports::{ApiKeys as _, Inserted};
use keyward_domain::testing::workspace_id;
use keyward_domain::usecases::authorize;
use keyward_persistence::Store;

use crate::keys::new_key;
use crate::report::Round;
use crate::settings::seconds;
use crate::{WORKSPACES, subject};

pub(crate) async fn run(store: &Store, clients: usize) -> Round {
    let mut workspaces = Vec::new();
    for at in 0..WORKSPACES {
        let id = workspace_id(&subject::workspace(at));
        workspaces.push(authorize::operator(store, &id).await.unwrap().unwrap());
    }
    let started = Instant::now();
    let until = started + Duration::from_secs(seconds());
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
