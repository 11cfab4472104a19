use std::fmt;

/// What a service token may do. Each permission is named by itself: none includes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Ask whether the holder of a secret may make a call.
    KeysVerify,
    /// List and read the keys of every workspace.
    KeysRead,
    /// Create and import keys in every workspace.
    KeysCreate,
    /// Disable keys of every workspace.
    KeysDisable,
    /// Delete keys of every workspace.
    KeysDelete,
    /// List and read workspaces, their members, and plans.
    WorkspacesRead,
    /// Add and remove workspaces, set their policies and plans, and manage plans.
    WorkspacesWrite,
    /// Add and remove members, and change their roles.
    MembersWrite,
    /// Read the scope catalogue with the texts of all languages.
    ScopesRead,
    /// Add, describe and remove scopes, and name their resources.
    ScopesWrite,
    /// Read the published events of the deployment.
    EventsRead,
    /// Report secrets that were found somewhere.
    LeaksReport,
    /// Read the metrics.
    MetricsRead,
}

/// The text is not a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be keys:verify, keys:read, keys:create, keys:disable, keys:delete, workspaces:read, \
     workspaces:write, members:write, scopes:read, scopes:write, events:read, leaks:report or metrics:read"
)]
pub struct UnknownPermission;

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 13] = [
        Self::KeysVerify,
        Self::KeysRead,
        Self::KeysCreate,
        Self::KeysDisable,
        Self::KeysDelete,
        Self::WorkspacesRead,
        Self::WorkspacesWrite,
        Self::MembersWrite,
        Self::ScopesRead,
        Self::ScopesWrite,
        Self::EventsRead,
        Self::LeaksReport,
        Self::MetricsRead,
    ];

    /// The word: `keys:verify` and the like.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KeysVerify => "keys:verify",
            Self::KeysRead => "keys:read",
            Self::KeysCreate => "keys:create",
            Self::KeysDisable => "keys:disable",
            Self::KeysDelete => "keys:delete",
            Self::WorkspacesRead => "workspaces:read",
            Self::WorkspacesWrite => "workspaces:write",
            Self::MembersWrite => "members:write",
            Self::ScopesRead => "scopes:read",
            Self::ScopesWrite => "scopes:write",
            Self::EventsRead => "events:read",
            Self::LeaksReport => "leaks:report",
            Self::MetricsRead => "metrics:read",
        }
    }

    /// Parses the word of [`as_str`](Self::as_str).
    ///
    /// # Errors
    /// [`UnknownPermission`] for any other text.
    pub fn parse(text: &str) -> Result<Self, UnknownPermission> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.as_str() == text)
            .ok_or(UnknownPermission)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_the_message_names_all() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Ok(permission));
            let message = UnknownPermission.to_string();
            assert!(message.contains(permission.as_str()), "{message}");
        }
        for text in ["", "keys", "keys:*", "*", "KEYS:READ", " keys:read"] {
            assert_eq!(Permission::parse(text), Err(UnknownPermission), "{text:?}");
        }
    }
}
