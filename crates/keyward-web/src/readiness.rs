use std::borrow::Cow;

use async_trait::async_trait;

/// Whether this node should be sent requests now.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Checks now; the result is not cached.
    ///
    /// # Errors
    /// [`NotReady`] with the reason.
    async fn check(&self) -> Result<Ready, NotReady>;
}

/// Requests can be sent to this node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// A problem that operators should fix although the node is ready.
    pub warning: Option<Cow<'static, str>>,
}

/// Why a node should not be sent requests.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not ready: {reason}")]
pub struct NotReady {
    /// A few words for operators, such as `store unreachable`, `schema behind` or `draining`.
    pub reason: Cow<'static, str>,
}
