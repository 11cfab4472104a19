use std::sync::Arc;
use std::time::Instant;

use keyward_domain::ports::Clock;
use keyward_domain::{FollowedClock, Timestamp};

/// The clock of the node. It must have been measured before any decision.
pub(super) struct NodeClock(pub(super) Arc<FollowedClock>);

impl Clock for NodeClock {
    fn now(&self) -> Timestamp {
        // Without a measurement, every key has expired.
        self.0.at(Instant::now()).unwrap_or(Timestamp::MAX)
    }
}
