//! Whether the keys of a workspace are what their history says.

use std::collections::BTreeMap;

use crate::api_key::ApiKey;
use crate::api_key_id::ApiKeyId;
use crate::audit_event::{AuditEvent, AuditedKey};
use crate::audit_trail::TrailFault;
use crate::listing::{ApiKeyFilter, ApiKeyListing, Sort};
use crate::page::{PAGE_SIZE_MAX, PageRequest};
use crate::ports::{ApiKeys, AuditEvents, RepositoryError};
use crate::timestamp::Timestamp;
use crate::workspace::WorkspaceId;

/// How often a key is looked at again because it was changed in the meantime.
const ATTEMPTS_MAX: u32 = 8;

/// What the last event of each key that lives on says of it, and when it occurred.
#[derive(Debug, Default)]
pub(super) struct LastEvents(BTreeMap<ApiKeyId, Said>);

#[derive(Clone, Debug)]
struct Said {
    at: Timestamp,
    after: Option<AuditedKey>,
}

impl Said {
    fn of(event: AuditEvent) -> Self {
        Self {
            at: event.occurred_at,
            after: event.after,
        }
    }

    fn is_of_a_deleted_key(&self) -> bool {
        self.after.as_ref().is_none_or(|after| after.is_deleted)
    }

    /// What is wrong with the key as it is; nothing when it is what was said.
    fn fault(said: Option<&Self>, key: Option<&ApiKey>, id: ApiKeyId) -> Option<TrailFault> {
        let lives_on = said.filter(|said| !said.is_of_a_deleted_key());
        match (said, lives_on, key) {
            (_, None, None) => None,
            (_, Some(_), None) => Some(TrailFault::KeyMissing { api_key_id: id }),
            (None, _, Some(_)) => Some(TrailFault::KeyUnrecorded { api_key_id: id }),
            (Some(said), _, Some(key)) => {
                let is_so = said.after.as_ref() == Some(&key.fields().audited(said.at));
                (!is_so).then_some(TrailFault::KeyDiffers { api_key_id: id })
            }
        }
    }
}

impl LastEvents {
    /// Takes the next event of the trail.
    pub(super) fn take(&mut self, event: AuditEvent) {
        self.0.insert(event.api_key_id, Said::of(event));
    }

    /// Compares them with the keys that there are now. Changes that are made meanwhile do no harm.
    pub(super) async fn compare(
        mut self,
        api_keys: &dyn ApiKeys,
        audit_events: &dyn AuditEvents,
        workspace_id: &WorkspaceId,
    ) -> Result<Vec<TrailFault>, RepositoryError> {
        let mut suspects = Vec::new();
        for number in 0.. {
            let Ok(page) = PageRequest::new(number, PAGE_SIZE_MAX) else {
                break;
            };
            let listing = ApiKeyListing {
                filter: ApiKeyFilter::default(),
                sort: Sort::default(),
                page,
                // No status is asked for.
                now: Timestamp::MAX,
            };
            let keys = match api_keys.list(workspace_id, &listing).await {
                Ok(keys) => keys.items,
                Err(RepositoryError::Corrupt(_)) => return Ok(vec![TrailFault::KeysUnreadable]),
                Err(error) => return Err(error),
            };
            for key in &keys {
                let said = self.0.remove(&key.id());
                if Said::fault(said.as_ref(), Some(key), key.id()).is_some() {
                    suspects.push(key.id());
                }
            }
            if keys.is_empty() {
                break;
            }
        }
        let gone = self.0.into_iter();
        suspects.extend(gone.filter_map(|(id, said)| (!said.is_of_a_deleted_key()).then_some(id)));
        let mut faults = Vec::new();
        for id in suspects {
            faults.extend(look_again(api_keys, audit_events, workspace_id, id).await?);
        }
        Ok(faults)
    }
}

/// What is wrong with one key, by its last event and itself as they are at one moment.
async fn look_again(
    api_keys: &dyn ApiKeys,
    audit_events: &dyn AuditEvents,
    workspace_id: &WorkspaceId,
    id: ApiKeyId,
) -> Result<Option<TrailFault>, RepositoryError> {
    let Ok(newest) = PageRequest::new(0, 1) else {
        return Ok(None);
    };
    let last_event = async || {
        let events = audit_events.of_key(workspace_id, id, newest).await?;
        Ok::<_, RepositoryError>(events.items.into_iter().next())
    };
    let mut before = last_event().await?;
    let mut fault = None;
    for _attempt in 0..ATTEMPTS_MAX {
        let key = api_keys.get(workspace_id, id).await?;
        let after = last_event().await?;
        let position = |event: &Option<crate::audit_trail::RecordedEvent>| {
            event.as_ref().map(|event| event.position)
        };
        let is_one_moment = position(&before) == position(&after);
        let said = after.clone().map(|recorded| Said::of(recorded.event));
        fault = Said::fault(said.as_ref(), key.as_ref(), id);
        if is_one_moment {
            break;
        }
        before = after;
    }
    Ok(fault)
}
