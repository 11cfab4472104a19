//! `keyward doctor`: checks everything that a node needs, and says what to do.

mod certificates;
mod database;
mod files;
mod gateway;
mod listeners;
mod report;
mod tls_connection;
mod tokens;

use self::report::Report;
use crate::cli::{DoctorArgs, DoctorCommand};
use crate::config::{self, Environment, ServeConfig};
use crate::failure::{Failure, with_causes};
use crate::serving::Capacity;

/// The exit codes of failed checks.
const FAILED: u8 = 1;
const CONFIGURATION: u8 = 3;
const UNREACHABLE: u8 = 4;
const SCHEMA: u8 = 5;

pub(super) async fn run(environment: &Environment, args: &DoctorArgs) -> Result<(), Failure> {
    if let Some(DoctorCommand::Gateway(args)) = &args.command {
        return gateway::run(environment, args).await;
    }
    let mut report = Report::default();
    let config = configuration(environment, args, &mut report);
    let listeners = config.as_ref().map(|config| &config.listeners);
    files::check(environment, listeners, &mut report);
    if let Some(config) = &config {
        certificates::check(&config.listeners, &mut report);
        open_files(config, &mut report);
        listeners::check(config, &mut report).await;
    }
    match config::store(environment) {
        // Part of the configuration, which is reported already.
        Err(_reported) => {}
        Ok(store) => {
            let offset_max = config
                .as_ref()
                .map(|config| config.verification.clock_offset_max);
            database::check(store, offset_max, &mut report).await;
        }
    }
    if let Some(config) = config {
        tokens::check(config.tokens, &mut report).await;
    }
    report.finish(args.output.output)
}

fn configuration(
    environment: &Environment,
    args: &DoctorArgs,
    report: &mut Report,
) -> Option<ServeConfig> {
    for unknown in environment.unknown() {
        let advice = "Correct the name, or unset it.";
        report.warning("variables", unknown.to_string(), advice);
    }
    match ServeConfig::resolve(environment, &args.listen) {
        Ok(config) => {
            report.ok("configuration", "complete");
            Some(config)
        }
        Err(error) => {
            report.failed(
                "configuration",
                CONFIGURATION,
                with_causes(&error),
                "Correct it; see keyward config show --origin and keyward serve --help.",
            );
            None
        }
    }
}

fn open_files(config: &ServeConfig, report: &mut Report) {
    const CHECK: &str = "open files";
    const ENOUGH: usize = 1_000;
    let raise = "Raise the limit: LimitNOFILE of systemd, ulimit -n.";
    match Capacity::beside(config.store.connections_max) {
        Err(error) => report.failed(CHECK, FAILED, error.to_string(), raise),
        Ok(capacity) => {
            let connections = capacity.public.max();
            let found = format!("enough for {connections} connections of each listener");
            if connections < ENOUGH {
                report.warning(CHECK, found, raise);
            } else {
                report.ok(CHECK, found);
            }
        }
    }
}
