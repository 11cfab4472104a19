use std::future::poll_fn;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_postgres::{AsyncMessage, Client, SimpleQueryMessage, SimpleQueryRow};

use super::connect::Connector;
use crate::error::{Cause, NotDone};

/// A connection outside the pools. It ends on drop.
///
/// Statements use the simple protocol, so a pooler needs to know no prepared statements.
pub(super) struct Session {
    client: Client,
    deadline: Duration,
    /// Drives the connection.
    _driver: JoinSet<()>,
}

impl Session {
    /// Connects. The connection and each answer of the server may take until `deadline`. Calls
    /// `hear` with the payload of each notification.
    pub(super) async fn open(
        connector: &Connector,
        deadline: Duration,
        mut hear: impl FnMut(&str) + Send + 'static,
    ) -> Result<Self, Cause> {
        let connecting = tokio::time::timeout(deadline, connector.connect_bare());
        let (client, mut connection) = connecting.await.map_err(|_e| NotDone::OutOfTime)??;
        let mut driver = JoinSet::new();
        driver.spawn(async move {
            // The next statement reports why the connection has ended.
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let AsyncMessage::Notification(notification) = message {
                    hear(notification.payload());
                }
            }
        });
        Ok(Self {
            client,
            deadline,
            _driver: driver,
        })
    }

    /// The first row of the answer, if any.
    pub(super) async fn first_row(&self, sql: &str) -> Result<Option<SimpleQueryRow>, Cause> {
        let answer = tokio::time::timeout(self.deadline, self.client.simple_query(sql)).await;
        let messages = answer.map_err(|_e| NotDone::OutOfTime)??;
        Ok(messages.into_iter().find_map(|message| {
            if let SimpleQueryMessage::Row(row) = message {
                Some(row)
            } else {
                None
            }
        }))
    }
}
