use std::collections::BTreeSet;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::{NewServiceToken, RepositoryError, Revocation, ServiceTokens};
use keyward_domain::{CallerName, Permission, ServiceSecretHash, ServiceToken, Timestamp};

use crate::backend::{query, transact};
use crate::error::CorruptRow;
use crate::rows::ServiceTokenRow;
use crate::schema::service_tokens;
use crate::sql_types::{Micros, Texts};
use crate::store::Store;
use crate::tx::{Lane, TxOutcome};

/// A use is not written when one this recent is stored.
const NOTED_SECONDS: i64 = 60;

#[async_trait]
impl ServiceTokens for Store {
    async fn create(&self, new: NewServiceToken) -> Result<bool, RepositoryError> {
        let permissions = words(&new.permissions);
        transact!(self, |conn| {
            let row = (
                service_tokens::name.eq(new.name.as_str()),
                service_tokens::permissions.eq(Texts(permissions)),
                service_tokens::hash.eq(new.hash.as_bytes().as_slice()),
                service_tokens::created_at.eq(Micros::from(new.created_at)),
            );
            let added = diesel::insert_into(service_tokens::table)
                .values(row)
                .on_conflict_do_nothing()
                .execute(conn)
                .await?;
            Ok(if added > 0 {
                TxOutcome::Commit(true)
            } else {
                TxOutcome::Rollback(false)
            })
        })
    }

    /// In the lane of look-ups, because a verifier's token is read before its question.
    async fn find(
        &self,
        hash: &ServiceSecretHash,
    ) -> Result<Option<ServiceToken>, RepositoryError> {
        let hash = hash.as_bytes().to_vec();
        query!(self, Lane::Lookups, |conn| {
            let row: Option<ServiceTokenRow> = service_tokens::table
                .filter(service_tokens::hash.eq(&hash))
                .select(ServiceTokenRow::as_select())
                .get_result(conn)
                .await
                .optional()?;
            Ok(row.map(ServiceToken::try_from).transpose()?)
        })
    }

    async fn list(&self) -> Result<Vec<ServiceToken>, RepositoryError> {
        query!(self, |conn| {
            let rows: Vec<ServiceTokenRow> = service_tokens::table
                .order(service_tokens::name)
                .select(ServiceTokenRow::as_select())
                .load(conn)
                .await?;
            let tokens: Result<Vec<ServiceToken>, CorruptRow> =
                rows.into_iter().map(ServiceToken::try_from).collect();
            Ok(tokens?)
        })
    }

    async fn revoke(
        &self,
        name: &CallerName,
        now: Timestamp,
    ) -> Result<Revocation, RepositoryError> {
        let name = name.as_str().to_owned();
        transact!(self, |conn| {
            let valid = service_tokens::table
                .find(&name)
                .filter(service_tokens::revoked_at.is_null());
            let revoked = diesel::update(valid)
                .set(service_tokens::revoked_at.eq(Micros::from(now)))
                .execute(conn)
                .await?;
            if revoked > 0 {
                return Ok(TxOutcome::Commit(Revocation::Done));
            }
            let known: bool =
                diesel::select(diesel::dsl::exists(service_tokens::table.find(&name)))
                    .get_result(conn)
                    .await?;
            Ok(TxOutcome::Rollback(if known {
                Revocation::AlreadyRevoked
            } else {
                Revocation::Unknown
            }))
        })
    }

    async fn note_use(&self, name: &CallerName, at: Timestamp) -> Result<(), RepositoryError> {
        let name = name.as_str().to_owned();
        let at = Micros::from(at);
        transact!(self, |conn| {
            let long_ago = service_tokens::last_used_at.le(at.minus_seconds(NOTED_SECONDS));
            let unnoted = service_tokens::last_used_at.is_null().or(long_ago);
            diesel::update(service_tokens::table.find(&name).filter(unnoted))
                .set(service_tokens::last_used_at.eq(at))
                .execute(conn)
                .await?;
            Ok(TxOutcome::Commit(()))
        })
    }
}

fn words(permissions: &BTreeSet<Permission>) -> Vec<String> {
    permissions.iter().map(Permission::to_string).collect()
}
