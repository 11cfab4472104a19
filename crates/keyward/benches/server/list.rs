//! Lists of a workspace with ten thousand keys over HTTP, compared with the same lists through the
//! store's port, on both stores.

use std::sync::Arc;
use std::time::{Duration, Instant};

use keyward_domain::ports::{ApiKeys as _, SecretUse, UsageStore as _};
use keyward_domain::testing::{at, workspace_id};
use keyward_domain::{
    ApiKeyFilter, ApiKeyListing, Pagination, SearchText, Sort, Status, WorkspaceId,
};
use keyward_persistence::Store;
use keyward_persistence::testing::TestDatabase;

use crate::keys::new_key;
use crate::report::{Round, Rounds, Row};
use crate::subject::{self, Subject};
use crate::{ROUNDS, SECONDS, load};

const KEYS: usize = 10_000;
const CLIENTS: usize = 2;
const GOAL: &str = "p99 <= 20 ms";

/// A list request: its name, its query, and the same for the port.
struct Listing {
    name: &'static str,
    query: &'static str,
    sort: &'static str,
    search: Option<&'static str>,
    status: Option<Status>,
    page: (u32, u32),
}

const LISTINGS: [Listing; 5] = [
    Listing {
        name: "first page",
        query: "",
        sort: "createdAt,desc",
        search: None,
        status: None,
        page: (0, 20),
    },
    Listing {
        name: "last page of 100",
        query: "?page=99&size=100",
        sort: "createdAt,desc",
        search: None,
        status: None,
        page: (99, 100),
    },
    Listing {
        name: "by name",
        query: "?sort=name",
        sort: "name",
        search: None,
        status: None,
        page: (0, 20),
    },
    Listing {
        name: "active, by last use",
        query: "?status=ACTIVE&sort=lastUsedAt,desc",
        sort: "lastUsedAt,desc",
        search: None,
        status: Some(Status::Active),
        page: (0, 20),
    },
    Listing {
        name: "search",
        query: "?q=production",
        sort: "createdAt,desc",
        search: Some("production"),
        status: None,
        page: (0, 20),
    },
];

pub(crate) async fn run() -> Vec<Row> {
    let mut rows = on("SQLite", TestDatabase::sqlite()).await;
    rows.extend(on("PostgreSQL", TestDatabase::postgres().await).await);
    rows
}

async fn on(name: &str, database: TestDatabase) -> Vec<Row> {
    let subject = Subject::start(&database).await;
    let store = database.open().await;
    let workspace = workspace_id(&subject::workspace(0));
    fill(&store, &workspace).await;
    if name == "PostgreSQL" {
        vacuum(database.url());
    }
    let mut rows = Vec::new();
    for listing in &LISTINGS {
        let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
        for _ in 0..ROUNDS {
            floor.add(through_the_port(&store, &workspace, listing).await);
            let request = vec![subject.list(0, listing.query)];
            ours.add(load::run(subject.addr, &request, 200, CLIENTS));
        }
        rows.push(Row::new(
            format!("list, {}, {name}, {CLIENTS} clients", listing.name),
            "the port, no HTTP",
            &floor,
            &ours,
            GOAL,
        ));
    }
    rows
}

/// Does what autovacuum would do within a minute.
fn vacuum(url: &str) {
    let vacuumed = std::process::Command::new("vacuumdb")
        .args(["--quiet", "--analyze", url])
        .status();
    assert!(vacuumed.expect("vacuumdb is installed").success());
}

/// Ten thousand keys; every third one was used.
async fn fill(store: &Store, workspace: &WorkspaceId) {
    let owned = keyward_domain::usecases::authorize::operator(store, workspace);
    let owned = Arc::new(owned.await.unwrap().unwrap());
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (store, owned) = (store.clone(), Arc::clone(&owned));
            tokio::spawn(async move {
                for number in 0..KEYS / 16 {
                    let new = new_key(&owned);
                    let secret_hash = new.key.fields().secret.hash;
                    store.insert(new).await.unwrap();
                    if number % 3 == 0 {
                        let used = SecretUse {
                            secret_hash,
                            last_used_at: at(0),
                            address: None,
                            count: 1,
                        };
                        store.record(vec![used]).await.unwrap();
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn through_the_port(store: &Store, workspace: &WorkspaceId, listing: &Listing) -> Round {
    let started = Instant::now();
    let until = started + Duration::from_secs(SECONDS);
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (store, workspace) = (store.clone(), workspace.clone());
            let asked = ApiKeyListing {
                filter: ApiKeyFilter {
                    status: listing.status,
                    mode: None,
                    search: listing.search.map(|text| SearchText::parse(text).unwrap()),
                    external_id: None,
                },
                sort: Sort::parse(listing.sort).unwrap(),
                page: Pagination::new(listing.page.0, listing.page.1).unwrap(),
                now: at(0),
            };
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                while Instant::now() < until {
                    let sent = Instant::now();
                    store.list(&workspace, &asked).await.unwrap();
                    latencies.push(sent.elapsed());
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    Round::new(started.elapsed(), latencies)
}
