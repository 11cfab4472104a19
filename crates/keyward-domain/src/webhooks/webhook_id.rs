use std::fmt;

use uuid::{Builder, Uuid};

use crate::key::base62;
use crate::timestamp::Timestamp;

const LEAD: &str = "whk_";

/// The id of a webhook: `whk_` and 22 base62 characters of a `UUIDv7` (contract §14), so that ids sort
/// by creation time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookId(Uuid);

/// The text is not the id of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a webhook id: whk_ and 22 letters and digits")]
pub struct InvalidWebhookId;

impl WebhookId {
    /// Creates an id from the current instant and 10 random bytes.
    #[must_use]
    pub fn from_entropy(now: Timestamp, entropy: [u8; 10]) -> Self {
        let millis = u64::try_from(now.unix_millis()).unwrap_or(0);
        Self(Builder::from_unix_timestamp_millis(millis, &entropy).into_uuid())
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
    /// [`InvalidWebhookId`] for any other text.
    pub fn parse(text: &str) -> Result<Self, InvalidWebhookId> {
        let digits = text.strip_prefix(LEAD).ok_or(InvalidWebhookId)?;
        base62::decode_uuid(digits)
            .map(Self)
            .ok_or(InvalidWebhookId)
    }
}

impl fmt::Display for WebhookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(LEAD)?;
        base62::write_uuid(self.0, f)
    }
}

impl fmt::Debug for WebhookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    #[test]
    fn an_id_reads_back_and_ids_sort_by_time() {
        let first = WebhookId::from_entropy(at(1), [255; 10]);
        let second = WebhookId::from_entropy(at(2), [0; 10]);
        assert!(first < second && first.to_string() < second.to_string());
        assert_eq!(WebhookId::parse(&first.to_string()), Ok(first));
        assert_eq!(WebhookId::from_uuid(first.uuid()), first);
    }

    #[test]
    fn any_other_text_is_refused() {
        let id = WebhookId::from_entropy(at(1), [7; 10]).to_string();
        for text in [
            "",
            "whk_",
            id.trim_start_matches("whk_"),
            &format!("{id}0"),
            &id.to_uppercase(),
        ] {
            assert_eq!(WebhookId::parse(text), Err(InvalidWebhookId), "{text:?}");
        }
    }
}
