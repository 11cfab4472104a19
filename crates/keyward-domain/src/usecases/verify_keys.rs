//! Whether the keys of a workspace are what their history says.

use std::collections::BTreeMap;

use crate::audit::event::{AuditEvent, AuditedFields};
use crate::audit::trail::TrailFault;
use crate::caller::workspace::WorkspaceId;
use crate::key::api_key::ApiKey;
use crate::key::id::ApiKeyId;
use crate::listing::api_key_listing::{ApiKeyFilter, ApiKeyListing, Sort};
use crate::listing::page::{PAGE_SIZE_MAX, Pagination};
use crate::ports::{ApiKeys, AuditEvents, RepositoryError};
use crate::timestamp::Timestamp;

/// How often a key is looked at again because it was changed in the meantime.
const ATTEMPTS_MAX: u32 = 8;

/// What the events of each key say of it, all together, and when the last one occurred.
#[derive(Debug, Default)]
pub(super) struct LastEvents {
    keys: BTreeMap<ApiKeyId, Said>,
    faults: Vec<TrailFault>,
    /// The position of the last event that was taken.
    position: u64,
}

#[derive(Clone, Debug)]
struct Said {
    at: Timestamp,
    fields: AuditedFields,
}

impl Said {
    fn nothing() -> Self {
        Self {
            at: Timestamp::MIN,
            fields: AuditedFields::default(),
        }
    }

    /// Takes the next event; whether the key was before it what the events up to here say.
    fn take(&mut self, event: AuditEvent) -> bool {
        // By another node's clock, an event may have occurred before the one that it follows.
        self.at = self.at.max(event.occurred_at);
        self.forget_ended_overlap();
        let is_so = event.before.is_none_or(|mut before| {
            before.forget_overlap_ended_by(self.at);
            before.agrees_with(&self.fields)
        });
        if let Some(after) = event.after {
            self.fields.update(after);
        }
        self.forget_ended_overlap();
        is_so
    }

    /// No event tells that an old secret has come to its end by itself.
    fn forget_ended_overlap(&mut self) {
        self.fields.forget_overlap_ended_by(self.at);
    }

    fn is_of_a_deleted_key(&self) -> bool {
        self.fields.state.is_none_or(|state| state.is_deleted)
    }

    /// What is wrong with the key as it is; nothing when it is what was said.
    fn fault(said: Option<&Self>, key: Option<&ApiKey>, id: ApiKeyId) -> Option<TrailFault> {
        let lives_on = said.filter(|said| !said.is_of_a_deleted_key());
        match (said, lives_on, key) {
            (_, None, None) => None,
            (_, Some(_), None) => Some(TrailFault::KeyMissing { api_key_id: id }),
            (None, _, Some(_)) => Some(TrailFault::KeyUnrecorded { api_key_id: id }),
            (Some(said), _, Some(key)) => {
                let is_so = said.fields == key.fields().audited(said.at).into();
                (!is_so).then_some(TrailFault::KeyDiffers { api_key_id: id })
            }
        }
    }
}

impl LastEvents {
    /// Takes the next event of the trail.
    pub(super) fn take(&mut self, position: u64, event: AuditEvent) {
        self.position = position;
        let api_key_id = event.api_key_id;
        let said = self.keys.entry(api_key_id).or_insert_with(Said::nothing);
        if !said.take(event) {
            self.faults.push(TrailFault::KeyDiffered {
                api_key_id,
                position,
            });
        }
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
            let Ok(page) = Pagination::new(number, PAGE_SIZE_MAX) else {
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
                let said = self.keys.remove(&key.id());
                if Said::fault(said.as_ref(), Some(key), key.id()).is_some() {
                    suspects.push((key.id(), said));
                }
            }
            if keys.is_empty() {
                break;
            }
        }
        let gone = self.keys.into_iter();
        let gone = gone.filter(|(_id, said)| !said.is_of_a_deleted_key());
        suspects.extend(gone.map(|(id, said)| (id, Some(said))));
        let mut faults = self.faults;
        for (id, said) in suspects {
            // A key that is created meanwhile moves another to the next page: that one is listed twice,
            // the second time with nothing said of it.
            let position = if said.is_some() { self.position } else { 0 };
            let suspect = Suspect {
                workspace_id,
                id,
                said,
                position,
            };
            faults.extend(suspect.look_again(api_keys, audit_events).await?);
        }
        Ok(faults)
    }
}

/// A key that is not what was said of it, as far as its events were read.
struct Suspect<'a> {
    workspace_id: &'a WorkspaceId,
    id: ApiKeyId,
    said: Option<Said>,
    /// The position up to which its events were read.
    position: u64,
}

impl Suspect<'_> {
    /// What is wrong with the key, by its events and itself as they are at one moment.
    async fn look_again(
        mut self,
        api_keys: &dyn ApiKeys,
        audit_events: &dyn AuditEvents,
    ) -> Result<Option<TrailFault>, RepositoryError> {
        let mut fault = None;
        for _attempt in 0..ATTEMPTS_MAX {
            let key = api_keys.get(self.workspace_id, self.id).await?;
            let has_changed = self.read_on(audit_events).await?;
            fault = Said::fault(self.said.as_ref(), key.as_ref(), self.id);
            if !has_changed {
                break;
            }
        }
        Ok(fault)
    }

    /// Reads the events of the key that were recorded meanwhile; whether there are any.
    async fn read_on(&mut self, audit_events: &dyn AuditEvents) -> Result<bool, RepositoryError> {
        let mut newer = Vec::new();
        for number in 0.. {
            let Ok(page) = Pagination::new(number, PAGE_SIZE_MAX) else {
                break;
            };
            let events = audit_events.of_key(self.workspace_id, self.id, page);
            let events = events.await?.items;
            let oldest = events.last().map_or(0, |event| event.position);
            let known = self.position;
            newer.extend(events.into_iter().filter(|event| event.position > known));
            if oldest <= known {
                break;
            }
        }
        // An event that is recorded between two pages moves one from the first to the second as well.
        newer.sort_by_key(|event| event.position);
        newer.dedup_by_key(|event| event.position);
        let Some(last) = newer.last() else {
            return Ok(false);
        };
        self.position = last.position;
        let said = self.said.get_or_insert_with(Said::nothing);
        for event in newer {
            said.take(event.event);
        }
        Ok(true)
    }
}
