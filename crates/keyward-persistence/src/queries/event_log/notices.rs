use diesel::QueryResult;
use keyward_domain::ports::RepositoryError;
use keyward_domain::{EventId, Notice};

use crate::backend::transact;
use crate::rows::notice_to_json;
use crate::sql_types::{Id, Json};
use crate::store::Store;
use crate::tx::TxOutcome;

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

/// Puts notices into the outbox, as a part of a transaction.
pub(crate) trait PutNotices {
    /// How many were put. A notice that another node publishes at the same time may be put once more: it is
    /// skipped when it would be published.
    fn put(&mut self, notices: &NewNotices) -> impl Future<Output = QueryResult<u64>> + Send;
}

/// Different notices, in the order of the unique index, so that nodes that put the same ones never deadlock.
pub(crate) struct NewNotices(pub(super) Vec<NewNotice>);

impl NewNotices {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<Notice>> for NewNotices {
    fn from(notices: Vec<Notice>) -> Self {
        let mut notices: Vec<NewNotice> = notices.iter().map(NewNotice::from).collect();
        notices.sort_by_key(|notice| notice.id.0);
        notices.dedup_by_key(|notice| notice.id.0);
        Self(notices)
    }
}

pub(super) async fn put(store: &Store, notices: Vec<Notice>) -> Result<u64, RepositoryError> {
    if notices.is_empty() {
        return Ok(0);
    }
    let notices = NewNotices::from(notices);
    transact!(store, |conn| Ok(TxOutcome::Commit(
        conn.put(&notices).await?
    )))
}
