use crate::audit::event::AuditAction;

/// The type of a published event, by which receivers choose (contract §12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    /// A key was created.
    ApiKeyCreated,
    /// The fields of a key were changed.
    ApiKeyUpdated,
    /// A key was disabled.
    ApiKeyDisabled,
    /// A key was enabled again.
    ApiKeyEnabled,
    /// A key got a new secret.
    ApiKeyRotated,
    /// The old secret of a key was ended before its overlap was over.
    ApiKeyOverlapEnded,
    /// A key was deleted.
    ApiKeyDeleted,
    /// A key expires soon.
    ApiKeyExpiring,
    /// A key has expired.
    ApiKeyExpired,
    /// A secret of a key was found where it should not be, or was given back by its holder.
    ApiKeyExposed,
    /// A key is called in a way that its owner should know about.
    ApiKeyDeniedUse,
    /// A quota of a key is used up.
    ApiKeyQuotaReached,
    /// A workspace was added.
    WorkspaceAdded,
    /// The policy or the plan of a workspace was changed.
    WorkspaceChanged,
    /// A workspace was removed.
    WorkspaceRemoved,
    /// A user got a role in a workspace.
    MemberAdded,
    /// The role of a user was changed.
    MemberChanged,
    /// A user lost the role.
    MemberRemoved,
    /// A plan was added.
    PlanAdded,
    /// The limits of a plan were changed.
    PlanChanged,
    /// A plan was removed.
    PlanRemoved,
    /// A scope was added to the catalogue.
    ScopeAdded,
    /// The descriptions of a scope were changed.
    ScopeChanged,
    /// A scope was removed from the catalogue.
    ScopeRemoved,
    /// The names of a resource were changed.
    ResourceChanged,
    /// A webhook was added.
    WebhookAdded,
    /// A webhook was disabled or enabled, or got another secret.
    WebhookChanged,
    /// A webhook was removed.
    WebhookRemoved,
}

/// The text is not the type of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the type of an event, such as api_key.created")]
pub struct UnknownEventType;

impl EventType {
    /// Every type.
    pub const ALL: [Self; 28] = [
        Self::ApiKeyCreated,
        Self::ApiKeyUpdated,
        Self::ApiKeyDisabled,
        Self::ApiKeyEnabled,
        Self::ApiKeyRotated,
        Self::ApiKeyOverlapEnded,
        Self::ApiKeyDeleted,
        Self::ApiKeyExpiring,
        Self::ApiKeyExpired,
        Self::ApiKeyExposed,
        Self::ApiKeyDeniedUse,
        Self::ApiKeyQuotaReached,
        Self::WorkspaceAdded,
        Self::WorkspaceChanged,
        Self::WorkspaceRemoved,
        Self::MemberAdded,
        Self::MemberChanged,
        Self::MemberRemoved,
        Self::PlanAdded,
        Self::PlanChanged,
        Self::PlanRemoved,
        Self::ScopeAdded,
        Self::ScopeChanged,
        Self::ScopeRemoved,
        Self::ResourceChanged,
        Self::WebhookAdded,
        Self::WebhookChanged,
        Self::WebhookRemoved,
    ];

    /// `api_key.created` and the like.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiKeyCreated => "api_key.created",
            Self::ApiKeyUpdated => "api_key.updated",
            Self::ApiKeyDisabled => "api_key.disabled",
            Self::ApiKeyEnabled => "api_key.enabled",
            Self::ApiKeyRotated => "api_key.rotated",
            Self::ApiKeyOverlapEnded => "api_key.overlap_ended",
            Self::ApiKeyDeleted => "api_key.deleted",
            Self::ApiKeyExpiring => "api_key.expiring",
            Self::ApiKeyExpired => "api_key.expired",
            Self::ApiKeyExposed => "api_key.exposed",
            Self::ApiKeyDeniedUse => "api_key.denied_use",
            Self::ApiKeyQuotaReached => "api_key.quota_reached",
            Self::WorkspaceAdded => "workspace.added",
            Self::WorkspaceChanged => "workspace.changed",
            Self::WorkspaceRemoved => "workspace.removed",
            Self::MemberAdded => "member.added",
            Self::MemberChanged => "member.changed",
            Self::MemberRemoved => "member.removed",
            Self::PlanAdded => "plan.added",
            Self::PlanChanged => "plan.changed",
            Self::PlanRemoved => "plan.removed",
            Self::ScopeAdded => "scope.added",
            Self::ScopeChanged => "scope.changed",
            Self::ScopeRemoved => "scope.removed",
            Self::ResourceChanged => "resource.changed",
            Self::WebhookAdded => "webhook.added",
            Self::WebhookChanged => "webhook.changed",
            Self::WebhookRemoved => "webhook.removed",
        }
    }

    /// Parses the text of [`as_str`](Self::as_str).
    ///
    /// # Errors
    /// [`UnknownEventType`] for any other text.
    pub fn parse(text: &str) -> Result<Self, UnknownEventType> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or(UnknownEventType)
    }

    /// Whether the event is a change of a credential, for which CAEP has a form.
    #[must_use]
    pub fn is_credential_change(self) -> bool {
        matches!(
            self,
            Self::ApiKeyCreated
                | Self::ApiKeyUpdated
                | Self::ApiKeyDisabled
                | Self::ApiKeyEnabled
                | Self::ApiKeyRotated
                | Self::ApiKeyOverlapEnded
                | Self::ApiKeyDeleted
                | Self::ApiKeyExpired
        )
    }

    /// Whether the event is about a key, and so of its workspace. The owner sees only these.
    #[must_use]
    pub fn is_of_key(self) -> bool {
        self.as_str().starts_with("api_key.")
    }
}

impl From<AuditAction> for EventType {
    fn from(action: AuditAction) -> Self {
        match action {
            AuditAction::Created => Self::ApiKeyCreated,
            AuditAction::Updated => Self::ApiKeyUpdated,
            AuditAction::Disabled => Self::ApiKeyDisabled,
            AuditAction::Enabled => Self::ApiKeyEnabled,
            AuditAction::Rotated => Self::ApiKeyRotated,
            AuditAction::OverlapEnded => Self::ApiKeyOverlapEnded,
            AuditAction::Deleted => Self::ApiKeyDeleted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_reads_back_and_every_action_has_one() {
        for one in EventType::ALL {
            assert_eq!(EventType::parse(one.as_str()), Ok(one));
        }
        for action in AuditAction::ALL {
            let text = format!("api_key.{}", action.as_str().to_lowercase());
            assert_eq!(EventType::from(action).as_str(), text);
            assert!(EventType::from(action).is_of_key());
        }
        assert_eq!(EventType::parse("api_key.CREATED"), Err(UnknownEventType));
        assert!(!EventType::ScopeAdded.is_of_key());
    }
}
