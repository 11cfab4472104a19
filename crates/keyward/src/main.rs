//! The `keyward` binary: the API-key service and its operators' commands.

mod cli;
mod clock_watch;
mod commands;
mod config;
mod delivering;
mod failure;
mod housekeeping;
mod listen_addr;
mod metrics;
mod output;
mod progress;
mod publishing;
mod readiness;
mod schema;
mod serving;
mod shutdown;
mod system;
mod telemetry;
mod tls;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match Box::pin(commands::run(cli.command)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
