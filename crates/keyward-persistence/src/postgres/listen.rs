use tokio::sync::mpsc;

use super::Postgres;
use super::session::Session;
use crate::error::Cause;

pub(super) const CHANNEL: &str = "keyward_changes";

/// A dedicated connection that receives all notifications from now on, in the order of commits. It
/// ends on drop.
///
/// It sends nothing after `LISTEN`. Behind a pooler in transaction mode, `LISTEN` takes effect in a
/// server session that this client no longer has, and nothing is received. Notifications that this
/// connection sends itself would be received even then, and would hide the problem.
pub(crate) struct Listening {
    payloads: mpsc::UnboundedReceiver<String>,
    _session: Session,
}

impl Postgres {
    /// Starts listening. Everything that is committed after this returns is received.
    pub(crate) async fn listen(&self) -> Result<Listening, Cause> {
        let (heard, payloads) = mpsc::unbounded_channel();
        let hear = move |payload: &str| {
            // The receiver is gone while the listener is being dropped.
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
