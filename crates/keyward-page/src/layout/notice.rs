use keyward_domain::Language;
use keyward_domain::ports::Reach;
use keyward_web::message;

use crate::language::MessageId as M;

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

/// The last action, and how far the change has propagated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    done: Done,
    is_everywhere: bool,
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
    pub(crate) fn new(done: Done, reach: Reach) -> Self {
        Self {
            done,
            is_everywhere: reach == Reach::Everywhere,
        }
    }

    /// The query of the page that shows the notice.
    pub(crate) fn query(self) -> String {
        let known = if self.is_everywhere { "all" } else { "soon" };
        format!("?done={}&known={known}", self.done.as_str())
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
        })
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

    use super::*;

    #[test]
    fn it_reads_back_and_nothing_else_does() {
        for done in Done::ALL {
            for reach in [Reach::Everywhere, Reach::Within(Duration::from_secs(1))] {
                let notice = Notice::new(done, reach);
                let query = notice.query();
                let read = Notice::of_query(query.trim_start_matches('?'));
                assert_eq!(read, Some(notice));
            }
        }
        for query in ["", "done", "done=", "done=x", "known=all", "undone=saved"] {
            assert_eq!(Notice::of_query(query), None, "{query}");
        }
    }
}
