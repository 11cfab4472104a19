use keyward_domain::ports::Reach;
use keyward_domain::{Language, Timestamp};
use keyward_web::message;

use crate::language::MessageId as M;

/// A notice is only shown this long after its action, so that an address that is opened later does
/// not say again what may no longer be true.
const SHOWN_SECONDS: i64 = 60;

/// How far the clock of the node that shows a notice may be behind the other's.
const CLOCK_SECONDS: i64 = 5;

/// The last action, as a notice on the next page. The URL can only contain these words,
/// never a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Saved,
    Disabled,
    Enabled,
    OverlapEnded,
    Deleted,
    WebhookEnabled,
    WebhookRemoved,
}

/// The last action, how far the change has propagated, and when it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    done: Done,
    is_everywhere: bool,
    unix_seconds: i64,
}

impl Done {
    const ALL: [Self; 7] = [
        Self::Saved,
        Self::Disabled,
        Self::Enabled,
        Self::OverlapEnded,
        Self::Deleted,
        Self::WebhookEnabled,
        Self::WebhookRemoved,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::OverlapEnded => "overlap-ended",
            Self::Deleted => "deleted",
            Self::WebhookEnabled => "webhook-enabled",
            Self::WebhookRemoved => "webhook-removed",
        }
    }

    fn message(self) -> M {
        match self {
            Self::Saved => M::DoneSaved,
            Self::Disabled => M::DoneDisabled,
            Self::Enabled => M::DoneEnabled,
            Self::OverlapEnded => M::DoneOverlapEnded,
            Self::Deleted => M::DoneDeleted,
            Self::WebhookEnabled => M::DoneWebhookEnabled,
            Self::WebhookRemoved => M::DoneWebhookRemoved,
        }
    }
}

impl Notice {
    pub(crate) fn new(done: Done, reach: Reach, now: Timestamp) -> Self {
        Self {
            done,
            is_everywhere: reach == Reach::Everywhere,
            unix_seconds: now.unix_seconds(),
        }
    }

    /// The action.
    pub(crate) fn done(self) -> Done {
        self.done
    }

    /// The query of the page that shows the notice.
    pub(crate) fn query(self) -> String {
        let known = if self.is_everywhere { "all" } else { "soon" };
        let (done, at) = (self.done.as_str(), self.unix_seconds);
        format!("?done={done}&known={known}&at={at}")
    }

    /// Parses the text of [`query`](Self::query).
    pub(crate) fn of_query(query: &str) -> Option<Self> {
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .find(|(field, _)| *field == name)
                .map(|(_, value)| value)
        };
        let done = value("done")?;
        let done = Done::ALL.into_iter().find(|known| known.as_str() == done)?;
        let is_everywhere = value("known") == Some("all");
        Some(Self {
            done,
            is_everywhere,
            unix_seconds: value("at")?.parse().ok()?,
        })
    }

    /// Whether the action was just now.
    pub(crate) fn is_fresh(self, now: Timestamp) -> bool {
        let age = now.unix_seconds().saturating_sub(self.unix_seconds);
        (-CLOCK_SECONDS..=SHOWN_SECONDS).contains(&age)
    }

    pub(crate) fn say(self, language: Language) -> String {
        let reach = if self.is_everywhere {
            M::KnownEverywhere
        } else {
            M::KnownWithinASecond
        };
        let [done, reach] = [self.done.message(), reach].map(|id| message(language, id, &[]));
        format!("{done} {reach}")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use keyward_web::testing::now;

    use super::*;

    #[test]
    fn it_reads_back_and_nothing_else_does() {
        for done in Done::ALL {
            for reach in [Reach::Everywhere, Reach::Within(Duration::from_secs(1))] {
                let notice = Notice::new(done, reach, now());
                let query = notice.query();
                let read = Notice::of_query(query.trim_start_matches('?'));
                assert_eq!(read, Some(notice));
            }
        }
        for query in [
            "",
            "done",
            "done=",
            "done=x&at=1",
            "known=all&at=1",
            "undone=saved&at=1",
            "done=saved&known=all",
            "done=saved&at=x",
        ] {
            assert_eq!(Notice::of_query(query), None, "{query}");
        }
    }

    #[test]
    fn it_is_only_told_just_after_its_action() {
        let notice = Notice::new(Done::Disabled, Reach::Everywhere, now());
        for (seconds, is_fresh) in [(-6, false), (-5, true), (0, true), (60, true), (61, false)] {
            let at = now().plus_seconds(seconds);
            assert_eq!(notice.is_fresh(at), is_fresh, "{seconds}");
        }
        let endless = Notice::of_query("done=saved&at=-9223372036854775808").unwrap();
        assert!(!endless.is_fresh(now()));
    }
}
