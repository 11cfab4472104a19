use std::sync::Arc;

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use futures_util::future::BoxFuture;
use keyward_domain::ports::RepositoryError;

use super::commit::Commit;
use super::{Postgres, is_refusal};
use crate::cache::invalidations::{Changing, Committing};
use crate::error::{outcome_unknown, unavailable};

impl Postgres {
    /// Runs one statement as a transaction of its own, which takes one round trip. It locks its rows
    /// no longer than the server needs. Returns the number of rows that it counts; `None` when nothing
    /// was changed, because a constraint refused it, or because this connection can't run it so.
    ///
    /// The statement commits itself, so its outcome is unknown from the moment it is sent until the
    /// server has answered. `changing` has the keys that it changes, if any.
    pub(crate) async fn at_once<F>(
        &self,
        changing: Option<Changing>,
        statement: F,
    ) -> Result<Option<usize>, RepositoryError>
    where
        F: for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, QueryResult<usize>>
            + Send
            + 'static,
    {
        if self.connector.is_pooled() {
            // Behind a pooler, only a transaction has its own `statement_timeout`.
            return Ok(None);
        }
        let lane = self.general.clone();
        let invalidations = Arc::clone(&self.invalidations);
        let commit = Commit::default();
        self.general
            .run(commit.clone(), async move {
                // The server ends the statement before the deadline only when it is sent early enough.
                // Otherwise the transaction takes its place, which can be given up until its commit.
                let Ok(mut lease) = lane.lease_within(lane.calls().deadline() / 10).await else {
                    return Ok(None);
                };
                let failover = lease.failover();
                commit.mark_sent();
                let committing = changing.map(|keys| invalidations.committing(keys));
                let sent = async move {
                    let connection = lease.connection()?;
                    match statement(connection).await {
                        Ok(rows) => {
                            lease.give_back();
                            if rows == 0 {
                                nothing_changed(committing);
                            }
                            Ok(Some(rows))
                        }
                        Err(error) if is_refusal(&error) => {
                            lease.give_back();
                            nothing_changed(committing);
                            Ok(None)
                        }
                        // An error that the session survives was answered by the server, which has
                        // undone the statement.
                        Err(error) => Err(match connection.batch_execute("ROLLBACK").await {
                            Ok(()) => {
                                nothing_changed(committing);
                                unavailable(error)
                            }
                            Err(_gone) => outcome_unknown(error),
                        }),
                    }
                };
                failover.outcome(sent).await
            })
            .await
    }
}

fn nothing_changed(committing: Option<Committing>) {
    if let Some(committing) = committing {
        committing.nothing_changed();
    }
}
