use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError};

use super::connection::{Connection, Opener};
use super::job::{Health, ReadJob, fault};

/// Runs reads until the queue is closed and empty.
pub(super) fn run(jobs: &Mutex<Receiver<ReadJob>>, connection: Connection, opener: &Opener) {
    let mut connection = Some(connection);
    loop {
        // One reader waits for a job; the others wait for the lock.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else {
            return;
        };
        let mut usable = match connection.take() {
            Some(connection) => opener.check_file().map(|()| connection),
            None => opener.reading(),
        };
        let health = match &mut usable {
            Ok(connection) => job(Ok(connection)),
            Err(cause) => job(Err(fault(cause.to_string()))),
        };
        // After a failure, a new connection is cheaper than checking the state of this one.
        connection = usable.ok().filter(|_connection| health == Health::Well);
    }
}
