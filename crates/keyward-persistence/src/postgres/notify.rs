use std::sync::Arc;
use std::time::Instant;

use tokio_postgres::SimpleQueryRow;

use super::Postgres;
use super::listen::CHANNEL;
use super::session::Session;
use crate::clock::ClockSample;
use crate::error::Cause;

/// What tells one state of a database's schema from another, besides the rows. It changes when the
/// server is another one or was restarted, when the tables were made anew, and when the triggers that
/// notify changes were switched off, even if they are on again.
const IDENTITY: &str = "concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), \
     current_database(), to_regclass('api_keys')::oid, pg_relation_filenode(to_regclass('api_keys')), \
     (SELECT string_agg(xmin::text, ' ' ORDER BY tgname) FROM pg_trigger \
      WHERE tgrelid = to_regclass('api_keys') AND tgname IN ('notify_change', 'notify_truncate')))";

/// How many of the triggers that notify changes fire always, also in a session that replicates or
/// restores (`session_replication_role`).
const TRIGGERS: &str = "(SELECT count(*) FROM pg_trigger WHERE tgrelid = to_regclass('api_keys') \
     AND tgname IN ('notify_change', 'notify_truncate') AND tgenabled = 'A')";

/// How many there must be.
const TRIGGERS_MIN: &str = "2";

/// Sends notifications, by a connection of its own that never listens: what comes back has taken
/// the way that the notifications of others take. One at a time reaches the server in order.
pub(crate) struct Notifier {
    session: Arc<Session>,
}

/// What the database said when a notification was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Equal as long as the database is the same one.
    pub(crate) identity: String,
    /// Whether changes to keys are notified by triggers.
    pub(crate) has_triggers: bool,
    /// The database's clock.
    pub(crate) clock: ClockSample,
}

impl Postgres {
    /// Connects to notify.
    pub(crate) async fn notifier(&self) -> Result<Notifier, Cause> {
        let session = Session::open(&self.connector, self.deadline(), |_payload| {}).await?;
        Ok(Notifier {
            session: Arc::new(session),
        })
    }
}

impl Notifier {
    /// Notifies all who listen. The payload must be free of quotes.
    ///
    /// One statement without prepared parts, as any pooler takes it. A notification needs no
    /// durability, and must not wait for a synchronous standby.
    pub(crate) fn notify(
        &self,
        payload: &str,
    ) -> impl Future<Output = Result<Sent, Cause>> + use<> {
        let session = Arc::clone(&self.session);
        let statement = format!(
            "SELECT set_config('synchronous_commit', 'off', true), \
             pg_notify('{CHANNEL}', '{payload}'), {IDENTITY}, {TRIGGERS}, \
             (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        );
        async move {
            let sent_at = Instant::now();
            let row = session.first_row(&statement).await?;
            let received_at = Instant::now();
            let row = &row.ok_or("a notification had no answer")?;
            let database_micros: i64 = column(row, 4)?.parse()?;
            Ok(Sent {
                identity: column(row, 2)?.to_owned(),
                has_triggers: column(row, 3)? == TRIGGERS_MIN,
                clock: ClockSample {
                    database_micros,
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
