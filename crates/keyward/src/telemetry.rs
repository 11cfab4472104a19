//! Logs, always on stderr: for people on a terminal, otherwise as JSON lines. Logging is best
//! effort: a line that can't be written is dropped and counted, and nothing waits for it.

mod filter;
mod filter_file;
mod line_queue;

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::fd::AsFd as _;
use std::panic::{self, PanicHookInfo};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::Clock as _;
use tokio::task::AbortHandle;

use self::filter_file::Replace;
pub(crate) use self::line_queue::LineQueue;
use crate::config::{ConfigError, Environment};
use crate::failure::Failure;
use crate::system::SystemClock;

/// How long the end of the process waits for the last lines.
const FLUSH_MAX: Duration = Duration::from_secs(1);
/// How long a panic waits for its line, which may be the last one of the process.
const PANIC_FLUSH_MAX: Duration = Duration::from_millis(100);

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Aligned and short.
    ForPeople,
    /// One JSON object per line.
    Json,
}

impl Format {
    /// For people on a terminal, otherwise JSON.
    pub(crate) fn of_stderr() -> Self {
        if io::stderr().is_terminal() {
            Self::ForPeople
        } else {
            Self::Json
        }
    }
}

/// Logging until this is dropped; then waiting lines are written.
pub(crate) struct Logs {
    queue: Arc<LineQueue>,
    /// Follows the file with the filter, if there is one.
    following: Option<AbortHandle>,
}

impl Logs {
    /// Starts logging with the filter in `KEYWARD_LOG` (default `info`), or in the file of
    /// `KEYWARD_LOG_FILE`, whose changes take effect. Logs unknown environment variables as warnings.
    /// Needs a Tokio runtime.
    pub(crate) fn start(environment: &Environment, format: Format) -> Result<Self, Failure> {
        let wanted = environment.secret("KEYWARD_LOG")?;
        let wanted = wanted.as_ref().map_or("info", |wanted| wanted.as_str());
        let filter = filter::parse(wanted).map_err(|error| ConfigError::Invalid {
            variable: "KEYWARD_LOG",
            problem: format!("{error}; write for example info, or keyward=debug,info"),
        })?;
        let queue = stderr()
            .and_then(LineQueue::start)
            .map_err(Failure::io("can't start logging"))?;
        // Otherwise the subscriber reports its own failures with a macro that panics when stderr
        // fails.
        let logs = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .log_internal_errors(false)
            .with_writer(Arc::clone(&queue));
        let replace: Replace = match format {
            Format::ForPeople => {
                let logs = if io::stderr().is_terminal() {
                    // In colours, unless NO_COLOR is set.
                    logs
                } else {
                    logs.with_ansi(false)
                };
                let logs = logs.with_filter_reloading();
                let handle = logs.reload_handle();
                logs.init();
                Box::new(move |filter| handle.reload(filter))
            }
            Format::Json => {
                let logs = logs.json().flatten_event(true).with_filter_reloading();
                let handle = logs.reload_handle();
                logs.init();
                Box::new(move |filter| handle.reload(filter))
            }
        };
        let file = environment.value("KEYWARD_LOG_FILE").map(PathBuf::from);
        let following = file.map(|file| {
            let follow = filter_file::follow(file, wanted.to_owned(), replace);
            tokio::spawn(follow).abort_handle()
        });
        let of_panics = Arc::clone(&queue);
        panic::set_hook(Box::new(move |panic| tell_of(panic, &of_panics, format)));
        for unknown in environment.unknown() {
            tracing::warn!(variable = unknown.name, "{unknown}");
        }
        Ok(Self { queue, following })
    }

    /// The queue of lines, with the count of dropped ones.
    pub(crate) fn queue(&self) -> &Arc<LineQueue> {
        &self.queue
    }

    /// Waits a moment until the lines so far are written.
    pub(crate) fn flush(&self) {
        self.queue.flush(FLUSH_MAX);
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        if let Some(following) = &self.following {
            following.abort();
        }
        self.flush();
    }
}

/// Stderr without the process-wide lock: another thread may hold it while it waits for a slow
/// reader.
fn stderr() -> io::Result<File> {
    Ok(File::from(io::stderr().as_fd().try_clone_to_owned()?))
}

/// Logs only the location of a panic, because its message may contain anything.
///
/// Bypasses the subscriber, whose locks may be held at that moment: a panic in here would abort the
/// process.
fn tell_of(panic: &PanicHookInfo<'_>, queue: &LineQueue, format: Format) {
    let location = panic.location().map(ToString::to_string);
    let location = location.unwrap_or_default();
    let timestamp = SystemClock.now();
    let target = module_path!();
    let line = match format {
        Format::ForPeople => format!("{timestamp} ERROR {target}: panic location={location:?}\n"),
        Format::Json => {
            let event = serde_json::json!({
                "timestamp": timestamp.to_string(),
                "level": "ERROR",
                "message": "panic",
                "location": location,
                "target": target,
            });
            format!("{event}\n")
        }
    };
    queue.push(line.as_bytes());
    queue.flush(PANIC_FLUSH_MAX);
}
