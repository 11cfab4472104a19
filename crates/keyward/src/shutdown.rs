//! The shutdown of a server.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::failure::Failure;

/// Whether a shutdown has been requested. From then on, readiness fails.
#[derive(Clone, Default)]
pub(crate) struct Draining(Arc<watch::Sender<bool>>);

impl Draining {
    /// Begins the shutdown.
    pub(crate) fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Whether the shutdown has begun.
    pub(crate) fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the shutdown begins.
    pub(crate) async fn begun(&self) {
        // The sender is a part of this.
        let mut draining = self.0.subscribe();
        let _begun = draining.wait_for(|begun| *begun).await;
    }
}

/// The source of a shutdown request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// A user at the terminal.
    Interrupt,
    /// A supervisor. Its load balancer removes the node when readiness fails.
    Terminate,
}

/// Listens for SIGINT and SIGTERM from now on, and returns the first one.
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
