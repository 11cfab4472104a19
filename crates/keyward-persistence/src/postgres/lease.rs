use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use keyward_domain::ports::RepositoryError;
use tokio::runtime::Handle;

use super::failovers::FailoverSince;
use super::leaves_connection_well;
use crate::error::{NotDone, QueryError, unavailable};

/// A connection from the pool. It is returned only when it is known to be intact. A call that
/// reaches its deadline drops it. Then its place in the pool stays taken until the server has
/// finished what was sent, so that a slow server never has more backends of this store than the
/// pool has connections. While a statement waits for a lock, the server does not notice that the
/// client is gone. After a failover the place is free at once: a frozen server would keep it for ever.
pub(super) struct Lease {
    connection: Option<Object<AsyncPgConnection>>,
    failover: FailoverSince,
}

impl Lease {
    /// `failover` since before the connection was taken from the pool.
    pub(super) fn new(connection: Object<AsyncPgConnection>, failover: FailoverSince) -> Self {
        Self {
            connection: Some(connection),
            failover,
        }
    }

    /// Whether there was a failover since the lease began.
    pub(super) fn failover(&self) -> FailoverSince {
        self.failover.clone()
    }

    /// The connection. It exists until the lease ends.
    pub(super) fn connection(&mut self) -> Result<&mut AsyncPgConnection, RepositoryError> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            None => Err(unavailable(NotDone::Closed)),
        }
    }

    pub(super) fn give_back(mut self) {
        drop(self.connection.take());
    }

    pub(super) fn give_back_after<T>(self, answer: &Result<T, QueryError>) {
        if answer.as_ref().err().is_none_or(leaves_connection_well) {
            self.give_back();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        let mut failover = self.failover.clone();
        let Ok(runtime) = Handle::try_current() else {
            drop(Object::take(connection));
            return;
        };
        runtime.spawn(async move {
            // The server answers this after everything that was sent before, which ends with
            // `statement_timeout` or with the connection.
            tokio::select! {
                _ended = connection.batch_execute("ROLLBACK") => {}
                () = failover.happens() => {}
            }
            drop(Object::take(connection));
        });
    }
}
