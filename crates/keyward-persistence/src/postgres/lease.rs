use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::Object;
use keyward_domain::ports::RepositoryError;

use super::leaves_connection_well;
use crate::error::{NotDone, QueryError, unavailable};

/// A connection out of the pool. It goes back only when it is known to be well: a call that ran out
/// of time, or was cancelled, drops it as it stands.
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
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}
