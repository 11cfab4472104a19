use std::collections::BTreeMap;

use keyward_domain::ports::ApiKeys as _;
use keyward_domain::{ApiKeyId, Status, Timestamp, WorkspaceId};
use keyward_persistence::Store;
use serde::{Serialize, Serializer};

use super::exported::ExportedEvent;
use super::lost::LostEvents;
use crate::failure::Failure;

/// A key that changed in lost events.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RevokedKey {
    #[serde(rename = "workspaceId", serialize_with = "as_text")]
    pub(super) workspace: WorkspaceId,
    #[serde(rename = "apiKeyId", serialize_with = "as_text")]
    pub(super) id: ApiKeyId,
    lost: Effect,
    lost_at: String,
    /// `None` when the store does not have the key.
    status: Option<&'static str>,
}

/// What the lost events have done to a key; the worst for a restored store counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Effect {
    /// Fields such as scopes, addresses or the expiry, or it was enabled.
    Changed,
    Created,
    /// It has a new secret, and the old one is still valid: the store denies the new one.
    Rotated,
    /// The old secret, which the store accepts again, was ended.
    SecretEnded,
    Disabled,
    Deleted,
}

/// What lost events have done to a key so far.
#[derive(Default)]
struct Effects {
    is_created: bool,
    is_deleted: bool,
    is_disabled: bool,
    stored_secret: StoredSecret,
    last_at: String,
}

/// The secret that a restored store has.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum StoredSecret {
    #[default]
    Current,
    /// Replaced, and still valid.
    InOverlap,
    Ended,
}

impl Effects {
    fn add(&mut self, event: &ExportedEvent, now: Timestamp) {
        self.last_at.clone_from(&event.occurred_at);
        match event.action.as_str() {
            "CREATED" => self.is_created = true,
            "DELETED" => self.is_deleted = true,
            "DISABLED" => self.is_disabled = true,
            "ENABLED" => self.is_disabled = false,
            "OVERLAP_ENDED" => self.stored_secret = StoredSecret::Ended,
            "ROTATED" => {
                let in_overlap = event.overlap_ends_at().is_some_and(|ends_at| ends_at > now);
                self.stored_secret = match self.stored_secret {
                    StoredSecret::Current if in_overlap => StoredSecret::InOverlap,
                    // A second rotation ends it.
                    StoredSecret::Current | StoredSecret::InOverlap | StoredSecret::Ended => {
                        StoredSecret::Ended
                    }
                };
            }
            _ => {}
        }
    }

    fn worst(&self) -> Effect {
        // A key that the store does not have is not accepted.
        if self.is_created {
            Effect::Created
        } else if self.is_deleted {
            Effect::Deleted
        } else if self.is_disabled {
            Effect::Disabled
        } else {
            match self.stored_secret {
                StoredSecret::Current => Effect::Changed,
                StoredSecret::InOverlap => Effect::Rotated,
                StoredSecret::Ended => Effect::SecretEnded,
            }
        }
    }
}

impl Effect {
    fn is_revoked(self) -> bool {
        match self {
            Self::Changed | Self::Created | Self::Rotated => false,
            Self::SecretEnded | Self::Disabled | Self::Deleted => true,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Created => "created",
            Self::Rotated => "rotated, in overlap",
            Self::SecretEnded => "secret ended",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
        }
    }
}

/// The keys that changed in lost events, and what they are now.
pub(super) async fn keys(
    lost: &LostEvents,
    store: &Store,
    now: Timestamp,
) -> Result<Vec<RevokedKey>, Failure> {
    let mut revoked = Vec::new();
    for (workspace, trail) in &lost.of_workspaces {
        let mut by_key: BTreeMap<ApiKeyId, Effects> = BTreeMap::new();
        for event in trail.values() {
            if let Some(id) = event.api_key_id {
                by_key.entry(id).or_default().add(event, now);
            }
        }
        for (id, effects) in by_key {
            let key = store.get(workspace, id).await?;
            revoked.push(RevokedKey {
                workspace: workspace.clone(),
                id,
                lost: effects.worst(),
                lost_at: effects.last_at,
                status: key.map(|key| key.status(now).as_str()),
            });
        }
    }
    Ok(revoked)
}

impl RevokedKey {
    /// Whether the store accepts what was revoked in lost events.
    pub(super) fn is_accepted_again(&self) -> bool {
        self.lost.is_revoked() && self.status == Some(Status::Active.as_str())
    }

    pub(super) fn cells(&self) -> Vec<String> {
        let status = match self.status {
            Some(status) if self.is_accepted_again() => format!("{status}: accepted again"),
            Some(status) => status.to_owned(),
            None => "missing".to_owned(),
        };
        vec![
            self.workspace.to_string(),
            self.id.to_string(),
            self.lost.words().to_owned(),
            self.lost_at.clone(),
            status,
        ]
    }
}

fn as_text<S: Serializer>(value: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}
