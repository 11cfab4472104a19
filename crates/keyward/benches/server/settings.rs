//! How long is measured.

const ROUNDS: usize = 5;
const SECONDS: u64 = 4;

/// The number of rounds of each measurement: `BENCH_ROUNDS`, or 5.
pub(crate) fn rounds() -> usize {
    number("BENCH_ROUNDS", ROUNDS)
}

/// The seconds of each round: `BENCH_SECONDS`, or 4.
pub(crate) fn seconds() -> u64 {
    number("BENCH_SECONDS", SECONDS)
}

/// Whether the run is too short for figures that are kept.
pub(crate) fn is_trial() -> bool {
    rounds() < ROUNDS || seconds() < SECONDS
}

/// The number in an environment variable.
pub(crate) fn number<T: std::str::FromStr>(variable: &str, default: T) -> T {
    std::env::var(variable).map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_invalid| panic!("{variable} must be a number"))
    })
}
