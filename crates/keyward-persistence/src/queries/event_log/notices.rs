use keyward_domain::ports::RepositoryError;
use keyward_domain::{EventId, Notice};

use super::{postgres, sqlite};
use crate::backend::Backend;
use crate::rows::notice_to_json;
use crate::sql_types::{Id, Json};
use crate::store::Store;

/// A notice to put into the outbox.
pub(super) struct NewNotice {
    pub(super) workspace_id: String,
    pub(super) notice: Json,
    pub(super) id: Id,
}

impl From<&Notice> for NewNotice {
    fn from(notice: &Notice) -> Self {
        Self {
            workspace_id: notice.workspace_id.as_str().to_owned(),
            notice: Json(notice_to_json(notice)),
            id: Id(EventId::of_notice(notice).uuid()),
        }
    }
}

/// Puts notices into the outbox. A notice that another node publishes at the same time may be put once
/// more: it is skipped when it would be published.
pub(super) async fn put(store: &Store, notices: Vec<Notice>) -> Result<u64, RepositoryError> {
    if notices.is_empty() {
        return Ok(0);
    }
    let mut notices: Vec<NewNotice> = notices.iter().map(NewNotice::from).collect();
    // In the order of the unique index, so that nodes that put the same notices never deadlock.
    notices.sort_by_key(|notice| notice.id.0);
    notices.dedup_by_key(|notice| notice.id.0);
    match store.backend() {
        Backend::Postgres(postgres) => postgres::put(postgres, notices).await,
        Backend::Sqlite(sqlite) => sqlite::put(sqlite, notices).await,
    }
}
