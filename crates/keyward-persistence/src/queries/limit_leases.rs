//! The ledgers of limits, one row per limit in use.

mod postgres;
mod sqlite;

use async_trait::async_trait;
use keyward_domain::ports::{LimitLeases, RepositoryError};
use keyward_domain::{Ledger, LimitId, LimitSubject, Refill, RefillRequest, Timestamp};
use uuid::Uuid;

use crate::backend::Backend;
use crate::error::{Cause, CorruptRow};
use crate::rows::{ColumnRef, ledger_from_text, ledger_to_text};
use crate::sql_types::Micros;
use crate::store::Store;

#[async_trait]
impl LimitLeases for Store {
    async fn refill(
        &self,
        requests: Vec<(LimitId, RefillRequest)>,
    ) -> Result<Vec<Refill>, RepositoryError> {
        if requests.is_empty() {
            return Ok(vec![]);
        }
        let asked = in_order(requests);
        let mut refills = match self.backend() {
            Backend::Postgres(postgres) => postgres::refill(postgres, asked).await?,
            Backend::Sqlite(sqlite) => sqlite::refill(sqlite, asked).await?,
        };
        refills.sort_unstable_by_key(|(place, _refill)| *place);
        Ok(refills.into_iter().map(|(_place, refill)| refill).collect())
    }
}

/// The subject of the limits of a workspace. No key has this id.
pub(crate) const OF_WORKSPACE: Uuid = Uuid::nil();

/// The primary key of a ledger.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LedgerKey {
    pub(crate) workspace_id: String,
    pub(crate) subject: Uuid,
    pub(crate) name: String,
}

/// A request, and its place among all requests of the call.
struct Asked {
    key: LedgerKey,
    request: RefillRequest,
    place: usize,
}

/// A ledger after a request.
struct Refilled {
    text: String,
    updated_on: Micros,
    refill: Refill,
}

/// The place of a request, and its answer.
type Placed = (usize, Refill);

impl From<LimitId> for LedgerKey {
    fn from(id: LimitId) -> Self {
        Self {
            workspace_id: id.workspace_id.as_str().to_owned(),
            subject: match id.subject {
                LimitSubject::Key(key) => key,
                LimitSubject::Workspace => OF_WORKSPACE,
            },
            name: id.name.as_str().to_owned(),
        }
    }
}

/// In the order of the primary key. Overlapping calls lock their rows in this order, so they never
/// deadlock.
fn in_order(requests: Vec<(LimitId, RefillRequest)>) -> Vec<Asked> {
    let asked = requests.into_iter().enumerate();
    let mut asked: Vec<Asked> = asked
        .map(|(place, (id, request))| Asked {
            key: id.into(),
            request,
            place,
        })
        .collect();
    asked.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    asked
}

impl LedgerKey {
    /// Reads the ledger with this key.
    pub(crate) fn read(&self, text: &str) -> Result<Ledger, CorruptRow> {
        self.in_its_column(ledger_from_text(text))
    }

    fn in_its_column<T, E: Into<Cause>>(&self, value: Result<T, E>) -> Result<T, CorruptRow> {
        let Self {
            workspace_id,
            subject,
            name,
        } = self;
        let column = ColumnRef {
            table: "limit_ledgers",
            id: &format_args!("{workspace_id} {subject} {name}"),
        };
        column.read("ledger", value)
    }
}

/// Carries out a request on the text of its ledger. `now` is the database's time while the row is
/// locked.
fn refilled(asked: &Asked, ledger: &str, now: Timestamp) -> Result<Refilled, CorruptRow> {
    let mut ledger = asked.key.read(ledger)?;
    let refill = ledger.refill(&asked.request, now);
    let updated_at = ledger.updated_at.unwrap_or(now);
    Ok(Refilled {
        text: asked.key.in_its_column(ledger_to_text(&ledger))?,
        updated_on: updated_at.truncated_to_days().into(),
        refill,
    })
}
