//! `just bench create|list|uses|verify|attack|growth|nodes`: the real server compared with its
//! floors, in one run.
//!
//! Floor and server alternate; the result is the median of the rounds. Each benchmark writes its
//! table to docs/benchmarks.md.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark panics on failure and prints its results"
)]

mod attack;
mod client;
mod create;
mod decide;
mod growth;
mod keys;
mod list;
mod load;
mod nodes;
mod pgbench;
mod report;
mod subject;
mod uses;
mod verify;
mod wrk;

const ROUNDS: usize = 5;
const SECONDS: u64 = 4;
/// The number of workspaces over which creates are spread, the same for the floor.
const WORKSPACES: usize = 64;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test --benches` runs this too, and must not take minutes.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    if let [.., word, addr] = arguments.as_slice()
        && word == verify::FLOOR_SERVER
    {
        verify::floor_server(addr).await;
        return;
    }
    let is_asked_for = |name: &str| arguments.iter().any(|argument| argument == name);
    if is_asked_for("create") {
        report::print_and_write("create", &Box::pin(create::run()).await);
    }
    if is_asked_for("verify") {
        report::print_and_write("verify", &Box::pin(verify::run()).await);
        Box::pin(decide::run()).await;
    }
    if is_asked_for("attack") {
        Box::pin(attack::run()).await;
    }
    if is_asked_for("growth") {
        Box::pin(growth::run()).await;
    }
    if is_asked_for("nodes") {
        Box::pin(nodes::run()).await;
    }
    if is_asked_for("uses") {
        Box::pin(uses::run()).await;
    }
    if is_asked_for("list") {
        report::print_and_write("list", &Box::pin(list::run()).await);
    }
}
