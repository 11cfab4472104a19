use std::error::Error;
use std::fmt::Write as _;
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls;
use crate::database_url::PostgresUrl;
use crate::error::Cause;

type Driven = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Makes connections, all alike.
pub(super) struct Connector {
    config: Box<Config>,
    tls: MakeRustlsConnect,
    session: String,
}

impl Connector {
    pub(super) fn new(url: &PostgresUrl, deadline: Duration) -> Result<Self, Cause> {
        let mut config = url.config.clone();
        if config.get_application_name().is_none() {
            config.application_name("keyward");
        }
        if config.get_connect_timeout().is_none() {
            // A host that drops packets must leave time for the next one.
            let hosts = config.get_hosts().len().max(config.get_hostaddrs().len());
            let hosts = u32::try_from(hosts).unwrap_or(u32::MAX).max(1);
            config.connect_timeout(deadline / hosts.saturating_add(1));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(deadline);
        }
        Ok(Self {
            config,
            tls: tls::connector(&url.certificates)?,
            session: session(deadline),
        })
    }

    pub(super) async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        let (client, connection) = self.connect_bare().await?;
        let mut connection =
            AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
        connection
            .batch_execute(&self.session)
            .await
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }

    /// As the driver gives it: the connection has to be driven by its caller.
    pub(super) async fn connect_bare(&self) -> ConnectionResult<(Client, Driven)> {
        Box::pin(self.config.connect(self.tls.clone()))
            .await
            .map_err(|error| {
                ConnectionError::BadConnection(with_causes(&error) + tls::hint(&error))
            })
    }
}

/// The server gives up a statement a little before its caller does, so that nothing goes on that
/// nobody waits for, and ends a transaction whose client has stalled with rows locked.
fn session(deadline: Duration) -> String {
    let statement_ms = (deadline.as_millis() * 9 / 10).max(1);
    let idle_ms = (deadline.as_millis() * 2).max(1);
    format!(
        "SET statement_timeout = {statement_ms}; \
         SET idle_in_transaction_session_timeout = {idle_ms}"
    )
}

/// An error and its causes on one line: the first alone says only that something went wrong.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing into a String can't fail.
        let _infallible = write!(text, ": {error}");
        cause = error.source();
    }
    text
}
