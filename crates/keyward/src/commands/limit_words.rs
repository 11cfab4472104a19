use keyward_domain::{Limit, Limits, OnUnavailable, RawField, RawLimit, RawLimits};

/// A limit in one word, as the command line reads it: `requests:100/1m`.
pub(super) fn in_word(limit: &Limit) -> String {
    let suffix = match limit.on_unavailable {
        OnUnavailable::Deny => "",
        OnUnavailable::Allow => ",onUnavailable=allow",
    };
    let Limit {
        name, max, window, ..
    } = limit;
    format!("{name}:{}/{window}{suffix}", max.get())
}

/// Limits in one cell: `-` when there are none.
pub(super) fn in_cell(limits: &Limits) -> String {
    let words: Vec<String> = limits.as_slice().iter().map(in_word).collect();
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join(" ")
    }
}

/// Limits as a request has them.
pub(super) fn as_written(limits: Vec<Limit>) -> RawLimits {
    let text = |text: &dyn ToString| RawField::Value(text.to_string());
    let limits = limits.into_iter().map(|limit| {
        RawField::Value(RawLimit {
            name: text(&limit.name),
            max: i64::try_from(limit.max.get()).map_or(RawField::WrongType, RawField::Value),
            window: text(&limit.window),
            on_unavailable: text(&limit.on_unavailable.as_str()),
            unexpected: Vec::new(),
        })
    });
    RawField::Value(limits.collect())
}

#[cfg(test)]
mod tests {
    use keyward_domain::testing::limit;

    use super::*;
    use crate::cli::parse_limit;

    #[test]
    fn what_is_shown_can_be_given() {
        let lenient = Limit {
            on_unavailable: OnUnavailable::Allow,
            ..limit("tokens", 1_000_000, "month")
        };
        let limits = Limits::of(vec![limit("requests", 100, "60s"), lenient.clone()]).unwrap();
        let cell = in_cell(&limits);
        assert_eq!(
            cell,
            "requests:100/1m tokens:1000000/month,onUnavailable=allow"
        );
        let read: Vec<Limit> = cell
            .split(' ')
            .map(|one| parse_limit(one).unwrap())
            .collect();
        assert_eq!(read, limits.as_slice());
        assert_eq!(in_cell(&Limits::default()), "-");
    }
}
