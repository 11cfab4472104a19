use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use futures_executor::block_on;
use keyward_domain::ports::RepositoryError;
use tokio::sync::oneshot;

use super::connection::Connection;
use crate::cache::invalidations::Changing;
use crate::calls::Permit;
use crate::error::{Cause, NotDone, outcome_unknown, unavailable};
use crate::tx::{Body, TxOutcome};

/// A read. It gets a connection, or the reason why there is none, and then answers its caller.
pub(super) type ReadJob = Box<dyn FnOnce(Result<&mut Connection, SharedError>) -> Health + Send>;

/// A write to run inside a transaction. `None` when the caller has given it up or got the answer
/// that there is no connection. Then nothing was done.
pub(super) type WriteJob =
    Box<dyn FnOnce(Result<&mut Connection, SharedError>) -> Option<Ran> + Send>;

/// An error that several callers receive.
pub(super) type SharedError = Arc<dyn std::error::Error + Send + Sync>;

/// Whether a connection can be used after a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    Well,
    Unknown,
}

/// A write that has run and waits for the commit.
pub(super) struct Ran {
    /// Whether to commit its changes or to undo them.
    pub(super) keep: bool,
    /// The keys that it changes, if any.
    pub(super) changing: Option<Changing>,
    answer: Box<dyn FnOnce(Commit) + Send>,
}

/// The outcome of the transaction that contains a write.
#[derive(Clone)]
pub(super) enum Commit {
    /// It is durable.
    Done,
    /// It was not committed.
    Undone(SharedError),
    /// The commit failed: the changes may or may not survive.
    Unknown(SharedError),
}

impl Ran {
    pub(super) fn answer(self, commit: Commit) {
        (self.answer)(commit);
    }
}

/// The state of a write. The caller can only give it up before the writer has begun it.
#[derive(Clone, Default)]
pub(super) struct Claim(Arc<AtomicU8>);

impl Claim {
    const WAITING: u8 = 0;
    const BEGUN: u8 = 1;
    const GIVEN_UP: u8 = 2;

    fn begin(&self) -> bool {
        self.settle(Self::BEGUN)
    }

    /// Whether the write was given up in time and will never begin.
    pub(super) fn give_up(&self) -> bool {
        self.settle(Self::GIVEN_UP)
    }

    fn settle(&self, to: u8) -> bool {
        self.0
            .compare_exchange(Self::WAITING, to, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

pub(super) fn read_job<T, F>(
    body: F,
    reply: oneshot::Sender<Result<T, RepositoryError>>,
    permit: Permit,
) -> ReadJob
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, T> + Send + 'static,
{
    Box::new(move |connection| {
        if reply.is_closed() {
            return Health::Well;
        }
        let (answer, health) = match connection {
            Ok(connection) => run(connection, body),
            Err(fault) => (Err(unavailable(fault)), Health::Well),
        };
        drop(permit);
        tell(reply, answer);
        health
    })
}

pub(super) fn write_job<T, F>(
    body: F,
    changing: Option<Changing>,
    reply: oneshot::Sender<Result<T, RepositoryError>>,
    claim: Claim,
    permit: Permit,
) -> WriteJob
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, TxOutcome<T>> + Send + 'static,
{
    Box::new(move |connection| {
        if !claim.begin() {
            return None;
        }
        let connection = match connection {
            Ok(connection) => connection,
            Err(fault) => {
                drop(permit);
                tell(reply, Err(unavailable(fault)));
                return None;
            }
        };
        // The writer's savepoint detects a broken connection.
        let (outcome, _health) = run(connection, body);
        Some(Ran {
            keep: matches!(outcome, Ok(TxOutcome::Commit(_))),
            changing,
            answer: Box::new(move |commit| {
                drop(permit);
                tell(reply, answer_of(outcome, commit));
            }),
        })
    })
}

/// Even an undone change is answered after the commit: its result may depend on other writes in the
/// same transaction.
fn answer_of<T>(
    outcome: Result<TxOutcome<T>, RepositoryError>,
    commit: Commit,
) -> Result<T, RepositoryError> {
    match (outcome?, commit) {
        (TxOutcome::Commit(value) | TxOutcome::Rollback(value), Commit::Done) => Ok(value),
        (TxOutcome::Commit(_), Commit::Unknown(fault)) => Err(outcome_unknown(fault)),
        (TxOutcome::Rollback(_), Commit::Unknown(fault))
        | (TxOutcome::Commit(_) | TxOutcome::Rollback(_), Commit::Undone(fault)) => {
            Err(unavailable(fault))
        }
    }
}

/// Runs a body to its end on this thread. A panic ends the body, not the thread.
fn run<T, F>(connection: &mut Connection, body: F) -> (Result<T, RepositoryError>, Health)
where
    F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, T>,
{
    match catch_unwind(AssertUnwindSafe(|| block_on(body(connection)))) {
        Ok(Ok(answer)) => (Ok(answer), Health::Well),
        Ok(Err(error)) => (Err(error.into()), Health::Unknown),
        Err(_panic) => (Err(unavailable(NotDone::Panicked)), Health::Unknown),
    }
}

fn tell<T>(reply: oneshot::Sender<T>, answer: T) {
    // A caller that has gone away needs no answer.
    let _unheard = reply.send(answer);
}

pub(super) fn fault(cause: impl Into<Cause>) -> SharedError {
    Arc::from(cause.into())
}
