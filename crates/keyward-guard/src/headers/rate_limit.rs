use std::fmt::Write as _;

use keyward_domain::LimitState;

/// Writes the value of `RateLimit`: what is left of each limit
/// (draft-ietf-httpapi-ratelimit-headers-10).
pub fn write_rate_limit(states: &[LimitState], text: &mut String) {
    write_items(states, text, |state, text| {
        let (name, remaining) = (&state.limit.name, state.remaining);
        write!(text, "\"{name}\";r={remaining};t={}", reset_seconds(state))
    });
}

/// Writes the value of `RateLimit-Policy`: the limits themselves. A month has the length of the
/// longest one.
pub fn write_rate_limit_policy(states: &[LimitState], text: &mut String) {
    write_items(states, text, |LimitState { limit, .. }, text| {
        let (name, max, window) = (&limit.name, limit.max.get(), limit.window.seconds_max());
        write!(text, "\"{name}\";q={max};w={window}")
    });
}

/// The whole seconds after which units can be used again, rounded up.
#[must_use]
pub fn reset_seconds(state: &LimitState) -> u64 {
    let whole = state.resets_in.as_secs();
    whole.saturating_add(u64::from(state.resets_in.subsec_nanos() > 0))
}

/// A list of structured fields (RFC 9651). The name of a limit needs no escapes.
fn write_items(
    states: &[LimitState],
    text: &mut String,
    write: impl Fn(&LimitState, &mut String) -> std::fmt::Result,
) {
    for (at, state) in states.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        // Writing to a text never fails.
        let _written = write(state, text);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use keyward_domain::testing::limit;

    use super::*;

    fn state(name: &str, window: &str, resets_in: Duration) -> LimitState {
        LimitState {
            limit: limit(name, 100, window),
            remaining: 7,
            resets_in,
        }
    }

    #[test]
    fn all_limits_are_in_one_list() {
        let states = [
            state("requests", "1m", Duration::from_millis(12_001)),
            state("tokens_in-2", "month", Duration::from_hours(24)),
        ];
        let written = |write: fn(&[LimitState], &mut String), states: &[LimitState]| {
            let mut text = String::new();
            write(states, &mut text);
            text
        };
        assert_eq!(
            written(write_rate_limit, &states),
            r#""requests";r=7;t=13, "tokens_in-2";r=7;t=86400"#
        );
        assert_eq!(
            written(write_rate_limit_policy, &states),
            r#""requests";q=100;w=60, "tokens_in-2";q=100;w=2678400"#
        );
        assert_eq!(written(write_rate_limit, &[]), "");
    }

    #[test]
    fn seconds_are_rounded_up() {
        for (resets_in, want) in [
            (Duration::ZERO, 0),
            (Duration::from_nanos(1), 1),
            (Duration::from_secs(1), 1),
            (Duration::MAX, u64::MAX),
        ] {
            assert_eq!(reset_seconds(&state("a", "1s", resets_in)), want);
        }
    }
}
