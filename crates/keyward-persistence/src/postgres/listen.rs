use tokio::sync::mpsc;

use super::Postgres;
use super::session::Session;
use crate::error::Cause;

pub(super) const CHANNEL: &str = "keyward_changes";

/// A connection of its own that hears what is notified from now on, in the order of commits. It
/// ends when this is dropped.
///
/// It sends nothing after `LISTEN`. Behind a pooler in transaction mode, `LISTEN` stays on a server
/// session that this client no longer has, and nothing is heard; its own notifications would be
/// heard even there, and look as if all were.
pub(crate) struct Listening {
    payloads: mpsc::UnboundedReceiver<String>,
    _session: Session,
}

impl Postgres {
    /// Listens; everything that is committed after this has returned is heard.
    pub(crate) async fn listen(&self) -> Result<Listening, Cause> {
        let (heard, payloads) = mpsc::unbounded_channel();
        let hear = move |payload: &str| {
            // Nobody takes it when the listener is being dropped.
            let _unheard = heard.send(payload.to_owned());
        };
        let session = Session::open(&self.listener, self.deadline(), hear).await?;
        session.first_row(&format!("LISTEN {CHANNEL}")).await?;
        Ok(Listening {
            payloads,
            _session: session,
        })
    }
}

impl Listening {
    /// The payload of the next notification; `None` when the connection has ended.
    pub(crate) async fn next(&mut self) -> Option<String> {
        self.payloads.recv().await
    }
}
