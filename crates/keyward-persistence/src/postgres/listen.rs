use std::future::poll_fn;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_postgres::AsyncMessage;

use super::Postgres;
use crate::error::{Cause, NotDone};

pub(super) const CHANNEL: &str = "keyward_changes";

/// A connection of its own that hears what is notified from now on, in the order of commits. It
/// ends when this is dropped.
///
/// It sends nothing after `LISTEN`. Behind a pooler in transaction mode, `LISTEN` stays on a server
/// session that this client no longer has, and nothing is heard; its own notifications would be
/// heard even there, and look as if all were.
pub(crate) struct Listening {
    payloads: mpsc::UnboundedReceiver<String>,
    /// Drives the connection.
    _driver: JoinSet<()>,
}

impl Postgres {
    /// Listens; everything that is committed after this has returned is heard.
    pub(crate) async fn listen(&self) -> Result<Listening, Cause> {
        match tokio::time::timeout(self.deadline(), self.begin_to_listen()).await {
            Ok(listening) => listening,
            Err(_elapsed) => Err(NotDone::OutOfTime.into()),
        }
    }

    async fn begin_to_listen(&self) -> Result<Listening, Cause> {
        let (client, mut connection) = self.listener.connect_bare().await?;
        let (heard, payloads) = mpsc::unbounded_channel();
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let AsyncMessage::Notification(notification) = message
                    && heard.send(notification.payload().to_owned()).is_err()
                {
                    return;
                }
            }
        });
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        driver.spawn(async move {
            // The connection ends with its client.
            let _open = client;
            std::future::pending::<()>().await;
        });
        Ok(Listening {
            payloads,
            _driver: driver,
        })
    }
}

impl Listening {
    /// The payload of the next notification; `None` when the connection has ended.
    pub(crate) async fn next(&mut self) -> Option<String> {
        self.payloads.recv().await
    }
}
