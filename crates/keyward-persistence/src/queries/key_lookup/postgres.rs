use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{LifetimePolicy, SecretHash};

use super::{FoundRow, read, with_secret};
use crate::cache::batch_lookup::FoundKeys;
use crate::postgres::Postgres;
use crate::rows::VerificationKeyRow;
use crate::schema::{api_keys, plans, workspaces};
use crate::tx::Lane;

/// One statement, however many hashes.
pub(super) async fn find_all(
    postgres: &Postgres,
    hashes: Vec<SecretHash>,
    deployment: LifetimePolicy,
) -> Result<FoundKeys, RepositoryError> {
    let finding = postgres.query(Lane::Lookups, move |conn| {
        Box::pin(async move {
            let hashes = hashes.iter().map(|hash| hash.as_bytes().as_slice());
            let hashes: Vec<&[u8]> = hashes.collect();
            let rows: Vec<FoundRow> = with_secret!(
                api_keys::secret_hash.eq_any(&hashes),
                api_keys::previous_secret_hash.eq_any(&hashes)
            )
            .load(conn)
            .await?;
            let mut found = FoundKeys::default();
            read(rows, &deployment, &mut found);
            Ok(found)
        })
    });
    finding.await
}
