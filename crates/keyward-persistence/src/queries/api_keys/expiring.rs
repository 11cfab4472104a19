use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{ApiKey, Page, Pagination, Timestamp};

use super::{offset, page};
use crate::backend::snapshot;
use crate::queries::last_uses::{used_key_columns, used_keys};
use crate::rows::UsedApiKeyRow;
use crate::schema::api_keys;
use crate::sql_types::Micros;
use crate::store::Store;

pub(super) async fn run(
    store: &Store,
    after: Timestamp,
    until: Timestamp,
    part: Pagination,
) -> Result<Page<ApiKey>, RepositoryError> {
    let (after, until) = (Micros::from(after), Micros::from(until));
    let deployment = store.key_lifetime();
    snapshot!(store, |conn| {
        let meant = api_keys::deleted_at
            .is_null()
            .and(api_keys::expires_at.gt(after))
            .and(api_keys::expires_at.le(until));
        let keys = api_keys::table.filter(meant);
        let total: i64 = keys.count().get_result(conn).await?;
        let rows: Vec<UsedApiKeyRow> = used_keys!()
            .filter(meant)
            .order((api_keys::expires_at.asc(), api_keys::id.asc()))
            .limit(part.size().into())
            .offset(offset(part))
            .select(used_key_columns!())
            .load(conn)
            .await?;
        Ok(page(rows, total, &deployment)?)
    })
}
