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

/// What a failover of the database does to a change that was just acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Every server that may take over has the change, or there is none.
    SurvivesFailover,
    /// Only the server that committed it surely has it. A standby that takes over may not.
    Local,
}

/// Reports whether all nodes know a change.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Propagation: Send + Sync {
    /// Waits a short while until every node that may decide knows all changes made before this
    /// call, and returns how far they have propagated. Never claims more than it knows.
    async fn settle(&self) -> Reach;

    /// The durability of changes that were made just before this call. Never claims more than it knows.
    fn durability(&self) -> Durability;
}
