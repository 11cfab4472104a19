use std::sync::Arc;
use std::time::Duration;

use keyward_domain::ports::{KeyDenials, RepositoryError, ScopeUse, SecretUse, UsageRecorder};
use keyward_domain::{
    ApiKeyId, ClientAddress, Denial, DeniedKey, Gathered, Noted, Scope, SecretHash, Timestamp,
    UsedScopes, UsedSecret,
};
use serde::Serialize;
use tokio::sync::{Notify, watch};

use crate::http_client::{Node, NodeError};

/// The maximum number of secrets and hours per shard between two reports. Further uses are dropped.
const SECRETS_PER_SHARD_MAX: usize = 16 * 1024;

/// The maximum number of keys, reasons and hours per shard between two reports.
const DENIED_PER_SHARD_MAX: usize = 4 * 1024;

/// The maximum number of keys and scopes per shard that are noted until the day ends. When most of
/// them wait to be reported, further ones are dropped.
const SCOPES_PER_SHARD_MAX: usize = 8 * 1024;

/// How long a report may take.
const REPORT_MAX: Duration = Duration::from_secs(5);

/// Collects uses and denials until they are reported to the node.
pub(super) struct ReportedUses {
    node: Arc<Node>,
    uses: Gathered<UsedSecret>,
    denied: Gathered<DeniedKey>,
    used_scopes: UsedScopes,
    full: Notify,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportBody {
    uses: Vec<UseData>,
    denials: Vec<DenialsData>,
    /// An older node does not know this member.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scope_uses: Vec<ScopeUseData>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UseData {
    secret_hash: String,
    api_key_id: String,
    last_used_at_micros: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    addresses: String,
    count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DenialsData {
    api_key_id: String,
    denial: &'static str,
    last_denied_at_micros: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    count: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScopeUseData {
    api_key_id: String,
    scope: String,
    last_used_on_micros: i64,
}

impl ReportedUses {
    pub(super) fn new(node: Arc<Node>) -> Self {
        Self {
            node,
            uses: Gathered::new(SECRETS_PER_SHARD_MAX),
            denied: Gathered::new(DENIED_PER_SHARD_MAX),
            used_scopes: UsedScopes::new(SCOPES_PER_SHARD_MAX),
            full: Notify::new(),
        }
    }

    /// Reports every `every` or when much was collected, until it is over; then once more.
    pub(super) async fn report_until_over(
        &self,
        every: Duration,
        mut is_over: watch::Receiver<bool>,
    ) {
        let mut was_reported = true;
        loop {
            let due = async {
                if was_reported {
                    let _full_or_late = tokio::time::timeout(every, self.full.notified()).await;
                } else {
                    // A full shard must not cause attempts without a pause.
                    tokio::time::sleep(every).await;
                }
            };
            let ends = tokio::select! {
                _over = is_over.wait_for(|is_over| *is_over) => true,
                () = due => false,
            };
            let reported = self.report().await;
            if let Err(error) = &reported
                && (was_reported || ends)
            {
                let error: &dyn std::error::Error = error;
                tracing::warn!(error, "guard.uses_unreported");
            }
            if ends {
                return;
            }
            was_reported = reported.is_ok();
        }
    }

    /// Reports everything collected. Uses of scopes come last and in requests of their own, because
    /// an older node refuses them.
    pub(super) async fn report(&self) -> Result<(), RepositoryError> {
        let uses = self.uses.write(|batch| {
            let uses = batch.into_iter().map(SecretUse::from);
            let body = ReportBody {
                uses: uses.map(|used| use_data(&used)).collect(),
                ..ReportBody::default()
            };
            Box::pin(self.send(body))
        });
        uses.await?;
        let denials = self.denied.write(|batch| {
            let denials = batch.into_iter().map(KeyDenials::from);
            let body = ReportBody {
                denials: denials.map(|denied| denials_data(&denied)).collect(),
                ..ReportBody::default()
            };
            Box::pin(self.send(body))
        });
        denials.await?;
        let scope_uses = self.used_scopes.write(|batch| {
            let body = ReportBody {
                scope_uses: batch.iter().map(scope_use_data).collect(),
                ..ReportBody::default()
            };
            Box::pin(self.send(body))
        });
        scope_uses.await
    }

    /// A definite refusal is [`RepositoryError::Unavailable`]: nothing was counted.
    async fn send(&self, body: ReportBody) -> Result<(), RepositoryError> {
        let sent = self.node.post("/internal/v1/uses", &body);
        let answer = match tokio::time::timeout(REPORT_MAX, sent).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error @ NodeError::Unsent(_))) => {
                return Err(RepositoryError::Unavailable(error.into()));
            }
            Ok(Err(error)) => return Err(RepositoryError::OutcomeUnknown(error.into())),
            Err(late) => return Err(RepositoryError::OutcomeUnknown(late.into())),
        };
        let refused = format!("the node answered with {}", answer.status);
        if answer.status.is_success() {
            Ok(())
        } else if answer.status.is_client_error() {
            Err(RepositoryError::Unavailable(refused.into()))
        } else {
            // Perhaps of a proxy that has passed the report on.
            Err(RepositoryError::OutcomeUnknown(refused.into()))
        }
    }

