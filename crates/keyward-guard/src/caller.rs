use std::fmt;
use std::sync::Arc;

use keyward_domain::{ApiKeyId, ExternalId, Metadata, Scope, VerificationKey, WorkspaceId};

/// The key of an allowed call. The middleware puts it into the extensions of the request. Handlers
/// take it as an argument: `Caller` in actix-web, `Extension<Caller>` in axum. Clones share one key.
#[derive(Clone)]
pub struct Caller {
    source: Source,
    is_stale: bool,
}

#[derive(Clone)]
enum Source {
    /// A key of this process.
    Key(Arc<VerificationKey>),
    /// What a node has told about a key.
    #[cfg_attr(
        not(any(test, feature = "http-client")),
        expect(dead_code, reason = "only the client creates it")
    )]
    Told(Arc<ToldKey>),
}

/// What a node tells about the key of an allowed call.
#[derive(Clone, Debug)]
pub(crate) struct ToldKey {
    pub(crate) api_key_id: ApiKeyId,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) name: String,
    pub(crate) external_id: Option<ExternalId>,
    pub(crate) metadata: Metadata,
}

impl Caller {
    /// Whether the key may have been changed more than a second before the decision without the decider
    /// knowing it (contract §4). Only if the operator has allowed it for outages of the store.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// The same caller, decided about while changes may have been missed.
    pub(crate) fn marked(self, is_stale: bool) -> Self {
        Self { is_stale, ..self }
    }

    /// The key id, which includes the mode.
    #[must_use]
    pub fn api_key_id(&self) -> ApiKeyId {
        match &self.source {
            Source::Key(key) => key.id,
            Source::Told(key) => key.api_key_id,
        }
    }

    /// The workspace that owns the key.
    #[must_use]
    pub fn workspace_id(&self) -> &WorkspaceId {
        match &self.source {
            Source::Key(key) => &key.workspace_id,
            Source::Told(key) => &key.workspace_id,
        }
    }

    /// All scopes of the key.
    #[must_use]
    pub fn scopes(&self) -> &[Scope] {
        match &self.source {
            Source::Key(key) => key.scopes.as_slice(),
            Source::Told(key) => &key.scopes,
        }
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.source {
            Source::Key(key) => key.name.as_str(),
            Source::Told(key) => &key.name,
        }
    }

    /// What the platform calls the holder of the key; `None` when the key has no external id.
    #[must_use]
    pub fn external_id(&self) -> Option<&str> {
        let external_id = match &self.source {
            Source::Key(key) => key.external_id(),
            Source::Told(key) => key.external_id.as_ref(),
        };
        external_id.map(ExternalId::as_str)
    }

    /// What the platform keeps about the key.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        match &self.source {
            Source::Key(key) => key.metadata(),
            Source::Told(key) => &key.metadata,
        }
    }
}

impl From<Arc<VerificationKey>> for Caller {
    fn from(key: Arc<VerificationKey>) -> Self {
        Self {
            source: Source::Key(key),
            is_stale: false,
        }
    }
}

#[cfg(any(test, feature = "http-client"))]
impl From<ToldKey> for Caller {
    fn from(key: ToldKey) -> Self {
        Self {
            source: Source::Told(Arc::new(key)),
            is_stale: false,
        }
    }
}

impl PartialEq for Caller {
    fn eq(&self, other: &Self) -> bool {
        self.api_key_id() == other.api_key_id()
            && self.workspace_id() == other.workspace_id()
            && self.scopes() == other.scopes()
            && self.name() == other.name()
            && self.external_id() == other.external_id()
            && self.metadata() == other.metadata()
            && self.is_stale == other.is_stale
    }
}

impl Eq for Caller {}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("api_key_id", &self.api_key_id().to_string())
            .field("workspace_id", &self.workspace_id().as_str())
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
