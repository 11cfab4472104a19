use std::fmt;

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use super::notice::Notice;
use crate::audit::trail::EventHash;
use crate::caller::workspace::WorkspaceId;
use crate::key::base62;
use crate::timestamp::Timestamp;
use crate::webhooks::webhook_id::WebhookId;

const LEAD: &str = "evt_";

/// The id of a published event: `evt_` and 22 base62 characters (contract §12). It is computed from the
/// event, so an event that is published or sent again has the same id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Uuid);

/// The text is not the id of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event id: evt_ and 22 letters and digits")]
pub struct InvalidEventId;

impl EventId {
    /// The id of the event with this hash in a workspace's trail. After a restore of the database, another
    /// event at the same position has another id.
    #[must_use]
    pub fn of_key_event(workspace_id: &WorkspaceId, hash: EventHash) -> Self {
        Self::of(&["key", workspace_id.as_str(), &hash.to_string()])
    }

    /// The id of the event with this hash in the deployment's trail.
    #[must_use]
    pub fn of_deployment_event(hash: EventHash) -> Self {
        Self::of(&["deployment", &hash.to_string()])
    }

    /// The id of a notice. Two notices of the same occurrence have the same id.
    #[must_use]
    pub fn of_notice(notice: &Notice) -> Self {
        Self::of(&[
            "notice",
            notice.workspace_id.as_str(),
            &notice.api_key_id.to_string(),
            notice.kind.event_type().as_str(),
            &notice.occurrence(),
        ])
    }

    /// The id of a test message, which is no event.
    #[must_use]
    pub fn of_test(webhook_id: WebhookId, at: Timestamp) -> Self {
        Self::of(&[
            "test",
            &webhook_id.to_string(),
            &at.unix_micros().to_string(),
        ])
    }

    /// SHA-256 over the parts, each preceded by its length, as a `UUIDv8` (RFC 9562, section 5.8).
    fn of(parts: &[&str]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            hasher.update(length.to_be_bytes());
            hasher.update(part);
        }
        let hash: [u8; 32] = hasher.finalize().into();
        let mut half = [0; 16];
        for (place, byte) in half.iter_mut().zip(hash) {
            *place = byte;
        }
        Self(Builder::from_custom_bytes(half).into_uuid())
    }

    /// Restores an id from its stored form.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The form to store.
    #[must_use]
    pub fn uuid(self) -> Uuid {
        self.0
    }

    /// Parses the text of [`Display`](fmt::Display), and nothing else.
    ///
    /// # Errors
    /// [`InvalidEventId`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidEventId> {
        let digits = text.strip_prefix(LEAD).ok_or(InvalidEventId)?;
        base62::decode_uuid(digits).map(Self).ok_or(InvalidEventId)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(LEAD)?;
        base62::write_uuid(self.0, f)
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::workspace_id;

    fn hash(byte: u8) -> EventHash {
        EventHash::from_bytes([byte; 32])
    }

    #[test]
    fn an_id_is_computed_from_the_event_and_reads_back() {
        let id = EventId::of_key_event(&workspace_id("ws_1"), hash(7));
        assert_eq!(id, EventId::of_key_event(&workspace_id("ws_1"), hash(7)));
        assert_eq!(id.uuid().get_version_num(), 8);
        assert_eq!(EventId::parse(&id.to_string()), Ok(id));
        assert_eq!(EventId::from_uuid(id.uuid()), id);
        for other in [
            EventId::of_key_event(&workspace_id("ws_1"), hash(8)),
            EventId::of_key_event(&workspace_id("ws_2"), hash(7)),
            EventId::of_deployment_event(hash(7)),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn any_other_text_is_refused() {
        let id = EventId::of_deployment_event(hash(1)).to_string();
        for text in [
            "",
            "evt_",
            id.trim_start_matches("evt_"),
            &format!("{id}0"),
            &id.replace("evt_", "EVT_"),
        ] {
            assert_eq!(EventId::parse(text), Err(InvalidEventId), "{text:?}");
        }
    }
}
