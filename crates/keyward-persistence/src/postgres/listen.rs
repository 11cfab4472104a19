use std::future::poll_fn;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_postgres::{AsyncMessage, Client};

use super::Postgres;
use crate::error::{Cause, NotDone};

const CHANNEL: &str = "keyward_changes";

/// A connection of its own that hears what is notified from now on, in the order of commits. It
/// ends when this is dropped.
pub(crate) struct Listening {
    client: Arc<Client>,
    payloads: mpsc::UnboundedReceiver<String>,
    /// Drives the connection.
    _driver: JoinSet<()>,
}

impl Postgres {
    /// Listens; everything that is committed after this has returned is heard.
    pub(crate) async fn listen(&self) -> Result<Listening, Cause> {
        match tokio::time::timeout(self.calls.deadline(), self.begin_to_listen()).await {
            Ok(listening) => listening,
            Err(_elapsed) => Err(NotDone::OutOfTime.into()),
        }
    }

    async fn begin_to_listen(&self) -> Result<Listening, Cause> {
        let (client, mut connection) = self.connector.connect_bare().await?;
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
        Ok(Listening {
            client: Arc::new(client),
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

    /// Notifies all who listen, this one too. The payload must be free of quotes.
    pub(crate) fn notify(
        &self,
        payload: &str,
    ) -> impl Future<Output = Result<(), tokio_postgres::Error>> + use<> {
        let client = Arc::clone(&self.client);
        let notify = format!("NOTIFY {CHANNEL}, '{payload}'");
        async move { client.batch_execute(&notify).await }
    }
}
