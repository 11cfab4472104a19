//! When and how a server ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// Whether the server has been asked to end. Readiness fails from then on.
#[derive(Clone, Default)]
pub(crate) struct Draining(Arc<AtomicBool>);

impl Draining {
    /// Says that the end has begun.
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it has.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What asked the server to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Somebody at the terminal.
    Interrupt,
    /// A supervisor, which takes the node out of its balancer when readiness fails.
    Terminate,
}

/// Listens for SIGINT and SIGTERM from now on, and gives the first that comes.
pub(crate) fn requested() -> Result<impl Future<Output = Request>, Failure> {
    let what = "can't listen for signals";
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::io(what))?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::io(what))?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Request::Interrupt,
            _ = terminate.recv() => Request::Terminate,
        }
    })
}
