//! Whether this node should receive requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use keyward_persistence::{ChangeFeed, FeedFault, SchemaState, Store, StoreClock, StoreError};
use keyward_web::{NotReady, Readiness, Ready};

use crate::schema;
use crate::shutdown::Draining;

/// A node is ready while it is not draining, its clock is close to the database's, and the store is
/// reachable, writable and has a suitable schema.
pub(crate) struct StoreReadiness {
    pub(crate) store: Store,
    pub(crate) feed: Arc<ChangeFeed>,
    pub(crate) clock: Arc<StoreClock>,
    pub(crate) clock_offset_max: Duration,
    pub(crate) draining: Draining,
    /// Whether the warning about a newer schema was already logged.
    pub(crate) is_ahead: AtomicBool,
}

#[async_trait]
impl Readiness for StoreReadiness {
    async fn check(&self) -> Result<Ready, NotReady> {
        if self.draining.has_begun() {
            return Err(not_ready("draining"));
        }
        let ahead = self.clock.offset_seconds();
        if ahead.is_some_and(|ahead| ahead.abs() > self.clock_offset_max.as_secs_f64()) {
            return Err(not_ready("clock too far from the database's"));
        }
        if self
            .store
            .is_standby()
            .await
            .map_err(|error| unreachable(&error))?
        {
            return Err(not_ready("the database is a standby"));
        }
        match self
            .store
            .schema()
            .await
            .map_err(|error| unreachable(&error))?
        {
            SchemaState::Current => Ok(Ready {
                warning: self.feed.fault().map(|fault| warning(&fault).into()),
            }),
            SchemaState::Ahead { unknown } => {
                let ahead = schema::ahead(&unknown);
                if !self.is_ahead.swap(true, Ordering::Relaxed) {
                    tracing::warn!("schema.ahead: {ahead}");
                }
                let fault = self.feed.fault().map(|fault| warning(&fault));
                Ok(Ready {
                    warning: Some(fault.unwrap_or(ahead).into()),
                })
            }
            SchemaState::Behind { .. } => Err(not_ready("schema behind")),
            SchemaState::TooNew { unknown, oldest } => Err(NotReady {
                reason: schema::too_new(&unknown, oldest.as_ref())
                    .to_string()
                    .into(),
            }),
        }
    }
}

/// The causes of failed connections are only for the log.
fn warning(fault: &FeedFault) -> String {
    match fault {
        FeedFault::Disconnected(_) => "the change feed is disconnected".to_owned(),
        FeedFault::Unheard | FeedFault::Silent | FeedFault::NoTriggers => fault.to_string(),
    }
}

fn not_ready(reason: &'static str) -> NotReady {
    NotReady {
        reason: reason.into(),
    }
}

fn unreachable(error: &StoreError) -> NotReady {
    let cause: &dyn std::error::Error = error;
    tracing::warn!(cause, "store.unreachable");
    not_ready("store unreachable")
}
