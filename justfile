# Every command that we type. `just` lists them.

set positional-arguments

[private]
default:
    @just --list --unsorted

# Run the built program: just run serve
run *arguments:
    cargo run --release --locked --bin keyward -- "$@"

# Serve with no configuration at all, in ./keyward-data
dev *arguments:
    cargo run --locked --bin keyward -- dev "$@"

# Everything that must pass; with arguments the tests alone: just test create
test *arguments:
    ./scripts/test "$@"

# Clippy on all targets, warnings are errors
lint:
    cargo clippy --workspace --all-targets --all-features --locked -- -D warnings

# Format all code
fmt:
    cargo fmt --all

# Compile everything, without code generation: the fastest answer
check:
    cargo check --workspace --all-targets --all-features --locked

# Licences, bans, sources and security advisories (needs cargo-deny and the network)
deny:
    cargo deny --locked check

# Measure: just bench create|list|uses|verify|attack|growth|nodes
bench *what:
    ./scripts/bench "$@"

# Keep the API's description as the handlers say it
openapi:
    KEYWARD_UPDATE_OPENAPI=1 cargo test --locked -p keyward-web --lib openapi::

# Keep how the pages look now
screenshots:
    KEYWARD_UPDATE_SCREENSHOTS=1 ./scripts/test screenshots

# Fuzz one target until stopped (needs cargo-fuzz and a nightly toolchain): just fuzz json_body
fuzz target *arguments:
    cargo +nightly fuzz run "$@"

# Line coverage of all tests, as HTML (needs cargo-llvm-cov)
coverage:
    ./scripts/with-postgres cargo llvm-cov --workspace --all-features --locked --html

# Bring the schema of DATABASE_URL up to date
migrate *arguments:
    cargo run --locked --bin keyward -- migrate "$@"

# A throw-away PostgreSQL for as long as a command runs: just postgres bash
postgres +command:
    ./scripts/with-postgres "$@"

# What continuous integration runs
ci:
    ./.ci/run
