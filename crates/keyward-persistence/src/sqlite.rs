//! SQLite: one thread that writes, a few that read, each with a connection of its own.

mod connection;
mod job;
mod migrate;
mod queue;
mod reader;
mod watch;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use keyward_domain::ports::RepositoryError;
use tokio::sync::oneshot;

use self::connection::{Connection, Opener};
use self::job::{Claim, ReadJob, WriteJob, read_job, write_job};
use self::queue::Queue;
use crate::backend::{Body, Change};
use crate::calls::Calls;
use crate::changes::Changes;
use crate::error::{Cause, NotDone, outcome_unknown, unavailable};

/// Reading is short and in memory, mostly; more threads than cores would only take turns.
const READERS: usize = 3;

pub(crate) struct Sqlite {
    opener: Arc<Opener>,
    calls: Calls,
    writes: Queue<WriteJob>,
    reads: Queue<ReadJob>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Sqlite {
    /// Opens all connections, creating the file where there is none, and starts their threads.
    pub(crate) async fn open(
        path: PathBuf,
        calls: Calls,
        changes: Arc<Changes>,
    ) -> Result<Self, Cause> {
        // Waiting for another process must leave a call time to do its work.
        let opener = Arc::new(Opener::new(path, calls.deadline() / 2)?);
        let open = Arc::clone(&opener);
        let connecting = calls.runtime().spawn_blocking(move || {
            open.create_file()?;
            let writing = open.writing()?;
            let reading: Result<Vec<Connection>, Cause> =
                (0..READERS).map(|_at| open.reading()).collect();
            Ok::<_, Cause>((writing, reading?))
        });
        let (writing, reading) = connecting.await??;

        let places = usize::try_from(calls.places_max()).unwrap_or(usize::MAX);
        let (writes, write_jobs) = mpsc::sync_channel(places);
        let (reads, read_jobs) = mpsc::sync_channel(places);
        let mut threads = Vec::with_capacity(1 + READERS);
        let open = Arc::clone(&opener);
        threads.push(
            thread::Builder::new()
                .name("keyward-writer".to_owned())
                .spawn(move || writer::run(&write_jobs, writing, &open, &changes))?,
        );
        let read_jobs = Arc::new(Mutex::new(read_jobs));
        for connection in reading {
            let (jobs, open) = (Arc::clone(&read_jobs), Arc::clone(&opener));
            threads.push(
                thread::Builder::new()
                    .name("keyward-reader".to_owned())
                    .spawn(move || reader::run(&jobs, connection, &open))?,
            );
        }
        Ok(Self {
            opener,
            calls,
            writes: Queue::new(writes),
            reads: Queue::new(reads),
            threads: Mutex::new(threads),
        })
    }

    pub(crate) async fn query<T, F>(&self, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, T> + Send + 'static,
    {
        self.read(body).await
    }

    pub(crate) async fn snapshot<T, F>(&self, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, T> + Send + 'static,
    {
        self.read(move |connection| Box::pin(connection::in_snapshot(connection, body)))
            .await
    }

    async fn read<T, F>(&self, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, T> + Send + 'static,
    {
        let place = self.calls.begin()?;
        let (reply, answer) = oneshot::channel();
        self.reads.push(read_job(body, reply, place))?;
        match self.in_time(answer).await {
            Some(answer) => answer,
            None => Err(unavailable(NotDone::OutOfTime)),
        }
    }

    pub(crate) async fn transact<T, F>(&self, body: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, Change<T>> + Send + 'static,
    {
        let place = self.calls.begin()?;
        let (reply, answer) = oneshot::channel();
        let claim = Claim::default();
        self.writes
            .push(write_job(body, reply, claim.clone(), place))?;
        match self.in_time(answer).await {
            Some(answer) => answer,
            None if claim.give_up() => Err(unavailable(NotDone::OutOfTime)),
            // It is being written; what becomes of it nobody will hear.
            None => Err(outcome_unknown(NotDone::OutOfTime)),
        }
    }

    /// The answer; `None` when time runs out before, or the thread is gone. The timer is the store's
    /// own runtime's: the caller need not have one.
    async fn in_time<T>(&self, answer: oneshot::Receiver<T>) -> Option<T> {
        let timeout = {
            let _context = self.calls.runtime().enter();
            tokio::time::timeout(self.calls.deadline(), answer)
        };
        timeout.await.ok()?.ok()
    }

    /// Ends the threads when they have done what is queued.
    pub(crate) async fn close(&self) {
        self.writes.close();
        self.reads.close();
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

/// All calls have ended by now; only a disk that hangs can take longer.
fn close_max(deadline: Duration) -> Duration {
    deadline.saturating_mul(2)
}
