# The commands for daily work. `just` lists them.

set positional-arguments

[private]
default:
    @just --list --unsorted

# Run the built program: just run serve
run *arguments:
    cargo run --release --locked --bin keyward -- "$@"

# Serve without configuration, in ./keyward-data
dev *arguments:
    cargo run --locked --bin keyward -- dev "$@"

# All checks and tests; with arguments only tests: just test create
test *arguments:
    ./scripts/test "$@"

# Clippy on all targets, warnings are errors
lint:
    cargo clippy --workspace --all-targets --all-features --locked -- -D warnings

# Format all code
fmt:
    cargo fmt --all

# Compile everything without code generation, which is fastest
check:
    cargo check --workspace --all-targets --all-features --locked

# Check licences, bans, sources and security advisories (needs cargo-deny and the network)
deny:
    cargo deny --locked check

# Run a benchmark: just bench create|change|list|limits|uses|verify|guard|allocations|nginx|attack|growth|nodes|failovers|peers|webhooks
bench *what:
    ./scripts/bench "$@"

# Update the stored API description from the handlers
openapi:
    KEYWARD_UPDATE_OPENAPI=1 cargo test --locked -p keyward-web --lib openapi::

# Update the stored screenshots of the pages
screenshots:
    KEYWARD_UPDATE_SCREENSHOTS=1 ./scripts/test screenshots

# Fuzz one target until stopped (needs cargo-fuzz and a nightly toolchain): just fuzz json_body
fuzz target *arguments:
    cargo +nightly fuzz run "$@"

# Line coverage of all tests, as HTML (needs cargo-llvm-cov)
coverage:
    ./scripts/with-postgres cargo llvm-cov --workspace --all-features --locked --html

# Migrate the schema of DATABASE_URL
migrate *arguments:
    cargo run --locked --bin keyward -- migrate "$@"

# Run a command with a temporary PostgreSQL: just postgres bash
postgres +command:
    ./scripts/with-postgres "$@"

# Run the same as continuous integration
ci:
    ./.ci/run
