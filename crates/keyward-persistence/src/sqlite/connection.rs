use std::error::Error;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use diesel_async::SimpleAsyncConnection as _;
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};

use crate::error::{Cause, QueryError};
use crate::schema::chain_hash_utils;
use crate::tx::Body;

/// A connection for async bodies that does all its work on the thread that polls it, which is the
/// thread that owns it.
pub(crate) type Connection = SyncConnectionWrapper<SqliteConnection, Inline>;

/// Runs at once what other runtimes would move to a blocking thread.
pub(crate) struct Inline;

impl SpawnBlocking for Inline {
    fn spawn_blocking<'a, R>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn Error + Send + Sync + 'static>>>
    where
        R: Send + 'static,
    {
        Box::pin(std::future::ready(Ok(task())))
    }

    fn get_runtime() -> Self {
        Self
    }
}

/// The pause between two attempts to open a file that another process is changing.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// Opens connections to one file with the same options.
pub(super) struct Opener {
    path: PathBuf,
    name: String,
    busy_timeout: Duration,
    /// The file that the path led to at first.
    file: OnceLock<FileId>,
}

/// The identity of a file, independent of its name: its device and its inode.
#[derive(Clone, Copy, PartialEq, Eq)]
struct FileId(u64, u64);

/// The open connections write to a file that the path no longer leads to.
#[derive(Debug, thiserror::Error)]
#[error("the database file was replaced or removed; restart this process")]
struct FileReplaced;

impl Opener {
    pub(super) fn new(path: PathBuf, busy_timeout: Duration) -> Result<Self, Cause> {
        let name = path.to_str().ok_or("the path is not UTF-8")?;
        // SQLite would read some relative names as a URI or as a database in memory.
        let name = if path.is_absolute() {
            name.to_owned()
        } else {
            format!("./{name}")
        };
        Ok(Self {
            path,
            name,
            busy_timeout,
            file: OnceLock::new(),
        })
    }

    /// Creates the file so that only its owner can read it. SQLite gives its companions (`-wal`,
    /// `-shm`) the same mode.
    pub(super) fn create_file(&self) -> Result<(), Cause> {
        match create_private(&self.path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.into()),
            Ok(()) | Err(_) => {}
        }
        if let Some(file) = file_id(&self.path)? {
            self.file.get_or_init(|| file);
        }
        Ok(())
    }

    /// Fails when the path leads to another file than at first, or to none. Then this process
    /// misses the changes of others, and its own writes are lost.
    pub(super) fn check_file(&self) -> Result<(), Cause> {
        match self.file.get() {
            Some(file) if file_id(&self.path).ok().flatten() != Some(*file) => {
                Err(FileReplaced.into())
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn writing(&self) -> Result<Connection, Cause> {
        let mut connection = self.connect("")?;
        chain_hash_utils::register_impl(&mut connection, |previous: Vec<u8>, digest: Vec<u8>| {
            Sha256::new()
                .chain_update(previous)
                .chain_update(digest)
                .finalize()
                .to_vec()
        })?;
        Ok(Connection::new(connection))
    }

    pub(super) fn reading(&self) -> Result<Connection, Cause> {
        Ok(Connection::new(self.connect("PRAGMA query_only = ON;")?))
    }

    /// Opens this many reading connections.
    pub(super) fn readers(&self, count: usize) -> Result<Vec<Connection>, Cause> {
        (0..count).map(|_at| self.reading()).collect()
    }

    /// Waits up to a minute for the lock, as on PostgreSQL. Foreign keys are off, because a
    /// migration may recreate a table, and dropping the old one would delete dependent rows (`ON
    /// DELETE CASCADE`). They are checked at the end.
    pub(super) fn migrating(&self) -> Result<SqliteConnection, Cause> {
        self.connect("PRAGMA busy_timeout = 60000; PRAGMA foreign_keys = OFF;")
    }

    /// For `VACUUM INTO`, which SQLite does not count as reading only.
    pub(super) fn copying(&self) -> Result<SqliteConnection, Cause> {
        self.connect("")
    }

    /// The file's name as SQLite reads it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn busy_timeout(&self) -> Duration {
        self.busy_timeout
    }

    /// `synchronous = FULL` syncs at every commit, so that answered changes survive a power
    /// failure. macOS needs `fullfsync` for this. With `trusted_schema` off, a tampered file can't
    /// run functions.
    fn connect(&self, more: &str) -> Result<SqliteConnection, Cause> {
        self.check_file()?;
        let mut connection = SqliteConnection::establish(&self.name)?;
        let busy_ms = self.busy_timeout.as_millis().max(1);
        let settings = format!(
            "PRAGMA busy_timeout = {busy_ms};
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA fullfsync = ON;
             PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF;
             {more}"
        );
        // SQLite does not wait while another process switches a new file to WAL.
        let until = Instant::now() + self.busy_timeout;
        while let Err(error) = connection.batch_execute(&settings) {
            if !is_busy(&error) || Instant::now() >= until {
                return Err(error.into());
            }
            thread::sleep(BUSY_PAUSE);
        }
        Ok(connection)
    }
}

fn is_busy(error: &diesel::result::Error) -> bool {
    matches!(
        error,
        diesel::result::Error::DatabaseError(_, info) if info.message() == "database is locked"
    )
}

#[cfg(unix)]
fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path).map(drop)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> std::io::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map(drop)
}

#[cfg(unix)]
fn file_id(path: &Path) -> std::io::Result<Option<FileId>> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = path.metadata()?;
    Ok(Some(FileId(metadata.dev(), metadata.ino())))
}

/// For systems where an open file can't be replaced.
#[cfg(not(unix))]
fn file_id(_path: &Path) -> std::io::Result<Option<FileId>> {
    Ok(None)
}

/// Runs a body in a deferred transaction, so that all its statements see one snapshot.
pub(super) async fn in_snapshot<T, F>(connection: &mut Connection, body: F) -> Result<T, QueryError>
where
    F: for<'c> FnOnce(&'c mut Connection) -> Body<'c, T>,
{
    connection.batch_execute("BEGIN DEFERRED").await?;
    let answer = body(connection).await;
    connection.batch_execute("ROLLBACK").await?;
    answer
}
