//! `just bench WHAT`: the real server compared with its floors, in one run.
//!
//! Floor and server alternate; the result is the median of the rounds. Each benchmark writes its
//! table to docs/benchmarks.md.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark panics on failure and prints its results"
)]

mod allocations;
mod attack;
mod change;
mod client;
mod create;
mod decide;
mod docs;
mod floor_server;
mod growth;
mod guard;
mod keys;
mod limits;
mod list;
mod load;
mod nginx;
mod nodes;
mod peers;
mod pgbench;
mod process;
mod psql;
mod report;
mod settings;
mod subject;
mod uses;
mod verify;
mod webhooks;
mod wrk;

/// The number of workspaces over which creates are spread, the same for the floor.
const WORKSPACES: usize = 64;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --benches` runs this too, and must not take minutes.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    match arguments.as_slice() {
        [.., word, addr] if word == floor_server::ARGUMENT => floor_server::serve(addr).await,
        [.., word, addr] if word == attack::garbage::ARGUMENT => {
            attack::garbage::run(addr.parse().unwrap());
        }
        _ => {
            for argument in &arguments {
                Box::pin(measure(argument)).await;
            }
        }
    }
}

async fn measure(what: &str) {
    match what {
        "create" => report::print_and_write("create", &create::run().await),
        "change" => report::print_and_write("change", &change::run().await),
        "limits" => limits::run().await,
        "list" => report::print_and_write("list", &list::run().await),
        "uses" => uses::run().await,
        "webhooks" => webhooks::run().await,
        "verify" => {
            report::print_and_write("verify", &verify::run().await);
            decide::run().await;
        }
        "allocations" => allocations::run().await,
        "nginx" => report::print_and_write("nginx", &nginx::run().await),
        "attack" => attack::run().await,
        "growth" => growth::run().await,
        "guard" => guard::run().await,
        "nodes" => nodes::run().await,
        "failovers" => nodes::failovers::run().await,
        "peers" => report::print_and_write_beside("peer", "peers", &peers::run().await),
        // Arguments of cargo.
        _ => {}
    }
}
