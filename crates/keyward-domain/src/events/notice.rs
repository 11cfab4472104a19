use std::num::NonZeroU8;

use super::event_type::EventType;
use super::found_at::FoundAt;
use crate::caller::origin::ClientAddress;
use crate::caller::workspace::WorkspaceId;
use crate::key::expiry::Expiry;
use crate::key::id::ApiKeyId;
use crate::key::secret_hint::SecretHint;
use crate::timestamp::Timestamp;
use crate::usage::alarm::Alarm;

/// A key is announced to expire this many days before.
pub const EXPIRING_DAYS: [u8; 3] = [14, 7, 1];

/// Something that happened to a key without a change of it (contract §12). It is published like the
/// events of the trail, and is no part of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The workspace of the key.
    pub workspace_id: WorkspaceId,
    /// The key.
    pub api_key_id: ApiKeyId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What happened.
    pub kind: NoticeKind,
}

/// What happened to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// The key expires soon. Published once for each of [`EXPIRING_DAYS`].
    Expiring {
        /// When it expires.
        expires_at: Timestamp,
        /// It expires within this many days.
        within_days: NonZeroU8,
    },
    /// The key has expired.
    Expired {
        /// When it expired.
        expires_at: Timestamp,
    },
    /// Calls with the key were denied in a way that raises an alarm. Published once for each alarm
    /// and day (UTC).
    DeniedUse {
        /// The alarm.
        alarm: Alarm,
        /// The denials of the hour that raised it.
        count: u64,
        /// The address of the last call; `None` when the verifier did not know it.
        address: Option<ClientAddress>,
    },
    /// A call was denied because a quota of the key is used up. Published once a day (UTC).
    QuotaReached,
    /// A secret of the key was found, or given back by its holder.
    Exposed(Exposure),
}

/// Where a secret was found, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The hint of the secret.
    pub secret_hint: SecretHint,
    /// Whether it is the old secret of a rotation.
    pub is_previous: bool,
    /// Who said so.
    pub source: ExposureSource,
    /// Where it was found; `None` when it is not known.
    pub url: Option<FoundAt>,
    /// The address that the report came from.
    pub address: Option<ClientAddress>,
    /// What was done.
    pub reaction: Reaction,
}

/// Who reports that a secret is known to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExposureSource {
    /// Someone who has the secret.
    Holder,
    /// GitHub's secret scanning.
    GitHub,
    /// A scanner with a service token.
    Scanner,
}

/// What was done about an exposed secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Nothing: the secret was not valid.
    None,
    /// Nothing: the policy of the workspace leaves it to those who read the notice.
    Notified,
    /// The key was disabled.
    Disabled,
    /// The key expires at this time.
    Expiring(Expiry),
    /// The old secret was ended; the new one is still valid.
    PreviousSecretEnded,
}

impl NoticeKind {
    /// The type of the event.
    #[must_use]
    pub fn event_type(&self) -> EventType {
        match self {
            Self::Expiring { .. } => EventType::ApiKeyExpiring,
            Self::Expired { .. } => EventType::ApiKeyExpired,
            Self::DeniedUse { .. } => EventType::ApiKeyDeniedUse,
            Self::QuotaReached => EventType::ApiKeyQuotaReached,
            Self::Exposed(_) => EventType::ApiKeyExposed,
        }
    }
}

impl Notice {
    /// What tells this occurrence from others of its type and key. Two notices with the same text are
    /// one, however often and by whichever node it was noticed.
    pub(super) fn occurrence(&self) -> String {
        let day = self.occurred_at.truncated_to_days();
        match &self.kind {
            NoticeKind::Expiring {
                expires_at,
                within_days,
            } => format!("{expires_at} {within_days}"),
            NoticeKind::Expired { expires_at } => expires_at.to_string(),
            NoticeKind::DeniedUse { alarm, .. } => format!("{day} {}", alarm.as_str()),
            NoticeKind::QuotaReached => day.to_string(),
            NoticeKind::Exposed(exposure) => {
                let expires_at = exposure.reaction.expires_at();
                // A change of the key is told each time, the same of a key as it is once a day.
                let time = match exposure.reaction {
                    Reaction::Disabled | Reaction::PreviousSecretEnded => {
                        self.occurred_at.unix_micros().to_string()
                    }
                    Reaction::None | Reaction::Notified | Reaction::Expiring(_) => day.to_string(),
                };
                format!(
                    "{time} {} {} {} {}{}",
                    exposure.secret_hint.as_str(),
                    exposure.source.as_str(),
                    exposure.reaction.as_str(),
                    exposure.url.as_ref().map_or("", FoundAt::as_str),
                    expires_at.map_or_else(String::new, |at| format!(" {at}")),
                )
            }
        }
    }
}

impl ExposureSource {
    /// `HOLDER`, `GITHUB` or `SCANNER`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holder => "HOLDER",
            Self::GitHub => "GITHUB",
            Self::Scanner => "SCANNER",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Holder, Self::GitHub, Self::Scanner]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

impl Reaction {
    /// `NONE`, `NOTIFIED`, `DISABLED`, `EXPIRING` or `PREVIOUS_SECRET_ENDED`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Notified => "NOTIFIED",
            Self::Disabled => "DISABLED",
            Self::Expiring(_) => "EXPIRING",
            Self::PreviousSecretEnded => "PREVIOUS_SECRET_ENDED",
        }
    }

    /// The new expiry of the key.
    #[must_use]
    pub fn expires_at(self) -> Option<Expiry> {
        match self {
            Self::None | Self::Notified | Self::Disabled | Self::PreviousSecretEnded => None,
            Self::Expiring(expires_at) => Some(expires_at),
        }
    }

    /// Parses the text of [`as_str`](Self::as_str), with what
    /// [`expires_at`](Self::expires_at) returns.
    #[must_use]
    pub fn parse(text: &str, expires_at: Option<Expiry>) -> Option<Self> {
        let expiring = expires_at.map(Self::Expiring);
        let others = [
            Self::None,
            Self::Notified,
            Self::Disabled,
            Self::PreviousSecretEnded,
        ];
        expiring
            .into_iter()
            .chain(others)
            .find(|one| one.as_str() == text && one.expires_at() == expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, key};

    #[test]
    fn a_report_is_told_once_a_day_and_each_change_of_the_key() {
        let exposed = |seconds: i64, reaction: Reaction| {
            let notice = Notice {
                workspace_id: key().fields().workspace_id.clone(),
                api_key_id: key().id(),
                occurred_at: at(seconds),
                kind: NoticeKind::Exposed(Exposure {
                    secret_hint: key().fields().secret.hint,
                    is_previous: false,
                    source: ExposureSource::GitHub,
                    url: None,
                    address: None,
                    reaction,
                }),
            };
            notice.occurrence()
        };
        for reaction in [Reaction::None, Reaction::Notified] {
            assert_eq!(exposed(0, reaction), exposed(60, reaction));
            assert_ne!(exposed(0, reaction), exposed(86_400, reaction));
        }
        for reaction in [Reaction::Disabled, Reaction::PreviousSecretEnded] {
            assert_ne!(exposed(0, reaction), exposed(60, reaction));
        }
    }
}
