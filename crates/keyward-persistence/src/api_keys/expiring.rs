use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{ApiKey, Page, PageRequest, Timestamp};

use super::{offset, page};
use crate::backend::snapshot;
use crate::rows::ApiKeyRow;
use crate::schema::api_keys;
use crate::sql_types::Micros;
use crate::store::Store;

pub(super) async fn run(
    store: &Store,
    after: Timestamp,
    until: Timestamp,
    part: PageRequest,
) -> Result<Page<ApiKey>, RepositoryError> {
    let (after, until) = (Micros::from(after), Micros::from(until));
    snapshot!(store, |conn| {
        let keys = api_keys::table
            .filter(api_keys::deleted_at.is_null())
            .filter(api_keys::expires_at.gt(after))
            .filter(api_keys::expires_at.le(until));
        let total: i64 = keys.count().get_result(conn).await?;
        let rows: Vec<ApiKeyRow> = keys
            .order((api_keys::expires_at.asc(), api_keys::id.asc()))
            .limit(part.size().into())
            .offset(offset(part))
            .select(ApiKeyRow::as_select())
            .load(conn)
            .await?;
        Ok(page(rows, total)?)
    })
}
