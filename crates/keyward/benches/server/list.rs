//! Lists of a workspace with ten thousand keys over HTTP, compared with the same lists through the
//! store's port, on both stores.

use std::sync::Arc;
use std::time::{Duration, Instant};

use keyward_domain::ports::{ApiKeys as _, UsageStore as _};
use keyward_domain::testing::{at, used_once, workspace_id};
use keyward_domain::{
    ApiKeyFilter, ApiKeyListing, Pagination, SearchText, Sort, Status, WorkspaceId,
};
use keyward_persistence::Store;
use keyward_persistence::testing::TestDatabase;

use crate::keys::new_key;
use crate::load;
use crate::psql::vacuum;
use crate::report::{Round, Rounds, Row};
use crate::settings::{rounds, seconds};
use crate::subject::{self, Subject};

const KEYS: u32 = 10_000;
const CLIENTS: usize = 2;
const GOAL: &str = "p99 <= 20 ms";
const LARGEST_PAGE: u32 = 100;

/// A list request: its name, its query, and the same for the port.
struct Listing {
    name: &'static str,
    query: String,
    sort: &'static str,
    search: Option<&'static str>,
    status: Option<Status>,
    page: (u32, u32),
}

impl Listing {
    fn new(name: &'static str, query: &str, sort: &'static str) -> Self {
        Self {
            name,
            query: query.to_owned(),
            sort,
            search: None,
            status: None,
            page: (0, 20),
        }
    }
}

/// The requests that are measured, for a workspace with this many keys.
fn listings(keys: u32) -> [Listing; 5] {
    let last = (keys - 1) / LARGEST_PAGE;
    let last_query = format!("?page={last}&size={LARGEST_PAGE}");
    let by_use = "?status=ACTIVE&sort=lastUsedAt,desc";
    [
        Listing::new("first page", "", "createdAt,desc"),
        Listing {
            page: (last, LARGEST_PAGE),
            ..Listing::new("last page of 100", &last_query, "createdAt,desc")
        },
        Listing::new("by name", "?sort=name", "name"),
        Listing {
            status: Some(Status::Active),
            ..Listing::new("active, by last use", by_use, "lastUsedAt,desc")
        },
        Listing {
            search: Some("production"),
            ..Listing::new("search", "?q=production", "createdAt,desc")
        },
    ]
}

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
    measure(name, KEYS, &subject, &store).await
}

/// Lists of the first workspace, which has this many keys.
pub(crate) async fn measure(name: &str, keys: u32, subject: &Subject, store: &Store) -> Vec<Row> {
    let workspace = workspace_id(&subject::workspace(0));
    let mut rows = Vec::new();
    for listing in &listings(keys) {
        let (mut ours, mut floor) = (Rounds::default(), Rounds::default());
        for _ in 0..rounds() {
            floor.add(through_the_port(store, &workspace, listing).await);
            let request = vec![subject.list(0, &listing.query)];
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
                        store
                            .record(vec![used_once(secret_hash, at(0))])
                            .await
                            .unwrap();
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
    let until = started + Duration::from_secs(seconds());
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (store, workspace) = (store.clone(), workspace.clone());
            let asked = ApiKeyListing {
                filter: ApiKeyFilter {
                    status: listing.status,
                    mode: None,
                    search: listing.search.map(|text| SearchText::parse(text).unwrap()),
                    ..ApiKeyFilter::default()
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
