use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use keyward_domain::ports::RepositoryError;
use tokio::runtime::Handle;

use super::leaves_connection_well;
use crate::error::{NotDone, QueryError, unavailable};

/// A connection out of the pool. It goes back only when it is known to be well. A call that ran out of
/// time drops it as it stands: then its place in the pool is taken until the server has done with what
/// was sent, so that a server that is slow never has more backends of this store than the pool has
/// connections. A server doesn't notice that a client has gone while a statement waits for a lock.
pub(super) struct Lease(Option<Object<AsyncPgConnection>>);

impl Lease {
    pub(super) fn new(connection: Object<AsyncPgConnection>) -> Self {
        Self(Some(connection))
    }

    /// The connection; there is one until it is given back, which ends the lease.
    pub(super) fn connection(&mut self) -> Result<&mut AsyncPgConnection, RepositoryError> {
        match &mut self.0 {
            Some(connection) => Ok(connection),
            None => Err(unavailable(NotDone::Closed)),
        }
    }

    pub(super) fn give_back(mut self) {
        drop(self.0.take());
    }

    pub(super) fn give_back_after<T>(self, answer: &Result<T, QueryError>) {
        if answer.as_ref().err().is_none_or(leaves_connection_well) {
            self.give_back();
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut connection) = self.0.take() else {
            return;
        };
        let Ok(runtime) = Handle::try_current() else {
            drop(Object::take(connection));
            return;
        };
        runtime.spawn(async move {
            // It is answered after all that was sent before; that ends by `statement_timeout`, or with
            // the connection.
            let _ended = connection.batch_execute("ROLLBACK").await;
            drop(Object::take(connection));
        });
    }
}
