//! Logs: for people on a terminal, JSON lines otherwise; always on stderr.

use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;

use crate::config::{ConfigError, Environment};

/// Starts logging what `KEYWARD_LOG` asks for, `info` unless set.
pub(crate) fn start(environment: &Environment) -> Result<(), ConfigError> {
    let wanted = environment.value("KEYWARD_LOG").unwrap_or("info");
    let filter = EnvFilter::builder()
        .parse(wanted)
        .map_err(|error| ConfigError::Invalid {
            variable: "KEYWARD_LOG",
            problem: format!("{error}; write for example info, or keyward=debug,info"),
        })?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        logs.init();
    } else {
        logs.json().flatten_event(true).init();
    }
    std::panic::set_hook(Box::new(tell_of));
    Ok(())
}

/// Where it happened and no more: a panic's message may hold whatever was at hand.
fn tell_of(panic: &PanicHookInfo<'_>) {
    let location = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    tracing::error!(location, "panic");
}
