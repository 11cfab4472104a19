//! Finding the keys of many secrets at once.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use keyward_domain::ports::{KeyLookup, RepositoryError};
use keyward_domain::{SecretHash, VerificationKey};

use crate::error::SharedFailure;

/// A [`KeyLookup`] that finds many keys at the cost of little more than one.
#[async_trait]
pub trait BatchLookup: KeyLookup {
    /// What [`find`](KeyLookup::find) returns for each of these hashes. An error says that none of
    /// them could be looked for; an unreadable key is in [`FoundKeys`].
    async fn find_all(&self, hashes: Vec<SecretHash>) -> Result<FoundKeys, RepositoryError>;
}

/// The keys that have the secrets of a batch.
#[derive(Default)]
pub struct FoundKeys(HashMap<Vec<u8>, Result<Arc<VerificationKey>, SharedFailure>>);

impl FoundKeys {
    /// The key that has the secret with this hash, or why it can't be read. Of several, the first
    /// counts.
    pub(crate) fn insert(
        &mut self,
        hash: Vec<u8>,
        key: Result<Arc<VerificationKey>, RepositoryError>,
    ) {
        self.0
            .entry(hash)
            .or_insert_with(|| key.map_err(SharedFailure::from));
    }

    /// The key whose secret has this hash, as [`find`](KeyLookup::find) returns it.
    ///
    /// # Errors
    /// [`RepositoryError::Corrupt`] when the key can't be read.
    pub fn of(&self, hash: &SecretHash) -> Result<Option<Arc<VerificationKey>>, RepositoryError> {
        match self.0.get(hash.as_bytes().as_slice()) {
            Some(Ok(key)) => Ok(Some(Arc::clone(key))),
            Some(Err(failure)) => Err(failure.to_error()),
            None => Ok(None),
        }
    }
}
