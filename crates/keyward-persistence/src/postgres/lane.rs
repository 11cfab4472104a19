use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::Timeouts;
use diesel_async::pooled_connection::deadpool::{Hook, HookError, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolError, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use futures_util::FutureExt as _;
use keyward_domain::ports::RepositoryError;
use tokio::sync::oneshot;

use super::commit::Commit;
use super::connect::Connector;
use super::failovers::Failovers;
use super::lease::Lease;
use crate::calls::Calls;
use crate::error::{Cause, NotDone};

/// A connection that was idle for this long is checked before use.
const IDLE_UNCHECKED_MAX: Duration = Duration::from_secs(10);
/// The time limit of the check.
const CHECK_MAX: Duration = Duration::from_secs(1);

/// A connection pool, and the limits of its calls.
#[derive(Clone)]
pub(super) struct PooledLane {
    pool: Pool<AsyncPgConnection>,
    calls: Calls,
    failovers: Arc<Failovers>,
    /// The settings after `BEGIN`. Needed behind a pooler, where session settings are lost.
    local_settings: Option<Arc<str>>,
}

impl PooledLane {
    /// An empty pool. Statements are planned with the settings `planner`.
    pub(super) fn new(
        connector: Arc<Connector>,
        connections_max: u32,
        calls: Calls,
        failovers: &Arc<Failovers>,
        planner: &[&str],
    ) -> Result<Self, Cause> {
        let local_settings = connector
            .is_pooled()
            .then(|| settings("SET LOCAL", calls.deadline(), planner).into());
        let session = if local_settings.is_some() {
            String::new()
        } else {
            // Explicit for statements outside a transaction too, whatever the server's default.
            let settings = settings("SET", calls.deadline(), planner);
            format!("{settings}; SET default_transaction_isolation TO 'read committed'")
        };
        let mut config = ManagerConfig::default();
        // This only detects closed connections and open transactions; the hook does the rest.
        config.recycling_method = RecyclingMethod::Fast;
        let session: Arc<str> = session.into();
        config.custom_setup = Box::new(move |_url| {
            let (connector, session) = (Arc::clone(&connector), Arc::clone(&session));
            async move { connector.connect(&session).await }.boxed()
        });
        // The connector has the URL. Another copy would be one more place with a password.
        let manager = AsyncDieselConnectionManager::new_with_config("", config);
        let pool = Pool::builder(manager)
            .max_size(usize::try_from(connections_max).unwrap_or(usize::MAX))
            .runtime(Runtime::Tokio1)
            .pre_recycle(is_of_current_server(Arc::clone(failovers)))
            .pre_recycle(check_when_idle())
            .build()?;
        Ok(Self {
            pool,
            calls,
            failovers: Arc::clone(failovers),
            local_settings,
        })
    }

    pub(super) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// The statement that begins a transaction, with its settings.
    pub(super) fn begin(&self, begin: &'static str) -> Cow<'static, str> {
        match &self.local_settings {
            None => Cow::Borrowed(begin),
            Some(settings) => Cow::Owned(format!("{begin}; {settings}")),
        }
    }

    /// Runs `work` on the store's own runtime, so that a caller who goes away cancels nothing.
    ///
    /// A call that reaches its deadline before its commit was sent is dropped together with its
    /// connection. After the commit was sent, only the caller gets its answer. The work keeps its
    /// permit and its connection until the server has answered. So a server whose commits hang
    /// never has more backends of this store than the pool has connections.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        commit: Commit,
        work: impl Future<Output = Result<T, RepositoryError>> + Send + 'static,
    ) -> Result<T, RepositoryError> {
        let permit = self.calls.begin()?;
        let deadline = self.calls.deadline();
        let (reply, answer) = oneshot::channel();
        let sent = commit.clone();
        self.calls.runtime().spawn(async move {
            let mut work = pin!(work);
            let in_time = tokio::time::timeout(deadline, &mut work).await;
            let is_committing = in_time.is_err() && sent.was_sent();
            let answer = in_time.unwrap_or_else(|_elapsed| Err(sent.failure(NotDone::OutOfTime)));
            // Release the permit before the answer, unless the commit still needs it.
            let permit = is_committing.then_some(permit);
            // A caller that has gone away needs no answer.
            let _unheard = reply.send(answer);
            if permit.is_some() {
                // Nobody waits for the result. The work itself records the invalidation.
                drop(work.await);
                tracing::warn!("store.commit_ended_late");
            }
        });
        // The channel closes without an answer only when the work has panicked.
        answer
            .await
            .unwrap_or_else(|_panicked| Err(commit.failure(NotDone::Panicked)))
    }

    pub(super) async fn lease(&self) -> Result<Lease, Cause> {
        self.lease_within(self.calls.deadline()).await
    }

    /// A connection, if there is one in this time.
    pub(super) async fn lease_within(&self, deadline: Duration) -> Result<Lease, Cause> {
        let deadline = Some(deadline);
        let timeouts = Timeouts {
            wait: deadline,
            create: deadline,
            recycle: deadline,
        };
        let failover = self.failovers.since_now();
        let connection = self.pool.timeout_get(&timeouts).await?;
        Ok(Lease::new(connection, failover))
    }

    /// How many connections are open, and how many of them are idle.
    pub(super) fn connections(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size, status.available)
    }

    pub(super) fn close(&self) {
        self.pool.close();
    }
}

/// The server cancels a statement a little before the caller's deadline, so that no work continues
/// without a caller. It also ends a transaction whose client stalls while it holds row locks.
fn settings(set: &str, deadline: Duration, planner: &[&str]) -> String {
    let statement_ms = (deadline.as_millis() * 9 / 10).max(1);
    let idle_ms = (deadline.as_millis() * 2).max(1);
    let limits = [
        format!("statement_timeout = {statement_ms}"),
        format!("idle_in_transaction_session_timeout = {idle_ms}"),
    ];
    let limits = limits.iter().map(String::as_str);
    let settings = limits.chain(planner.iter().copied());
    let settings: Vec<String> = settings.map(|setting| format!("{set} {setting}")).collect();
    settings.join("; ")
}

/// A connection from before a failover leads to a server that is no longer the primary, or is frozen.
fn is_of_current_server(failovers: Arc<Failovers>) -> Hook<AsyncPgConnection> {
    Hook::sync_fn(
        move |_connection: &mut AsyncPgConnection, metrics| match failovers.last() {
            Some(last) if metrics.created <= last => Err(HookError::message(
                "the connection is from before a failover",
            )),
            _ => Ok(()),
        },
    )
}

/// A firewall or a failover may have cut an idle connection silently. A call must not lose its
/// deadline to it.
fn check_when_idle() -> Hook<AsyncPgConnection> {
    Hook::async_fn(|connection: &mut AsyncPgConnection, metrics| {
        let idle = metrics.last_used();
        Box::pin(async move {
            if idle < IDLE_UNCHECKED_MAX {
                return Ok(());
            }
            match tokio::time::timeout(CHECK_MAX, connection.batch_execute("SELECT 1")).await {
                Ok(answer) => answer.map_err(|e| HookError::Backend(PoolError::QueryError(e))),
                Err(_elapsed) => Err(HookError::message("an idle connection does not answer")),
            }
        })
    })
}
