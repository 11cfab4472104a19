use std::sync::mpsc::{Receiver, RecvTimeoutError};

use diesel::QueryResult;
use diesel_async::SimpleAsyncConnection as _;
use futures_executor::block_on;

use super::connection::{Connection, Opener};
use super::job::{Commit, Ran, SharedError, WriteJob, fault};
use super::watch::Watch;
use crate::cache::invalidations::Invalidations;

/// The maximum number of writes in one commit. It limits how long the first one waits for the rest.
const BATCH_MAX: usize = 256;

/// Runs writes until the queue is closed and empty. Waiting writes share one transaction. Between
/// transactions it checks for changes by other processes.
pub(super) fn run(
    jobs: &Receiver<WriteJob>,
    connection: Connection,
    opener: &Opener,
    invalidations: &Invalidations,
) {
    let mut connection = Some(connection);
    let mut watch = Watch::new(invalidations);
    loop {
        let waited = jobs.recv_timeout(watch.due_in());
        if watch.due_in().is_zero() {
            connection = match connection.take() {
                Some(connection) => opener.check_file().map(|()| connection),
                None => opener.writing(),
            }
            .inspect_err(|cause| watch.blind(cause.as_ref()))
            .ok();
            if let Some(connection) = &mut connection {
                watch.look(connection);
            }
        }
        let first = match waited {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let mut batch = Vec::with_capacity(BATCH_MAX);
        batch.push(first);
        batch.extend(jobs.try_iter().take(BATCH_MAX - 1));
        let usable = match connection.take() {
            Some(connection) => opener.check_file().map(|()| connection),
            None => opener.writing(),
        }
        .map_err(fault);
        connection = match usable {
            Ok(connection) => commit_together(connection, batch, invalidations),
            Err(cause) => {
                refuse(batch, &cause);
                None
            }
        };
        if connection.is_none() {
            watch.begin_anew();
        }
    }
}

/// Runs each write in its own savepoint, commits once, and then answers all. Returns the connection
/// unless a failure leaves its state unknown: closing it rolls back.
fn commit_together(
    mut connection: Connection,
    batch: Vec<WriteJob>,
    invalidations: &Invalidations,
) -> Option<Connection> {
    // Immediate: a deferred transaction would fail, instead of waiting, when another process writes
    // between its read and its write.
    if let Err(error) = execute(&mut connection, "BEGIN IMMEDIATE") {
        refuse(batch, &fault(error));
        return Some(connection);
    }
    let mut jobs = batch.into_iter();
    let mut ran: Vec<Ran> = Vec::with_capacity(jobs.len());
    for job in jobs.by_ref() {
        if let Err(cause) = run_in_savepoint(&mut connection, job, &mut ran) {
            // SQLite may have rolled back the whole transaction (disk full, I/O error).
            answer_all(ran, &Commit::Undone(cause.clone()));
            refuse(jobs, &cause);
            return None;
        }
    }
    if !ran.iter().any(|write| write.keep) {
        let rolled_back = execute(&mut connection, "ROLLBACK");
        answer_all(ran, &Commit::Done);
        return rolled_back.is_ok().then_some(connection);
    }
    let committed = execute(&mut connection, "COMMIT");
    // First of all, and even when the callers have gone away: a commit may outlast their deadlines.
    for keys in ran.iter().filter_map(|write| write.changing) {
        invalidations.have_changed(keys);
    }
    match committed {
        Ok(()) => {
            answer_all(ran, &Commit::Done);
            Some(connection)
        }
        Err(error) => {
            answer_all(ran, &Commit::Unknown(fault(error)));
            None
        }
    }
}

fn run_in_savepoint(
    connection: &mut Connection,
    job: WriteJob,
    ran: &mut Vec<Ran>,
) -> Result<(), SharedError> {
    if let Err(error) = execute(connection, "SAVEPOINT write") {
        let cause = fault(error);
        refuse([job], &cause);
        return Err(cause);
    }
    let end = match job(Ok(&mut *connection)) {
        Some(write) => {
            let keep = write.keep;
            ran.push(write);
            if keep {
                "RELEASE write"
            } else {
                "ROLLBACK TO write; RELEASE write"
            }
        }
        None => "RELEASE write",
    };
    execute(connection, end).map_err(fault)
}

fn refuse(jobs: impl IntoIterator<Item = WriteJob>, cause: &SharedError) {
    for job in jobs {
        // Without a connection it does not run, so no answer is due later.
        let _none = job(Err(cause.clone()));
    }
}

fn answer_all(ran: Vec<Ran>, commit: &Commit) {
    for write in ran {
        write.answer(commit.clone());
    }
}

fn execute(connection: &mut Connection, sql: &str) -> QueryResult<()> {
    block_on(connection.batch_execute(sql))
}
