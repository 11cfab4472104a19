use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use futures_executor::block_on;
use keyward_domain::ports::RepositoryError;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::connection::Connection;
use crate::calls::Permit;
use crate::error::{Cause, NotDone, outcome_unknown, unavailable};
use crate::tx::{Body, TxOutcome};

/// A read, ready to run. When it is given the reason why there is no connection, it tells its caller.
pub(super) type ReadJob = Box<dyn FnOnce(Result<&mut Connection, SharedError>) -> Health + Send>;

/// A write, ready to run inside of a transaction. `None` when its caller has given it up, or was
/// told that there is no connection: nothing was done.
pub(super) type WriteJob =
    Box<dyn FnOnce(Result<&mut Connection, SharedError>) -> Option<Ran> + Send>;

/// A failure that several callers are told of.
pub(super) type SharedError = Arc<dyn std::error::Error + Send + Sync>;

/// Whether a connection can be used after a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    Well,
    Unknown,
}

/// A write that has run, and waits for the commit to be answered.
pub(super) struct Ran {
    /// Whether its changes are to be committed; otherwise they are to be undone.
    pub(super) keep: bool,
    /// The key that it changes, if any.
    pub(super) changing: Option<Uuid>,
    answer: Box<dyn FnOnce(Commit) + Send>,
}

/// What became of the transaction that a write was part of.
#[derive(Clone)]
pub(super) enum Commit {
    /// It is durable.
    Done,
    /// It was never committed.
    Undone(SharedError),
    /// The commit failed half-way: what is in the file may count after a crash.
    Unknown(SharedError),
}

impl Ran {
    pub(super) fn answer(self, commit: Commit) {
        (self.answer)(commit);
    }
}

/// Who has a write: its caller may give it up only before the writer has begun it.
#[derive(Clone, Default)]
pub(super) struct Claim(Arc<AtomicU8>);

impl Claim {
    const WAITING: u8 = 0;
    const BEGUN: u8 = 1;
    const GIVEN_UP: u8 = 2;

    fn begin(&self) -> bool {
        self.settle(Self::BEGUN)
    }

    /// Whether the write will never be begun.
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
    changing: Option<Uuid>,
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
        // Whatever state it left the connection in, the writer's savepoint finds out.
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

/// An undone change is told only after the commit too: it may have been decided by what others of
/// the same transaction wrote.
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

/// Runs a body to its end on this thread; a panic ends the body, not the thread.
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
