//! Random operations on both stores and on a model in memory: all answers must be equal.

mod memory;
mod operation;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use keyward_domain::ports::{
    ApiKeys, AuditEvents, Housekeeping, MockDenials, MockHourlyUses, MockKeyLifetimes,
    MockLimitUses, MockScopeCatalogue, MockScopeUses, UsageStore,
};
use keyward_domain::usecases::ManageApiKeys;
use keyward_domain::{ApiKey, KeyPrefix, OwnedWorkspace};
use proptest::test_runner::{Config, TestRunner};

use self::memory::Memory;
use self::operation::{Answer, Operation, Seed, SeededSecrets, SharedClock};
use crate::subject::Subject;

const CASES: u32 = 150;
const OPERATIONS_MAX: usize = 40;
const KEY_COUNT_MAX: u32 = 5;

/// A store, or its model, with all operations.
struct World {
    manage: ManageApiKeys,
    usage: Arc<dyn UsageStore>,
    housekeeping: Arc<dyn Housekeeping>,
    clock: SharedClock,
    workspaces: [OwnedWorkspace; 2],
    /// The created keys in order, as they were then.
    created: Vec<ApiKey>,
}

impl World {
    fn over<S>(store: S, seed: Seed, workspaces: [OwnedWorkspace; 2]) -> Self
    where
        S: ApiKeys + AuditEvents + UsageStore + Housekeeping + 'static,
    {
        let store = Arc::new(store);
        let clock = SharedClock::default();
        Self {
            manage: ManageApiKeys {
                api_keys: store.clone(),
                audit_events: store.clone(),
                limit_uses: Arc::new(MockLimitUses::new()),
                hourly_uses: Arc::new(MockHourlyUses::new()),
                denials: Arc::new(MockDenials::new()),
                scope_uses: Arc::new(MockScopeUses::new()),
                scope_catalogue: Arc::new(MockScopeCatalogue::new()),
                key_lifetimes: Arc::new(MockKeyLifetimes::new()),
                secrets: Arc::new(SeededSecrets::from(seed)),
                clock: Arc::new(clock.clone()),
                key_prefix: KeyPrefix::default(),
                key_count_max: KEY_COUNT_MAX,
                changes_per_minute_max: None,
            },
            usage: store.clone(),
            housekeeping: store,
            clock,
            workspaces,
            created: Vec::new(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_stores_answer_as_the_model_does() {
    let (sqlite, postgres) = (Subject::sqlite().await, Subject::postgres().await);
    let memory = Memory::default();
    let runtime = tokio::runtime::Handle::current();
    let cases = AtomicU64::new(0);
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    });
    let operations = proptest::collection::vec(Operation::any(), 1..OPERATIONS_MAX);
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&operations, |operations| {
            let seed = Seed(cases.fetch_add(1, Ordering::Relaxed));
            runtime.block_on(compare(&memory, &sqlite, &postgres, seed, &operations));
            Ok(())
        })
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Each case continues with the data of the previous ones.
async fn compare(
    memory: &Memory,
    sqlite: &Subject,
    postgres: &Subject,
    seed: Seed,
    operations: &[Operation],
) {
    let ids = [format!("ws_{}_a", seed.0), format!("ws_{}_b", seed.0)];
    let mut workspaces = Vec::new();
    for id in &ids {
        postgres.workspace(id).await;
        workspaces.push(sqlite.workspace(id).await);
    }
    let workspaces: [OwnedWorkspace; 2] = workspaces.try_into().unwrap();
    let mut model = World::over(memory.clone(), seed, workspaces.clone());
    let mut stores = [
        World::over(sqlite.store.clone(), seed, workspaces.clone()),
        World::over(postgres.store.clone(), seed, workspaces),
    ];
    for (number, operation) in operations.iter().enumerate() {
        let want: Answer = operation.run(&mut model).await;
        for store in &mut stores {
            let got = operation.run(store).await;
            assert_eq!(got, want, "operation {number} of {operations:#?}");
        }
    }
}
