use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use keyward_domain::{ApiKeyId, Timestamp, WorkspaceId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::failure::Failure;

/// A line of `keyward audit export`: what is needed of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExportedEvent {
    pub(super) position: u64,
    /// In the deployment's trail the workspace that an event is about.
    pub(super) workspace_id: Option<String>,
    /// `None` for an event of the deployment.
    #[serde(default, deserialize_with = "key_id")]
    pub(super) api_key_id: Option<ApiKeyId>,
    pub(super) user_id: Option<String>,
    pub(super) action: String,
    pub(super) occurred_at: String,
    pub(super) hash: String,
    /// A key, or part of one, after a change; a text in some events of the deployment.
    after: Option<Value>,
}

/// The events of a trail by position.
pub(super) type Trail = BTreeMap<u64, ExportedEvent>;

/// Exported events by trail.
#[derive(Default)]
pub(super) struct ExportedEvents {
    pub(super) of_workspaces: BTreeMap<WorkspaceId, Trail>,
    pub(super) of_deployment: Trail,
}

impl ExportedEvents {
    pub(super) fn read(files: &[PathBuf]) -> Result<Self, Failure> {
        let mut events = Self::default();
        for file in files {
            events.add(file)?;
        }
        Ok(events)
    }

    fn add(&mut self, file: &Path) -> Result<(), Failure> {
        let name = file.display();
        let unreadable = || format!("can't read {name}");
        let lines = BufReader::new(File::open(file).map_err(Failure::io(unreadable()))?).lines();
        for (at, line) in (1_u64..).zip(lines) {
            let line = line.map_err(Failure::io(unreadable()))?;
            if line.trim().is_empty() {
                continue;
            }
            self.add_line(&line).map_err(|problem| {
                Failure::Refused(format!(
                    "{name}, line {at} is not one of keyward audit export: {problem}"
                ))
            })?;
        }
        Ok(())
    }

    fn add_line(&mut self, line: &str) -> Result<(), String> {
        let event: ExportedEvent = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let trail = match (&event.api_key_id, &event.workspace_id) {
            (Some(_), Some(workspace)) => {
                let workspace = WorkspaceId::parse(workspace).map_err(|error| error.to_string())?;
                self.of_workspaces.entry(workspace).or_default()
            }
            (Some(_), None) => return Err("it has no workspaceId".to_owned()),
            (None, _) => &mut self.of_deployment,
        };
        trail.insert(event.position, event);
        Ok(())
    }
}

impl ExportedEvent {
    /// When the replaced secret ends; `None` when it has no overlap.
    pub(super) fn overlap_ends_at(&self) -> Option<Timestamp> {
        let overlap = self.after.as_ref()?.get("overlap")?;
        let ends_at = overlap.get("endsAt")?.as_str()?;
        Timestamp::parse_rfc3339(ends_at).ok()
    }
}

fn key_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ApiKeyId>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let id = text.map(|text| ApiKeyId::parse(&text));
    id.transpose().map_err(D::Error::custom)
}