    fn is_due_when(&self, is_full: bool) {
        if is_full {
            self.full.notify_one();
        }
    }
}

impl UsageRecorder for ReportedUses {
    fn used(
        &self,
        secret_hash: &SecretHash,
        api_key_id: ApiKeyId,
        scopes: &[Scope],
        at: Timestamp,
        address: Option<ClientAddress>,
    ) {
        let used = UsedSecret::at(secret_hash, api_key_id, at);
        self.is_due_when(self.uses.add(used, Noted::once(at, address)));
        self.is_due_when(self.used_scopes.add(api_key_id, scopes, at));
    }

    fn denied(
        &self,
        api_key_id: ApiKeyId,
        denial: Denial,
        at: Timestamp,
        address: Option<ClientAddress>,
    ) {
        let denied = DeniedKey::at(api_key_id, denial, at);
        self.is_due_when(self.denied.add(denied, Noted::once(at, address)));
    }

    fn add_uses(&self, uses: SecretUse) {
        let (secret, noted) = uses.into();
        self.is_due_when(self.uses.add(secret, noted));
    }

    fn add_denials(&self, denials: KeyDenials) {
        let (denied, noted) = denials.into();
        self.is_due_when(self.denied.add(denied, noted));
    }

    fn add_scope_use(&self, scope_use: ScopeUse) {
        let ScopeUse {
            api_key_id,
            scope,
            last_used_on,
        } = scope_use;
        let scopes = std::slice::from_ref(&scope);
        self.is_due_when(self.used_scopes.add(api_key_id, scopes, last_used_on));
    }
}

/// A node refuses larger counts. A node that was away so long loses the rest.
const COUNT_MAX: u64 = 4_294_967_295;

fn use_data(used: &SecretUse) -> UseData {
    UseData {
        secret_hash: used.secret_hash.to_base64url(),
        api_key_id: used.api_key_id.to_string(),
        last_used_at_micros: used.last_used_at.unix_micros(),
        address: used.address.map(|address| address.ip().to_string()),
        addresses: used.addresses.to_string(),
        count: used.count.min(COUNT_MAX),
    }
}

fn denials_data(denied: &KeyDenials) -> DenialsData {
    DenialsData {
        api_key_id: denied.api_key_id.to_string(),
        denial: denied.denial.as_str(),
        last_denied_at_micros: denied.last_denied_at.unix_micros(),
        address: denied.address.map(|address| address.ip().to_string()),
        count: denied.count.min(COUNT_MAX),
    }
}

fn scope_use_data(used: &ScopeUse) -> ScopeUseData {
    ScopeUseData {
        api_key_id: used.api_key_id.to_string(),
        scope: used.scope.to_string(),
        last_used_on_micros: used.last_used_on.unix_micros(),
    }
}
