use super::event_types::EventTypes;
use super::url::WebhookUrl;
use super::webhook_id::WebhookId;
use crate::caller::workspace::WorkspaceId;
use crate::timestamp::Timestamp;

/// The maximum number of webhooks of a workspace, and of the deployment.
pub const WEBHOOKS_MAX: u32 = 20;

/// The secret before a rotation is used beside the new one for this long.
pub const SECRET_OVERLAP_SECONDS: i64 = 24 * 60 * 60;

/// A webhook without success for this long is disabled.
pub const FAILING_SECONDS_MAX: i64 = 5 * 24 * 60 * 60;

/// Where the events of a workspace, or all events of the deployment, are sent (contract §14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The id.
    pub id: WebhookId,
    /// The workspace whose events about keys it gets; `None` for all events of the deployment.
    pub workspace_id: Option<WorkspaceId>,
    /// What was chosen for it.
    pub settings: WebhookSettings,
    /// When it was created.
    pub created_at: Timestamp,
    /// Until when messages are also signed with the secret before the last rotation.
    pub previous_secret_until: Option<Timestamp>,
    /// Since when there are only failures; `None` after a success.
    pub failing_since: Option<Timestamp>,
    /// When it was disabled; `None` while it is enabled.
    pub disabled_at: Option<Timestamp>,
}

/// What was chosen for a webhook. Changes of it are in the trail of the deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookSettings {
    /// Where events are sent.
    pub url: WebhookUrl,
    /// Which events.
    pub event_types: EventTypes,
    /// In which form.
    pub encoding: WebhookEncoding,
    /// Why nothing is sent; `None` when it is enabled.
    pub disabled: Option<DisabledReason>,
    /// How often its secret was replaced. Secrets are derived from it.
    pub secret_generation: u32,
}

/// The form of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WebhookEncoding {
    /// The event as the Events API has it (contract §12).
    #[default]
    Keyward,
    /// A CAEP `credential-change` event in a signed security event token (RFC 8417).
    Caep,
}

/// Why a webhook is disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisabledReason {
    /// Nothing succeeded for [`FAILING_SECONDS_MAX`].
    Failing,
    /// The receiver answered 410 (Gone).
    Gone,
}

impl Webhook {
    /// The generations of the secrets that sign a message at `now`, the current one first. After a rotation,
    /// they are the last three, so that a rotation that is repeated ends no secret early.
    #[must_use]
    pub fn signing_generations(&self, now: Timestamp) -> Vec<u32> {
        let current = self.settings.secret_generation;
        let has_previous = self.previous_secret_until.is_some_and(|until| now < until);
        let count = if has_previous { 3 } else { 1 };
        (0..=current).rev().take(count).collect()
    }
}

impl WebhookEncoding {
    /// `KEYWARD` or `CAEP`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyward => "KEYWARD",
            Self::Caep => "CAEP",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Keyward, Self::Caep]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

impl DisabledReason {
    /// `FAILING` or `GONE`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "FAILING",
            Self::Gone => "GONE",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Failing, Self::Gone]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{at, webhook};

    #[test]
    fn the_previous_secret_signs_too_until_the_overlap_ends() {
        let mut webhook = webhook();
        assert_eq!(webhook.signing_generations(at(0)), [0]);
        webhook.settings.secret_generation = 3;
        webhook.previous_secret_until = Some(at(10));
        assert_eq!(webhook.signing_generations(at(9)), [3, 2, 1]);
        assert_eq!(webhook.signing_generations(at(10)), [3]);
    }
}
