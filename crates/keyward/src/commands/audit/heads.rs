use std::fmt::{self, Write as _};
use std::path::Path;

use hmac::{Hmac, KeyInit as _, Mac as _};
use keyward_domain::ports::{
    AuditEvents as _, Clock as _, DeploymentEvents as _, WorkspaceDirectory as _,
};
use keyward_domain::{EventHash, TrailLine, WorkspaceId};
use keyward_persistence::Store;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::wiring;

/// How many workspaces are read at a time.
const PAGE: u32 = 1_000;
/// The length of a signature.
const KEY_LENGTH_MIN: usize = 32;

/// The heads of all trails. A trail that was rewritten does not match them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::commands) struct HeadList {
    taken_at: String,
    heads: Vec<Head>,
    /// The head of the deployment's trail; missing in lists of versions without that trail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deployment: Option<DeploymentHead>,
    /// The signature of the rest in hexadecimal digits; missing without a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    hmac_sha256: Option<String>,
}

/// The head of a trail.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Head {
    workspace_id: String,
    event_count: u64,
    hash: String,
}

/// The head of the deployment's trail.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeploymentHead {
    event_count: u64,
    hash: String,
}

/// The key for signatures.
pub(in crate::commands) struct Key(Zeroizing<Vec<u8>>);

impl Key {
    pub(in crate::commands) fn read(file: &Path) -> Result<Self, Failure> {
        let what = format!("can't read {}", file.display());
        let bytes = Zeroizing::new(std::fs::read(file).map_err(Failure::io(what))?);
        let key = Zeroizing::new(bytes.trim_ascii_end().to_vec());
        if key.len() < KEY_LENGTH_MIN {
            return Err(Failure::Refused(format!(
                "{} must have {KEY_LENGTH_MIN} bytes or more; make one by: \
                 head -c 32 /dev/urandom | base64 > {}",
                file.display(),
                file.display()
            )));
        }
        Ok(Self(key))
    }
}

impl HeadList {
    /// The current heads of all workspaces.
    pub(super) async fn of(store: &Store, key: Option<&Key>) -> Result<Self, Failure> {
        let mut heads = Vec::new();
        let mut after = None;
        loop {
            let workspaces = store.workspaces(after, PAGE).await?;
            after = workspaces.last().map(|workspace| workspace.id.clone());
            if after.is_none() {
                break;
            }
            for workspace in workspaces {
                // A workspace that was removed in the meantime had no event.
                if let Some(head) = store.head(&workspace.id).await? {
                    heads.push(Head {
                        workspace_id: workspace.id.to_string(),
                        event_count: head.event_count,
                        hash: head.hash.to_string(),
                    });
                }
            }
        }
        let deployment = store.deployment_head().await?;
        let mut heads = Self {
            taken_at: wiring::clock(store).now().to_string(),
            heads,
            deployment: Some(DeploymentHead {
                event_count: deployment.event_count,
                hash: deployment.hash.to_string(),
            }),
            hmac_sha256: None,
        };
        heads.hmac_sha256 = key.map(|key| heads.signature(key)).transpose()?;
        Ok(heads)
    }

    /// Reads the heads from a file. If a key is given, they must be signed with it.
    pub(in crate::commands) fn read(file: &Path, key: Option<&Key>) -> Result<Self, Failure> {
        let name = file.display();
        let bytes = std::fs::read(file).map_err(Failure::io(format!("can't read {name}")))?;
        let heads: Self = serde_json::from_slice(&bytes).map_err(|error| {
            Failure::Refused(format!(
                "{name} is not an output of keyward audit heads: {error}"
            ))
        })?;
        let Some(key) = key else { return Ok(heads) };
        let problem = match &heads.hmac_sha256 {
            None => "is not signed",
            // No constant time is needed: a caller who can test signatures here has the key.
            Some(signature) if *signature != heads.signature(key)? => {
                "was altered, or signed with another key"
            }
            Some(_) => return Ok(heads),
        };
        Err(Failure::Refused(format!("{name} {problem}")))
    }

    /// The faults of the trails compared with these heads; empty when all trails continue from
    /// them.
    pub(super) async fn faults(&self, store: &Store) -> Result<Vec<String>, Failure> {
        let mut faults = Vec::new();
        for head in &self.heads {
            faults.extend(head.fault(store).await?);
        }
        if let Some(deployment) = &self.deployment {
            faults.extend(deployment.fault(store).await?);
        }
        Ok(faults)
    }

