use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::servers::Servers;
use super::tls;
use crate::database_url::PostgresUrl;
use crate::error::{self, Cause, with_causes};

/// The driver's default: two hours.
const KEEPALIVE_IDLE_DEFAULT: Duration = Duration::from_hours(2);
/// The driver's message about a server that is not `read-write`.
const READ_ONLY: &str = "does not allow writes";
const KEEPALIVE_IDLE: Duration = Duration::from_secs(5);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(1);
const KEEPALIVE_RETRIES: u32 = 5;

/// A connection that its owner must drive.
pub(super) type Connected = (
    Client,
    Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>,
);

/// Opens connections with the same options.
pub(super) struct Connector {
    servers: Servers,
    tls: MakeRustlsConnect,
    is_pooled: bool,
}

impl Connector {
    /// `is_pooled`: the URL leads through a pooler that may use another session for each
    /// transaction.
    pub(super) fn new(
        url: &PostgresUrl,
        deadline: Duration,
        is_pooled: bool,
    ) -> Result<Self, Cause> {
        let mut config = url.config.clone();
        // A standby can neither write nor notify, so a multi-host URL must not select one.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        if config.get_application_name().is_none() {
            config.application_name("keyward");
        }
        if config.get_connect_timeout().is_none() {
            // An address that drops packets must leave time for the next one of its host.
            config.connect_timeout(deadline / 2);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(deadline);
        }
        // When the network fails during a commit, the connection must not stay open for hours.
        if config.get_keepalives_idle() == KEEPALIVE_IDLE_DEFAULT {
            config.keepalives_idle(KEEPALIVE_IDLE);
            config.keepalives_interval(KEEPALIVE_INTERVAL);
            config.keepalives_retries(KEEPALIVE_RETRIES);
        }
        Ok(Self {
            servers: Servers::of(&config, deadline),
            tls: tls::connector(&url.certificates, url.is_remote())?,
            is_pooled,
        })
    }

    pub(super) fn is_pooled(&self) -> bool {
        self.is_pooled
    }

    /// Opens a connection and runs `setup` in its session.
    pub(super) async fn connect(&self, setup: &str) -> ConnectionResult<AsyncPgConnection> {
        let (client, connection) = self.connect_bare().await?;
        let connected = AsyncPgConnection::try_from_client_and_connection(client, connection);
        let mut connection = connected.await.map_err(|error| {
            if let ConnectionError::CouldntSetupConfiguration(error) = error {
                ConnectionError::BadConnection(error::with_hint(error).to_string())
            } else {
                error
            }
        })?;
        if !setup.is_empty() {
            connection
                .batch_execute(setup)
                .await
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
        }
        Ok(connection)
    }

    /// Opens a connection that the caller must drive.
    pub(super) async fn connect_bare(&self) -> ConnectionResult<Connected> {
        self.servers.connect(&self.tls).await
    }
}

/// An error with its causes, and advice where the server's message does not explain it.
pub(super) fn described(error: &tokio_postgres::Error) -> String {
    let text = with_causes(error) + tls::hint(error);
    if text.contains(READ_ONLY) {
        format!(
            "{text}: this server is a hot standby, or read-only; name the primary, or all hosts \
             separated by commas"
        )
    } else {
        text
    }
}
