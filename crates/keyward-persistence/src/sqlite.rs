//! SQLite: one writer thread and a few reader threads, each with its own connection. Look-ups have
//! their own readers and queue, so that a long list never delays them.

mod connection;
mod copy;
mod job;
mod migrate;
mod queue;
mod reader;
mod watch;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use keyward_domain::ports::RepositoryError;
use tokio::sync::oneshot;

pub(crate) use self::connection::Connection;
use self::connection::Opener;
use self::job::{Claim, ReadJob, WriteJob, read_job, write_job};
use self::queue::Queue;
use crate::cache::invalidations::{Changing, Invalidations};
use crate::calls::Calls;
use crate::config::StoreConfig;
use crate::error::{Cause, NotDone, outcome_unknown, unavailable};
use crate::tx::{Body, Lane, TxOutcome};

/// Reads are short and mostly from memory, so more threads than cores would not help.
const READERS_PER_LANE: usize = 2;

pub(crate) struct Sqlite {
    opener: Arc<Opener>,
    calls: Calls,
    writes: Queue<WriteJob>,
    reads: ReadLane,
    lookups: ReadLane,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// A queue of reads, and the limits of the calls that wait in it.
struct ReadLane {
    calls: Calls,
    queue: Queue<ReadJob>,
}

impl Sqlite {
    /// Opens all connections, creates the file if it does not exist, and starts the threads.
    pub(crate) async fn open(
        path: &Path,
        config: &StoreConfig,
        calls: Calls,
        invalidations: Arc<Invalidations>,
    ) -> Result<Self, Cause> {
        // After waiting for another process, a call must have time left for its work.
        let opener = Arc::new(Opener::new(path.to_owned(), calls.deadline() / 2)?);
        let open = Arc::clone(&opener);
        let connecting = calls.runtime().spawn_blocking(move || {
            open.create_file()?;
            let writing = open.writing()?;
            let reading = [READERS_PER_LANE; 2].map(|readers| open.readers(readers));
            Ok::<_, Cause>((writing, reading))
        });
        let (writing, [reading, looking_up]) = connecting.await??;

        let mut threads = Vec::with_capacity(1 + 2 * READERS_PER_LANE);
        let (writes, write_jobs) = mpsc::sync_channel(capacity(&calls));
        let open = Arc::clone(&opener);
        threads.push(
            thread::Builder::new()
                .name("keyward-writer".to_owned())
                .spawn(move || writer::run(&write_jobs, writing, &open, &invalidations))?,
        );
        // Two places more than for keys: for service tokens, and for the question whether any secret
        // was imported.
        let lookups_max = config.lookups_max().saturating_add(2);
        let lookup_calls = calls.bounded_by(lookups_max, config.lookup_deadline);
        let reads = ReadLane::start(calls.clone(), reading?, &opener, &mut threads)?;
        let lookups = ReadLane::start(lookup_calls, looking_up?, &opener, &mut threads)?;
        Ok(Self {
            opener,
            calls,
            writes: Queue::new(writes),
            reads,
            lookups,
            threads: Mutex::new(threads),
        })
    }

    pub(crate) async fn query<T, F>(&self, lane: Lane, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, T> + Send + 'static,
    {
        self.read(lane, body).await
    }

    pub(crate) async fn snapshot<T, F>(&self, lane: Lane, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, T> + Send + 'static,
    {
        self.read(lane, move |connection| {
            Box::pin(connection::in_snapshot(connection, body))
        })
        .await
    }

    async fn read<T, F>(&self, lane: Lane, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, T> + Send + 'static,
    {
        let lane = match lane {
            Lane::General | Lane::Control => &self.reads,
            Lane::Lookups => &self.lookups,
        };
        let permit = lane.calls.begin()?;
        let (reply, answer) = oneshot::channel();
        lane.queue.push(read_job(body, reply, permit))?;
        match in_time(&lane.calls, answer).await {
            Some(answer) => answer,
            None => Err(unavailable(NotDone::OutOfTime)),
        }
    }

    /// `changing` has the keys that the transaction changes, if any.
    pub(crate) async fn transact<T, F>(
        &self,
        changing: Option<Changing>,
        body: F,
    ) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, TxOutcome<T>> + Send + 'static,
    {
        let permit = self.calls.begin()?;
        let (reply, answer) = oneshot::channel();
        let claim = Claim::default();
        self.writes
            .push(write_job(body, changing, reply, claim.clone(), permit))?;
        match in_time(&self.calls, answer).await {
            Some(answer) => answer,
            None if claim.give_up() => Err(unavailable(NotDone::OutOfTime)),
            // The write has begun, and nobody will receive its outcome.
            None => Err(outcome_unknown(NotDone::OutOfTime)),
        }
    }

    /// Writes a copy to a new file, on a connection of its own and without a deadline.
    pub(crate) async fn copy_to(&self, to: PathBuf) -> Result<(), Cause> {
        let opener = Arc::clone(&self.opener);
        let copying = self
            .calls
            .runtime()
            .spawn_blocking(move || copy::write(&opener, &to));
        copying.await?
    }

    /// Ends the threads after they have finished the queued jobs.
    pub(crate) async fn close(&self) {
        self.lookups.calls.close().await;
        self.writes.close();
        self.reads.queue.close();
        self.lookups.queue.close();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joined = self.calls.runtime().spawn_blocking(|| {
            threads
                .into_iter()
                .filter_map(|thread| thread.join().err())
                .count()
        });
        match tokio::time::timeout(close_max(self.calls.deadline()), joined).await {
            Ok(Ok(0)) => {}
            Ok(Ok(panicked)) => tracing::error!(panicked, "store.threads_panicked"),
            Ok(Err(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "store.close_failed");
            }
            Err(_elapsed) => tracing::error!("store.close_timed_out"),
        }
    }
}

impl ReadLane {
    /// Starts one thread per connection.
    fn start(
        calls: Calls,
        connections: Vec<Connection>,
        opener: &Arc<Opener>,
        threads: &mut Vec<JoinHandle<()>>,
    ) -> Result<Self, Cause> {
        let (queue, jobs) = mpsc::sync_channel(capacity(&calls));
        let jobs = Arc::new(Mutex::new(jobs));
        for connection in connections {
            let (jobs, open) = (Arc::clone(&jobs), Arc::clone(opener));
            threads.push(
                thread::Builder::new()
                    .name("keyward-reader".to_owned())
                    .spawn(move || reader::run(&jobs, connection, &open))?,
            );
        }
        Ok(Self {
            calls,
            queue: Queue::new(queue),
        })
    }
}

/// The queue has room for every call with a permit.
fn capacity(calls: &Calls) -> usize {
    usize::try_from(calls.places_max()).unwrap_or(usize::MAX)
}

/// The answer; `None` after a timeout, or when the thread is gone. The timer runs on the store's
/// runtime, because the caller may have none.
async fn in_time<T>(calls: &Calls, answer: oneshot::Receiver<T>) -> Option<T> {
    let timeout = {
        let _context = calls.runtime().enter();
        tokio::time::timeout(calls.deadline(), answer)
    };
    timeout.await.ok()?.ok()
}

/// All calls have ended by now, so only a hanging disk takes longer.
fn close_max(deadline: Duration) -> Duration {
    deadline.saturating_mul(2)
}
