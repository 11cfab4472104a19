use std::sync::Arc;
use std::time::Instant;

use tokio_postgres::SimpleQueryRow;

use super::Postgres;
use super::listen::CHANNEL;
use super::session::Session;
use crate::clock::ClockSample;
use crate::error::Cause;

/// Identifies the server. It changes when the server is another one, or was restarted.
const SERVER: &str = "extract(epoch FROM pg_postmaster_start_time())";

/// Identifies the database's schema. It changes when the tables were recreated, and when the notifying
/// triggers were disabled, even if they are enabled again.
const SCHEMA: &str = "concat_ws(' ', current_database(), to_regclass('api_keys')::oid, pg_relation_filenode(to_regclass('api_keys')), \
     (SELECT string_agg(xmin::text, ' ' ORDER BY tgname) FROM pg_trigger \
      WHERE (tgrelid = to_regclass('api_keys') AND tgname IN ('notify_change', 'notify_truncate')) \
      OR (tgrelid = to_regclass('workspaces') AND tgname = 'notify_key_lifetime')))";

/// The number of notifying triggers that fire in every session, even during replication or a
/// restore (`session_replication_role`).
const TRIGGERS: &str = "(SELECT count(*) FROM pg_trigger WHERE tgenabled = 'A' AND ( \
     (tgrelid = to_regclass('api_keys') AND tgname IN ('notify_change', 'notify_truncate')) \
     OR (tgrelid = to_regclass('workspaces') AND tgname = 'notify_key_lifetime')))";

/// The required number.
const TRIGGERS_MIN: &str = "3";

/// Whether commits wait until a standby has them.
const IS_SYNCHRONOUS: &str = "current_setting('synchronous_standby_names') <> '' \
     AND current_setting('synchronous_commit') IN ('on', 'remote_write', 'remote_apply')";

/// Sends notifications on a dedicated connection that never listens, so that they take the same
/// path as the notifications of others. If sent one at a time, they reach the server in order.
pub(crate) struct Notifier {
    session: Arc<Session>,
}

/// The database's answer to a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Equal as long as the server is the same, and was not restarted.
    pub(crate) server: String,
    /// Equal as long as the tables and triggers are the same.
    pub(crate) schema: String,
    /// Whether commits wait for a standby.
    pub(crate) is_synchronous: bool,
    /// Whether the notifying triggers are present and enabled.
    pub(crate) has_triggers: bool,
    /// The database's clock.
    pub(crate) clock: ClockSample,
}

impl Postgres {
    /// Connects for notifications.
    pub(crate) async fn notifier(&self) -> Result<Notifier, Cause> {
        let session = Session::open(&self.connector, self.deadline(), |_payload| {}).await?;
        Ok(Notifier {
            session: Arc::new(session),
        })
    }
}

impl Notifier {
    /// Notifies all listeners. The payload must contain no quotes.
    ///
    /// One statement without prepared parts works with any pooler. A notification needs no
    /// durability and must not wait for a synchronous standby.
    pub(crate) fn notify(
        &self,
        payload: &str,
    ) -> impl Future<Output = Result<Sent, Cause>> + use<> {
        let session = Arc::clone(&self.session);
        let statement = format!(
            "SELECT {IS_SYNCHRONOUS}, set_config('synchronous_commit', 'off', true), \
             pg_notify('{CHANNEL}', '{payload}'), {SERVER}, {SCHEMA}, {TRIGGERS}, \
             (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        );
        async move {
            let sent_at = Instant::now();
            let row = session.first_row(&statement).await?;
            let received_at = Instant::now();
            let row = &row.ok_or("a notification had no answer")?;
            let followed_micros: i64 = column(row, 6)?.parse()?;
            Ok(Sent {
                server: column(row, 3)?.to_owned(),
                schema: column(row, 4)?.to_owned(),
                is_synchronous: column(row, 0)? == "t",
                has_triggers: column(row, 5)? == TRIGGERS_MIN,
                clock: ClockSample {
                    followed_micros,
                    sent_at,
                    received_at,
                },
            })
        }
    }
}

fn column(row: &SimpleQueryRow, at: usize) -> Result<&str, Cause> {
    Ok(row
        .try_get(at)?
        .ok_or("a notification's answer is incomplete")?)
}
