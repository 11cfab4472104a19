use diesel::prelude::*;
use diesel::result::Error::DeserializationError;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{LifetimePolicy, SecretHash};

use super::{FoundRow, read, with_secret};
use crate::cache::batch_lookup::FoundKeys;
use crate::rows::VerificationKeyRow;
use crate::schema::{api_keys, plans, workspaces};
use crate::sqlite::Sqlite;
use crate::tx::Lane;

/// One statement per hash, because a statement without a trip costs little. A text that is not UTF-8,
/// which SQLite may store, only affects its own key.
pub(super) async fn find_all(
    sqlite: &Sqlite,
    hashes: Vec<SecretHash>,
    deployment: LifetimePolicy,
) -> Result<FoundKeys, RepositoryError> {
    let finding = sqlite.query(Lane::Lookups, move |conn| {
        Box::pin(async move {
            let mut found = FoundKeys::default();
            for hash in &hashes {
                let hash = hash.as_bytes().as_slice();
                let rows: QueryResult<Vec<FoundRow>> = with_secret!(
                    api_keys::secret_hash.eq(hash),
                    api_keys::previous_secret_hash.eq(hash)
                )
                .load(conn)
                .await;
                match rows {
                    Ok(rows) => read(rows, &deployment, &mut found),
                    Err(DeserializationError(source)) => {
                        found.insert(hash.to_vec(), Err(RepositoryError::Corrupt(source)));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(found)
        })
    });
    finding.await
}
