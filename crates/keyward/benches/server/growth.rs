//! Verification, creation and lists with few and with many stored keys, on PostgreSQL; the export of
//! many events; and the memory of a node that has cached many keys.

mod cached_memory;
mod export;
mod fill;

use keyward_persistence::testing::TestDatabase;

use self::fill::Filled;
use crate::report::{Rounds, Row};
use crate::settings::{number, rounds};
use crate::subject::{self, Subject};
use crate::{WORKSPACES, list, load, report, verify, wrk};

const FEW: u32 = 1_000;
/// The default of `BENCH_GROWTH_KEYS`.
const MANY: u32 = 10_000_000;
/// The number of keys that are asked about: more than PostgreSQL's own cache has room for.
const ASKED_MAX: u32 = 100_000;
const CLIENTS: usize = 8;

pub(crate) async fn run() {
    let count = number("BENCH_GROWTH_KEYS", MANY);
    let (few, many) = (
        TestDatabase::postgres().await,
        TestDatabase::postgres().await,
    );
    let few = filled(&few, FEW).await;
    let many = filled(&many, count).await;
    let mut rows = vec![verified(&few, &many), created(&few, &many)];
    rows.extend(listed(&many).await);
    report::print_and_write("growth", &rows);
    cached_memory::run(&many);
    export::run().await;
}

async fn filled(database: &TestDatabase, count: u32) -> Filled<'_> {
    let store = database.open().await;
    subject::seed(&store).await;
    store.close().await;
    Filled::with(database, count)
}

fn verified(few: &Filled<'_>, many: &Filled<'_>) -> Row {
    let uncached = [("KEYWARD_CACHE_STALENESS_SECONDS", "0")];
    let with_few = Subject::serve_on_one_core(few.url(), &uncached);
    let with_many = Subject::serve_on_one_core(many.url(), &uncached);
    let questions_of_few = verify::questions(&few.some_secrets(ASKED_MAX));
    let questions_of_many = verify::questions(&many.some_secrets(ASKED_MAX));
    let (mut floor, mut ours) = (Rounds::default(), Rounds::default());
    for _ in 0..rounds() {
        floor.add(wrk::run(with_few.internal, &questions_of_few, CLIENTS));
        ours.add(wrk::run(with_many.internal, &questions_of_many, CLIENTS));
    }
    row("verify, uncached", many.count, &floor, &ours)
}

fn created(few: &Filled<'_>, many: &Filled<'_>) -> Row {
    let with_few = Subject::serve_on_one_core(few.url(), &[]);
    let with_many = Subject::serve_on_one_core(many.url(), &[]);
    let creates = |subject: &Subject| -> Vec<Vec<u8>> {
        (0..WORKSPACES).map(|at| subject.create(at)).collect()
    };
    let (mut floor, mut ours) = (Rounds::default(), Rounds::default());
    for _ in 0..rounds() {
        floor.add(load::run(with_few.addr, &creates(&with_few), 201, CLIENTS));
        ours.add(load::run(
            with_many.addr,
            &creates(&with_many),
            201,
            CLIENTS,
        ));
    }
    row("create", many.count, &floor, &ours)
}

fn row(what: &str, count: u32, floor: &Rounds, ours: &Rounds) -> Row {
    Row::new(
        format!("{what}, PostgreSQL, {count} keys"),
        "the same with 1,000 keys",
        floor,
        ours,
        ">= 0.77 (within 1.3 x)",
    )
}

/// Lists of the largest workspace.
async fn listed(many: &Filled<'_>) -> Vec<Row> {
    many.use_every_third();
    let store = many.database.open().await;
    let subject = Subject::serve_url(many.url());
    let keys = many.in_first_workspace();
    let name = format!("{keys} of {} keys, PostgreSQL", many.count);
    list::measure(&name, keys, &subject, &store).await
}