    /// The trails that have fewer events than these heads, or others.
    pub(in crate::commands) async fn missing_events(
        &self,
        store: &Store,
    ) -> Result<Vec<MissingEvents>, Failure> {
        let mut missing = Vec::new();
        for head in &self.heads {
            if head.fault(store).await?.is_some() {
                let id = head.id()?;
                let found = store.head(&id).await?;
                missing.push(MissingEvents {
                    workspace_id: Some(head.workspace_id.clone()),
                    events_in_heads: head.event_count,
                    events_in_store: found.map_or(0, |found| found.event_count),
                });
            }
        }
        if let Some(deployment) = &self.deployment
            && deployment.fault(store).await?.is_some()
        {
            missing.push(MissingEvents {
                workspace_id: None,
                events_in_heads: deployment.event_count,
                events_in_store: store.deployment_head().await?.event_count,
            });
        }
        Ok(missing)
    }

    fn signature(&self, key: &Key) -> Result<String, Failure> {
        let failed = |error: &dyn std::error::Error| Failure::Refused(error.to_string());
        let (taken_at, heads) = (&self.taken_at, &self.heads);
        let signed = match &self.deployment {
            Some(deployment) => serde_json::to_vec(&(taken_at, heads, deployment)),
            None => serde_json::to_vec(&(taken_at, heads)),
        };
        let signed = signed.map_err(|e| failed(&e))?;
        let mut hmac = Hmac::<Sha256>::new_from_slice(&key.0).map_err(|e| failed(&e))?;
        hmac.update(&signed);
        let mut text = String::new();
        for byte in hmac.finalize().into_bytes() {
            // Writing to a `String` can't fail.
            let _infallible = write!(text, "{byte:02x}");
        }
        Ok(text)
    }
}

/// A trail that does not continue from its head in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::commands) struct MissingEvents {
    /// `None` for the deployment's trail.
    workspace_id: Option<String>,
    events_in_heads: u64,
    events_in_store: u64,
}

impl fmt::Display for MissingEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.workspace_id {
            Some(workspace) => write!(f, "workspace {workspace}: ")?,
            None => f.write_str("deployment: ")?,
        }
        let Self {
            workspace_id: _,
            events_in_heads,
            events_in_store,
        } = self;
        match events_in_heads.checked_sub(*events_in_store) {
            None | Some(0) => write!(
                f,
                "the store has other events than the heads, of which there are {events_in_heads}"
            ),
            Some(lost) => write!(
                f,
                "{lost} events are lost: the heads have {events_in_heads}, the store {events_in_store}"
            ),
        }
    }
}

impl Head {
    fn id(&self) -> Result<WorkspaceId, Failure> {
        let text = &self.workspace_id;
        WorkspaceId::parse(text).map_err(|error| Failure::Refused(format!("{text}: {error}")))
    }

    /// The fault of the trail compared with this head; `None` when it continues from it.
    async fn fault(&self, store: &Store) -> Result<Option<String>, Failure> {
        let Self {
            workspace_id,
            event_count,
            hash,
        } = self;
        let id = self.id()?;
        let found = match event_count.checked_sub(1) {
            None => Some(EventHash::START),
            Some(before) => hash_at(&store.lines(&id, before, 1).await?, *event_count),
        };
        let is_so = found.is_some_and(|found| found.to_string() == *hash);
        Ok((!is_so).then(|| {
            format!("workspace {workspace_id}: event {event_count} differs from the heads")
        }))
    }
}

impl DeploymentHead {
    /// The fault of the deployment's trail compared with this head; `None` when it continues from
    /// it.
    async fn fault(&self, store: &Store) -> Result<Option<String>, Failure> {
        let Self { event_count, hash } = self;
        let found = match event_count.checked_sub(1) {
            None => Some(EventHash::START),
            Some(before) => hash_at(&store.deployment_lines(before, 1).await?, *event_count),
        };
        let is_so = found.is_some_and(|found| found.to_string() == *hash);
        Ok((!is_so).then(|| format!("deployment: event {event_count} differs from the heads")))
    }
}

/// The hash of the event at this position.
pub(in crate::commands) fn hash_at<E>(lines: &[TrailLine<E>], position: u64) -> Option<EventHash> {
    let line = lines.first().filter(|line| line.position == position);
    line.and_then(|line| line.hash)
}
