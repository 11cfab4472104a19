use keyward_domain::Timestamp;

/// An instant on a page. A script converts it to the user's local time and keeps UTC as the
/// tooltip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// RFC 3339, for machines.
    pub(crate) machine: String,
    /// `2026-03-21 00:00 UTC`, for users without scripts.
    pub(crate) human: String,
}

impl Moment {
    pub(crate) fn of(at: Timestamp) -> Self {
        let machine = at.to_string();
        let date = machine.get(..10).unwrap_or(&machine);
        let time = machine.get(11..16).unwrap_or_default();
        let human = format!("{date} {time} UTC");
        Self { machine, human }
    }
}

/// A day in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    /// `2026-03-21`.
    pub(crate) date: String,
}

impl Day {
    pub(crate) fn of(at: Timestamp) -> Self {
        Self { date: at.date() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_for_machines_and_for_people() {
        let at = Timestamp::parse_rfc3339("2026-03-21T05:06:07.890Z").unwrap();
        let moment = Moment::of(at);
        assert_eq!(moment.machine, at.to_string());
        assert_eq!(moment.human, "2026-03-21 05:06 UTC");
    }
}
