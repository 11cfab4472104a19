use std::time::Duration;

use async_trait::async_trait;

/// How far the changes that were made are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every node decides by them.
    Everywhere,
    /// Some node may not have heard of them yet; none decides without them when this has passed.
    Within(Duration),
}

/// Where it is known whether all nodes know.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Propagation: Send + Sync {
    /// Waits a short while until every node that may decide knows all changes that were made before
    /// this was called, and says how far it got. Never claims more than it knows.
    async fn settle(&self) -> Reach;
}
