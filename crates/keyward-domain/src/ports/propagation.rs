use std::time::Duration;

use async_trait::async_trait;

/// How far a change has propagated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every node uses the change for its decisions.
    Everywhere,
    /// Some nodes may not know the change yet. After this time no node decides without it.
    Within(Duration),
}

/// Reports whether all nodes know a change.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Propagation: Send + Sync {
    /// Waits a short while until every node that may decide knows all changes made before this
    /// call, and returns how far they have propagated. Never claims more than it knows.
    async fn settle(&self) -> Reach;
}
